/*
 * scripted_session.c - connecting and sending, against a libpq that is played from a script: what a
 * real server does only seldom, or never on demand.
 *
 * Linked with tests/support/pq_script.c in the place of libpq.
 */
#include "pg/session.h"

#include "core/clock.h"
#include "core/mem.h"
#include "support/memory.h"
#include "support/scripted_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- connecting ------------------------------------------------------------------------------ */

static void connecting_waits_as_libpq_says(void **state) {
    (void)state;
    static const PqStep steps[] = {
        {.call = "PQconnectStartParams",
         .given = "dbname=dbname=census client_encoding=UTF8 fallback_application_name=bigdata "
                  "expand=1",
         .returns = 1},
        {.call = "PQconnectPoll", .returns = PGRES_POLLING_WRITING},
        {.call = "PQconnectPoll", .returns = PGRES_POLLING_READING},
        {.call = "PQconnectPoll", .returns = PGRES_POLLING_READING},
        {.call = "PQconnectPoll", .returns = PGRES_POLLING_OK},
        SUCCESS("PQgetCancel"),
        ZERO("PQsetnonblocking"),
    };
    PQ_SCRIPT(steps);
    BdErr err = BD_ERR_INIT;
    BdSession *session = NULL;
    assert_int_equal(bd_session_new(&session, "dbname=census", BD_PROTOCOL_PREPARED, &err), 0);
    assert_int_equal(bd_session_connect_limit_ns(session), 7 * BD_NS_PER_S);
    assert_int_equal(bd_session_connect(session, &err), BD_IO_WRITE); /* without asking libpq */
    assert_int_equal(bd_session_connect(session, &err), BD_IO_WRITE);
    assert_int_equal(bd_session_connect(session, &err), BD_IO_READ);
    assert_int_equal(bd_session_connect(session, &err), BD_IO_READ);
    assert_int_equal(bd_session_connect(session, &err), BD_IO_DONE);
    assert_string_equal(bd_session_description(session), "database census on db.example:5433 as ?");
    bd_session_free(session);
    pq_script_end();
}

static void a_connection_that_cannot_begin_is_refused(void **state) {
    (void)state;
    static const PqStep steps[] = {
        {.call = "PQconnectStartParams",
         .returns = 1,
         .lost = "could not translate host name \"db\" to address: tiger\n"},
    };
    PQ_SCRIPT(steps);
    BdErr err = BD_ERR_INIT;
    BdSession *session = NULL;
    assert_int_equal(bd_session_new(&session, NULL, BD_PROTOCOL_PREPARED, &err), -1);
    assert_null(session);
    assert_int_equal(err.code, BD_E_CONN);
    assert_string_equal(err.msg,
                        "cannot connect: could not translate host name \"db\" to address: ***");
    pq_script_end();
}

/* Let connecting fail with libpq's message, and check what becomes of it. */
static void check_refused(const char *said, const char *sqlstate, const char *message,
                          const char *hint) {
    const PqStep steps[] = {
        SUCCESS("PQconnectStartParams"),
        {.call = "PQconnectPoll", .returns = PGRES_POLLING_FAILED, .lost = said},
    };
    PQ_SCRIPT(steps);
    BdErr err = BD_ERR_INIT;
    BdSession *session = NULL;
    assert_int_equal(bd_session_new(&session, NULL, BD_PROTOCOL_PREPARED, &err), 0);
    assert_int_equal(bd_session_connect(session, &err), BD_IO_WRITE);
    assert_int_equal(bd_session_connect(session, &err), BD_IO_FAILED);
    assert_int_equal(err.code, BD_E_CONN);
    assert_string_equal(err.sqlstate, sqlstate);
    assert_string_equal(err.msg, message);
    assert_string_equal(err.hint, hint);
    bd_session_free(session);
    pq_script_end();
}

