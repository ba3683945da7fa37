/*
 * test_session_copy.c - COPY with data, on a real server.
 */
#include "pg/session.h"

#include "support/database.h"
#include "support/memory.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static BdSession *open_session(void) {
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    bd_answer_free(database_run(session, "create temp table t (a int primary key, b text)"));
    return session;
}

static BdRequest copy_request(const char *text, const char *data, size_t n) {
    return (BdRequest){.kind = BD_REQUEST_COPY, .text = text, .data = {.p = data, .n = n}};
}

static int64_t copy(BdSession *session, const BdRequest *request) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    if (bd_session_ask(session, request, &answer, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    int64_t touched = bd_answer_touched(answer);
    bd_answer_free(answer);
    return touched;
}

static int64_t copy_text(BdSession *session, const char *data) {
    const BdRequest request = copy_request("copy t (a, b) from stdin", data, strlen(data));
    return copy(session, &request);
}

static BdErr refused(BdSession *session, const char *text, const char *data) {
    const BdRequest request = copy_request(text, data, strlen(data));
    return database_refused(session, &request);
}

/* Lines with the numbers from 1 to rows, and a text. */
static BdBuf lines_of(int rows, const char *text) {
    BdBuf data = {0};
    for (int i = 1; i <= rows; i++) {
        char line[256];
        snprintf(line, sizeof(line), "%d\t%s\n", i, text);
        assert_int_equal(bd_buf_append_str(&data, line), 0);
    }
    return data;
}

static void make_tiny(BdSession *session) {
    static const int options[] = {SO_SNDBUF, SO_RCVBUF};
    for (size_t i = 0; i < COUNT(options); i++) {
        const int bytes = 1;
        assert_int_equal(
            setsockopt(bd_session_fd(session), SOL_SOCKET, options[i], &bytes, sizeof(bytes)), 0);
    }
}

/* ---- what is stored -------------------------------------------------------------------------- */

static void lines_of_text_are_stored(void **state) {
    (void)state;
    static const BdProtocol protocols[] = {BD_PROTOCOL_EXTENDED, BD_PROTOCOL_SIMPLE};
    for (size_t i = 0; i < COUNT(protocols); i++) {
        BdSession *session = database_session(protocols[i]);
        bd_answer_free(database_run(session, "create temp table t (a int, b text)"));
        assert_int_equal(copy_text(session, "1\ta\n2\t\\N\n3\t\n"), 3);
        assert_int_equal(copy_text(session, ""), 0);
        assert_int_equal(copy_text(session, "4\tx\\ty\n"), 1);
        database_check(session, "select string_agg(a || coalesce(b, '?'), ',' order by a) from t",
                       "1a,2?,3,4x\ty");
        bd_session_free(session);
    }
}

static void binary_tuples_are_stored(void **state) {
    (void)state;
    static const char tuples[] = "\0\2\0\0\0\4\0\0\0\7\0\0\0\2hi"
                                 "\0\2\0\0\0\4\0\0\0\10\377\377\377\377";
    static const char text[] = "copy t (a, b) from stdin (format binary)";
    BdSession *session = open_session();
    BdRequest request = copy_request(text, tuples, sizeof(tuples) - 1);
    request.binary = true;
    assert_int_equal(copy(session, &request), 2);
    request.data.n = 0;
    assert_int_equal(copy(session, &request), 0);
    database_check(session, "select string_agg(a || coalesce(b, '?'), ',' order by a) from t",
                   "7hi,8?");
    bd_session_free(session);
}

static void data_of_any_size_passes_a_tiny_socket(void **state) {
    (void)state;
    enum { ROWS = 100000 };
    BdSession *session = open_session();
    BdBuf data = lines_of(ROWS, "the quick brown fox jumps over the lazy dog, again and again");
    make_tiny(session);
    const BdRequest request = copy_request("copy t from stdin", data.p, data.len);
    assert_int_equal(copy(session, &request), ROWS);
    database_check(session, "select count(*) || ' ' || sum(a) from t", "100000 5000050000");
    bd_buf_deinit(&data);
    bd_session_free(session);
}

static void a_copy_belongs_to_its_transaction(void **state) {
    (void)state;
    BdSession *session = open_session();
    bd_answer_free(database_run(session, "begin"));
    assert_int_equal(copy_text(session, "1\ta\n"), 1);
    assert_true(bd_session_in_transaction(session));
    bd_answer_free(database_run(session, "savepoint before"));
    const BdRequest again = copy_request("copy t from stdin", "2\tb\n1\ta\n", 8);
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_session_ask(session, &again, &answer, &err), -1);
    assert_string_equal(err.sqlstate, "23505");
    assert_true(bd_session_transaction_failed(session));
    bd_answer_free(database_run(session, "rollback to savepoint before"));
    assert_int_equal(copy_text(session, "3\tc\n"), 1);
    bd_answer_free(database_run(session, "commit"));
    database_check(session, "select string_agg(a::text, ',') from t", "1,3");
    bd_session_free(session);
}

