#include "stats/counters.h"

static int64_t get(const _Atomic int64_t *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void bd_counters_stored(BdCounters *counters, int64_t ns, const BdShares *shares) {
    bd_counter_add(&counters->units, 1);
    bd_counter_add(&counters->unit_ns, ns);
    bd_counter_add(&counters->units_by_time[bd_counters_cell(ns)], 1);
    for (int i = 0; i < BD_SHARES; i++) {
        bd_counter_set(&counters->shares_ns[i], shares->ns[i]);
    }
}

BdTotals bd_counters_sum(const BdCounters *first, size_t count, size_t stride) {
    BdTotals totals = {0};
    const char *place = (const char *)first;
    for (size_t i = 0; i < count; i++, place += stride) {
        const BdCounters *counters = (const void *)place;
        totals.records += get(&counters->records);
        totals.failed += get(&counters->failed);
        totals.rows += get(&counters->rows);
        totals.statements += get(&counters->statements);
        totals.units += get(&counters->units);
        totals.unit_ns += get(&counters->unit_ns);
        for (int share = 0; share < BD_SHARES; share++) {
            totals.shares_ns[share] += get(&counters->shares_ns[share]);
        }
        totals.lag_ns += get(&counters->lag_ns);
    }
    return totals;
}

void bd_counters_sum_times(const BdCounters *first, size_t count, size_t stride,
                           int64_t sums[BD_COUNTERS_CELLS]) {
    const char *place = (const char *)first;
    for (uint32_t cell = 0; cell < BD_COUNTERS_CELLS; cell++) {
        sums[cell] = 0;
    }
    for (size_t i = 0; i < count; i++, place += stride) {
        const BdCounters *counters = (const void *)place;
        for (uint32_t cell = 0; cell < BD_COUNTERS_CELLS; cell++) {
            sums[cell] += get(&counters->units_by_time[cell]);
        }
    }
}

int64_t bd_counters_cell_ns(uint32_t cell) {
    uint32_t next = (cell + 1) << BD_COUNTERS_COARSE;
    int64_t end_ns = bd_histogram_cell_end_ns(next - 1);
    int64_t begin_ns = cell == 0 ? 0 : bd_histogram_cell_end_ns((cell << BD_COUNTERS_COARSE) - 1);
    return begin_ns + (end_ns - begin_ns) / 2;
}
