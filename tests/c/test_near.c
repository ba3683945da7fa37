/*
 * test_near.c - which name comes near.
 */
#include "core/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *nearest(const char *written) {
    static const char *const names[] = {
        "data_element", "geo_record",
        "geo_records",  "matrix",
        "id",           "a_name_that_is_longer_than_any_that_a_table_may_have_in_postgresql_by_far",
    };
    BdNear near;
    bd_near_init(&near, written);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        bd_near_consider(&near, names[i]);
    }
    return near.name;
}

static void letters_may_be_added_dropped_replaced_and_swapped(void **state) {
    (void)state;
    assert_string_equal(nearest("geo_recrod"), "geo_record");
    assert_string_equal(nearest("georecord"), "geo_record");
    assert_string_equal(nearest("Matricx"), "matrix");
    assert_string_equal(nearest("matrrix"), "matrix");
    assert_string_equal(nearest("ix"), "id");
    assert_string_equal(nearest("GEO_RECORDS"), "geo_records");
}

static void capitals_are_small_letters_and_underscores_hyphens(void **state) {
    (void)state;
    BdNear near;
    bd_near_init(&near, "NO_VERIFY");
    bd_near_consider(&near, "no-verify");
    assert_string_equal(near.name, "no-verify");
    assert_int_equal(near.below, 0);
}

static void a_beginning_is_enough(void **state) {
    (void)state;
    assert_string_equal(nearest("geo"), "geo_record");
    assert_string_equal(nearest("DATA-"), "data_element");
    assert_null(nearest("ge"));
    BdNear near;
    bd_near_init(&near, "--pool");
    bd_near_consider(&near, "--loop");
    bd_near_consider(&near, "--poolsize");
    assert_string_equal(near.name, "--poolsize");
    bd_near_init(&near, "--po");
    bd_near_consider(&near, "--poolsize");
    assert_null(near.name);
}

static void what_is_too_far_is_not_meant(void **state) {
    (void)state;
    assert_null(nearest("elements"));
    assert_null(nearest(""));
    assert_null(nearest("xy"));
    assert_null(
        nearest("a_name_that_is_longer_than_any_that_a_table_may_have_in_postgresql_by_fa"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_may_be_added_dropped_replaced_and_swapped),
        cmocka_unit_test(capitals_are_small_letters_and_underscores_hyphens),
        cmocka_unit_test(a_beginning_is_enough),
        cmocka_unit_test(what_is_too_far_is_not_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
