/*
 * test_counters.c - the workers' counters and their sum.
 */
#include "stats/counters.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS 7

/* As in a worker: counters first, and more behind them. */
typedef struct Holder {
    BdCounters counters;
    char more[100];
} Holder;

static void fill(Holder *holders) {
    for (int64_t i = 0; i < ROWS; i++) {
        bd_counter_add(&holders[i].counters.records, i);
        bd_counter_add(&holders[i].counters.failed, 10 * i);
        bd_counter_add(&holders[i].counters.rows, 100 * i);
        bd_counter_add(&holders[i].counters.statements, INT64_C(1) << 40);
    }
}

static void adding_accumulates(void **state) {
    (void)state;
    _Atomic int64_t counter = 0;
    bd_counter_add(&counter, 3);
    bd_counter_add(&counter, INT64_C(1) << 40);
    assert_true(counter == (INT64_C(1) << 40) + 3);
}

static void the_sum_steps_over_what_stands_between(void **state) {
    (void)state;
    Holder holders[ROWS] = {{.more = ""}};
    fill(holders);
    BdTotals totals = bd_counters_sum(&holders[0].counters, ROWS, sizeof(Holder));
    assert_int_equal(totals.records, 21);
    assert_int_equal(totals.failed, 210);
    assert_int_equal(totals.rows, 2100);
    assert_true(totals.statements == ROWS * (INT64_C(1) << 40));
}

static void units_are_counted_with_their_times(void **state) {
    (void)state;
    Holder holders[2] = {{.more = ""}};
    BdShares shares = {.ns = {1, 2, 3, 4, 5}};
    bd_counters_stored(&holders[0].counters, 10, &shares);
    shares.ns[BD_SHARE_SERVER] += 20;
    bd_counters_stored(&holders[0].counters, 30, &shares);
    bd_counters_stored(&holders[1].counters, 2, &shares);
    holders[0].counters.lag_ns = 7;
    holders[1].counters.lag_ns = 8;
    BdTotals totals = bd_counters_sum(&holders[0].counters, 2, sizeof(Holder));
    assert_int_equal(totals.units, 3);
    assert_int_equal(totals.unit_ns, 42);
    assert_int_equal(totals.lag_ns, 15);
    assert_int_equal(totals.shares_ns[BD_SHARE_SOURCE], 2);
    assert_int_equal(totals.shares_ns[BD_SHARE_SERVER], 48);
    assert_int_equal(totals.shares_ns[BD_SHARE_TURN], 10);
}

static void the_sums_of_parts_make_the_whole(void **state) {
    (void)state;
    Holder holders[ROWS] = {{.more = ""}};
    fill(holders);
    BdTotals whole = bd_counters_sum(&holders[0].counters, ROWS, sizeof(Holder));
    for (size_t cut = 0; cut < ROWS; cut++) {
        BdTotals a = bd_counters_sum(&holders[0].counters, cut, sizeof(Holder));
        BdTotals b = bd_counters_sum(&holders[cut].counters, ROWS - cut, sizeof(Holder));
        assert_int_equal(a.records + b.records, whole.records);
        assert_int_equal(a.failed + b.failed, whole.failed);
        assert_int_equal(a.rows + b.rows, whole.rows);
        assert_int_equal(a.statements + b.statements, whole.statements);
    }
}

static void the_sum_of_none_is_zero(void **state) {
    (void)state;
    BdTotals totals = bd_counters_sum(NULL, 0, sizeof(Holder));
    assert_int_equal(totals.records + totals.failed + totals.rows + totals.statements, 0);
}

static void *count_up(void *arg) {
    BdCounters *counters = arg;
    for (int i = 0; i < 20000; i++) {
        bd_counter_add(&counters->rows, 2);
        bd_counter_add(&counters->records, 1);
    }
    return NULL;
}

static void sums_may_be_taken_while_workers_count(void **state) {
    (void)state;
    enum { WORKERS = 3 };
    Holder holders[WORKERS] = {{.more = ""}};
    pthread_t threads[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, &holders[i].counters), 0);
    }
    BdTotals last = {0};
    for (int i = 0; i < 1000; i++) {
        BdTotals now = bd_counters_sum(&holders[0].counters, WORKERS, sizeof(Holder));
        assert_true(now.records >= last.records && now.rows >= last.rows);
        last = now;
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
    }
    last = bd_counters_sum(&holders[0].counters, WORKERS, sizeof(Holder));
    assert_int_equal(last.records, 20000 * WORKERS);
    assert_int_equal(last.rows, 40000 * WORKERS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding_accumulates),
        cmocka_unit_test(the_sum_steps_over_what_stands_between),
        cmocka_unit_test(units_are_counted_with_their_times),
        cmocka_unit_test(the_sums_of_parts_make_the_whole),
        cmocka_unit_test(the_sum_of_none_is_zero),
        cmocka_unit_test(sums_may_be_taken_while_workers_count),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
