/*
 * delayed.h - one direction of a proxied connection: bytes that are handed on some time after they
 * came, in their order.
 *
 * Ownership: embedded in its owner, who closes the descriptors; bd_delayed_deinit() frees the
 *            bytes.
 * Threads:   one at a time.
 * Errors:    an end that breaks, or memory that runs out, ends the direction.
 */
#ifndef BD_DELAYED_H
#define BD_DELAYED_H

#include "core/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct BdDelayedChunk BdDelayedChunk;

typedef struct BdDelayed {
    int from, to;          /* descriptors, non-blocking */
    BdDelayedChunk *first; /* the oldest bytes */
    BdDelayedChunk **last; /* where the next chunk is hung */
    size_t held_bytes;     /* of all chunks */
    bool ended;            /* nothing more comes */
    bool over;             /* and nothing more can be handed on */
} BdDelayed;

void bd_delayed_init(BdDelayed *way, int from, int to);
void bd_delayed_deinit(BdDelayed *way);

/* Does it take more bytes? Not when it holds very many, as a real line does not either. */
bool bd_delayed_takes(const BdDelayed *way);

/* When the oldest bytes are to be handed on; INT64_MAX where there are none. */
int64_t bd_delayed_due_ns(const BdDelayed *way);

/* Take what there is to be read, to be handed on after delay_ns. */
void bd_delayed_read(BdDelayed *way, int64_t now_ns, int64_t delay_ns);

/* Hand on what is due, as far as the other end takes it. */
void bd_delayed_write(BdDelayed *way, int64_t now_ns);

#endif