/* More notices than sockets hold: they are read while data is sent. */
static void notices_do_not_end_a_copy(void **state) {
    (void)state;
    enum { ROWS = 20000 };
    BdSession *session = open_session();
    bd_answer_free(
        database_run(session, "create function pg_temp.noisy() returns trigger language plpgsql as "
                              "'begin raise notice ''%'', repeat(new.b, 5); return new; end';"
                              "create trigger noisy before insert on t for each row "
                              "execute function pg_temp.noisy()"));
    BdBuf data = lines_of(ROWS, "the quick brown fox jumps over the lazy dog, again and again");
    make_tiny(session);
    const BdRequest request = copy_request("copy t from stdin", data.p, data.len);
    assert_int_equal(copy(session, &request), ROWS);
    bd_buf_deinit(&data);
    bd_session_free(session);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void a_refused_row_is_placed(void **state) {
    (void)state;
    BdSession *session = open_session();
    BdErr err = refused(session, "copy t from stdin", "1\ta\n2\tb\nx\tc\n");
    assert_string_equal(err.sqlstate, "22P02");
    assert_string_equal(err.msg, "invalid input syntax for type integer: \"x\" "
                                 "(COPY t, line 3, column a: \"x\")");
    err = refused(session, "copy t from stdin", "1\ta\n1\tb\n");
    assert_string_equal(err.sqlstate, "23505");
    assert_string_equal(err.msg, "duplicate key value violates unique constraint \"t_pkey\": "
                                 "Key (a)=(1) already exists. (COPY t, line 2)");
    err = refused(session, "copy t from stdin", "1\n");
    assert_string_equal(err.sqlstate, "22P04");
    assert_non_null(strstr(err.msg, "(COPY t, line 1: \"1\")"));
    err = refused(session, "copy nothing from stdin", "1\n");
    assert_string_equal(err.sqlstate, "42P01");
    assert_null(strstr(err.msg, "COPY"));
    database_check(session, "select count(*) from t", "0");
    bd_session_free(session);
}

static void the_place_is_found_below_a_trigger(void **state) {
    (void)state;
    BdSession *session = open_session();
    bd_answer_free(database_run(
        session, "create function pg_temp.strict() returns trigger language plpgsql as "
                 "'begin perform 1 / (new.a - 2); return new; end';"
                 "create trigger strict before insert on t for each row "
                 "execute function pg_temp.strict()"));
    BdErr err = refused(session, "copy t from stdin", "1\ta\n2\tb\n3\tc\n");
    assert_string_equal(err.sqlstate, "22012");
    assert_string_equal(err.msg, "division by zero (COPY t, line 2: \"2\tb\")");
    bd_session_free(session);
}

static void a_statement_that_takes_no_data_is_refused(void **state) {
    (void)state;
    static const char complaint[] = "the server did not ask for the data of the COPY";
    BdSession *session = open_session();
    assert_string_equal(refused(session, "select 1", "1\n").msg, complaint);
    assert_string_equal(refused(session, "copy t from '/dev/null'", "1\n").msg, complaint);
    BdErr err = refused(session, "copy t to stdout", "1\n");
    assert_non_null(strstr(err.msg, "COPY TO STDOUT cannot be used"));
    bd_session_free(session);
}

/* Data of which only the first line is written; the last page tells whether all of it was sent. A
 * refusal may be missed, but seldom. */
static void a_refusal_ends_the_data_early(void **state) {
    (void)state;
    enum { BYTES = 64 << 20, ROUNDS = 10 };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    BdSession *session = open_session();
    int early = 0;
    for (int i = 0; i < ROUNDS; i++) {
        char *data = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(data != MAP_FAILED);
        memcpy(data, "x\ta\n", 4);
        const BdRequest request = copy_request("copy t from stdin", data, BYTES);
        BdErr err = database_refused(session, &request);
        assert_string_equal(err.sqlstate, "22P02");
        unsigned char touched = 0;
        assert_int_equal(mincore(data + BYTES - page, page, &touched), 0);
        early += (touched & 1) == 0;
        munmap(data, BYTES);
    }
    assert_in_range(early, ROUNDS / 2, ROUNDS);
    bd_session_free(session);
}

/* ---- what is lost ---------------------------------------------------------------------------- */

/* A COPY whose first row sleeps, until the watcher sees it asleep. */
static void begin_sleeping(BdSession *session, BdSession *watcher, const BdRequest *request) {
    char sql[160];
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    bd_answer_free(
        database_run(session, "create function pg_temp.slow() returns trigger language plpgsql as "
                              "'begin perform pg_sleep(600); return new; end';"
                              "create trigger slow before insert on t for each row "
                              "execute function pg_temp.slow()"));
    answer = database_run(session, "select pg_backend_pid()");
    snprintf(sql, sizeof(sql),
             "select wait_event is not distinct from 'PgSleep' from pg_stat_activity "
             "where pid = %s",
             bd_answer_value(answer, 0, 0));
    bd_answer_free(answer);
    assert_int_equal(bd_session_send(session, request, &err), 0);
    for (bool asleep = false; !asleep;) {
        struct pollfd fd = {.fd = bd_session_fd(session), .events = POLLIN | POLLOUT};
        if (poll(&fd, 1, 0) == 1) {
            BdIo io = bd_session_step(session, &answer, &err);
            assert_true(io == BD_IO_READ || io == BD_IO_WRITE);
        }
        answer = database_run(watcher, sql);
        asleep = strcmp(bd_answer_value(answer, 0, 0), "t") == 0;
        bd_answer_free(answer);
    }
}

static BdErr wait_until_failed(BdSession *session) {
    BdErr err = BD_ERR_INIT;
    for (;;) {
        BdAnswer *answer = NULL;
        BdIo io = bd_session_step(session, &answer, &err);
        assert_int_not_equal(io, BD_IO_DONE);
        if (io == BD_IO_FAILED) {
            return err;
        }
        struct pollfd fd = {.fd = bd_session_fd(session),
                            .events = io == BD_IO_READ ? POLLIN : POLLIN | POLLOUT};
        poll(&fd, 1, -1);
    }
}

/* Small data, which was sent whole, and so much that the session is still sending. */
static const int sizes[] = {100, 200000};

static void a_copy_can_be_cancelled(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        BdSession *session = open_session();
        BdSession *watcher = database_session(BD_PROTOCOL_PREPARED);
        BdBuf data = lines_of(sizes[i], "the quick brown fox");
        const BdRequest request = copy_request("copy t from stdin", data.p, data.len);
        begin_sleeping(session, watcher, &request);
        bd_session_cancel(session);
        BdErr err = wait_until_failed(session);
        assert_int_equal(err.code, BD_E_SQL);
        assert_string_equal(err.sqlstate, "57014");
        database_check(session, "select count(*) from t", "0");
        bd_buf_deinit(&data);
        bd_session_free(session);
        bd_session_free(watcher);
    }
}

