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
#include <sys/socket.h>

#include <cmocka.h>

static void send_value(BdSession *session, const BdStatement *statement, const char *value,
                       bool more) {
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
        send_value(session, statement, "1", true);
        send_value(session, statement, "2", true);
        send_value(session, statement, "3", false);
        check_next(session, "2");
        assert_true(bd_session_busy(session));
        check_next(session, "3");
        check_next(session, "4");
        assert_false(bd_session_busy(session));
    }
    send_value(session, statement, "7", false); /* without a pipeline again */
    check_next(session, "8");
    bd_statement_free(statement);
    bd_session_free(session);
}

static void what_follows_a_refused_request_is_refused(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdSession *session = database_session(BD_PROTOCOL_EXTENDED);
    BdStatement *statement = database_statement("select 6 / $1::int");
    send_value(session, statement, "2", true);
    send_value(session, statement, "0", true);
    send_value(session, statement, "3", false);
    check_next(session, "3");
    assert_null(receive(session, &err));
    assert_int_equal(err.code, BD_E_SQL);
    assert_string_equal(err.sqlstate, "22012");
    assert_true(bd_session_busy(session));
    assert_null(receive(session, &err));
    assert_int_equal(err.code, BD_E_SQL);
    assert_non_null(strstr(err.msg, "an earlier statement of its pipeline"));
    assert_false(bd_session_busy(session));
    send_value(session, statement, "1", false);
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
    send_value(session, statement, "a", false);
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

/* Make the socket's buffers as small as the system lets them be. */
static void make_tiny(BdSession *session) {
    static const int options[] = {SO_SNDBUF, SO_RCVBUF};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        const int bytes = 1;
        assert_int_equal(
            setsockopt(bd_session_fd(session), SOL_SOCKET, options[i], &bytes, sizeof(bytes)), 0);
    }
}

/* A pipeline of many requests, as a worker sends it. */
typedef struct Flow {
    int requests;
    size_t value_bytes;
    int most_owed; /* answers that were owed at once */
} Flow;

/* Each statement gives its value back, so that as much comes as goes. */
static void flow(BdSession *session, const BdStatement *statement, Flow *flow) {
    char *value = calloc(1, flow->value_bytes + 1);
    assert_non_null(value);
    int sent = 0;
    for (int answered = 0; answered < flow->requests;) {
        if (sent < flow->requests && !bd_session_busy(session)) {
            memset(value, 'a' + sent % 26, flow->value_bytes);
            sent++;
            send_value(session, statement, value, sent < flow->requests);
        } else {
            memset(value, 'a' + answered % 26, flow->value_bytes);
            answered++;
            check_next(session, value);
        }
        if (sent - answered > flow->most_owed) {
            flow->most_owed = sent - answered;
        }
    }
    free(value);
    assert_false(bd_session_busy(session));
    assert_false(bd_session_in_pipeline(session));
}

/* Far more, both ways, than sockets hold. */
static void a_pipeline_of_any_length_neither_stops_nor_piles_up(void **state) {
    (void)state;
    Flow flows[] = {{.requests = 100000, .value_bytes = 10},
                    {.requests = 2000, .value_bytes = 5000},
                    {.requests = 20, .value_bytes = 1000000},
                    {.requests = 2000, .value_bytes = 0}};
    static const int bounds[] = {512, 512, 1, 512}; /* two bursts; what a socket takes */
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    BdStatement *statement = database_statement("select $1::text");
    database_prepare(session, statement);
    make_tiny(session);
    for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
        flow(session, statement, &flows[i]);
        assert_in_range(flows[i].most_owed, 1, bounds[i]);
    }
    bd_statement_free(statement);
    bd_session_free(session);
}

