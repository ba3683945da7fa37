#include "stats/histogram.h"

#include "core/mem.h"

#include <math.h>

#define SUB_CELLS         (1U << BD_HISTOGRAM_SUB_BITS)
#define STEPS_TO_THE_HALF 5

int bd_histogram_new(BdHistogram **out, BdErr *err) {
    BdHistogram *histogram = bd_alloc_pages(sizeof(*histogram));
    if (histogram == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a histogram");
    }
    histogram->least_ns = INT64_MAX;
    *out = histogram;
    return 0;
}

void bd_histogram_free(BdHistogram *histogram) {
    bd_free_pages(histogram, sizeof(*histogram));
}

void bd_histogram_settle(BdHistogramNotes *notes) {
    for (uint32_t i = 0; i < notes->count; i++) {
        bd_histogram_add(notes->list[i].histogram, notes->list[i].ns);
    }
    notes->count = 0;
}

/* How many low bits the cell does not tell apart. */
static uint32_t shift_of(uint32_t cell) {
    return cell < 2 * SUB_CELLS ? 0 : (cell >> BD_HISTOGRAM_SUB_BITS) - 1;
}

static int64_t cell_begin_ns(uint32_t cell) {
    uint32_t shift = shift_of(cell);
    return (int64_t)(cell - (shift << BD_HISTOGRAM_SUB_BITS)) << shift;
}

int64_t bd_histogram_cell_end_ns(uint32_t cell) {
    return cell_begin_ns(cell) + (INT64_C(1) << shift_of(cell)) - 1;
}

/* The cells in use are those from that of the least to that of the most. */
static uint32_t cell_of(int64_t ns) {
    return bd_histogram_cell(ns < BD_HISTOGRAM_MOST_NS ? ns : BD_HISTOGRAM_MOST_NS);
}

void bd_histogram_merge(BdHistogram *into, const BdHistogram *from) {
    if (from->count == 0) {
        return;
    }
    uint32_t last = cell_of(from->most_ns);
    for (uint32_t cell = cell_of(from->least_ns); cell <= last; cell++) {
        if (from->cells[cell] != 0) { /* so that pages which hold nothing stay untouched */
            into->cells[cell] += from->cells[cell];
        }
    }
    into->count += from->count;
    into->sum_ns += from->sum_ns;
    into->least_ns = from->least_ns < into->least_ns ? from->least_ns : into->least_ns;
    into->most_ns = from->most_ns > into->most_ns ? from->most_ns : into->most_ns;
}

/* What is shown for a cell: its longest time, or the longest of all where that is in it. */
static int64_t shown_ns(const BdHistogram *histogram, uint32_t cell) {
    return cell == cell_of(histogram->most_ns) ? histogram->most_ns
                                               : bd_histogram_cell_end_ns(cell);
}

/* How many times make up the share: at least one. Rounding must not make 0.999 of a thousand times
 * all of them. */
static int64_t rank_of(double share, int64_t count) {
    double wanted = ceil(share * (double)count * (1 - 1e-12));
    int64_t rank = wanted < 1 ? 1 : (int64_t)wanted;
    return rank < count ? rank : count;
}

int64_t bd_histogram_quantile_ns(const BdHistogram *histogram, double share) {
    if (histogram->count == 0) {
        return 0;
    }
    int64_t rank = rank_of(share, histogram->count);
    uint32_t cell = cell_of(histogram->least_ns);
    for (int64_t seen = histogram->cells[cell]; seen < rank; seen += histogram->cells[cell]) {
        cell++;
    }
    return shown_ns(histogram, cell);
}

double bd_histogram_mean_ns(const BdHistogram *histogram) {
    return histogram->count == 0 ? 0 : (double)histogram->sum_ns / (double)histogram->count;
}

static double middle_ns(uint32_t cell) {
    return ((double)cell_begin_ns(cell) + (double)bd_histogram_cell_end_ns(cell)) / 2;
}

double bd_histogram_deviation_ns(const BdHistogram *histogram) {
    if (histogram->count == 0) {
        return 0;
    }
    /* Welford's update, weighted: squares of large times would leave no digits for their spread. */
    double count = 0, mean = 0, squares = 0;
    uint32_t last = cell_of(histogram->most_ns);
    for (uint32_t cell = cell_of(histogram->least_ns); cell <= last; cell++) {
        if (histogram->cells[cell] != 0) {
            double more = (double)histogram->cells[cell];
            double apart = middle_ns(cell) - mean;
            count += more;
            mean += apart * more / count;
            squares += apart * more * (middle_ns(cell) - mean);
        }
    }
    return sqrt(squares / count);
}

void bd_quantile_walk_begin(BdQuantileWalk *walk, const BdHistogram *histogram) {
    *walk = (BdQuantileWalk){.histogram = histogram, .cell = cell_of(histogram->least_ns)};
}

/* The share that a step of the walk reaches: each five steps go half of the way to 1. */
static double share_at(int step) {
    int halves = step / STEPS_TO_THE_HALF;
    double part = (double)(step % STEPS_TO_THE_HALF) / (2 * STEPS_TO_THE_HALF);
    return 1 - ldexp(1 - part, -halves);
}

bool bd_quantile_walk_next(BdQuantileWalk *walk, BdQuantile *quantile) {
    const BdHistogram *histogram = walk->histogram;
    if (histogram->count == 0 || walk->place.share >= 1) {
        return false;
    }
    bool ends = walk->place.count == histogram->count; /* all were walked: the last line */
    walk->place.share = ends ? 1 : share_at(walk->step++);
    while (walk->place.count < rank_of(walk->place.share, histogram->count)) {
        walk->place.ns = shown_ns(histogram, walk->cell);
        walk->place.count += histogram->cells[walk->cell++];
    }
    *quantile = walk->place;
    return true;
}
