/*
 * scripted_kit.h - for tests with a scripted libpq: pieces of scripts, results, and a session to
 * play them on.
 */
#ifndef BD_TEST_SCRIPTED_KIT_H
#define BD_TEST_SCRIPTED_KIT_H

#include "pg/session.h"
#include "support/pq_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- pieces of scripts ----------------------------------------------------------------------- */

/* clang-format off */
#define SUCCESS(name)  {.call = (name), .returns = 1}
#define ZERO(name)     {.call = (name), .returns = 0}
#define ANSWER(result) {.call = "PQgetResult", .reply = (result)}
/* clang-format on */
#define CONNECT                                                                                    \
    SUCCESS("PQconnectStartParams"), {.call = "PQconnectPoll", .returns = PGRES_POLLING_OK},       \
        SUCCESS("PQgetCancel"), ZERO("PQsetnonblocking")
#define SEND         SUCCESS("PQsendQueryPrepared"), ZERO("PQflush")
#define READ         SUCCESS("PQconsumeInput")
#define BUSY         SUCCESS("PQisBusy")
#define RESULT(what) ZERO("PQisBusy"), ANSWER(&(what))
#define NO_RESULT    ANSWER(NULL)
#define END          ZERO("PQisBusy"), NO_RESULT

static const PqReply inserted = {.status = PGRES_COMMAND_OK, .tag = "INSERT 0 1"};
static const PqReply rows = {.status = PGRES_TUPLES_OK, .tag = "SELECT 1"};
static const PqReply prepared = {.status = PGRES_COMMAND_OK, .tag = ""};

/* ---- a session with a statement -------------------------------------------------------------- */

static const char *const one_value[] = {"7"};

typedef struct Kit {
    BdSession *session;
    BdStatement *statement;
    BdRequest insert;
    BdAnswer *answer;
    BdErr err;
} Kit;

static inline void kit_init(Kit *kit, BdProtocol protocol) {
    *kit = (Kit){.err = BD_ERR_INIT};
    assert_int_equal(bd_session_new(&kit->session, "dbname=census", protocol, &kit->err), 0);
    assert_int_equal(bd_session_connect(kit->session, &kit->err), BD_IO_WRITE);
    assert_int_equal(bd_session_connect(kit->session, &kit->err), BD_IO_DONE);
    assert_int_equal(bd_statement_new(&kit->statement, 0, "insert into t values ($1)", &kit->err),
                     0);
    kit->insert =
        (BdRequest){.kind = BD_REQUEST_EXECUTE, .statement = kit->statement, .values = one_value};
}

static inline void kit_deinit(Kit *kit) {
    bd_statement_free(kit->statement);
    bd_session_free(kit->session);
    pq_script_end();
}

static inline void kit_send(Kit *kit) {
    assert_int_equal(bd_session_send(kit->session, &kit->insert, &kit->err), 0);
}

static inline BdIo kit_step(Kit *kit) {
    return bd_session_step(kit->session, &kit->answer, &kit->err);
}

/* The answer is there, and is this. */
static inline void kit_check_answer(Kit *kit, const char *tag) {
    assert_int_equal(kit_step(kit), BD_IO_DONE);
    assert_string_equal(PQcmdStatus(kit->answer), tag);
    PQclear(kit->answer);
    kit->answer = NULL;
}

static inline void kit_check_failure(Kit *kit, BdErrCode code, const char *sqlstate,
                                     const char *message) {
    assert_int_equal(kit_step(kit), BD_IO_FAILED);
    assert_null(kit->answer);
    assert_int_equal(kit->err.code, code);
    assert_string_equal(kit->err.sqlstate, sqlstate);
    assert_string_equal(kit->err.msg, message);
}

#endif