/* Sockets of the usual size take many a burst, and the server is kept at work. */
static void a_pipeline_is_full_when_two_bursts_are_owed(void **state) {
    (void)state;
    Flow many = {.requests = 5000, .value_bytes = 10};
    BdSession *session = database_session(BD_PROTOCOL_EXTENDED);
    BdStatement *statement = database_statement("select $1::text");
    flow(session, statement, &many);
    assert_int_equal(many.most_owed, 512);
    bd_statement_free(statement);
    bd_session_free(session);
}

static void a_refused_request_is_known_while_the_pipeline_is_open(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    BdStatement *statement = database_statement("select 1 / $1::int");
    int sent = 0;
    int refused = 0;
    int undone = 0;
    make_tiny(session);
    database_prepare(session, statement);
    for (; !bd_session_busy(session); sent++) {
        send_value(session, statement, sent == 3 ? "0" : "1", true);
    }
    for (int answered = 0; answered < sent; answered++) {
        BdAnswer *answer = receive(session, &err);
        refused += answer == NULL && strcmp(err.sqlstate, "22012") == 0;
        undone += answer == NULL && err.sqlstate[0] == '\0';
        bd_answer_free(answer);
        for (; !bd_session_busy(session) && sent < 1000; sent++) {
            send_value(session, statement, "1", sent < 999);
        }
    }
    assert_int_equal(refused, 1);
    assert_int_equal(undone, 1000 - 4);
    assert_false(bd_session_in_pipeline(session));
    database_check(session, "select 42", "42");
    bd_statement_free(statement);
    bd_session_free(session);
}

static void a_pipeline_may_end_with_nothing(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    BdStatement *statement = database_statement("select $1::int + 1");
    const BdRequest end = {.kind = BD_REQUEST_SYNC};
    database_prepare(session, statement);
    send_value(session, statement, "1", true);
    assert_false(bd_session_busy(session));
    assert_true(bd_session_in_pipeline(session));
    assert_int_equal(bd_session_send(session, &end, &err), 0);
    check_next(session, "2");
    assert_true(bd_session_in_pipeline(session));
    BdAnswer *answer = receive(session, &err);
    assert_non_null(answer);
    assert_false(bd_answer_executed(answer));
    assert_int_equal(bd_answer_touched(answer), 0);
    bd_answer_free(answer);
    assert_false(bd_session_in_pipeline(session));
    database_check(session, "select 42", "42");
    bd_statement_free(statement);
    bd_session_free(session);
}

/* The pipeline is a transaction of its own: its end may be refused, which undoes it. */
static void an_error_at_the_end_is_the_last_answer(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    BdStatement *statement = database_statement("insert into t values ($1)");
    const BdRequest end = {.kind = BD_REQUEST_SYNC};
    bd_answer_free(database_run(
        session, "create temp table t (a int primary key deferrable initially deferred)"));
    database_prepare(session, statement);
    for (int with_end = 0; with_end < 2; with_end++) {
        BdErr err = BD_ERR_INIT;
        send_value(session, statement, "1", true);
        send_value(session, statement, "1", with_end == 1);
        if (with_end == 1) {
            assert_int_equal(bd_session_send(session, &end, &err), 0);
        }
        for (int i = 0; i <= with_end; i++) {
            BdAnswer *answer = receive(session, &err);
            assert_non_null(answer);
            bd_answer_free(answer);
        }
        assert_null(receive(session, &err));
        assert_string_equal(err.sqlstate, "23505");
        assert_false(bd_session_busy(session));
        database_check(session, "select count(*) from t", "0");
    }
    bd_statement_free(statement);
    bd_session_free(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(answers_come_in_the_order_of_the_requests),
        CASE(what_follows_a_refused_request_is_refused),
        CASE(statements_are_prepared_and_text_is_sent_in_a_pipeline),
        CASE(a_pipeline_of_any_length_neither_stops_nor_piles_up),
        CASE(a_pipeline_is_full_when_two_bursts_are_owed),
        CASE(a_refused_request_is_known_while_the_pipeline_is_open),
        CASE(a_pipeline_may_end_with_nothing),
        CASE(an_error_at_the_end_is_the_last_answer),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
