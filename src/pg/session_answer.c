/*
 * An answer costs one recv(2): input is read only after the caller was told to wait and has come
 * back, and not again when the answer is complete.
 *
 * An exchange ends when PQgetResult() gives NULL, which is when the server is ready for the next
 * request. Until then results are collected: the first error counts, or else the last result.
 *
 * In a pipeline NULL comes at once after the result of each request. The last answer is held back
 * until the server has confirmed the end of the pipeline, so that the session is free when it is
 * given.
 */
#include "pg/pg_error.h"
#include "pg/session_impl.h"

#include <assert.h>

static bool is_error(ExecStatusType status) {
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
           status == PGRES_PIPELINE_ABORTED;
}

static void complain(BdSession *session, const char *complaint) {
    if (session->complaint == NULL) {
        session->complaint = complaint;
    }
}

static void keep(BdSession *session, PGresult *result, ExecStatusType status) {
    if (session->result != NULL) {
        if (is_error(session->status)) {
            PQclear(result);
            return;
        }
        if (!is_error(status) && !session->several) {
            complain(session, "the server gave an answer too many: one statement at a time");
        }
        PQclear(session->result);
    }
    session->result = result;
    session->status = status;
}

/* The server wants data, or sends some: if there is none, or nobody to take it, end it, so that the
 * session stays usable. */
static void begin_copy(BdSession *session, ExecStatusType status) {
    if (status == PGRES_COPY_IN && session->copy.wanted) {
        session->copy.wanted = false;
        session->copy.under_way = true;
    } else if (status == PGRES_COPY_IN) {
        complain(session, "COPY FROM STDIN cannot be used here: it has no data");
        session->unsent = PQputCopyEnd(session->conn, "no data") < 0 || PQflush(session->conn) != 0;
    } else {
        complain(session, "COPY TO STDOUT cannot be used here: nobody takes its data");
        session->copying_out = true;
    }
}

static void take(BdSession *session, PGresult *result, ExecStatusType status) {
    switch (status) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE:
    case PGRES_PIPELINE_ABORTED:
        keep(session, result, status);
        return;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
        begin_copy(session, status);
        break;
    default:
        complain(session, "the server gave an answer of an unexpected kind");
        break;
    }
    PQclear(result);
}

/* Throw copied data away. True when it has all come. */
static bool copied_out(BdSession *session) {
    char *data = NULL;
    int n = 0;
    while ((n = PQgetCopyData(session->conn, &data, 1)) > 0) {
        PQfreemem(data);
    }
    session->copying_out = n == 0;
    return n != 0;
}

static BdIo fail(PGresult *result) {
    PQclear(result);
    return BD_IO_FAILED;
}

/* The connection is gone. What the server said about it, if it did, is the better explanation. */
static BdIo lose(BdSession *session, BdErr *err) {
    PGconn *conn = session->conn;
    PGresult *more = NULL;
    atomic_store(&session->abort_fd, -1);
    while (PQstatus(conn) == CONNECTION_BAD && (more = PQgetResult(conn)) != NULL) {
        keep(session, more, PQresultStatus(more));
    }
    PGresult *result = session->result;
    session->result = NULL;
    bool refused = result != NULL && is_error(session->status);
    if (refused) {
        bd_pg_error_result(result, conn, err);
    }
    bool explained = refused && err->code == BD_E_CONN &&
                     (err->sqlstate[0] != '\0' || session->farewell.code == BD_E_NONE);
    if (!explained) {
        if (session->farewell.code == BD_E_CONN) {
            *err = session->farewell;
        } else {
            bd_pg_error_conn(conn, "the connection was lost", err);
        }
    }
    session->busy = false;
    session->pipeline = false;
    session->open = false;
    session->transaction = PQTRANS_UNKNOWN;
    return fail(result);
}

/* Why a request whose results have all come has no answer. */
static int explain(const BdSession *session, const PGresult *result, BdErr *err) {
    if (session->complaint != NULL) {
        return bd_err_set(err, BD_E_SQL, 0, "%s", session->complaint);
    }
    if (result == NULL) {
        return bd_err_set(err, BD_E_SQL, 0, "the server gave no answer");
    }
    if (session->status == PGRES_PIPELINE_ABORTED) {
        return bd_err_set(err, BD_E_SQL, 0,
                          "not executed, since an earlier statement of its pipeline was refused");
    }
    if (is_error(session->status)) {
        return bd_pg_error_result(result, session->conn, err);
    }
    return bd_err_set(err, BD_E_SQL, 0, "the server did not ask for the data of the COPY");
}

