/*
 * test_latencies.c - times by name, merged by name.
 */
#include "stats/latencies.h"

#include "support/memory.h"

#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char keys[BD_LATENCIES_MOST + 2];

static void add(BdLatencies *latencies, const void *key, const char *name, int64_t ns) {
    BdHistogram *times = bd_latencies_times(latencies, key, name);
    if (times != NULL) {
        bd_histogram_add(times, ns);
    }
}

static void times_are_counted_under_their_key(void **state) {
    (void)state;
    BdLatencies latencies = {.count = 0};
    add(&latencies, &keys[0], "select", 10);
    add(&latencies, &keys[1], "insert", 20);
    add(&latencies, &keys[0], "select", 30);
    assert_int_equal(latencies.count, 2);
    assert_string_equal(latencies.list[0].name, "select");
    assert_int_equal(latencies.list[0].times->count, 2);
    assert_int_equal(latencies.list[0].times->sum_ns, 40);
    assert_int_equal(latencies.list[1].times->sum_ns, 20);
    bd_latencies_deinit(&latencies);
}

static void merging_goes_by_name_whatever_the_keys(void **state) {
    (void)state;
    BdLatencies whole = {.count = 0};
    BdLatencies part = {.count = 0};
    add(&whole, &keys[0], "select", 10);
    add(&part, &keys[1], "insert", 5);
    add(&part, &keys[2], "select", 30);
    bd_latencies_merge(&whole, &part);
    assert_int_equal(whole.count, 2);
    assert_int_equal(whole.list[0].times->sum_ns, 40);
    assert_string_equal(whole.list[1].name, "insert");
    assert_int_equal(whole.list[1].times->sum_ns, 5);
    bd_latencies_deinit(&part);
    bd_latencies_deinit(&whole);
}

static void what_is_one_name_too_many_is_counted_as_dropped(void **state) {
    (void)state;
    BdLatencies latencies = {.count = 0};
    BdLatencies whole = {.count = 0};
    for (int i = 0; i < BD_LATENCIES_MOST + 2; i++) {
        char name[32];
        snprintf(name, sizeof(name), "statement %d", i);
        add(&latencies, &keys[i], name, 1);
    }
    assert_int_equal(latencies.count, BD_LATENCIES_MOST);
    assert_int_equal(latencies.dropped, 2);
    add(&whole, &keys[0], "another", 1);
    bd_latencies_merge(&whole, &latencies);
    assert_int_equal(whole.dropped, 3);
    bd_latencies_deinit(&latencies);
    bd_latencies_deinit(&whole);
}

static void without_memory_times_are_dropped(void **state) {
    (void)state;
    for (int nth = 1; nth <= 2; nth++) {
        BdLatencies latencies = {.count = 0};
        bd_mem_fail_at(nth);
        add(&latencies, &keys[0], "select", 10);
        bd_mem_fail_at(0);
        assert_int_equal(latencies.count, 0);
        assert_int_equal(latencies.dropped, 1);
        add(&latencies, &keys[0], "select", 10);
        assert_int_equal(latencies.count, 1);
        bd_latencies_deinit(&latencies);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(times_are_counted_under_their_key),
        CASE(merging_goes_by_name_whatever_the_keys),
        CASE(what_is_one_name_too_many_is_counted_as_dropped),
        CASE(without_memory_times_are_dropped),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
