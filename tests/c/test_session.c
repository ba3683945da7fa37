/*
 * test_session.c - exchanges with a real server, a throwaway one. What a server does only seldom is
 * in scripted_session.c and scripted_session_answer.c.
 */
#include "pg/session.h"

#include "support/database.h"
#include "support/files.h"
#include "support/memory.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const BdProtocol protocols[] = {BD_PROTOCOL_PREPARED, BD_PROTOCOL_EXTENDED,
                                       BD_PROTOCOL_SIMPLE};

/* Text that must be refused; the session stays usable. */
static BdErr refused(BdSession *session, const char *sql) {
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = sql};
    return database_refused(session, &request);
}

/* ---- one exchange after the other ------------------------------------------------------------ */

static void values_come_back_as_they_were_sent(void **state) {
    (void)state;
    static const char *const rows[][4] = {
        {"a", NULL, "", "it's"},
        {"\\", "\\'", "'\\", "''"},
        {"M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x90\x98", "a\nb\tc\rd", "$1", "$$"},
        {"--", "/*", "E'\\n'", "\"x\""},
        {NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(protocols); i++) {
        BdSession *session = database_session(protocols[i]);
        BdStatement *statement =
            database_statement("select $1::text,$2::text as \"B\",/*$9*/$3::text,$4::text, '$5'");
        database_prepare(session, statement);
        for (size_t r = 0; r < COUNT(rows); r++) {
            BdAnswer *answer = database_execute(session, statement, rows[r]);
            assert_int_equal(bd_answer_rows(answer), 1);
            assert_int_equal(bd_answer_columns(answer), 5);
            assert_int_equal(bd_answer_column(answer, "B"), 1);
            assert_int_equal(bd_answer_column_type(answer, 0), 25);
            for (int column = 0; column < 4; column++) {
                const char *value = bd_answer_value(answer, 0, column);
                if (rows[r][column] == NULL) {
                    assert_null(value);
                } else {
                    assert_string_equal(value, rows[r][column]);
                }
            }
            assert_string_equal(bd_answer_value(answer, 0, 4), "$5");
            bd_answer_free(answer);
        }
        bd_statement_free(statement);
        bd_session_free(session);
    }
}

static void the_simple_protocol_heeds_backslashes(void **state) {
    (void)state;
    static const char *const values[] = {"a\\'b\\\\"};
    BdSession *session = database_session(BD_PROTOCOL_SIMPLE);
    BdStatement *statement = database_statement("select $1::text");
    bd_answer_free(database_run(session, "set standard_conforming_strings = off"));
    BdAnswer *answer = database_execute(session, statement, values);
    assert_string_equal(bd_answer_value(answer, 0, 0), values[0]);
    bd_answer_free(answer);
    bd_statement_free(statement);
    bd_session_free(session);
}

/* u&'6' would be a string, not an operator and its operand. */
static void the_simple_protocol_keeps_values_apart_from_the_text(void **state) {
    (void)state;
    static const char *const values[] = {"6", "3"};
    BdSession *session = database_session(BD_PROTOCOL_SIMPLE);
    BdStatement *statement =
        database_statement("select u&$1 from (select 5 as u) s where $2is not null");
    BdAnswer *answer = database_execute(session, statement, values);
    assert_string_equal(bd_answer_value(answer, 0, 0), "4");
    bd_answer_free(answer);
    bd_statement_free(statement);
    bd_session_free(session);
}

static void rows_touched_are_counted(void **state) {
    (void)state;
    static const struct {
        const char *sql;
        int touched;
    } cases[] = {
        {"create temp table t (a int)", 0},
        {"insert into t select generate_series(1, 1234)", 1234},
        {"insert into t values (1)", 1},
        {"update t set a = a + 1 where a < 11", 11},
        {"delete from t where a > 1000", 234},
        {"delete from t where a > 1000", 0},
        {"select * from t limit 5", 0},
        {"create temp table u as select * from t", 0},
        {"truncate t", 0},
        {"", 0},
    };
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    for (size_t i = 0; i < COUNT(cases); i++) {
        BdAnswer *answer = database_run(session, cases[i].sql);
        assert_int_equal(bd_answer_touched(answer), cases[i].touched);
        bd_answer_free(answer);
    }
    bd_session_free(session);
}

static void a_prepared_statement_is_described(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    BdStatement *statement = database_statement("select $1::int as a, $2::text as \"B\"");
    const BdRequest request = {.kind = BD_REQUEST_DESCRIBE, .statement = statement};
    BdErr err = database_refused(session, &request); /* it is not prepared yet */
    BdAnswer *answer = NULL;
    assert_string_equal(err.sqlstate, "26000");
    database_prepare(session, statement);
    assert_int_equal(bd_session_ask(session, &request, &answer, &err), 0);
    assert_int_equal(bd_answer_columns(answer), 2);
    assert_int_equal(bd_answer_rows(answer), 0);
    assert_int_equal(bd_answer_column(answer, "B"), 1);
    assert_int_equal(bd_answer_column_type(answer, 0), 23);
    bd_answer_free(answer);
    bd_statement_free(statement);
    bd_session_free(session);
}

/* A statement that must be refused for its value, in every protocol. */
static void check_refused(const char *sql, const char *value, const char *sqlstate) {
    for (size_t i = 0; i < COUNT(protocols); i++) {
        BdSession *session = database_session(protocols[i]);
        BdStatement *statement = database_statement(sql);
        const BdRequest request = {
            .kind = BD_REQUEST_EXECUTE, .statement = statement, .values = &value};
        database_prepare(session, statement);
        BdErr err = database_refused(session, &request);
        assert_string_equal(err.sqlstate, sqlstate);
        bd_statement_free(statement);
        bd_session_free(session);
    }
}

static void a_value_of_the_wrong_type_is_refused(void **state) {
    (void)state;
    check_refused("select $1::int", "x", "22P02");
}

static void text_that_is_not_utf8_is_refused(void **state) {
    (void)state;
    check_refused("select $1::text", "a\xff'", "22021");
    check_refused("select $1::text", "a\xc3", "22021");
}

static void an_error_shows_its_detail_and_what_to_do(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    bd_answer_free(
        database_run(session, "create temp table t (a int primary key); insert into t values(1)"));
    BdErr err = refused(session, "insert into t values (1)");
    assert_string_equal(err.sqlstate, "23505");
    assert_string_equal(err.msg, "duplicate key value violates unique constraint \"t_pkey\": "
                                 "Key (a)=(1) already exists.");
    bd_answer_free(database_run(session, "set default_transaction_read_only = on"));
    err = refused(session, "create table no (a int)");
    assert_string_equal(err.sqlstate, "25006");
    assert_non_null(strstr(err.hint, "read-only"));
    bd_session_free(session);
}

/* Deferred constraints are checked when the transaction ends, after the row was acknowledged. */
static void an_error_at_commit_fails_the_statement(void **state) {
    (void)state;
    static const char *const values[] = {"1"};
    for (size_t i = 0; i < COUNT(protocols); i++) {
        BdSession *session = database_session(protocols[i]);
        BdStatement *statement = database_statement("insert into t values ($1)");
        bd_answer_free(database_run(
            session, "create temp table t (a int primary key deferrable initially deferred)"));
        bd_answer_free(database_run(session, "insert into t values (1)"));
        database_prepare(session, statement);
        const BdRequest request = {
            .kind = BD_REQUEST_EXECUTE, .statement = statement, .values = values};
        BdErr err = database_refused(session, &request);
        assert_string_equal(err.sqlstate, "23505");
        database_check(session, "select count(*) from t", "1");
        bd_statement_free(statement);
        bd_session_free(session);
    }
}

static void of_several_results_the_last_or_the_first_error_counts(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    database_check(session, "select 1; create temp table t (a int); select 3", "3");
    BdErr err = refused(session, "select 1; select 1/0; select nothing");
    assert_string_equal(err.sqlstate, "22012");
    bd_session_free(session);

    session = database_session(BD_PROTOCOL_SIMPLE);
    BdStatement *statement = database_statement("select 1; select 2");
    const BdRequest request = {.kind = BD_REQUEST_EXECUTE, .statement = statement};
    err = database_refused(session, &request);
    assert_non_null(strstr(err.msg, "an answer too many"));
    bd_statement_free(statement);
    bd_session_free(session);
}

static void copies_are_refused(void **state) {
    (void)state;
    static const char *const cases[] = {
        "copy t from stdin",
        "copy t to stdout",
        "copy (select repeat('x', 1000) from generate_series(1, 10000)) to stdout",
        "select 1; copy t from stdin; select 2",
    };
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    bd_answer_free(database_run(session, "create temp table t (a int); insert into t values (1)"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        BdErr err = refused(session, cases[i]);
        assert_non_null(strstr(err.msg, "COPY"));
    }
    BdStatement *statement = database_statement("copy t from stdin");
    const BdRequest request = {.kind = BD_REQUEST_EXECUTE, .statement = statement};
    database_prepare(session, statement);
    BdErr err = database_refused(session, &request);
    assert_string_equal(err.msg, "COPY FROM STDIN cannot be used here: it has no data");
    database_check(session, "select count(*) from t", "1");
    bd_statement_free(statement);
    bd_session_free(session);
}

static void a_session_knows_whether_it_is_in_a_transaction(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    assert_false(bd_session_in_transaction(session));
    bd_answer_free(database_run(session, "begin"));
    assert_true(bd_session_in_transaction(session));
    const BdRequest wrong = {.kind = BD_REQUEST_TEXT, .text = "select 1/0"};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_session_ask(session, &wrong, &answer, &err), -1);
    assert_true(bd_session_in_transaction(session));
    bd_answer_free(database_run(session, "rollback"));
    assert_false(bd_session_in_transaction(session));
    bd_session_free(session);
}

static void a_session_describes_itself(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    char expected[256];
    snprintf(expected, sizeof(expected), "database bigdata on %s as bigdata", database_folder());
    assert_string_equal(bd_session_description(session), expected);
    assert_true(bd_session_server_version(session) >= 90600);
    assert_non_null(bd_session_parameter(session, "server_version"));
    assert_null(bd_session_parameter(session, "no_such_parameter"));
    assert_string_equal(bd_session_parameter(session, "client_encoding"), "UTF8");
    assert_string_equal(bd_session_parameter(session, "application_name"), "bigdata");
    bd_session_free(session);
}

static void notices_are_not_printed(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    char path[TEMPORARY_BYTES];
    struct stat status;
    temporary_name("bd-stderr", path);
    int fd = mkstemp(path);
    int saved = dup(2);
    fflush(stderr);
    dup2(fd, 2);
    bd_answer_free(database_run(session, "drop table if exists nothing_of_that_name"));
    fflush(stderr);
    dup2(saved, 2);
    assert_int_equal(fstat(fd, &status), 0);
    close(saved);
    close(fd);
    unlink(path);
    assert_int_equal(status.st_size, 0);
    bd_session_free(session);
}

static void queries_with_values_do_not_depend_on_the_protocol(void **state) {
    (void)state;
    static const char *const values[] = {"7", NULL};
    for (size_t i = 0; i < COUNT(protocols); i++) {
        BdSession *session = database_session(protocols[i]);
        BdErr err = BD_ERR_INIT;
        BdAnswer *answer = NULL;
        assert_int_equal(
            bd_session_query(session, "select $1::int + 1, $2::text", values, 2, &answer, &err), 0);
        assert_string_equal(bd_answer_value(answer, 0, 0), "8");
        assert_null(bd_answer_value(answer, 0, 1));
        bd_answer_free(answer);
        assert_int_equal(bd_session_query(session, "select", NULL, 0, &answer, &err), 0);
        bd_answer_free(answer);
        bd_session_free(session);
    }
}

/* ---- large ----------------------------------------------------------------------------------- */

#define LARGE_BYTES (8 << 20)

static void large_values_go_both_ways(void **state) {
    (void)state;
    (void)database_conninfo(); /* skips before anything is allocated */
    char *large = malloc(LARGE_BYTES + 1);
    assert_non_null(large);
    for (size_t i = 0; i < LARGE_BYTES; i++) {
        large[i] = "a'\\b"[i % 4];
    }
    large[LARGE_BYTES] = '\0';
    const char *const values[] = {large};
    for (size_t i = 0; i < COUNT(protocols); i++) {
        BdSession *session = database_session(protocols[i]);
        BdStatement *statement = database_statement("select $1::text");
        const BdRequest request = {
            .kind = BD_REQUEST_EXECUTE, .statement = statement, .values = values};
        BdErr err = BD_ERR_INIT;
        BdAnswer *answer = NULL;
        database_prepare(session, statement);
        assert_int_equal(bd_session_send(session, &request, &err), 0);
        BdIo io = bd_session_step(session, &answer, &err);
        assert_int_equal(io, BD_IO_WRITE); /* no socket takes so much at once */
        while (io == BD_IO_WRITE || io == BD_IO_READ) {
            struct pollfd fd = {.fd = bd_session_fd(session),
                                .events = io == BD_IO_WRITE ? POLLIN | POLLOUT : POLLIN};
            assert_int_equal(poll(&fd, 1, -1), 1);
            io = bd_session_step(session, &answer, &err);
        }
        assert_int_equal(io, BD_IO_DONE);
        assert_true(strcmp(bd_answer_value(answer, 0, 0), large) == 0);
        bd_answer_free(answer);
        bd_statement_free(statement);
        bd_session_free(session);
    }
    free(large);
}

static void many_sessions_work_side_by_side(void **state) {
    (void)state;
    enum { SESSIONS = 50 };
    BdSession *sessions[SESSIONS];
    BdErr err = BD_ERR_INIT;
    for (int i = 0; i < SESSIONS; i++) {
        sessions[i] = database_session(protocols[i % 3]);
    }
    BdStatement *statement = database_statement("select $1::int * 2");
    for (int i = 0; i < SESSIONS; i++) {
        database_prepare(sessions[i], statement);
    }
    for (int i = 0; i < SESSIONS; i++) {
        char number[16];
        snprintf(number, sizeof(number), "%d", i);
        const char *const values[] = {number};
        const BdRequest request = {
            .kind = BD_REQUEST_EXECUTE, .statement = statement, .values = values};
        assert_int_equal(bd_session_send(sessions[i], &request, &err), 0);
    }
    for (int i = SESSIONS - 1; i >= 0; i--) {
        BdAnswer *answer = NULL;
        while (bd_session_step(sessions[i], &answer, &err) == BD_IO_READ) {
            struct pollfd fd = {.fd = bd_session_fd(sessions[i]), .events = POLLIN};
            assert_int_equal(poll(&fd, 1, -1), 1);
        }
        assert_int_equal(strtol(bd_answer_value(answer, 0, 0), NULL, 10), 2 * i);
        bd_answer_free(answer);
        bd_session_free(sessions[i]);
    }
    bd_statement_free(statement);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(values_come_back_as_they_were_sent),
        CASE(the_simple_protocol_heeds_backslashes),
        CASE(the_simple_protocol_keeps_values_apart_from_the_text),
        CASE(rows_touched_are_counted),
        CASE(a_prepared_statement_is_described),
        CASE(a_value_of_the_wrong_type_is_refused),
        CASE(text_that_is_not_utf8_is_refused),
        CASE(an_error_shows_its_detail_and_what_to_do),
        CASE(an_error_at_commit_fails_the_statement),
        CASE(of_several_results_the_last_or_the_first_error_counts),
        CASE(copies_are_refused),
        CASE(a_session_knows_whether_it_is_in_a_transaction),
        CASE(a_session_describes_itself),
        CASE(notices_are_not_printed),
        CASE(queries_with_values_do_not_depend_on_the_protocol),
        CASE(large_values_go_both_ways),
        CASE(many_sessions_work_side_by_side),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
