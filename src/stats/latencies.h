/*
 * latencies.h - histograms of times by name: one for each statement.
 *
 * Ownership: embedded in its owner; deinit frees the histograms. Names are copied.
 * Threads:   one at a time.
 * Errors:    when memory runs out, or there are more than BD_LATENCIES_MOST names, times are
 *            counted in `dropped`, and nowhere else.
 */
#ifndef BD_LATENCIES_H
#define BD_LATENCIES_H

#include "stats/histogram.h"

#include <stdint.h>

#define BD_LATENCIES_MOST 64

typedef struct BdLatency {
    const void *key; /* what stands for the name while times are recorded */
    char *name;
    BdHistogram *times;
} BdLatency;

typedef struct BdLatencies {
    uint32_t count;
    int64_t dropped; /* times that are in no histogram */
    BdLatency list[BD_LATENCIES_MOST];
} BdLatencies;

/* Where a time is to be counted under a name; NULL, and counted as dropped, where there is no room
 * for the name. key: something that is the same for the same name, and compared in its place; a
 * name may have several. */
BdHistogram *bd_latencies_times(BdLatencies *latencies, const void *key, const char *name);

/* Add everything that `from` has counted, by names. */
void bd_latencies_merge(BdLatencies *into, const BdLatencies *from);

/* May be called on a zeroed struct. */
void bd_latencies_deinit(BdLatencies *latencies);

#endif
