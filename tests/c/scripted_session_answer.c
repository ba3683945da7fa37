/*
 * scripted_session_answer.c - answers, refusals, copies and lost connections, against a libpq that
 * is played from a script.
 *
 * Linked with tests/support/pq_script.c in the place of libpq.
 */
#include "pg/session.h"

#include "support/memory.h"
#include "support/scripted_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- what the server says -------------------------------------------------------------------- */

static const PqReply duplicate = {.status = PGRES_FATAL_ERROR,
                                  .severity = "ERROR",
                                  .sqlstate = "23505",
                                  .primary = "duplicate key",
                                  .detail = "Key (id)=(1) already exists."};
static const PqReply aborted = {.status = PGRES_FATAL_ERROR,
                                .severity = "ERROR",
                                .sqlstate = "25P02",
                                .primary = "the transaction is aborted"};
static const PqReply terminated = {.status = PGRES_FATAL_ERROR,
                                   .severity = "FATAL",
                                   .sqlstate = "57P01",
                                   .primary = "terminating connection"};
static const PqReply timed_out = {.status = PGRES_FATAL_ERROR,
                                  .severity = "FATAL",
                                  .sqlstate = "25P03",
                                  .primary = "idle for too long"};
static const PqReply no_fields = {.status = PGRES_FATAL_ERROR};
static const PqReply copy_in = {.status = PGRES_COPY_IN};
static const PqReply copy_out = {.status = PGRES_COPY_OUT};
static const PqReply copied = {.status = PGRES_COMMAND_OK, .tag = "COPY 2"};
static const PqReply copy_both = {.status = PGRES_COPY_BOTH};

#define CLOSED                                                                                     \
    "server closed the connection unexpectedly\n\tThis probably means the server terminated\n"

/* ---- answers --------------------------------------------------------------------------------- */

static void an_answer_may_come_in_pieces(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT, SEND, READ, BUSY, READ, BUSY, READ, RESULT(rows), BUSY, READ, END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(kit_step(&kit), BD_IO_READ);
        assert_int_equal(bd_session_drained(kit.session), i == 0); /* before it was waited for */
        assert_null(kit.answer);
    }
    kit_check_answer(&kit, "SELECT 1");
    kit_deinit(&kit);
}

static void a_refusal_leaves_the_session_usable(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT, SEND, READ, RESULT(duplicate), END, SEND, READ, RESULT(inserted), END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "23505", "duplicate key: Key (id)=(1) already exists.");
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_answer(&kit, "INSERT 0 1");
    kit_deinit(&kit);
}

/* A deferred constraint fails when the transaction ends, after the statement was answered. */
static void an_error_after_rows_counts(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT, SEND, READ, RESULT(rows), RESULT(duplicate), END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "23505", "duplicate key: Key (id)=(1) already exists.");
    kit_deinit(&kit);
}

static void an_answer_too_many_is_refused(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT, SEND, READ, RESULT(inserted), RESULT(inserted),
        END,     SEND, READ, RESULT(inserted), END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "",
                      "the server gave an answer too many: one statement at a time");
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_answer(&kit, "INSERT 0 1");
    kit_deinit(&kit);
}

static void no_answer_at_all_is_an_error(void **state) {
    (void)state;
    static const PqStep steps[] = {CONNECT, SEND, READ, END};
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "", "the server gave no answer");
    kit_deinit(&kit);
}

static void of_a_script_the_last_result_or_the_first_error_counts(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        SUCCESS("PQsendQuery"),
        ZERO("PQflush"),
        READ,
        RESULT(rows),
        RESULT(prepared),
        RESULT(inserted),
        END,
        SUCCESS("PQsendQuery"),
        ZERO("PQflush"),
        READ,
        RESULT(rows),
        RESULT(duplicate),
        RESULT(aborted),
        RESULT(inserted),
        END,
    };
    const BdRequest text = {.kind = BD_REQUEST_TEXT, .text = "a; b; c"};
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    assert_int_equal(bd_session_send(kit.session, &text, &kit.err), 0);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_answer(&kit, "INSERT 0 1");
    assert_int_equal(bd_session_send(kit.session, &text, &kit.err), 0);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "23505", "duplicate key: Key (id)=(1) already exists.");
    kit_deinit(&kit);
}

