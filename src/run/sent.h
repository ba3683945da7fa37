/*
 * sent.h - the operations of a plan whose requests are under way, in the order in which they are
 * answered.
 *
 * Requests of one operation that follow each other take no more memory than one.
 *
 * Ownership: embedded in its owner; bd_sent_deinit() may be called on a zeroed struct.
 * Threads:   one at a time.
 * Errors:    -1 when memory runs out; nothing is noted then.
 */
#ifndef BD_SENT_H
#define BD_SENT_H

#include "core/fifo.h"

#include <stdint.h>

typedef struct BdSent {
    BdFifo runs;
} BdSent;

BD_MUSTCHECK int bd_sent_init(BdSent *sent);
void bd_sent_deinit(BdSent *sent);

/* A request of the operation was sent. */
BD_MUSTCHECK int bd_sent_push(BdSent *sent, uint32_t op);

bool bd_sent_empty(const BdSent *sent);

/* Take out the operation whose request is answered next; there must be one. */
uint32_t bd_sent_pop(BdSent *sent);

/* Nothing is under way any more. */
void bd_sent_reset(BdSent *sent);

#endif
