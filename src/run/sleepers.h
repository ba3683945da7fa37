/*
 * sleepers.h - the workers of an event loop that wait for a moment, the earliest one at hand.
 *
 * A heap, so that neither falling asleep nor waking up costs a look at all of them.
 *
 * Ownership: embedded in its owner; init/deinit. Nothing is allocated after init.
 * Threads:   one at a time.
 */
#ifndef BD_SLEEPERS_H
#define BD_SLEEPERS_H

#include "core/err.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct BdSleeper {
    int64_t until_ns;
    uint32_t slot;
} BdSleeper;

typedef struct BdSleepers {
    BdSleeper *heap; /* none wakes before its parent, heap[(i - 1) / 2] */
    uint32_t count;
    bool *asleep; /* per slot: it is in the heap */
} BdSleepers;

/* For slots 0 .. slots-1. */
BD_MUSTCHECK int bd_sleepers_init(BdSleepers *sleepers, uint32_t slots, BdErr *err);

/* May be called on a zeroed struct. */
void bd_sleepers_deinit(BdSleepers *sleepers);

/* The slot, which is awake, sleeps until then. */
void bd_sleepers_push(BdSleepers *sleepers, uint32_t slot, int64_t until_ns);

static inline bool bd_sleepers_has(const BdSleepers *sleepers, uint32_t slot) {
    return sleepers->asleep[slot];
}

/* Wake the one whose moment comes first, if it is there by now_ns; false: nobody's is. */
bool bd_sleepers_pop(BdSleepers *sleepers, int64_t now_ns, uint32_t *slot);

/* How long to wait for the first one: 0 if its moment is there, -1 where nobody sleeps. */
int64_t bd_sleepers_left_ns(const BdSleepers *sleepers, int64_t now_ns);

#endif
