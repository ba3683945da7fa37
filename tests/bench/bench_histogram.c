/*
 * bench_histogram.c - what it costs to record a time: in nanoseconds, the best and the median of
 * REPEATS rounds, beside the cost of reading the clock, which every recorded time needs.
 *
 * usage: bench_histogram [TIMES [REPEATS]]
 */
#include "core/clock.h"
#include "core/mem.h"
#include "stats/histogram.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what) {
    fprintf(stderr, "bench_histogram: %s\n", what);
    exit(2);
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Times as a run has them: between a tenth of a millisecond and some, with a long tail. */
static void fill(int64_t *times, int64_t count) {
    uint64_t state = 88172645463325252U;
    for (int64_t i = 0; i < count; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        times[i] = (int64_t)((100000 + state % 1000000) << (state >> 60 == 0 ? 6 : 0));
    }
}

static double record(BdHistogram *histogram, const int64_t *times, int64_t count) {
    int64_t begun_ns = bd_now_ns();
    for (int64_t i = 0; i < count; i++) {
        bd_histogram_add(histogram, times[i]);
    }
    return (double)(bd_now_ns() - begun_ns) / (double)count;
}

static double read_clock(BdHistogram *histogram, const int64_t *times, int64_t count) {
    (void)histogram;
    (void)times;
    int64_t begun_ns = bd_now_ns();
    for (int64_t i = 1; i < count; i++) {
        (void)bd_now_ns();
    }
    return (double)(bd_now_ns() - begun_ns) / (double)count;
}

static void measure(const char *name, double (*body)(BdHistogram *, const int64_t *, int64_t),
                    BdHistogram *histogram, const int64_t *times, int64_t count, int repeats) {
    double *rounds = bd_alloc_array((size_t)repeats, sizeof(*rounds));
    if (rounds == NULL) {
        fail("out of memory");
    }
    for (int i = 0; i < repeats; i++) {
        rounds[i] = body(histogram, times, count);
    }
    qsort(rounds, (size_t)repeats, sizeof(*rounds), compare);
    printf("%-16s  %7.2f  %7.2f\n", name, rounds[0], rounds[repeats / 2]);
    bd_free(rounds);
}

int main(int argc, char **argv) {
    int64_t count = argc > 1 ? strtoll(argv[1], NULL, 10) : 2000000;
    int repeats = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 9;
    if (count < 1 || repeats < 1) {
        fail("usage: bench_histogram [TIMES [REPEATS]]");
    }
    BdErr err = BD_ERR_INIT;
    BdHistogram *histogram = NULL;
    int64_t *times = bd_alloc_array((size_t)count, sizeof(*times));
    if (times == NULL || bd_histogram_new(&histogram, &err) != 0) {
        fail("out of memory");
    }
    fill(times, count);
    printf("ns each              best   median\n");
    measure("record a time", record, histogram, times, count, repeats);
    measure("read the clock", read_clock, histogram, times, count, repeats);
    bd_histogram_free(histogram);
    bd_free(times);
    return 0;
}