static void a_copy_from_the_client_is_ended(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        SEND,
        READ,
        RESULT(copy_in),
        {.call = "PQputCopyEnd", .given = "no data", .returns = 1},
        SUCCESS("PQflush"), /* something is left */
        BUSY,
        ZERO("PQflush"),
        READ,
        RESULT(aborted),
        END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    assert_int_equal(kit_step(&kit), BD_IO_WRITE);
    kit_check_failure(&kit, BD_E_SQL, "", "COPY FROM STDIN cannot be used here: it has no data");
    kit_deinit(&kit);
}

static void a_copy_to_the_client_is_thrown_away(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        SEND,
        READ,
        RESULT(copy_out),
        {.call = "PQgetCopyData", .returns = 2, .copied = "a\n"},
        ZERO("PQgetCopyData"),
        READ,
        {.call = "PQgetCopyData", .returns = 2, .copied = "b\n"},
        {.call = "PQgetCopyData", .returns = -1},
        {.call = "PQgetResult", .reply = &copied},
        END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "",
                      "COPY TO STDOUT cannot be used here: nobody takes its data");
    kit_deinit(&kit);
}

static void of_several_complaints_the_first_counts(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT, SEND, READ, RESULT(inserted), RESULT(inserted), RESULT(copy_both), END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "",
                      "the server gave an answer too many: one statement at a time");
    kit_deinit(&kit);
}

static void an_unexpected_kind_of_answer_is_refused(void **state) {
    (void)state;
    static const PqStep steps[] = {CONNECT, SEND, READ, RESULT(copy_both), END};
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "", "the server gave an answer of an unexpected kind");
    kit_deinit(&kit);
}

/* ---- losing the connection ------------------------------------------------------------------- */

/* clang-format off */
#define LOST(name)   {.call = (name), .returns = 0, .lost = CLOSED}
#define NOTHING_MORE {.call = "PQgetResult", .reply = NULL}
#define NO_FIELDS    {.call = "PQgetResult", .reply = &no_fields}
/* clang-format on */

#define CHECK_LOST(steps, reads, sqlstate, message)                                                \
    do {                                                                                           \
        Kit kit;                                                                                   \
        PQ_SCRIPT(steps);                                                                          \
        kit_init(&kit, BD_PROTOCOL_PREPARED);                                                      \
        kit_send(&kit);                                                                            \
        for (int i = 0; i < (reads); i++) {                                                        \
            assert_int_equal(kit_step(&kit), BD_IO_READ);                                          \
        }                                                                                          \
        kit_check_failure(&kit, BD_E_CONN, (sqlstate), (message));                                 \
        kit_deinit(&kit);                                                                          \
    } while (0)

static const char lost_text[] =
    "the exchange with the server failed: server closed the connection unexpectedly";
static const char lost_after_text[] =
    "the connection was lost: server closed the connection unexpectedly";

static void a_connection_lost_before_the_answer_loses_the_session(void **state) {
    (void)state;
    static const PqStep steps[] = {CONNECT, SEND, LOST("PQconsumeInput"), NO_FIELDS, NOTHING_MORE};
    CHECK_LOST(steps, 1, "", lost_text);
}

static void a_connection_lost_within_the_answer_loses_the_session(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT, SEND, READ, BUSY, LOST("PQconsumeInput"), NO_FIELDS, NOTHING_MORE,
    };
    CHECK_LOST(steps, 2, "", lost_text);
}

/* Whether the row was stored is not known until the server is ready again. */
static void a_connection_lost_after_the_answer_loses_the_answer(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT, SEND, READ, RESULT(inserted), BUSY, LOST("PQconsumeInput"), NOTHING_MORE,
    };
    CHECK_LOST(steps, 2, "", lost_after_text);
}

