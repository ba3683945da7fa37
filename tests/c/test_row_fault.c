/*
 * test_row_fault.c - which refusals are a row's own, and how rows are shown in messages.
 */
#include "run/row_fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static bool is_fault(BdErrCode code, const char *sqlstate) {
    BdErr err = {.code = code};
    snprintf(err.sqlstate, sizeof(err.sqlstate), "%s", sqlstate);
    return bd_row_fault(&err);
}

static void data_and_constraints_are_a_rows_own_fault(void **state) {
    (void)state;
    assert_true(is_fault(BD_E_SQL, "22P02"));
    assert_true(is_fault(BD_E_SQL, "23505"));
    assert_true(is_fault(BD_E_SQL, "44000"));
    assert_true(is_fault(BD_E_SQL, "P0001"));
    assert_true(is_fault(BD_E_SQL, "54000"));
}

static void what_would_meet_any_row_is_not(void **state) {
    (void)state;
    static const char *const others[] = {"",      "08006", "25006", "40001", "40P01",
                                         "42501", "42P01", "53100", "57014", "XX000"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_false(is_fault(BD_E_SQL, others[i]));
    }
    assert_false(is_fault(BD_E_CONN, "23505"));
}

static void check_shown(const char *const *values, size_t count, const char *expected) {
    BdErr err = BD_ERR_INIT;
    BdRowText text;
    bd_err_set(&err, BD_E_SQL, 0, "no");
    bd_row_text_begin(&text);
    for (size_t i = 0; i < count; i++) {
        bd_row_text_add(&text, values[i], values[i] == NULL ? 0 : strlen(values[i]));
    }
    assert_int_equal(bd_row_text_wrap(&text, 3, &err), -1);
    assert_string_equal(err.msg, expected);
}

static void a_row_is_shown_with_its_values(void **state) {
    (void)state;
    check_shown((const char *const[]){"12", NULL, "", "a\tb\nc"}, 4,
                "row 3 ('12', NULL, '', 'a b c'): no");
}

static void a_long_value_is_cut_between_characters(void **state) {
    (void)state;
    check_shown((const char *const[]){"0123456789012345678901234567890\303\274b"}, 1,
                "row 3 ('0123456789012345678901234567890...'): no");
    check_shown((const char *const[]){"012345678901234567890123456789\303\274"}, 1,
                "row 3 ('012345678901234567890123456789\303\274'): no");
}

static void many_values_are_cut(void **state) {
    (void)state;
    const char *values[60];
    for (int i = 0; i < 60; i++) {
        values[i] = "1234567";
    }
    BdErr err = BD_ERR_INIT;
    for (size_t count = 1; count <= 60; count++) {
        BdRowText text;
        bd_err_set(&err, BD_E_SQL, 0, "no");
        bd_row_text_begin(&text);
        for (size_t i = 0; i < count; i++) {
            bd_row_text_add(&text, values[i], 1 + i % 7);
        }
        bd_row_text_wrap(&text, 1, &err);
        assert_true(strlen(err.msg) < sizeof(text.text) + strlen("row 1 : no"));
    }
    assert_non_null(strstr(err.msg, "...): no"));
    assert_null(strstr(err.msg, "......"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_and_constraints_are_a_rows_own_fault),
        cmocka_unit_test(what_would_meet_any_row_is_not),
        cmocka_unit_test(a_row_is_shown_with_its_values),
        cmocka_unit_test(a_long_value_is_cut_between_characters),
        cmocka_unit_test(many_values_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
