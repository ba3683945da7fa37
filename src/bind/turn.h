/*
 * turn.h - the lock of an interpreter that several threads share: what CPython calls its GIL.
 *
 * It is handed over in the order in which threads asked for it.
 *
 * Threads:   enter and leave from any thread; a thread must not enter twice.
 */
#ifndef BD_TURN_H
#define BD_TURN_H

#include "core/attr.h"
#include "core/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct BdTurnWait;

typedef struct BdTurn {
    pthread_mutex_t mutex;    /* covers what follows */
    bool taken;               /* somebody has the turn */
    struct BdTurnWait *first; /* those who wait for it, the longest waiting first */
    struct BdTurnWait *last;
} BdTurn;

BD_MUSTCHECK int bd_turn_init(BdTurn *turn, BdErr *err);
void bd_turn_deinit(BdTurn *turn);

/* Take the turn, waiting for it. Returns how long that took, in nanoseconds; 0 if it was free. */
int64_t bd_turn_enter(BdTurn *turn);
void bd_turn_leave(BdTurn *turn);

#endif
