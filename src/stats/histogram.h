/*
 * histogram.h - how often each length of time occurred, to three significant digits.
 *
 * Log-linear, as in HdrHistogram (Gil Tene, hdrhistogram.org): between two powers of two stand 1024
 * cells of equal width, so that a cell is never wider than a thousandth of the times it holds. Of
 * two histograms merged, every percentile is that of all their times together, since the cells are
 * the same for all.
 *
 * Limits:    times from 0 to BD_HISTOGRAM_MOST_NS are kept apart; longer ones are counted in the
 *            last cell, shorter ones as 0. Count, sum, least and most are exact for all times.
 * Ownership: new/free. A histogram takes 272 KiB of address space, of which only the pages that
 *            hold recorded times are ever touched.
 * Threads:   one at a time.
 */
#ifndef BD_HISTOGRAM_H
#define BD_HISTOGRAM_H

#include "core/attr.h"
#include "core/err.h"

#include <stdbool.h>
#include <stdint.h>

#define BD_HISTOGRAM_SUB_BITS 10 /* cells between two powers of two, as a power of two */
#define BD_HISTOGRAM_BITS     43 /* of the longest time kept apart: almost two and a half hours */
#define BD_HISTOGRAM_MOST_NS  ((INT64_C(1) << BD_HISTOGRAM_BITS) - 1)
#define BD_HISTOGRAM_CELLS                                                                         \
    ((BD_HISTOGRAM_BITS - BD_HISTOGRAM_SUB_BITS + 1) << BD_HISTOGRAM_SUB_BITS)

typedef struct BdHistogram {
    int64_t count;
    int64_t sum_ns;
    int64_t least_ns; /* INT64_MAX while there is no time */
    int64_t most_ns;  /* 0 while there is none */
    int64_t cells[BD_HISTOGRAM_CELLS];
} BdHistogram;

BD_MUSTCHECK int bd_histogram_new(BdHistogram **out, BdErr *err);

/* NULL is allowed. */
void bd_histogram_free(BdHistogram *histogram);

/* The cell that counts a time from 0 to BD_HISTOGRAM_MOST_NS, and the longest time of a cell. */
static inline uint32_t bd_histogram_cell(int64_t ns) {
    uint64_t time = (uint64_t)ns;
    /* Bits beyond those that tell cells apart; below 2^(SUB_BITS + 1) every time has its own. */
    uint32_t shift = 63 - BD_HISTOGRAM_SUB_BITS -
                     (uint32_t)__builtin_clzll(time | (UINT64_C(1) << BD_HISTOGRAM_SUB_BITS));
    return (shift << BD_HISTOGRAM_SUB_BITS) + (uint32_t)(time >> shift);
}
int64_t bd_histogram_cell_end_ns(uint32_t cell);

/* Count a time. */
static inline void bd_histogram_add(BdHistogram *histogram, int64_t ns) {
    ns = ns < 0 ? 0 : ns;
    histogram->count++;
    histogram->sum_ns += ns;
    histogram->least_ns = ns < histogram->least_ns ? ns : histogram->least_ns;
    histogram->most_ns = ns > histogram->most_ns ? ns : histogram->most_ns;
    histogram->cells[bd_histogram_cell(ns < BD_HISTOGRAM_MOST_NS ? ns : BD_HISTOGRAM_MOST_NS)]++;
}

/*
 * Times noted for some histograms, side by side, and added to them many at once. The cells of a
 * histogram lie far apart: whoever adds one time now and then waits for memory each time, whoever
 * adds many together waits once.
 */
#define BD_HISTOGRAM_NOTES 32

typedef struct BdHistogramNotes {
    struct {
        BdHistogram *histogram;
        int64_t ns;
    } list[BD_HISTOGRAM_NOTES];
    uint32_t count;
} BdHistogramNotes;

/* Add what is noted. To be called before a histogram is looked at. */
void bd_histogram_settle(BdHistogramNotes *notes);

static inline void bd_histogram_note(BdHistogramNotes *notes, BdHistogram *histogram, int64_t ns) {
    notes->list[notes->count].histogram = histogram;
    notes->list[notes->count].ns = ns;
    if (++notes->count == BD_HISTOGRAM_NOTES) {
        bd_histogram_settle(notes);
    }
}

/* Add everything that `from` has counted. */
void bd_histogram_merge(BdHistogram *into, const BdHistogram *from);

/*
 * The time that this share (0 to 1) of all times do not exceed: the longest one of its cell, so at
 * most a thousandth too long, and never more than the longest of all. 0 if there are none.
 */
int64_t bd_histogram_quantile_ns(const BdHistogram *histogram, double share);

/* Exact; 0 if there are no times. */
double bd_histogram_mean_ns(const BdHistogram *histogram);

/* The population's standard deviation, from the middles of the cells: each time counts as at most
 * half a thousandth off. */
double bd_histogram_deviation_ns(const BdHistogram *histogram);

/*
 * A walk up the quantiles, at steps that are halved each time half of what is left to 1 has been
 * walked: the lines of HdrHistogram's percentile distribution, five steps to a half.
 */
typedef struct BdQuantile {
    int64_t ns;    /* the longest time of the cell */
    double share;  /* 0 to 1: where in the walk this is */
    int64_t count; /* times up to ns */
} BdQuantile;

typedef struct BdQuantileWalk {
    const BdHistogram *histogram;
    uint32_t cell;    /* to look at next */
    int step;         /* to take next */
    BdQuantile place; /* where the last step led */
} BdQuantileWalk;

void bd_quantile_walk_begin(BdQuantileWalk *walk, const BdHistogram *histogram);

/* The next line; false after the last one, whose share is 1. */
bool bd_quantile_walk_next(BdQuantileWalk *walk, BdQuantile *quantile);

#endif
