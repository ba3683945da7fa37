/*
 * test_origins.c - where in their records rows come from, without looking at them.
 */
#include "run/origins.h"

#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void add(BdOrigins *origins, int rows) {
    BdErr err = BD_ERR_INIT;
    for (int i = 0; i < rows; i++) {
        assert_int_equal(bd_origins_reserve(origins, &err), 0);
        bd_origins_add(origins, 1);
    }
}

static uint32_t leave_out(BdOrigins *origins) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_origins_reserve(origins, &err), 0);
    return bd_origins_skip(origins);
}

static void rows_are_numbered_within_their_record(void **state) {
    (void)state;
    BdOrigins origins = {0};
    bd_origins_begin(&origins);
    add(&origins, 3);
    bd_origins_begin(&origins);
    bd_origins_begin(&origins);
    add(&origins, 2);
    static const uint32_t numbers[] = {1, 2, 3, 1, 2};
    assert_int_equal(origins.rows, 5);
    for (uint32_t row = 0; row < 5; row++) {
        assert_int_equal(bd_origins_number(&origins, row), numbers[row]);
    }
    bd_origins_deinit(&origins);
}

static void rows_that_are_not_held_are_numbered_too(void **state) {
    (void)state;
    BdOrigins origins = {0};
    bd_origins_begin(&origins);
    assert_int_equal(leave_out(&origins), 1);
    add(&origins, 2);
    assert_int_equal(leave_out(&origins), 4);
    add(&origins, 1);
    static const uint32_t numbers[] = {2, 3, 5};
    assert_int_equal(origins.rows, 3);
    for (uint32_t row = 0; row < 3; row++) {
        assert_int_equal(bd_origins_number(&origins, row), numbers[row]);
    }
    bd_origins_deinit(&origins);
}

static void numbers_go_on_when_rows_are_forgotten(void **state) {
    (void)state;
    BdOrigins origins = {0};
    bd_origins_begin(&origins);
    add(&origins, 2);
    bd_origins_forget(&origins);
    assert_int_equal(origins.rows, 0);
    add(&origins, 1);
    assert_int_equal(bd_origins_number(&origins, 0), 3);
    bd_origins_deinit(&origins);
}

static int use(void *context, BdErr *err) {
    (void)context;
    BdOrigins origins = {0};
    int status = 0;
    for (int i = 0; i < 20 && status == 0; i++) {
        bd_origins_begin(&origins);
        status = bd_origins_reserve(&origins, err);
    }
    bd_origins_deinit(&origins);
    return status;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    assert_true(memory_fail_each(use, NULL) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(rows_are_numbered_within_their_record),
        CASE(rows_that_are_not_held_are_numbered_too),
        CASE(numbers_go_on_when_rows_are_forgotten),
        CASE(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
