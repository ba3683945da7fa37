/*
 * counters.h - what a worker has done so far.
 *
 * Each worker has a row of counters and is the only one to write it; anybody may read it at any
 * time, for progress and, after the run, for the result.
 *
 * The arithmetic: records = those done whole. failed = those refused by the server or by the plan
 * (their statements that did succeed in autocommit mode are in rows all the same, since the server
 * holds them). A record under way when a run is cut short is in neither. rows = rows the server has
 * acknowledged as written and will keep: in a transaction they are added at COMMIT. units = those
 * stored, what they took in all, and where the worker's time had gone when the last one of them was
 * stored.
 */
#ifndef BD_COUNTERS_H
#define BD_COUNTERS_H

#include "stats/shares.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef struct BdCounters {
    _Atomic int64_t records;
    _Atomic int64_t failed;
    _Atomic int64_t rows;
    _Atomic int64_t statements; /* answers; BEGIN and COMMIT included, not those to PREPARE */
    _Atomic int64_t units;
    _Atomic int64_t unit_ns; /* in all */
    _Atomic int64_t shares_ns[BD_SHARES];
    _Atomic int64_t lag_ns; /* how long after their moments those began, in all */
} BdCounters;

/* The same as plain numbers, for one worker or summed over several. */
typedef struct BdTotals {
    int64_t records;
    int64_t failed;
    int64_t rows;
    int64_t statements;
    int64_t units;
    int64_t unit_ns;
    int64_t shares_ns[BD_SHARES];
    int64_t lag_ns;
} BdTotals;

/* Add to a counter that only the caller writes. */
static inline void bd_counter_add(_Atomic int64_t *counter, int64_t n) {
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

/* Set one likewise. */
static inline void bd_counter_set(_Atomic int64_t *counter, int64_t n) {
    atomic_store_explicit(counter, n, memory_order_relaxed);
}

/* Count a unit that took so long. shares: the worker's, as they stand. */
void bd_counters_stored(BdCounters *counters, int64_t ns, const BdShares *shares);

/* Sum over count rows of counters, `stride` bytes apart (they stand inside larger structs). */
BdTotals bd_counters_sum(const BdCounters *first, size_t count, size_t stride);

#endif
