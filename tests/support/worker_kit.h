/*
 * worker_kit.h - a session that a worker's tests play by hand, and a log of what happens to it.
 *
 * It stands in for src/pg, so it is for one test program alone, which includes it once.
 */
#ifndef BD_TEST_WORKER_KIT_H
#define BD_TEST_WORKER_KIT_H

#include "core/mem.h"
#include "pg/session.h"

#include <stdio.h>
#include <string.h>

static char log_text[512];

static void note(const char *what) {
    size_t used = strlen(log_text);
    snprintf(log_text + used, sizeof(log_text) - used, "%s%s", used > 0 ? " " : "", what);
}

/* What happened since the last call, in order. */
static void expect_log(const char *expected) {
    assert_string_equal(log_text, expected);
    log_text[0] = '\0';
}

/* ---- the session ---- */

/* What one call of bd_session_step() comes to. */
typedef struct Happens {
    BdIo io;
    int64_t touched; /* DONE */
    BdErrCode code;  /* FAILED */
} Happens;

#define READ                                                                                       \
    { .io = BD_IO_READ }
#define WRITE                                                                                      \
    { .io = BD_IO_WRITE }
#define DONE(n)                                                                                    \
    { .io = BD_IO_DONE, .touched = (n) }
#define FAILED(how)                                                                                \
    { .io = BD_IO_FAILED, .code = (how) }

struct BdSession {
    const Happens *next;
    BdErrCode send_fails; /* BD_E_NONE: it does not */
    bool in_transaction;
    const char *under_way;
};

struct pg_result {
    int64_t touched;
};

int bd_session_send(BdSession *session, const BdRequest *request, BdErr *err) {
    const char *text = request->kind == BD_REQUEST_TEXT ? request->text : "request";
    note(text);
    assert_null(session->under_way);
    if (session->send_fails != BD_E_NONE) {
        return bd_err_set(err, session->send_fails, 0, "not sent");
    }
    session->under_way = text;
    return 0;
}

BdIo bd_session_step(BdSession *session, BdAnswer **answer, BdErr *err) {
    const Happens *now = session->next++;
    assert_non_null(session->under_way);
    if (now->io == BD_IO_READ || now->io == BD_IO_WRITE) {
        return now->io;
    }
    const char *text = session->under_way;
    session->under_way = NULL;
    if (strcmp(text, "commit") == 0 || strcmp(text, "rollback") == 0) {
        session->in_transaction = false;
    } else if (strcmp(text, "begin") == 0) {
        session->in_transaction = now->io == BD_IO_DONE;
    }
    if (now->io == BD_IO_FAILED) {
        bd_err_set(err, now->code, 0, "no");
        snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", "23505");
        return BD_IO_FAILED;
    }
    *answer = bd_alloc(sizeof(**answer));
    assert_non_null(*answer);
    (*answer)->touched = now->touched;
    return BD_IO_DONE;
}

int bd_session_fd(const BdSession *session) {
    (void)session;
    return 42;
}

bool bd_session_in_transaction(const BdSession *session) {
    assert_null(session->under_way);
    return session->in_transaction;
}

bool bd_session_busy(const BdSession *session) {
    return session->under_way != NULL;
}

bool bd_session_transaction_failed(const BdSession *session) {
    (void)session;
    return false;
}

bool bd_answer_executed(const BdAnswer *answer) {
    (void)answer;
    return true;
}

int64_t bd_answer_touched(const BdAnswer *answer) {
    return answer->touched;
}

void bd_answer_free(BdAnswer *answer) {
    bd_free(answer);
}

/* Not called: for the task of plans, which is linked with the worker. */
int bd_answer_rows(const BdAnswer *answer) {
    (void)answer;
    return 0;
}

const char *bd_answer_value(const BdAnswer *answer, int row, int column) {
    (void)answer;
    (void)row;
    (void)column;
    return NULL;
}

#endif