/* A request's results have all come; if it was the last one, the server is ready for another. */
static BdIo finish(BdSession *session, BdAnswer **answer, BdErr *err) {
    PGresult *result = session->result;
    session->result = NULL;
    session->busy = session->pipeline;
    if (!session->pipeline) { /* in it, the server does not say */
        session->transaction = PQtransactionStatus(session->conn);
    }
    if (result == NULL || is_error(session->status) || session->complaint != NULL ||
        session->copy.wanted) {
        explain(session, result, err);
        session->complaint = NULL;
        return fail(result);
    }
    *answer = result;
    return BD_IO_DONE;
}

/* The server has confirmed the end of the pipeline, which is the answer to BD_REQUEST_SYNC. */
static BdIo end_pipeline(BdSession *session, PGresult *sync, BdAnswer **answer, BdErr *err) {
    if (session->expected > 0 && session->result == NULL) {
        keep(session, sync, PGRES_PIPELINE_SYNC);
    } else {
        PQclear(sync);
    }
    if (PQexitPipelineMode(session->conn) != 1) {
        complain(session, "the server gave an answer too many in a pipeline");
    }
    session->pipeline = false;
    return finish(session, answer, err);
}

/* A request's results have all come: is its answer one that others follow? Not so the last one, and
 * an error at the end of the pipeline, which belongs to it. */
static bool is_followed(BdSession *session) {
    if (session->expected > 0) {
        session->expected--;
    }
    bool room =
        session->expected == 0 || (!session->unsent && session->expected <= BD_SESSION_BURST);
    session->full = session->full && !room;
    return session->expected > 0 || session->open;
}

/* Can PQgetResult() be called without waiting? */
static bool has_come(BdSession *session) {
    if (session->copy.under_way) {
        return false;
    }
    return session->copying_out ? copied_out(session) : !PQisBusy(session->conn);
}

/* Go through what has come. True when an answer is complete: *io says how. */
static bool receive(BdSession *session, BdAnswer **answer, BdIo *io, BdErr *err) {
    PGconn *conn = session->conn;
    while (has_come(session)) {
        PGresult *result = PQgetResult(conn);
        if (result != NULL) {
            ExecStatusType status = PQresultStatus(result);
            if (status == PGRES_PIPELINE_SYNC) {
                *io = end_pipeline(session, result, answer, err);
                return true;
            }
            take(session, result, status);
            if (!session->pipeline || session->result == NULL) {
                continue;
            }
            PQclear(PQgetResult(conn)); /* the NULL after it */
        }
        if (PQstatus(conn) == CONNECTION_BAD) {
            *io = lose(session, err);
            return true;
        }
        if (!session->pipeline || is_followed(session)) {
            *io = finish(session, answer, err);
            return true;
        }
    }
    return false;
}

/* When the data has ended because it was refused, the answer was read already. */
static BdIo go_on_copying(BdSession *session, BdAnswer **answer, BdErr *err) {
    BdIo io = BD_IO_READ;
    if (bd_session_copy(session) != 0) {
        return lose(session, err);
    }
    if (receive(session, answer, &io, err)) {
        return io;
    }
    return session->unsent ? BD_IO_WRITE : BD_IO_READ;
}

BdIo bd_session_step(BdSession *session, BdAnswer **answer, BdErr *err) {
    assert(bd_session_busy(session));
    PGconn *conn = session->conn;
    BdIo io = BD_IO_READ;
    *answer = NULL;
    if (session->pipeline && receive(session, answer, &io, err)) {
        return io; /* it had come together with another one */
    }
    if (!session->waited) {
        session->waited = true; /* nothing more can have come yet */
        session->drained = !session->pipeline;
        return session->unsent ? BD_IO_WRITE : BD_IO_READ;
    }
    if (session->copy.under_way) {
        return go_on_copying(session, answer, err);
    }
    session->drained = false; /* the answer may have come in part */
    session->unsent = session->unsent && PQflush(conn) > 0;
    if (PQconsumeInput(conn) == 0) {
        return lose(session, err);
    }
    if (receive(session, answer, &io, err)) {
        return io;
    }
    if (session->copy.under_way) {
        return go_on_copying(session, answer, err);
    }
    return session->unsent ? BD_IO_WRITE : BD_IO_READ;
}

bool bd_session_busy(const BdSession *session) {
    return session->open ? session->full : session->busy;
}

bool bd_session_drained(const BdSession *session) {
    return session->drained;
}

bool bd_session_in_pipeline(const BdSession *session) {
    return session->pipeline;
}
