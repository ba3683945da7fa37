/*
 * test_spread.c - times by their lengths, read while they are counted.
 */
#include "stats/spread.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

/* Every cell holds times around its middle, and none is wider than a 32nd of them. */
static void cells_hold_the_times_around_their_middles(void **state) {
    (void)state;
    for (int64_t ns = 1; ns <= BD_HISTOGRAM_MOST_NS; ns += 1 + ns / 50) {
        int64_t off = bd_spread_cell_ns(bd_spread_cell(ns)) - ns;
        assert_true(off <= 16 + ns / 64 && -off <= 16 + ns / 64);
    }
    assert_int_equal(bd_spread_cell(-1), 0);
    assert_int_equal(bd_spread_cell(INT64_MAX), BD_SPREAD_CELLS - 1);
}

static void several_are_summed_cell_by_cell(void **state) {
    (void)state;
    static BdSpread spreads[2];
    int64_t sums[BD_SPREAD_CELLS] = {0};
    bd_spread_add(&spreads[0], 1000000);
    bd_spread_add(&spreads[1], 1000000);
    bd_spread_add(&spreads[1], 2000000);
    bd_spread_sum(&spreads[0], sums);
    bd_spread_sum(&spreads[1], sums);
    assert_int_equal(sums[bd_spread_cell(1000000)], 2);
    assert_int_equal(sums[bd_spread_cell(2000000)], 1);
    assert_int_equal(sums[bd_spread_cell(3000000)], 0);
}

enum { TIMES = 20000 };

static void *add_times(void *spread) {
    for (int i = 0; i < TIMES; i++) {
        bd_spread_add(spread, 5000);
    }
    return NULL;
}

static void sums_may_be_taken_while_times_are_added(void **state) {
    (void)state;
    static BdSpread spread;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, add_times, &spread), 0);
    int64_t last = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t sums[BD_SPREAD_CELLS] = {0};
        bd_spread_sum(&spread, sums);
        assert_true(sums[bd_spread_cell(5000)] >= last);
        last = sums[bd_spread_cell(5000)];
    }
    pthread_join(thread, NULL);
    assert_int_equal(spread.cells[bd_spread_cell(5000)], TIMES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_hold_the_times_around_their_middles),
        cmocka_unit_test(several_are_summed_cell_by_cell),
        cmocka_unit_test(sums_may_be_taken_while_times_are_added),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
