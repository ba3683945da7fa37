/*
 * test_histogram.c - percentiles within their error, merging, extremes, the walk up the quantiles.
 */
#include "core/mem.h"
#include "stats/histogram.h"
#include "support/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define TIMES 20000

static BdHistogram *made(void) {
    BdErr err = BD_ERR_INIT;
    BdHistogram *histogram = NULL;
    assert_int_equal(bd_histogram_new(&histogram, &err), 0);
    return histogram;
}

/* Times from nanoseconds to minutes, the same in each run. */
static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void fill_random(int64_t *times, size_t count) {
    uint64_t state = 88172645463325252U;
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = next_random(&state) % 38 + 1;
        times[i] = (int64_t)(next_random(&state) & ((UINT64_C(1) << bits) - 1));
    }
}

static int compare(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void a_cell_is_no_wider_than_a_thousandth_of_its_times(void **state) {
    (void)state;
    int64_t begin = 0;
    for (uint32_t cell = 0; cell < BD_HISTOGRAM_CELLS; cell++) {
        int64_t end = bd_histogram_cell_end_ns(cell);
        assert_int_equal(bd_histogram_cell(begin), cell);
        assert_int_equal(bd_histogram_cell(end), cell);
        assert_true((end - begin) * 1000 <= begin);
        begin = end + 1;
    }
    assert_int_equal(begin, BD_HISTOGRAM_MOST_NS + 1);
}

static void quantiles_are_at_most_a_thousandth_too_long(void **state) {
    (void)state;
    static int64_t times[TIMES];
    fill_random(times, TIMES);
    BdHistogram *histogram = made();
    for (size_t i = 0; i < TIMES; i++) {
        bd_histogram_add(histogram, times[i]);
    }
    qsort(times, TIMES, sizeof(times[0]), compare);
    for (int64_t rank = 1; rank <= TIMES; rank++) {
        int64_t true_ns = times[rank - 1];
        int64_t shown_ns = bd_histogram_quantile_ns(histogram, (double)rank / TIMES);
        assert_true(shown_ns >= true_ns);
        assert_true((shown_ns - true_ns) * 1000 <= true_ns);
    }
    bd_histogram_free(histogram);
}

static void a_share_of_the_times_is_rounded_up_to_whole_ones(void **state) {
    (void)state;
    BdHistogram *histogram = made();
    for (int64_t ns = 1; ns <= 1000; ns++) {
        bd_histogram_add(histogram, ns);
    }
    assert_int_equal(bd_histogram_quantile_ns(histogram, 0), 1);
    assert_int_equal(bd_histogram_quantile_ns(histogram, 0.5), 500);
    assert_int_equal(bd_histogram_quantile_ns(histogram, 0.5001), 501);
    assert_int_equal(bd_histogram_quantile_ns(histogram, 0.99), 990);
    assert_int_equal(bd_histogram_quantile_ns(histogram, 0.999), 999);
    assert_int_equal(bd_histogram_quantile_ns(histogram, 1), 1000);
    bd_histogram_free(histogram);
}

static void histograms_merged_are_the_histogram_of_the_whole(void **state) {
    (void)state;
    enum { PARTS = 7 };
    static int64_t times[TIMES];
    fill_random(times, TIMES);
    BdHistogram *whole = made();
    BdHistogram *merged = made();
    BdHistogram *parts[PARTS];
    for (size_t i = 0; i < PARTS; i++) {
        parts[i] = made();
    }
    for (size_t i = 0; i < TIMES; i++) {
        bd_histogram_add(whole, times[i]);
        bd_histogram_add(parts[(i * i) % PARTS], times[i]);
    }
    for (size_t i = 0; i < PARTS; i++) {
        bd_histogram_merge(merged, parts[i]);
        bd_histogram_free(parts[i]);
    }
    assert_memory_equal(merged, whole, sizeof(*whole));
    bd_histogram_free(merged);
    bd_histogram_free(whole);
}

static void what_is_noted_is_there_once_it_is_settled(void **state) {
    (void)state;
    BdHistogram *odd = made();
    BdHistogram *even = made();
    BdHistogramNotes notes = {.count = 0};
    int64_t count = 2 * BD_HISTOGRAM_NOTES + 3;
    for (int64_t ns = 0; ns < count; ns++) {
        bd_histogram_note(&notes, ns % 2 == 1 ? odd : even, ns);
    }
    bd_histogram_settle(&notes);
    bd_histogram_settle(&notes); /* nothing is added twice */
    assert_int_equal(odd->count + even->count, count);
    assert_int_equal(odd->sum_ns + even->sum_ns, count * (count - 1) / 2);
    assert_int_equal(odd->least_ns, 1);
    assert_int_equal(even->most_ns, count - 1);
    bd_histogram_free(odd);
    bd_histogram_free(even);
}

static void mean_and_deviation_are_those_of_the_times(void **state) {
    (void)state;
    BdHistogram *histogram = made();
    for (int64_t ns = 1; ns <= 2000; ns++) { /* each time has a cell of its own */
        bd_histogram_add(histogram, ns);
    }
    assert_true(fabs(bd_histogram_mean_ns(histogram) - 1000.5) < 1e-9);
    assert_true(fabs(bd_histogram_deviation_ns(histogram) - sqrt((4e6 - 1) / 12)) < 1e-6);
    bd_histogram_free(histogram);
}

static void the_mean_of_long_times_is_exact_and_their_deviation_close(void **state) {
    (void)state;
    BdHistogram *histogram = made();
    for (int i = 0; i < 1000; i++) {
        bd_histogram_add(histogram, 3000000001);
        bd_histogram_add(histogram, 5000000003);
    }
    assert_true(fabs(bd_histogram_mean_ns(histogram) - 4000000002.0) < 1e-3);
    assert_true(fabs(bd_histogram_deviation_ns(histogram) / 1000000001.0 - 1) < 0.004);
    bd_histogram_free(histogram);
}

static void equal_times_do_not_deviate(void **state) {
    (void)state;
    BdHistogram *histogram = made();
    for (int i = 0; i < 12345; i++) {
        bd_histogram_add(histogram, 123456789);
    }
    assert_true(bd_histogram_deviation_ns(histogram) < 1e-3);
    bd_histogram_free(histogram);
}

static void nothing_recorded_is_all_zero(void **state) {
    (void)state;
    BdHistogram *histogram = made();
    BdHistogram *other = made();
    bd_histogram_merge(other, histogram);
    assert_memory_equal(other, histogram, sizeof(*other));
    assert_int_equal(bd_histogram_quantile_ns(histogram, 0.5), 0);
    assert_true(bd_histogram_mean_ns(histogram) == 0);
    assert_true(bd_histogram_deviation_ns(histogram) == 0);
    BdQuantileWalk walk;
    BdQuantile quantile;
    bd_quantile_walk_begin(&walk, histogram);
    assert_false(bd_quantile_walk_next(&walk, &quantile));
    bd_histogram_free(other);
    bd_histogram_free(histogram);
}

static void the_extremes_are_exact_even_beyond_the_cells(void **state) {
    (void)state;
    BdHistogram *histogram = made();
    bd_histogram_add(histogram, -5); /* as 0 */
    bd_histogram_add(histogram, 1);
    bd_histogram_add(histogram, BD_HISTOGRAM_MOST_NS + 12345);
    assert_int_equal(histogram->least_ns, 0);
    assert_int_equal(histogram->most_ns, BD_HISTOGRAM_MOST_NS + 12345);
    assert_int_equal(bd_histogram_quantile_ns(histogram, 0.1), 0);
    assert_int_equal(bd_histogram_quantile_ns(histogram, 0.5), 1);
    assert_int_equal(bd_histogram_quantile_ns(histogram, 1), BD_HISTOGRAM_MOST_NS + 12345);
    bd_histogram_free(histogram);
}

static void no_quantile_is_longer_than_the_longest_time(void **state) {
    (void)state;
    BdHistogram *histogram = made();
    bd_histogram_add(histogram, 1000001);
    assert_int_equal(bd_histogram_quantile_ns(histogram, 0.5), 1000001);
    bd_histogram_free(histogram);
}

/* Each line: so many times do not exceed the time, and they are the share at least. */
static void the_walk_goes_up_to_the_longest_time(void **state) {
    (void)state;
    static int64_t times[TIMES];
    fill_random(times, TIMES);
    BdHistogram *histogram = made();
    for (size_t i = 0; i < TIMES; i++) {
        bd_histogram_add(histogram, times[i]);
    }
    BdQuantileWalk walk;
    BdQuantile last = {.ns = -1, .share = -1};
    BdQuantile quantile = {0};
    int lines = 0;
    for (bd_quantile_walk_begin(&walk, histogram); bd_quantile_walk_next(&walk, &quantile);
         lines++) {
        assert_true(quantile.share > last.share);
        assert_true(quantile.ns >= last.ns && quantile.count >= last.count);
        assert_true((double)quantile.count >= quantile.share * TIMES - 1e-6);
        assert_int_equal(quantile.ns, bd_histogram_quantile_ns(histogram, quantile.share));
        last = quantile;
    }
    assert_true(last.share == 1.0 && last.count == TIMES && last.ns == histogram->most_ns);
    assert_true(lines > 50 && lines < 5 * 20);
    bd_histogram_free(histogram);
}

/* HdrHistogram's own steps: 10 % each up to one half, then 5 %, then 2.5 %. */
static void the_walk_takes_the_steps_of_hdrhistogram(void **state) {
    (void)state;
    static const double shares[] = {0,   0.1,  0.2, 0.3,  0.4,   0.5, 0.55,
                                    0.6, 0.65, 0.7, 0.75, 0.775, 0.8};
    BdHistogram *histogram = made();
    for (int64_t ns = 1; ns <= 1000; ns++) {
        bd_histogram_add(histogram, ns);
    }
    BdQuantileWalk walk;
    bd_quantile_walk_begin(&walk, histogram);
    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        BdQuantile quantile;
        assert_true(bd_quantile_walk_next(&walk, &quantile));
        assert_true(fabs(quantile.share - shares[i]) < 1e-9);
    }
    bd_histogram_free(histogram);
}

