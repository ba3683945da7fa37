/*
 * times.h - how long the units and statements of a crew's workers take.
 *
 * The workers of a crew run in one thread and have these in common: what the next one of them is to
 * write has just been written, and is still in the processor's cache.
 *
 * Ownership: init/deinit; the workers' timings point to it.
 * Threads:   the crew's alone, but for `units_so_far`, which anybody may read; all of it when the
 *            crew's thread has ended.
 */
#ifndef BD_TIMES_H
#define BD_TIMES_H

#include "stats/histogram.h"
#include "stats/latencies.h"
#include "stats/spread.h"

#include <stdbool.h>

typedef struct BdTimes {
    BdSpread units_so_far;
    BdHistogramNotes notes; /* for what follows, which begins on the cache line of its count */
    BdHistogram *units;
    BdHistogram *services; /* what they took from their begin on; NULL where there is no schedule */
    BdLatencies statements;
} BdTimes;

/* scheduled: records have their moments. */
BD_MUSTCHECK int bd_times_init(BdTimes *times, bool scheduled, BdErr *err);

/* May be called on a zeroed struct. */
void bd_times_deinit(BdTimes *times);

/* Have all times in the histograms: to be called before they are looked at. */
void bd_times_settle(BdTimes *times);

#endif