static void a_server_that_ends_the_session_says_so(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        BdSession *session = open_session();
        BdSession *watcher = database_session(BD_PROTOCOL_PREPARED);
        BdBuf data = lines_of(sizes[i], "the quick brown fox");
        const BdRequest request = copy_request("copy t from stdin", data.p, data.len);
        begin_sleeping(session, watcher, &request);
        bd_answer_free(database_run(watcher,
                                    "select pg_terminate_backend(pid) from pg_stat_activity"
                                    " where wait_event = 'PgSleep'"));
        BdErr err = wait_until_failed(session);
        assert_int_equal(err.code, BD_E_CONN);
        assert_string_equal(err.sqlstate, "57P01");
        assert_memory_equal(err.msg, "terminating connection due to administrator command", 50);
        bd_buf_deinit(&data);
        bd_session_free(session);
        bd_session_free(watcher);
    }
}

static void a_connection_may_be_cut_while_copying(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        BdSession *session = open_session();
        BdSession *watcher = database_session(BD_PROTOCOL_PREPARED);
        BdBuf data = lines_of(sizes[i], "the quick brown fox");
        const BdRequest request = copy_request("copy t from stdin", data.p, data.len);
        begin_sleeping(session, watcher, &request);
        bd_session_abort(session);
        assert_int_equal(wait_until_failed(session).code, BD_E_CONN);
        bd_answer_free(database_run(watcher,
                                    "select pg_terminate_backend(pid) from pg_stat_activity"
                                    " where wait_event = 'PgSleep'"));
        bd_buf_deinit(&data);
        bd_session_free(session);
        bd_session_free(watcher);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(lines_of_text_are_stored),
        CASE(binary_tuples_are_stored),
        CASE(data_of_any_size_passes_a_tiny_socket),
        CASE(a_copy_belongs_to_its_transaction),
        CASE(notices_do_not_end_a_copy),
        CASE(a_refused_row_is_placed),
        CASE(the_place_is_found_below_a_trigger),
        CASE(a_statement_that_takes_no_data_is_refused),
        CASE(a_refusal_ends_the_data_early),
        CASE(a_copy_can_be_cancelled),
        CASE(a_server_that_ends_the_session_says_so),
        CASE(a_connection_may_be_cut_while_copying),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
