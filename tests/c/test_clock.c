/*
 * test_clock.c - the clock and timeouts made of deadlines.
 */
#include "core/clock.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void time_does_not_go_back(void **state) {
    (void)state;
    int64_t before = bd_now_ns();
    assert_true(before > 0);
    for (int i = 0; i < 1000; i++) {
        int64_t now = bd_now_ns();
        assert_true(now >= before);
        before = now;
    }
}

static void no_deadline_is_no_timeout(void **state) {
    (void)state;
    assert_int_equal(bd_timeout_ms(0, 5 * BD_NS_PER_S), -1);
}

static void a_deadline_that_passed_does_not_wait(void **state) {
    (void)state;
    assert_int_equal(bd_timeout_ms(1000, 1000), 0);
    assert_int_equal(bd_timeout_ms(1000, 1001), 0);
    assert_int_equal(bd_timeout_ms(1, INT64_MAX), 0);
}

static void time_left_is_rounded_up(void **state) {
    (void)state;
    assert_int_equal(bd_timeout_ms(1001, 1000), 1);
    assert_int_equal(bd_timeout_ms(1000 + BD_NS_PER_MS, 1000), 1);
    assert_int_equal(bd_timeout_ms(1001 + BD_NS_PER_MS, 1000), 2);
    assert_int_equal(bd_timeout_ms(3 * BD_NS_PER_S, BD_NS_PER_S), 2000);
}

static void a_far_deadline_is_the_longest_timeout(void **state) {
    (void)state;
    assert_int_equal(bd_timeout_ms(INT64_MAX, 0), INT_MAX);
    assert_int_equal(bd_timeout_ms((INT64_C(1) + INT_MAX) * BD_NS_PER_MS, 0), INT_MAX);
    assert_int_equal(bd_timeout_ms(INT64_C(1) * INT_MAX * BD_NS_PER_MS, 0), INT_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_does_not_go_back),
        cmocka_unit_test(no_deadline_is_no_timeout),
        cmocka_unit_test(a_deadline_that_passed_does_not_wait),
        cmocka_unit_test(time_left_is_rounded_up),
        cmocka_unit_test(a_far_deadline_is_the_longest_timeout),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
