#include "stats/spread.h"

int64_t bd_spread_cell_ns(uint32_t cell) {
    uint32_t next = (cell + 1) << BD_SPREAD_COARSE;
    int64_t end_ns = bd_histogram_cell_end_ns(next - 1);
    int64_t begin_ns = cell == 0 ? 0 : bd_histogram_cell_end_ns((cell << BD_SPREAD_COARSE) - 1);
    return begin_ns + (end_ns - begin_ns) / 2;
}

void bd_spread_sum(const BdSpread *spread, int64_t sums[BD_SPREAD_CELLS]) {
    for (uint32_t cell = 0; cell < BD_SPREAD_CELLS; cell++) {
        sums[cell] += atomic_load_explicit(&spread->cells[cell], memory_order_relaxed);
    }
}
