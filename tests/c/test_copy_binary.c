/*
 * test_copy_binary.c - texts that are no values, and what else is refused, against a real server.
 * That what is taken is stored as it should be is in test_ways.c, too.
 */
#include "pg/array_text.h"
#include "pg/copy_binary.h"
#include "pg/copy_text.h"

#include "support/database.h"
#include "support/memory.h"
#include "support/row.h"
#include "support/values.h"
#include "support/ways_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- texts that are no values -------------------------------------------------------------- */

static void check_same_values(BdSession *session, const Type *type) {
    char sql[512];
    char expected[64];
    snprintf(sql, sizeof(sql),
             "select '%s: ' || coalesce(string_agg(v, ','), 'same') from ("
             "(select v::text from by_row except all select v::text from by_binary) union all "
             "(select v::text from by_binary except all select v::text from by_row)) d",
             type->name);
    snprintf(expected, sizeof(expected), "%s: same", type->name);
    database_check(session, sql, expected);
}

/* Types whose values the server checks further when they come in binary. */
static bool is_checked_later(const Type *type) {
    static const char *const names[] = {"text", "varchar(5)",    "char(4)",
                                        "json", "numeric(10,2)", "jsonb"};
    bool checked = false;
    for (size_t i = 0; i < COUNT(names); i++) {
        checked = checked || strcmp(type->name, names[i]) == 0;
    }
    return checked;
}

typedef struct Trial {
    BdTarget *target;
    BdBuf insert, tuples;
    int taken;
} Trial;

/* A text that is probably no value: what the encoder takes, the server must take too. */
static void try_text(Trial *trial, BdSession *session, const Type *type, const char *text) {
    const char *const row[] = {"1", text};
    BdErr refused = BD_ERR_INIT;
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    size_t before = trial->tuples.len;
    Row spans;
    bool encoded = bd_copy_binary_row(&trial->tuples, trial->target, row_init(&spans, row, 2), 0,
                                      &refused) == 0;
    bool stored = bd_session_query(session, trial->insert.p, row, 2, &answer, &err) == 0;
    bd_answer_free(answer);
    if (encoded && stored) {
        trial->taken++;
    } else if (encoded) {
        bool is_not_utf8 = strcmp(err.sqlstate, "22021") == 0;
        if (!is_checked_later(type) && !is_not_utf8) {
            fail_msg("%s: \"%s\" is taken, but: %s", type->name, text, err.msg);
        }
        trial->tuples.len = before;
    } else if (stored) {
        bd_answer_free(database_run(session, "delete from by_row where n = 1"));
    }
    bd_answer_free(database_run(session, "update by_row set n = 0"));
}

static void check_mutations(BdSession *session, const Type *type) {
    static char copy_text[] = "copy by_binary from stdin (format binary)";
    const BdBuf copy = {.p = copy_text};
    char sql[256];
    snprintf(sql, sizeof(sql),
             "drop table if exists by_row, by_unnest, by_copy, by_binary;"
             "create temp table by_row (n int, v %s);create temp table by_binary (like by_row)",
             type->name);
    bd_answer_free(database_run(session, sql));
    Trial trial = {.target = target_of(session, "by_row")};
    assert_int_equal(bd_target_insert_sql(trial.target, 1, &trial.insert), 0);
    for (int round = 0; round < 200; round++) {
        char text[VALUE_BYTES];
        type->make(text);
        value_mutate(text);
        try_text(&trial, session, type, text);
    }
    assert_in_range(trial.taken, 5, 199);
    copy_in(session, &copy, &trial.tuples, true);
    check_same_values(session, type);
    bd_target_free(trial.target);
    bd_buf_deinit(&trial.insert);
    bd_buf_deinit(&trial.tuples);
}

