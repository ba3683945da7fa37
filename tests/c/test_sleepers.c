/* test_sleepers.c - who sleeps wakes in the order of their moments, and not before. */
#include "run/sleepers.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define SLOTS 300

static void set_up(BdSleepers *sleepers) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_sleepers_init(sleepers, SLOTS, &err), 0);
}

static void expect_pop(BdSleepers *sleepers, int64_t now_ns, uint32_t wanted) {
    uint32_t slot = SLOTS;
    assert_true(bd_sleepers_pop(sleepers, now_ns, &slot));
    assert_int_equal(slot, wanted);
    assert_false(bd_sleepers_has(sleepers, slot));
}

static void expect_none(BdSleepers *sleepers, int64_t now_ns) {
    uint32_t slot = SLOTS;
    assert_false(bd_sleepers_pop(sleepers, now_ns, &slot));
    assert_int_equal(slot, SLOTS);
}

static void nobody_sleeps_at_first(void **state) {
    (void)state;
    BdSleepers sleepers;
    set_up(&sleepers);
    assert_int_equal(bd_sleepers_left_ns(&sleepers, 5), -1);
    assert_false(bd_sleepers_has(&sleepers, 0));
    expect_none(&sleepers, INT64_MAX);
    bd_sleepers_deinit(&sleepers);
}

static void a_sleeper_wakes_at_its_moment_and_not_before(void **state) {
    (void)state;
    BdSleepers sleepers;
    set_up(&sleepers);
    bd_sleepers_push(&sleepers, 7, 1000);
    assert_true(bd_sleepers_has(&sleepers, 7));
    assert_false(bd_sleepers_has(&sleepers, 6));
    assert_int_equal(bd_sleepers_left_ns(&sleepers, 400), 600);
    expect_none(&sleepers, 999);
    assert_int_equal(bd_sleepers_left_ns(&sleepers, 1000), 0);
    assert_int_equal(bd_sleepers_left_ns(&sleepers, 1001), 0);
    expect_pop(&sleepers, 1000, 7);
    assert_int_equal(bd_sleepers_left_ns(&sleepers, 1001), -1);
    bd_sleepers_deinit(&sleepers);
}

static void a_later_sleeper_may_wake_first(void **state) {
    (void)state;
    BdSleepers sleepers;
    set_up(&sleepers);
    bd_sleepers_push(&sleepers, 1, 300);
    bd_sleepers_push(&sleepers, 2, 100);
    bd_sleepers_push(&sleepers, 3, 200);
    expect_pop(&sleepers, 250, 2);
    bd_sleepers_push(&sleepers, 2, 150); /* and may fall asleep again */
    expect_pop(&sleepers, 250, 2);
    expect_pop(&sleepers, 250, 3);
    expect_none(&sleepers, 250);
    expect_pop(&sleepers, 300, 1);
    bd_sleepers_deinit(&sleepers);
}

/* Numbers without an order to be seen in them, the same ones in every run. */
static int64_t scattered(uint32_t *seed) {
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 24; /* few enough for many to be equal */
}

/* All sleep; then the first one wakes and sleeps again, many times; then all wake. */
static void many_sleepers_wake_in_the_order_of_their_moments(void **state) {
    (void)state;
    BdSleepers sleepers;
    int64_t until_ns[SLOTS];
    uint32_t seed = 1;
    set_up(&sleepers);
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        until_ns[slot] = scattered(&seed);
        bd_sleepers_push(&sleepers, slot, until_ns[slot]);
    }
    int64_t now_ns = 0;
    for (int turn = 0; turn < 20 * SLOTS; turn++) {
        uint32_t slot = SLOTS;
        now_ns += bd_sleepers_left_ns(&sleepers, now_ns);
        assert_true(bd_sleepers_pop(&sleepers, now_ns, &slot));
        assert_int_equal(until_ns[slot], now_ns);
        until_ns[slot] += 1 + scattered(&seed);
        bd_sleepers_push(&sleepers, slot, until_ns[slot]);
    }
    for (uint32_t left = SLOTS; left > 0; left--) {
        uint32_t slot = SLOTS;
        assert_true(bd_sleepers_pop(&sleepers, INT64_MAX, &slot));
        assert_true(until_ns[slot] >= now_ns);
        now_ns = until_ns[slot];
    }
    expect_none(&sleepers, INT64_MAX);
    bd_sleepers_deinit(&sleepers);
}

static int init_and_deinit(void *context, BdErr *err) {
    (void)context;
    BdSleepers sleepers;
    if (bd_sleepers_init(&sleepers, SLOTS, err) != 0) {
        return -1;
    }
    bd_sleepers_deinit(&sleepers);
    return 0;
}

static void memory_may_run_out(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(init_and_deinit, NULL), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(nobody_sleeps_at_first),
        CASE(a_sleeper_wakes_at_its_moment_and_not_before),
        CASE(a_later_sleeper_may_wake_first),
        CASE(many_sleepers_wake_in_the_order_of_their_moments),
        CASE(memory_may_run_out),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
