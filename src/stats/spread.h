/*
 * spread.h - how often each length of time occurred, for others to read while it is being counted.
 *
 * Coarser than a histogram, so that the few cells in use stay in the processor's cache: a cell is
 * no wider than a 32nd of the times it holds.
 *
 * Ownership: embedded in its owner, which sets it to zero.
 * Threads:   one adds; anybody may read at any time.
 */
#ifndef BD_SPREAD_H
#define BD_SPREAD_H

#include "core/attr.h"
#include "stats/histogram.h"

#include <stdatomic.h>
#include <stdint.h>

#define BD_SPREAD_COARSE 5 /* cells of a histogram in one of these, as a power of two */
#define BD_SPREAD_CELLS  (BD_HISTOGRAM_CELLS >> BD_SPREAD_COARSE)

typedef struct BdSpread {
    _Alignas(BD_CACHE_LINE) _Atomic int64_t cells[BD_SPREAD_CELLS];
} BdSpread;

/* The cell of a time. */
static inline uint32_t bd_spread_cell(int64_t ns) {
    int64_t within = ns < 0 ? 0 : ns < BD_HISTOGRAM_MOST_NS ? ns : BD_HISTOGRAM_MOST_NS;
    return bd_histogram_cell(within) >> BD_SPREAD_COARSE;
}

/* The middle of the times of a cell. */
int64_t bd_spread_cell_ns(uint32_t cell);

/* Count a time. */
static inline void bd_spread_add(BdSpread *spread, int64_t ns) {
    _Atomic int64_t *cell = &spread->cells[bd_spread_cell(ns)];
    int64_t times = atomic_load_explicit(cell, memory_order_relaxed);
    atomic_store_explicit(cell, times + 1, memory_order_relaxed);
}

/* Add to sums what was counted so far. */
void bd_spread_sum(const BdSpread *spread, int64_t sums[BD_SPREAD_CELLS]);

#endif