static void a_refusal_does_not_hide_that_the_connection_was_lost(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,   SEND,         READ, RESULT(duplicate), BUSY, LOST("PQconsumeInput"),
        NO_FIELDS, NOTHING_MORE,
    };
    CHECK_LOST(steps, 2, "", lost_after_text);
}

static void what_the_server_said_at_the_end_explains_the_loss(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,   SEND,         READ, RESULT(terminated), BUSY, LOST("PQconsumeInput"),
        NO_FIELDS, NOTHING_MORE,
    };
    CHECK_LOST(steps, 2, "57P01", "terminating connection");
}

static void whatever_is_fatal_explains_the_loss(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,   SEND,         READ, RESULT(timed_out), BUSY, LOST("PQconsumeInput"),
        NO_FIELDS, NOTHING_MORE,
    };
    CHECK_LOST(steps, 2, "25P03", "idle for too long");
}

/* As a trigger may, by a foreign server that it does not reach. */
static void an_error_of_the_class_of_lost_connections_may_be_no_loss(void **state) {
    (void)state;
    static const PqReply elsewhere = {.status = PGRES_FATAL_ERROR,
                                      .severity = "ERROR",
                                      .sqlstate = "08001",
                                      .primary = "could not connect to server"};
    static const PqStep steps[] = {
        CONNECT, SEND, READ, RESULT(elsewhere), END, SEND, READ, RESULT(inserted), END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_failure(&kit, BD_E_SQL, "08001", "could not connect to server");
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    kit_check_answer(&kit, "INSERT 0 1");
    kit_deinit(&kit);
}

/* A pooler's errors may come without the severity that is the same in all languages. */
static void without_a_severity_the_class_tells_a_loss(void **state) {
    (void)state;
    static const PqReply pooler = {
        .status = PGRES_FATAL_ERROR, .sqlstate = "08P01", .primary = "server conn crashed?"};
    static const PqStep steps[] = {
        CONNECT, SEND, READ, RESULT(pooler), BUSY, LOST("PQconsumeInput"), NO_FIELDS, NOTHING_MORE,
    };
    CHECK_LOST(steps, 2, "08P01", "server conn crashed?");
}

static void a_loss_noticed_by_libpq_while_parsing_loses_the_session(void **state) {
    (void)state;
    static const PqStep steps[] = {
        CONNECT,
        SEND,
        READ,
        ZERO("PQisBusy"),
        {.call = "PQgetResult",
         .reply = &no_fields,
         .lost = "lost synchronization with server: got message type \"x\", length 1\n"},
        END,
        NOTHING_MORE,
    };
    CHECK_LOST(steps, 1, "",
               "the exchange with the server failed: lost synchronization with server: got message "
               "type \"x\", length 1");
}

/* libpq may fail to read, for want of memory, with the connection still up: asking for results
 * would then wait. */
static void input_that_cannot_be_read_loses_the_session(void **state) {
    (void)state;
    static const PqStep steps[] = {CONNECT, SEND, ZERO("PQconsumeInput")};
    CHECK_LOST(steps, 1, "", "the connection was lost: no reason is known");
}

/* ---- at any time ----------------------------------------------------------------------------- */

static void a_cancel_ends_in_an_answer_like_any_other(void **state) {
    (void)state;
    static const PqReply cancelled = {.status = PGRES_FATAL_ERROR,
                                      .severity = "ERROR",
                                      .sqlstate = "57014",
                                      .primary = "canceling statement due to user request"};
    static const PqStep steps[] = {
        CONNECT, SEND, SUCCESS("PQcancel"), READ, RESULT(cancelled), END,
    };
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    bd_session_cancel(kit.session);
    kit_check_failure(&kit, BD_E_SQL, "57014", "canceling statement due to user request");
    kit_deinit(&kit);
}

static void a_session_can_be_freed_in_the_middle_of_an_answer(void **state) {
    (void)state;
    static const PqStep steps[] = {CONNECT, SEND, READ, RESULT(rows), BUSY};
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    kit_send(&kit);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    bd_session_abort(kit.session); /* its descriptor is none */
    kit_deinit(&kit);
    bd_session_free(NULL);
}

/* A request that the socket does not take whole fills the pipeline: its answer comes first. */
static void a_full_socket_fills_the_pipeline(void **state) {
    (void)state;
    static const PqReply sync = {.status = PGRES_PIPELINE_SYNC, .tag = ""};
    static const PqStep steps[] = {
        CONNECT,
        SUCCESS("PQenterPipelineMode"),
        SUCCESS("PQsendQueryPrepared"),
        SUCCESS("PQsendFlushRequest"),
        SUCCESS("PQflush"), /* something is left */
        BUSY,
        BUSY,
        SUCCESS("PQflush"),
        READ,
        BUSY,
        BUSY,
        ZERO("PQflush"),
        READ,
        RESULT(inserted),
        NO_RESULT,
        SUCCESS("PQpipelineSync"),
        ZERO("PQflush"),
        BUSY,
        BUSY,
        READ,
        RESULT(sync),
        SUCCESS("PQexitPipelineMode"),
    };
    static char value[40000];
    const char *const values[] = {value};
    const BdRequest end = {.kind = BD_REQUEST_SYNC};
    Kit kit;
    PQ_SCRIPT(steps);
    kit_init(&kit, BD_PROTOCOL_PREPARED);
    memset(value, 'x', sizeof(value) - 1);
    kit.insert.values = values;
    kit.insert.more = true;
    kit_send(&kit);
    assert_true(bd_session_busy(kit.session));
    assert_int_equal(kit_step(&kit), BD_IO_WRITE);
    assert_int_equal(kit_step(&kit), BD_IO_WRITE);
    kit_check_answer(&kit, "INSERT 0 1");
    assert_false(bd_session_busy(kit.session));
    assert_true(bd_session_in_pipeline(kit.session));
    assert_int_equal(bd_session_send(kit.session, &end, &kit.err), 0);
    assert_int_equal(kit_step(&kit), BD_IO_READ);
    assert_false(bd_session_drained(kit.session)); /* other answers may have come before */
    kit_check_answer(&kit, "");
    assert_false(bd_session_in_pipeline(kit.session));
    kit_deinit(&kit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(an_answer_may_come_in_pieces),
        CASE(a_refusal_leaves_the_session_usable),
        CASE(an_error_after_rows_counts),
        CASE(an_answer_too_many_is_refused),
        CASE(no_answer_at_all_is_an_error),
        CASE(of_a_script_the_last_result_or_the_first_error_counts),
        CASE(a_copy_from_the_client_is_ended),
        CASE(a_copy_to_the_client_is_thrown_away),
        CASE(of_several_complaints_the_first_counts),
        CASE(an_unexpected_kind_of_answer_is_refused),
        CASE(a_connection_lost_before_the_answer_loses_the_session),
        CASE(a_connection_lost_within_the_answer_loses_the_session),
        CASE(a_connection_lost_after_the_answer_loses_the_answer),
        CASE(a_refusal_does_not_hide_that_the_connection_was_lost),
        CASE(what_the_server_said_at_the_end_explains_the_loss),
        CASE(whatever_is_fatal_explains_the_loss),
        CASE(an_error_of_the_class_of_lost_connections_may_be_no_loss),
        CASE(without_a_severity_the_class_tells_a_loss),
        CASE(a_loss_noticed_by_libpq_while_parsing_loses_the_session),
        CASE(input_that_cannot_be_read_loses_the_session),
        CASE(a_cancel_ends_in_an_answer_like_any_other),
        CASE(a_session_can_be_freed_in_the_middle_of_an_answer),
        CASE(a_full_socket_fills_the_pipeline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
