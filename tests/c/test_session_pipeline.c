/*
 * test_session_pipeline.c - several requests on their way at once, with a real server.
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

#include <cmocka.h>

static void send(BdSession *session, const BdStatement *statement, const char *value, bool more) {
    BdErr err = BD_ERR_INIT;
    const BdRequest request = {
        .kind = BD_REQUEST_EXECUTE, .statement = statement, .values = &value, .more = more};
    if (bd_session_send(session, &request, &err) != 0) {
        fail_msg("%s", err.msg);
    }
}

/* The next answer of the pipeline; NULL with *err where it was refused. */
static BdAnswer *receive(BdSession *session, BdErr *err) {
    BdAnswer *answer = NULL;
    for (;;) {
        BdIo io = bd_session_step(session, &answer, err);
        if (io == BD_IO_DONE || io == BD_IO_FAILED) {
            return answer;
        }
        struct pollfd fd = {.fd = bd_session_fd(session),
                            .events = io == BD_IO_READ ? POLLIN : POLLIN | POLLOUT};
        poll(&fd, 1, -1);
    }
}

static void check_next(BdSession *session, const char *value) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = receive(session, &err);
    if (answer == NULL) {
        fail_msg("%s", err.msg);
    }
    assert_string_equal(bd_answer_value(answer, 0, 0), value);
    bd_answer_free(answer);
}

static void answers_come_in_the_order_of_the_requests(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    BdStatement *statement = database_statement("select $1::int + 1");
    database_prepare(session, statement);
    for (int round = 0; round < 2; round++) {
        send(session, statement, "1", true);
        send(session, statement, "2", true);
        send(session, statement, "3", false);
        check_next(session, "2");
        assert_true(bd_session_busy(session));
        check_next(session, "3");
        check_next(session, "4");
        assert_false(bd_session_busy(session));
    }
    send(session, statement, "7", false); /* without a pipeline again */
    check_next(session, "8");
    bd_statement_free(statement);
    bd_session_free(session);
}

static void what_follows_a_refused_request_is_refused(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdSession *session = database_session(BD_PROTOCOL_EXTENDED);
    BdStatement *statement = database_statement("select 6 / $1::int");
    send(session, statement, "2", true);
    send(session, statement, "0", true);
    send(session, statement, "3", false);
    check_next(session, "3");
    assert_null(receive(session, &err));
    assert_int_equal(err.code, BD_E_SQL);
    assert_string_equal(err.sqlstate, "22012");
    assert_true(bd_session_busy(session));
    assert_null(receive(session, &err));
    assert_int_equal(err.code, BD_E_SQL);
    assert_non_null(strstr(err.msg, "an earlier statement of its pipeline"));
    assert_false(bd_session_busy(session));
    send(session, statement, "1", false);
    check_next(session, "6");
    bd_statement_free(statement);
    bd_session_free(session);
}

static void statements_are_prepared_and_text_is_sent_in_a_pipeline(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    BdStatement *statement = database_statement("select $1::text || 'b'");
    const BdRequest begin = {.kind = BD_REQUEST_TEXT, .text = "begin", .more = true};
    const BdRequest prepare = {.kind = BD_REQUEST_PREPARE, .statement = statement, .more = true};
    assert_int_equal(bd_session_send(session, &begin, &err), 0);
    assert_int_equal(bd_session_send(session, &prepare, &err), 0);
    send(session, statement, "a", false);
    for (int i = 0; i < 2; i++) {
        BdAnswer *answer = receive(session, &err);
        assert_non_null(answer);
        bd_answer_free(answer);
    }
    check_next(session, "ab");
    assert_true(bd_session_in_transaction(session));
    bd_statement_free(statement);
    bd_session_free(session);
}

static void a_pipeline_can_be_ended_by_itself(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdSession *session = database_session(BD_PROTOCOL_EXTENDED);
    BdStatement *statement = database_statement("select $1::int + 1");
    const BdRequest sync = {.kind = BD_REQUEST_SYNC};
    send(session, statement, "1", true);
    send(session, statement, "2", true);
    assert_int_equal(bd_session_send(session, &sync, &err), 0);
    check_next(session, "2");
    assert_true(bd_session_busy(session));
    check_next(session, "3");
    assert_false(bd_session_busy(session));
    send(session, statement, "3", false);
    check_next(session, "4");
    bd_statement_free(statement);
    bd_session_free(session);
}

/* Far more, both ways, than sockets hold. */
static void neither_side_can_fill_the_others_buffers_and_stop(void **state) {
    (void)state;
    enum { REQUESTS = 2000 };
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    BdStatement *statement = database_statement("select $1::text || repeat('x', 5000)");
    database_prepare(session, statement);
    char value[4001];
    memset(value, 'y', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    for (int i = 0; i < REQUESTS; i++) {
        send(session, statement, value, i < REQUESTS - 1);
    }
    for (int i = 0; i < REQUESTS; i++) {
        BdErr err = BD_ERR_INIT;
        BdAnswer *answer = receive(session, &err);
        assert_non_null(answer);
        assert_int_equal(strlen(bd_answer_value(answer, 0, 0)), 9000);
        bd_answer_free(answer);
    }
    assert_false(bd_session_busy(session));
    bd_statement_free(statement);
    bd_session_free(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(answers_come_in_the_order_of_the_requests),
        CASE(what_follows_a_refused_request_is_refused),
        CASE(statements_are_prepared_and_text_is_sent_in_a_pipeline),
        CASE(a_pipeline_can_be_ended_by_itself),
        CASE(neither_side_can_fill_the_others_buffers_and_stop),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
