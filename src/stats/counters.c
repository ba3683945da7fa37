#include "stats/counters.h"

static int64_t get(const _Atomic int64_t *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void bd_counters_stored(BdCounters *counters, int64_t ns, const BdShares *shares) {
    bd_counter_add(&counters->units, 1);
    bd_counter_add(&counters->unit_ns, ns);
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