static void what_the_server_refuses_is_refused(void **state) {
    (void)state;
    BdSession *session = open_session();
    for (size_t i = 0; i < VALUE_TYPES; i++) {
        if (strcmp(value_types[i].name, "numeric(10,2)") != 0) { /* made of texts that are none */
            check_mutations(session, &value_types[i]);
        }
    }
    bd_session_free(session);
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void check_refused(BdSession *session, const char *type, const char *value,
                          const char *message) {
    char sql[128];
    const char *const row[] = {NULL, value};
    Row spans;
    BdErr err = BD_ERR_INIT;
    BdBuf tuples = {0};
    snprintf(sql, sizeof(sql), "drop table if exists t; create temp table t (n int, v %s)", type);
    bd_answer_free(database_run(session, sql));
    BdTarget *target = target_of(session, "t");
    assert_int_equal(bd_copy_binary_check(target, &err), 0);
    assert_int_equal(bd_copy_binary_row(&tuples, target, row_init(&spans, row, 2), 0, &err), -1);
    assert_int_equal(err.code, BD_E_FORMAT);
    assert_string_equal(err.msg, message);
    assert_int_equal(tuples.len, 0);
    bd_buf_deinit(&tuples);
    bd_target_free(target);
}

static void a_refused_value_is_named_with_its_column_and_type(void **state) {
    (void)state;
    BdSession *session = open_session();
    check_refused(session, "int2", "32768",
                  "column v: \"32768\" is out of range for type smallint");
    check_refused(session, "int8", "x", "column v: \"x\" cannot be read as bigint");
    check_refused(session, "oid", "-010", "column v: \"-010\" cannot be read as oid");
    check_refused(session, "numeric(4,1)", "", "column v: \"\" cannot be read as numeric(4,1)");
    check_refused(session, "numeric", "1e131072",
                  "column v: \"1e131072\" is out of range for type numeric");
    check_refused(session, "float4", "1e39", "column v: \"1e39\" is out of range for type real");
    check_refused(session, "date", "11/22/2026", "column v: \"11/22/2026\" cannot be read as date");
    check_refused(session, "timestamptz", "2026-11-22 10:11",
                  "column v: \"2026-11-22 10:11\" cannot be read as timestamp with time zone");
    check_refused(
        session, "timestamp", "294277-01-01",
        "column v: \"294277-01-01\" is out of range for type timestamp without time zone");
    bd_session_free(session);
}

static void a_type_without_an_encoder_is_refused(void **state) {
    (void)state;
    BdSession *session = open_session();
    BdErr err = BD_ERR_INIT;
    bd_answer_free(database_run(session, "create temp table t (n int, v interval)"));
    BdTarget *target = target_of(session, "t");
    assert_int_equal(bd_copy_binary_check(target, &err), -1);
    assert_int_equal(err.code, BD_E_CONFIG);
    assert_string_equal(err.msg, "column v of table t is of type interval, which cannot be written "
                                 "in binary here");
    assert_non_null(strstr(err.hint, "--insert copy"));
    bd_target_free(target);
    bd_session_free(session);
}

static int try_encoders(void *context, BdErr *err) {
    const BdTarget *target = context;
    static const char *const row[] = {"1", "the quick brown fox jumps over the lazy dog, again and "
                                           "again and again and again, until it is enough"};
    Row spans;
    const BdSeries *columns = row_init(&spans, row, 2);
    BdBuf lines = {0};
    BdBuf tuples = {0};
    BdBuf array = {0};
    int status = bd_copy_binary_row(&tuples, target, columns, 0, err);
    if (status == 0 &&
        (bd_copy_text_row(&lines, columns, 2, 0) != 0 ||
         bd_array_text_add(&array, row[1], ',') != 0 || bd_array_text_end(&array) != 0)) {
        status = bd_err_set(err, BD_E_NOMEM, 0, "no memory");
    }
    assert_true(status == 0 || (lines.len == 0 || lines.p[lines.len - 1] == '\n'));
    bd_buf_deinit(&lines);
    bd_buf_deinit(&tuples);
    bd_buf_deinit(&array);
    return status;
}

static void running_out_of_memory_leaves_the_rows_before(void **state) {
    (void)state;
    BdSession *session = open_session();
    bd_answer_free(database_run(session, "create temp table t (n int, v text)"));
    BdTarget *target = target_of(session, "t");
    assert_int_equal(memory_fail_each(try_encoders, target), 5);
    bd_target_free(target);
    bd_session_free(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(what_the_server_refuses_is_refused),
        CASE(a_refused_value_is_named_with_its_column_and_type),
        CASE(a_type_without_an_encoder_is_refused),
        CASE(running_out_of_memory_leaves_the_rows_before),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
