/*
 * test_err.c - the error record: filling, wrapping, cutting.
 */
#include "core/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void setting_fills_every_part(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_err_set(&err, BD_E_FORMAT, 7, "%s has %d fields", "f.csv", 3), -1);
    assert_int_equal(err.code, BD_E_FORMAT);
    assert_int_equal(err.sys, 7);
    assert_string_equal(err.msg, "f.csv has 3 fields");
    assert_string_equal(err.hint, "");
    assert_string_equal(err.sqlstate, "");
    assert_non_null(strstr(err.file, "test_err.c"));
    assert_true(err.line > 0);
}

static void setting_forgets_what_was_there(void **state) {
    (void)state;
    BdErr err = {.code = BD_E_SQL, .sqlstate = "23505", .msg = "old", .hint = "old advice"};
    bd_err_set(&err, BD_E_IO, 0, "new");
    assert_string_equal(err.msg, "new");
    assert_string_equal(err.hint, "");
    assert_string_equal(err.sqlstate, "");
}

static void system_errors_end_in_the_systems_text(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_err_set_sys(&err, BD_E_IO, ENOENT, "cannot open %s", "x"), -1);
    assert_int_equal(err.sys, ENOENT);
    assert_string_equal(err.msg, "cannot open x: No such file or directory");
}

static void wrapping_puts_context_in_front(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    bd_err_set(&err, BD_E_IO, 5, "disk full");
    bd_err_hint(&err, "free %d MB", 10);
    assert_int_equal(bd_err_wrap(&err, "writing %s", "a.zip"), -1);
    assert_string_equal(err.msg, "writing a.zip: disk full");
    assert_string_equal(err.hint, "free 10 MB");
    assert_int_equal(err.code, BD_E_IO);
    assert_int_equal(err.sys, 5);
}

static void long_messages_are_cut(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    char text[2000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    bd_err_set(&err, BD_E_IO, 0, "%s", text);
    assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
    bd_err_set_sys(&err, BD_E_IO, ENOENT, "%s", text);
    assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
    bd_err_wrap(&err, "context");
    assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
    assert_memory_equal(err.msg, "context: xxx", 12);
    bd_err_wrap(&err, "%s", text);
    assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
    bd_err_hint(&err, "%s", text);
    assert_int_equal(strlen(err.hint), sizeof(err.hint) - 1);
}

static void nobody_need_want_the_error(void **state) {
    (void)state;
    assert_int_equal(bd_err_set(NULL, BD_E_IO, 0, "x"), -1);
    assert_int_equal(bd_err_set_sys(NULL, BD_E_IO, ENOENT, "x"), -1);
    assert_int_equal(bd_err_wrap(NULL, "x"), -1);
    assert_int_equal(bd_err_hint(NULL, "x"), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_fills_every_part),
        cmocka_unit_test(setting_forgets_what_was_there),
        cmocka_unit_test(system_errors_end_in_the_systems_text),
        cmocka_unit_test(wrapping_puts_context_in_front),
        cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(nobody_need_want_the_error),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