static void a_refused_connection_is_explained(void **state) {
    (void)state;
    check_refused("connection to server at \"db\", port 1 failed: FATAL:  28P01: password "
                  "authentication failed for user \"scott\"\nLOCATION:  auth_failed, auth.c:335\n",
                  "28P01",
                  "cannot connect: connection to server at \"db\", port 1 failed: password "
                  "authentication failed for user \"scott\"",
                  "check the password: in --dburl, PGPASSWORD or ~/.pgpass");
    check_refused("FATAL:  3D000: database \"census\" does not exist\n", "3D000",
                  "cannot connect: database \"census\" does not exist",
                  "create it first: createdb census");
    check_refused("FATAL:  53300: sorry, too many clients already\n", "53300",
                  "cannot connect: sorry, too many clients already",
                  "use a smaller --poolsize, or raise the server's max_connections");
    check_refused("connection to a failed: Connection refused\n\tIs the server running?\n"
                  "connection to b failed: Connection refused\n\tIs the server running?\n",
                  "",
                  "cannot connect: connection to a failed: Connection refused; "
                  "connection to b failed: Connection refused",
                  "is the server running there? a run without --dburl and libpq's variables starts "
                  "a server of its own");
    check_refused("", "", "cannot connect: no reason is known", "");
    check_refused(NULL, "", "cannot connect: no reason is known", "");
}

static void running_out_of_memory_while_connecting_leaves_nothing_behind(void **state) {
    (void)state;
    static const PqStep no_conn[] = {ZERO("PQconnectStartParams")};
    BdErr err = BD_ERR_INIT;
    BdSession *session = NULL;
    PQ_SCRIPT(no_conn);
    assert_int_equal(bd_session_new(&session, NULL, BD_PROTOCOL_PREPARED, &err), -1);
    assert_int_equal(err.code, BD_E_NOMEM);
    pq_script_end();

    static const PqStep no_cancel[] = {
        SUCCESS("PQconnectStartParams"),
        {.call = "PQconnectPoll", .returns = PGRES_POLLING_OK},
        ZERO("PQgetCancel"),
    };
    PQ_SCRIPT(no_cancel);
    assert_int_equal(bd_session_new(&session, NULL, BD_PROTOCOL_PREPARED, &err), 0);
    assert_int_equal(bd_session_connect(session, &err), BD_IO_WRITE);
    assert_int_equal(bd_session_connect(session, &err), BD_IO_FAILED);
    assert_int_equal(err.code, BD_E_NOMEM);
    bd_session_free(session);
    pq_script_end();

    pq_script_begin(NULL, 0);
    bd_mem_fail_at(1);
    assert_int_equal(bd_session_new(&session, NULL, BD_PROTOCOL_PREPARED, &err), -1);
    bd_mem_fail_at(0);
    assert_int_equal(err.code, BD_E_NOMEM);
    pq_script_end();
}

/* ---- sending --------------------------------------------------------------------------------- */

/* The calls are counted: one more would cost every row. */
static void a_request_costs_one_send_and_one_read(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        {.call = "PQsendQueryPrepared", .given = "bd_0|7", .returns = 1},
        ZERO("PQflush"),
        READ,
        RESULT(inserted),
        END,
        SEND,
        READ,
        RESULT(inserted),
        END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    for (int i = 0; i < 2; i++) {
        kit_send(&kit);
        assert_int_equal(kit_step(&kit), BD_IO_READ);
        kit_check_answer(&kit, "INSERT 0 1");
    }
    kit_deinit(&kit);
}

static void each_kind_of_request_is_sent_in_its_way(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        {.call = "PQsendPrepare", .given = "bd_0|insert into t values ($1)", .returns = 1},
        ZERO("PQflush"),
        READ,
        RESULT(prepared),
        END,
        {.call = "PQsendDescribePrepared", .given = "bd_0", .returns = 1},
        ZERO("PQflush"),
        READ,
        RESULT(prepared),
        END,
        {.call = "PQsendQuery", .given = "begin", .returns = 1},
        ZERO("PQflush"),
        READ,
        RESULT(prepared),
        END,
        {.call = "PQsendQueryParams", .given = "select $1, $2|NULL|x", .returns = 1},
        ZERO("PQflush"),
        READ,
        RESULT(rows),
        END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    const BdRequest requests[] = {
        {.kind = BD_REQUEST_PREPARE, .statement = kit.statement},
        {.kind = BD_REQUEST_DESCRIBE, .statement = kit.statement},
        {.kind = BD_REQUEST_TEXT, .text = "begin"},
    };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(bd_session_send(kit.session, &requests[i], &kit.err), 0);
        assert_int_equal(kit_step(&kit), BD_IO_READ);
        kit_check_answer(&kit, "");
    }
    static const char *const values[] = {NULL, "x"};
    assert_int_equal(bd_session_send_sql(kit.session, "select $1, $2", values, 2, &kit.err), 0);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_answer(&kit, "SELECT 1");
    kit_deinit(&kit);
}