/* How many pages of the histogram are in memory. */
static size_t resident_pages(const BdHistogram *histogram) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = (uintptr_t)histogram / page * page;
    size_t pages = ((uintptr_t)(histogram + 1) - begin + page - 1) / page;
    unsigned char resident[1024];
    assert_in_range(pages, 1, sizeof(resident));
    assert_int_equal(mincore((void *)begin, pages * page, resident), 0);
    size_t count = 0;
    for (size_t i = 0; i < pages; i++) {
        count += resident[i] & 1;
    }
    return count;
}

/* Also where malloc() has memory left from blocks that were freed. */
static void pages_without_times_take_no_memory(void **state) {
    (void)state;
    bd_histogram_free(made());
    void *used = bd_alloc(4 * sizeof(BdHistogram));
    assert_non_null(used);
    memset(used, 1, 4 * sizeof(BdHistogram));
    bd_free(used);

    BdHistogram *histogram = made();
    bd_histogram_add(histogram, 1000000);
    assert_in_range(resident_pages(histogram), 2, 3);
    bd_histogram_free(histogram);
}

static int make_and_free(void *context, BdErr *err) {
    (void)context;
    BdHistogram *histogram = NULL;
    int status = bd_histogram_new(&histogram, err);
    bd_histogram_free(histogram);
    return status;
}

static void running_out_of_memory_is_said(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(make_and_free, NULL), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_cell_is_no_wider_than_a_thousandth_of_its_times),
        CASE(quantiles_are_at_most_a_thousandth_too_long),
        CASE(a_share_of_the_times_is_rounded_up_to_whole_ones),
        CASE(histograms_merged_are_the_histogram_of_the_whole),
        CASE(what_is_noted_is_there_once_it_is_settled),
        CASE(mean_and_deviation_are_those_of_the_times),
        CASE(the_mean_of_long_times_is_exact_and_their_deviation_close),
        CASE(equal_times_do_not_deviate),
        CASE(nothing_recorded_is_all_zero),
        CASE(the_extremes_are_exact_even_beyond_the_cells),
        CASE(no_quantile_is_longer_than_the_longest_time),
        CASE(the_walk_goes_up_to_the_longest_time),
        CASE(the_walk_takes_the_steps_of_hdrhistogram),
        CASE(pages_without_times_take_no_memory),
        CASE(running_out_of_memory_is_said),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
