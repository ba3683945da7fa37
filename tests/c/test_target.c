/*
 * test_target.c - tables and columns looked up in a real catalogue, and the SQL for them.
 */
#include "pg/target.h"

#include "support/database.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char TABLES[] =
    "create domain percent as numeric(5,2) check (value >= 0);"
    "create domain share as percent not null;"
    "create schema \"My.Schema\";"
    "create table \"My.Schema\".\"Table \"\"1\" (a int);"
    "create type pair as (x int, y int);"
    "create type mood as enum ('good', 'bad');"
    "create table thing (id int4 not null, \"Name\" varchar(5), c char(3),"
    " gone int, s share, \"select\" int[], m mood, p pair, t timestamptz(3));"
    "alter table thing drop column gone";

static BdSession *session;

static int set_up(void **state) {
    return database_open(state);
}

static int open_session(void **state) {
    (void)state;
    session = NULL;
    session = database_session(BD_PROTOCOL_PREPARED);
    bd_answer_free(database_run(session, "drop schema public cascade; create schema public;"
                                         "drop schema if exists \"My.Schema\" cascade"));
    bd_answer_free(database_run(session, TABLES));
    return 0;
}

static int close_session(void **state) {
    (void)state;
    bd_session_free(session);
    return 0;
}

static BdTarget *target_of(const char *table, const char *const *columns, uint32_t count) {
    BdErr err = BD_ERR_INIT;
    BdTarget *target = NULL;
    if (bd_target_new(&target, session, table, columns, count, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    return target;
}

static void check_column(const BdTargetColumn *column, const char *expected) {
    char text[256];
    snprintf(text, sizeof(text), "%s|%s|%s|%s|%u|%d|%d", column->name, column->sql_name,
             column->sql_type, column->array_type == NULL ? "-" : column->array_type, column->type,
             column->typmod, column->not_null);
    assert_string_equal(text, expected);
}

static void columns_are_as_the_catalogue_has_them(void **state) {
    (void)state;
    static const char *const columns[] = {"t", "Name", "c", "id", "s", "select"};
    BdTarget *target = target_of("thing", columns, 6);
    assert_string_equal(target->name, "thing");
    assert_string_equal(target->sql_name, "thing");
    check_column(&target->columns[0], "t|t|timestamp(3) with time zone|timestamp with time zone[]|"
                                      "1184|3|0");
    check_column(&target->columns[1],
                 "Name|\"Name\"|character varying(5)|character varying[]|1043|9|0");
    check_column(&target->columns[2], "c|c|character(3)|bpchar[]|1042|7|0");
    check_column(&target->columns[3], "id|id|integer|integer[]|23|-1|1");
    check_column(&target->columns[4], "s|s|share|numeric[]|1700|327686|1");
    check_column(&target->columns[5], "select|\"select\"|integer[]|-|1007|-1|0");
    bd_target_free(target);
}

static void check_sql(int status, BdBuf *sql, const char *expected) {
    assert_int_equal(status, 0);
    assert_string_equal(sql->p, expected);
    assert_int_equal(sql->len, strlen(expected));
    bd_buf_reset(sql);
}

static void statements_are_written(void **state) {
    (void)state;
    static const char *const columns[] = {"id", "Name"};
    BdTarget *target = target_of("public.thing", columns, 2);
    BdBuf sql = {0};
    assert_int_equal(bd_target_max_rows(target), 32767);
    check_sql(bd_target_insert_sql(target, 1, &sql), &sql,
              "insert into public.thing (id, \"Name\") values ($1, $2)");
    check_sql(bd_target_insert_sql(target, 3, &sql), &sql,
              "insert into public.thing (id, \"Name\") values ($1, $2), ($3, $4), ($5, $6)");
    check_sql(bd_target_unnest_sql(target, &sql), &sql,
              "insert into public.thing (id, \"Name\") "
              "select * from unnest($1::integer[], $2::character varying[])");
    check_sql(bd_target_copy_sql(target, false, &sql), &sql,
              "copy public.thing (id, \"Name\") from stdin");
    check_sql(bd_target_copy_sql(target, true, &sql), &sql,
              "copy public.thing (id, \"Name\") from stdin (format binary)");
    bd_buf_deinit(&sql);
    bd_target_free(target);
}

/* As many values as the protocol can count. */
static void the_largest_insert_is_taken(void **state) {
    (void)state;
    static const char *const columns[] = {"id", "Name", "c"};
    static const char *values[BD_TARGET_MAX_VALUES];
    BdErr err = BD_ERR_INIT;
    BdTarget *target = target_of("thing", columns, 3);
    BdBuf sql = {0};
    for (size_t i = 0; i < BD_TARGET_MAX_VALUES; i++) {
        values[i] = "12";
    }
    bd_answer_free(database_run(session, "alter table thing alter s drop not null,"
                                         " alter s type numeric"));
    assert_int_equal(bd_target_insert_sql(target, bd_target_max_rows(target), &sql), 0);
    BdAnswer *answer = NULL;
    uint32_t count = 3 * bd_target_max_rows(target);
    if (bd_session_query(session, sql.p, values, count, &answer, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    assert_int_equal(bd_answer_touched(answer), 21845);
    bd_answer_free(answer);
    bd_buf_deinit(&sql);
    bd_target_free(target);
}

static void check_refused(const char *table, const char *column, uint32_t count,
                          const char *message, const char *hint) {
    const char *const columns[] = {column, column};
    BdErr err = BD_ERR_INIT;
    BdTarget *target = NULL;
    assert_int_equal(bd_target_new(&target, session, table, columns, count, &err), -1);
    assert_null(target);
    assert_int_equal(err.code, BD_E_CONFIG);
    assert_memory_equal(err.msg, message, strlen(message));
    assert_string_equal(err.hint, hint);
    database_check(session, "select 42", "42");
}

static void what_is_not_there_is_named_with_what_comes_near(void **state) {
    (void)state;
    check_refused("thign", "id", 1, "there is no table thign with columns in database bigdata on ",
                  "did you mean \"thing\"?");
    check_refused("public.thign", "id", 1, "there is no table public.thign with columns in ",
                  "did you mean \"thing\"?");
    check_refused("census.thing", "id", 1, "there is no table census.thing", "");
    check_refused("geo", "id", 1, "there is no table geo with columns in database ", "");
    check_refused("thing", "name", 1, "table thing has no column \"name\"",
                  "did you mean \"Name\"?");
    check_refused("thing", "gone", 1, "table thing has no column \"gone\"", "");
    check_refused("thing", "ctid", 1, "table thing has no column \"ctid\"", "");
    check_refused("thing", "id", 2, "column \"id\" of table thing is named twice", "");
    check_refused("thing", "id", 0, "no columns of table thing are named", "");
}

static void names_with_dots_and_quotes_are_found(void **state) {
    (void)state;
    static const char *const columns[] = {"a"};
    static const char hint[] = "write table or schema.table, and a part that holds dots itself in "
                               "double quotes";
    static const char *const wrong[] = {"",    ".",      "a.",   ".b",  "a.b.c",
                                        "\"a", "\"a\"b", "\"\"", "a..b"};
    BdTarget *target = target_of("\"My.Schema\".Table \"1", columns, 1);
    assert_string_equal(target->sql_name, "\"My.Schema\".\"Table \"\"1\"");
    bd_target_free(target);
    target = target_of("\"My.Schema\".\"Table \"\"1\"", columns, 1);
    bd_target_free(target);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char message[64];
        snprintf(message, sizeof(message), "\"%s\" is no name of a table", wrong[i]);
        check_refused(wrong[i], "a", 1, message, hint);
    }
}

/* A table that is seen first in the search path. */
static void a_temporary_table_hides_another(void **state) {
    (void)state;
    static const char *const columns[] = {"id"};
    bd_answer_free(database_run(session, "create temp table thing (id int8)"));
    BdTarget *target = target_of("thing", columns, 1);
    assert_int_equal(target->columns[0].type, 20);
    bd_target_free(target);
}

static int try_new(void *context, BdErr *err) {
    (void)context;
    static const char *const columns[] = {"id", "select"};
    BdTarget *target = NULL;
    int status = bd_target_new(&target, session, "thing", columns, 2, err);
    bd_target_free(target);
    return status;
}

static int try_sql(void *context, BdErr *err) {
    const BdTarget *target = context;
    BdBuf sql = {0};
    int status = bd_target_insert_sql(target, 100, &sql) == 0 &&
                         bd_target_unnest_sql(target, &sql) == 0 &&
                         bd_target_copy_sql(target, true, &sql) == 0
                     ? 0
                     : -1;
    assert_true(status == 0 || sql.len == 0 || sql.p[sql.len] == '\0');
    bd_buf_deinit(&sql);
    return status == 0 ? 0 : bd_err_set(err, BD_E_NOMEM, 0, "no memory");
}

static void running_out_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    static const char *const columns[] = {"id", "Name"};
    BdTarget *target = target_of("thing", columns, 2);
    assert_int_equal(memory_fail_each(try_new, NULL), 13);
    assert_true(memory_fail_each(try_sql, target) > 3);
    bd_target_free(target);
}

#define WITH_SESSION(f) cmocka_unit_test_setup_teardown(f, open_session, close_session)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_SESSION(columns_are_as_the_catalogue_has_them),
        WITH_SESSION(statements_are_written),
        WITH_SESSION(the_largest_insert_is_taken),
        WITH_SESSION(what_is_not_there_is_named_with_what_comes_near),
        WITH_SESSION(names_with_dots_and_quotes_are_found),
        WITH_SESSION(a_temporary_table_hides_another),
        WITH_SESSION(running_out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, set_up, database_close);
}