static void the_extended_protocol_sends_the_text_each_time(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        {.call = "PQsendQueryParams", .given = "insert into t values ($1)|7", .returns = 1},
        ZERO("PQflush"),
        READ,
        RESULT(inserted),
        END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_EXTENDED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_answer(&kit, "INSERT 0 1");
    kit_deinit(&kit);
}

static void the_simple_protocol_puts_values_into_the_text(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        {.call = "PQsendQuery", .given = "select  'it''s','$1',  NULL + 'it''s'", .returns = 1},
        ZERO("PQflush"),
        READ,
        RESULT(rows),
        END,
        {.call = "PQsendQuery", .given = "select  'a','$1',  'b'+ 'a'", .returns = 1},
        ZERO("PQflush"),
        READ,
        RESULT(rows),
        END,
    };
    static const char *const values[][2] = {{"it's", NULL}, {"a", "b"}};
    Kit kit;
    BdStatement *statement = NULL;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_SIMPLE);
    assert_int_equal(bd_statement_new(&statement, 1, "select $1,'$1', $2+$1", &kit.err), 0);
    kit.insert.statement = statement;
    for (int i = 0; i < 2; i++) {
        kit.insert.values = values[i];
        kit_send(&kit);
        assert_int_equal(kit_step(&kit), BD_IO_READ);
        kit_check_answer(&kit, "SELECT 1");
    }
    bd_statement_free(statement);
    kit_deinit(&kit);
}

static void the_simple_protocol_may_run_out_of_memory(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT, SUCCESS("PQsendQuery"), ZERO("PQflush"), READ, RESULT(inserted), END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_SIMPLE);
    bd_mem_fail_at(1);
    assert_int_equal(bd_session_send(kit.session, &kit.insert, &kit.err), -1);
    bd_mem_fail_at(0);
    assert_int_equal(kit.err.code, BD_E_NOMEM);
    kit_send(&kit); /* nothing was sent, and the session is as before */
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_answer(&kit, "INSERT 0 1");
    kit_deinit(&kit);
}

static void a_full_socket_is_flushed_until_all_is_sent(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        SUCCESS("PQsendQueryPrepared"),
        SUCCESS("PQflush"), /* something is left */
        SUCCESS("PQflush"), /* still */
        READ,               /* the server may have to write before it reads */
        BUSY,
        ZERO("PQflush"),
        READ,
        BUSY,
        READ,
        RESULT(inserted),
        END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_WRITE);
    assert_int_equal(kit_step(&kit), BD_IO_WRITE);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_answer(&kit, "INSERT 0 1");
    kit_deinit(&kit);
}

static void a_request_that_cannot_be_sent_loses_the_session(void **state) {
    (void)state;
    static const PqStep not_sent[] = {
        CONNECT,
        {.call = "PQsendQueryPrepared", .returns = 0, .lost = "no connection to the server\n"},
    };
    static const PqStep not_flushed[] = {
        CONNECT,
        SUCCESS("PQsendQueryPrepared"),
        {.call = "PQflush", .returns = -1, .lost = "no connection to the server\n"},
    };
    for (int i = 0; i < 2; i++) {
        Kit kit;
        i == 0 ? PQ_SCRIPT(not_sent) : PQ_SCRIPT(not_flushed);
        kit_init(&kit, BD_PROTOCOL_PREPARED);
        assert_int_equal(bd_session_send(kit.session, &kit.insert, &kit.err), -1);
        assert_int_equal(kit.err.code, BD_E_CONN);
        assert_string_equal(kit.err.msg,
                            "a request could not be sent: no connection to the server");
        kit_deinit(&kit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(connecting_waits_as_libpq_says),
        CASE(a_connection_that_cannot_begin_is_refused),
        CASE(a_refused_connection_is_explained),
        CASE(running_out_of_memory_while_connecting_leaves_nothing_behind),
        CASE(a_request_costs_one_send_and_one_read),
        CASE(each_kind_of_request_is_sent_in_its_way),
        CASE(the_extended_protocol_sends_the_text_each_time),
        CASE(the_simple_protocol_puts_values_into_the_text),
        CASE(the_simple_protocol_may_run_out_of_memory),
        CASE(a_full_socket_is_flushed_until_all_is_sent),
        CASE(a_request_that_cannot_be_sent_loses_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
