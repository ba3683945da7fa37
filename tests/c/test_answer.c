/*
 * test_answer.c - answers made by hand and by libpq, read.
 */
#include "pg/answer.h"

#include "core/mem.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void an_answer_made_by_hand_reads_as_one_from_a_server(void **state) {
    (void)state;
    static const char *const names[] = {"id", "Name"};
    static const char *const values[] = {"1", "one", NULL, ""};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_answer_new(&answer, names, 2, values, 2, &err), 0);
    assert_int_equal(bd_answer_rows(answer), 2);
    assert_int_equal(bd_answer_columns(answer), 2);
    assert_string_equal(bd_answer_column_name(answer, 0), "id");
    assert_string_equal(bd_answer_column_name(answer, 1), "Name");
    assert_string_equal(bd_answer_value(answer, 0, 0), "1");
    assert_string_equal(bd_answer_value(answer, 0, 1), "one");
    assert_null(bd_answer_value(answer, 1, 0));
    assert_string_equal(bd_answer_value(answer, 1, 1), "");
    assert_int_equal(bd_answer_touched(answer), 0);
    bd_answer_free(answer);
}

static void columns_are_found_by_their_exact_name(void **state) {
    (void)state;
    static const char *const names[] = {"id", "Name", "id"};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_answer_new(&answer, names, 3, NULL, 0, &err), 0);
    assert_int_equal(bd_answer_rows(answer), 0);
    assert_int_equal(bd_answer_column(answer, "id"), 0);
    assert_int_equal(bd_answer_column(answer, "Name"), 1);
    assert_int_equal(bd_answer_column(answer, "name"), -1);
    assert_int_equal(bd_answer_column(answer, ""), -1);
    assert_null(bd_answer_column_name(answer, 3));
    assert_null(bd_answer_column_name(answer, -1));
    bd_answer_free(answer);
}

static void an_answer_may_have_nothing_in_it(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_answer_new(&answer, NULL, 0, NULL, 0, &err), 0);
    assert_int_equal(bd_answer_rows(answer), 0);
    assert_int_equal(bd_answer_columns(answer), 0);
    assert_int_equal(bd_answer_touched(answer), 0);
    bd_answer_free(answer);
    bd_answer_free(NULL);
}

static int try_new(void *context, BdErr *err) {
    static const char *const names[] = {"a"};
    static const char *const values[] = {"1"};
    (void)context;
    BdAnswer *answer = NULL;
    int status = bd_answer_new(&answer, names, 1, values, 1, err);
    bd_answer_free(answer);
    return status;
}

static void running_out_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(try_new, NULL), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(an_answer_made_by_hand_reads_as_one_from_a_server),
        CASE(columns_are_found_by_their_exact_name),
        CASE(an_answer_may_have_nothing_in_it),
        CASE(running_out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
