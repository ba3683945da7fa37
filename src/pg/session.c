/*
 * One request costs one send(2) and one recv(2): PQsend...() sends what the socket takes at once,
 * input is read only after the caller was told to wait and has come back, and not again when the
 * answer is complete. Nothing is allocated here for a request; the text of the simple protocol is
 * written into a buffer that is kept.
 *
 * An exchange ends when PQgetResult() gives NULL, which is when the server is ready for the next
 * request. Until then results are collected: the first error counts, or else the last result.
 *
 * In a pipeline NULL comes after the results of each request. The last answer is held back until
 * the server has confirmed the end of the pipeline, so that the session is free when it is given.
 */
#include "pg/session.h"

#include "core/buf.h"
#include "core/clock.h"
#include "core/mem.h"
#include "pg/conninfo.h"
#include "pg/pg_error.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct BdSession {
    PGconn *conn;
    PGcancel *cancel; /* NULL until connected */
    _Atomic int
        abort_fd; /* the socket, for bd_session_abort(); -1 before connecting and when lost */
    BdProtocol protocol;

    /* The exchange under way. */
    bool busy;             /* there is one */
    bool waited;           /* the caller was told to wait, so that its next call comes after that */
    bool unsent;           /* a part of the request is still to be sent */
    bool several;          /* more than one result is all right */
    bool copying_out;      /* in the data of a COPY TO STDOUT, which is thrown away */
    PGresult *result;      /* the first error, or else the last result; NULL before the first */
    const char *complaint; /* what we found wrong with the exchange; NULL if nothing */
    bool pipeline;         /* libpq is in pipeline mode */
    bool open;             /* further requests may be added to the pipeline */
    uint32_t expected;     /* answers of the pipeline that have not come whole */

    BdErr farewell; /* why the server closes the connection; BD_E_NONE if it has not said */

    BdBuf text; /* the simple protocol's statement */
    int64_t connect_limit_ns;
    char description[256];
};

/* ---- connecting ------------------------------------------------------------------------------ */

/* Notices are not for us, but for the last word of a server that closes the connection: it comes as
 * a notice where no request was under way. */
static void note_farewell(void *context, const PGresult *notice) {
    BdSession *session = context;
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0)) {
        bd_pg_error_result(notice, session->conn, &session->farewell);
    }
}

static int64_t find_connect_limit(const PQconninfoOption *option) {
    int64_t limit_ns = 0;
    for (; option->keyword != NULL; option++) {
        if (strcmp(option->keyword, "connect_timeout") == 0 && option->val != NULL) {
            limit_ns = strtol(option->val, NULL, 10) * BD_NS_PER_S;
        }
    }
    return limit_ns > 0 ? limit_ns : 0;
}

/* Look at what libpq makes of the connection string and its environment. */
static int read_options(BdSession *session, BdErr *err) {
    PQconninfoOption *options = PQconninfo(session->conn);
    if (options == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a connection");
    }
    int status = bd_conninfo_check_options(options, err);
    session->connect_limit_ns = find_connect_limit(options);
    PQconninfoFree(options);
    return status;
}

static int begin_connecting(BdSession *session, const char *conninfo, BdErr *err) {
    static const char *const keywords[] = {"dbname", "client_encoding", "fallback_application_name",
                                           NULL};
    const char *const values[] = {conninfo, "UTF8", "bigdata", NULL};
    session->conn = PQconnectStartParams(keywords, values, 1);
    if (session->conn == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a connection");
    }
    PQsetErrorVerbosity(session->conn, PQERRORS_VERBOSE); /* as pg_error.h wants it */
    PQsetNoticeReceiver(session->conn, note_farewell, session);
    if (read_options(session, err) != 0) {
        return -1;
    }
    return PQstatus(session->conn) == CONNECTION_BAD
               ? bd_pg_error_conn(session->conn, "cannot connect", err)
               : 0;
}

int bd_session_new(BdSession **out, const char *conninfo, BdProtocol protocol, BdErr *err) {
    *out = NULL;
    if (bd_conninfo_check(conninfo, err) != 0) {
        return -1;
    }
    BdSession *session = bd_alloc(sizeof(*session));
    if (session == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a session");
    }
    session->protocol = protocol;
    atomic_init(&session->abort_fd, -1);
    if (begin_connecting(session, conninfo, err) != 0) {
        bd_session_free(session);
        return -1;
    }
    *out = session;
    return 0;
}

static const char *or_unknown(const char *s) {
    return s == NULL || s[0] == '\0' ? "?" : s;
}

static void describe(BdSession *session) {
    const char *host = or_unknown(PQhost(session->conn));
    const char *port = or_unknown(PQport(session->conn));
    bool usual_socket = host[0] == '/' && strcmp(port, "5432") == 0;
    snprintf(session->description, sizeof(session->description), "database %s on %s%s%s as %s",
             or_unknown(PQdb(session->conn)), host, usual_socket ? "" : ":",
             usual_socket ? "" : port, or_unknown(PQuser(session->conn)));
}

static BdIo connected(BdSession *session, BdErr *err) {
    session->cancel = PQgetCancel(session->conn);
    if (session->cancel == NULL || PQsetnonblocking(session->conn, 1) != 0) {
        bd_err_set(err, BD_E_NOMEM, 0, "no memory for a connection");
        return BD_IO_FAILED;
    }
    describe(session);
    atomic_store(&session->abort_fd, PQsocket(session->conn));
    return BD_IO_DONE;
}

BdIo bd_session_connect(BdSession *session, BdErr *err) {
    if (!session->waited) {
        session->waited = true; /* libpq wants a new socket to be writable first */
        return BD_IO_WRITE;
    }
    switch (PQconnectPoll(session->conn)) {
    case PGRES_POLLING_OK:
        return connected(session, err);
    case PGRES_POLLING_READING:
        return BD_IO_READ;
    case PGRES_POLLING_WRITING:
        return BD_IO_WRITE;
    default:
        bd_pg_error_conn(session->conn, "cannot connect", err);
        return BD_IO_FAILED;
    }
}

int64_t bd_session_connect_limit_ns(const BdSession *session) {
    return session->connect_limit_ns;
}

int bd_session_fd(const BdSession *session) {
    return PQsocket(session->conn);
}

/* ---- sending --------------------------------------------------------------------------------- */

/* A value as the simple protocol has it. The blanks keep it apart from what stands around it: after
 * "u&" or before "and", it would become something else. */
static int append_value(BdSession *session, const char *value) {
    BdBuf *text = &session->text;
    if (value == NULL) {
        return bd_buf_append_str(text, " NULL ");
    }
    size_t n = strlen(value);
    if (n > (SIZE_MAX - 4) / 2 || bd_buf_reserve(text, 2 * n + 4) != 0) {
        return -1;
    }
    text->p[text->len++] = ' ';
    text->p[text->len++] = '\'';
    text->len += PQescapeStringConn(session->conn, text->p + text->len, value, n, NULL);
    text->p[text->len++] = '\'';
    return 0;
}

/* Write a statement with its values put in. What is not valid UTF-8 is refused by the server. */
static int write_text(BdSession *session, const BdStatement *statement, const char *const *values) {
    BdBuf *text = &session->text;
    bd_buf_reset(text);
    for (uint32_t i = 0; i < statement->count; i++) {
        if (bd_buf_append(text, statement->pieces[i].p, statement->pieces[i].n) != 0 ||
            append_value(session, values[statement->numbers[i]]) != 0) {
            return -1;
        }
    }
    const BdSpan *last = &statement->pieces[statement->count];
    return bd_buf_append(text, last->p, last->n) == 0 ? bd_buf_end(text) : -1;
}

/* Note that a PQsend...() was made, with its result, and begin the exchange. */
static int begin_exchange(BdSession *session, int sent, bool several, BdErr *err) {
    int left = sent ? PQflush(session->conn) : -1;
    if (left < 0) {
        return bd_pg_error_conn(session->conn, "a request could not be sent", err);
    }
    session->busy = true;
    session->waited = false;
    session->unsent = left > 0;
    session->expected++;
    session->several = several;
    session->complaint = NULL;
    return 0;
}

static int send_execute(BdSession *session, const BdRequest *request, BdErr *err) {
    const BdStatement *statement = request->statement;
    int params = (int)statement->params;
    int sent = 0;
    if (session->protocol == BD_PROTOCOL_PREPARED) {
        sent = PQsendQueryPrepared(session->conn, statement->name, params, request->values, NULL,
                                   NULL, 0);
    } else if (session->protocol == BD_PROTOCOL_EXTENDED) {
        sent = PQsendQueryParams(session->conn, statement->sql, params, NULL, request->values, NULL,
                                 NULL, 0);
    } else {
        if (write_text(session, statement, request->values) != 0) {
            return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a statement with its values");
        }
        sent = PQsendQuery(session->conn, session->text.p);
    }
    return begin_exchange(session, sent, false, err);
}

static int send_request(BdSession *session, const BdRequest *request, BdErr *err) {
    PGconn *conn = session->conn;
    const BdStatement *statement = request->statement;
    switch (request->kind) {
    case BD_REQUEST_EXECUTE:
        return send_execute(session, request, err);
    case BD_REQUEST_PREPARE:
        return begin_exchange(
            session, PQsendPrepare(conn, statement->name, statement->sql, 0, NULL), false, err);
    case BD_REQUEST_DESCRIBE:
        return begin_exchange(session, PQsendDescribePrepared(conn, statement->name), false, err);
    case BD_REQUEST_TEXT:
        if (session->pipeline) {
            return bd_session_send_sql(session, request->text, NULL, 0, err);
        }
        return begin_exchange(session, PQsendQuery(conn, request->text), true, err);
    case BD_REQUEST_SYNC:
        assert(session->open);
        return 0;
    }
    return bd_err_set(err, BD_E_BUG, 0, "there is no request of kind %d", (int)request->kind);
}

int bd_session_send(BdSession *session, const BdRequest *request, BdErr *err) {
    assert(!session->busy || session->open);
    if (!session->open) {
        session->expected = 0;
    }
    if (request->more && !session->pipeline) {
        assert(session->protocol != BD_PROTOCOL_SIMPLE);
        if (PQenterPipelineMode(session->conn) != 1) {
            return bd_pg_error_conn(session->conn, "a pipeline could not be begun", err);
        }
        session->pipeline = true;
        session->open = true;
    }
    if (send_request(session, request, err) != 0) {
        return -1;
    }
    if (session->open && !request->more) {
        session->open = false;
        if (PQpipelineSync(session->conn) != 1) {
            return bd_pg_error_conn(session->conn, "a pipeline could not be ended", err);
        }
        session->unsent = PQflush(session->conn) != 0;
    }
    return 0;
}

int bd_session_send_sql(BdSession *session, const char *sql, const char *const *values,
                        uint32_t count, BdErr *err) {
    assert(!session->busy || session->open);
    return begin_exchange(
        session, PQsendQueryParams(session->conn, sql, (int)count, NULL, values, NULL, NULL, 0),
        false, err);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static bool is_error(const PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
           status == PGRES_PIPELINE_ABORTED;
}

static void complain(BdSession *session, const char *complaint) {
    if (session->complaint == NULL) {
        session->complaint = complaint;
    }
}

static void keep(BdSession *session, PGresult *result) {
    if (session->result != NULL && is_error(session->result)) {
        PQclear(result);
        return;
    }
    if (session->result != NULL && !is_error(result) && !session->several) {
        complain(session, "the server gave an answer too many: one statement at a time");
    }
    PQclear(session->result);
    session->result = result;
}

/* A COPY would have to be fed, or listened to: end it, so that the session stays usable. */
static void end_copy(BdSession *session, ExecStatusType status) {
    if (status == PGRES_COPY_IN) {
        complain(session, "COPY FROM STDIN cannot be used here: it has no data");
        session->unsent = PQputCopyEnd(session->conn, "no data") < 0 || PQflush(session->conn) != 0;
    } else {
        complain(session, "COPY TO STDOUT cannot be used here: nobody takes its data");
        session->copying_out = true;
    }
}

static void take(BdSession *session, PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    switch (status) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE:
    case PGRES_PIPELINE_ABORTED:
        keep(session, result);
        return;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
        end_copy(session, status);
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
        keep(session, more);
    }
    PGresult *result = session->result;
    session->result = NULL;
    if (result != NULL && is_error(result)) {
        bd_pg_error_result(result, conn, err);
    }
    if (result == NULL || !is_error(result) || err->code != BD_E_CONN) {
        if (session->farewell.code == BD_E_CONN) {
            *err = session->farewell;
        } else {
            bd_pg_error_conn(conn, "the connection was lost", err);
        }
    }
    session->busy = false;
    return fail(result);
}

/* A request's results have all come; if it was the last one, the server is ready for another. */
static BdIo finish(BdSession *session, BdAnswer **answer, BdErr *err) {
    if (PQstatus(session->conn) == CONNECTION_BAD) {
        return lose(session, err);
    }
    PGresult *result = session->result;
    const char *complaint = session->complaint;
    session->result = NULL;
    session->complaint = NULL;
    session->busy = session->pipeline;
    if (complaint != NULL) {
        bd_err_set(err, BD_E_SQL, 0, "%s", complaint);
        return fail(result);
    }
    if (result == NULL) {
        bd_err_set(err, BD_E_SQL, 0, "the server gave no answer");
        return fail(result);
    }
    if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED) {
        bd_err_set(err, BD_E_SQL, 0,
                   "not executed, since an earlier statement of its pipeline was refused");
        return fail(result);
    }
    if (is_error(result)) {
        bd_pg_error_result(result, session->conn, err);
        return fail(result);
    }
    *answer = result;
    return BD_IO_DONE;
}

/* The server has confirmed the end of the pipeline. */
static BdIo end_pipeline(BdSession *session, PGresult *sync, BdAnswer **answer, BdErr *err) {
    PQclear(sync);
    if (PQexitPipelineMode(session->conn) != 1) {
        complain(session, "the server gave an answer too many in a pipeline");
    }
    session->pipeline = false;
    return finish(session, answer, err);
}

/* Go through what has come. True when an answer is complete: *io says how. */
static bool receive(BdSession *session, BdAnswer **answer, BdIo *io, BdErr *err) {
    PGconn *conn = session->conn;
    while (session->copying_out ? copied_out(session) : !PQisBusy(conn)) {
        PGresult *result = PQgetResult(conn);
        if (result != NULL && PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            *io = end_pipeline(session, result, answer, err);
            return true;
        }
        if (result != NULL) {
            take(session, result);
        } else if (PQstatus(conn) == CONNECTION_BAD || !session->pipeline ||
                   --session->expected > 0) {
            *io = finish(session, answer, err);
            return true;
        }
    }
    return false;
}

BdIo bd_session_step(BdSession *session, BdAnswer **answer, BdErr *err) {
    assert(session->busy && !session->open);
    PGconn *conn = session->conn;
    BdIo io = BD_IO_READ;
    *answer = NULL;
    if (!session->waited) {
        session->waited = true; /* nothing can have come yet */
        return session->unsent ? BD_IO_WRITE : BD_IO_READ;
    }
    if (session->pipeline && receive(session, answer, &io, err)) {
        return io; /* it had come together with the one before */
    }
    session->unsent = session->unsent && PQflush(conn) > 0;
    if (PQconsumeInput(conn) == 0) {
        return lose(session, err);
    }
    if (receive(session, answer, &io, err)) {
        return io;
    }
    return session->unsent ? BD_IO_WRITE : BD_IO_READ;
}

bool bd_session_busy(const BdSession *session) {
    return session->busy;
}

/* ---- at any time ----------------------------------------------------------------------------- */

void bd_session_cancel(BdSession *session) {
    char ignored[256]; /* without a cancel, the answer comes in its own time */
    PQcancel(session->cancel, ignored, sizeof(ignored));
}

/* Whoever owns the session reads the end of the stream next. Should libpq close the socket at this
 * very moment, the number may already name a file, for which shutdown() does nothing. */
void bd_session_abort(BdSession *session) {
    int fd = atomic_load(&session->abort_fd);
    if (fd >= 0) {
        shutdown(fd, SHUT_RDWR);
    }
}

bool bd_session_in_transaction(const BdSession *session) {
    PGTransactionStatusType status = PQtransactionStatus(session->conn);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool bd_session_transaction_failed(const BdSession *session) {
    return PQtransactionStatus(session->conn) == PQTRANS_INERROR;
}

int bd_session_server_version(const BdSession *session) {
    return PQserverVersion(session->conn);
}

const char *bd_session_parameter(const BdSession *session, const char *name) {
    return PQparameterStatus(session->conn, name);
}

const char *bd_session_description(const BdSession *session) {
    return session->description;
}

void bd_session_free(BdSession *session) {
    if (session == NULL) {
        return;
    }
    PQclear(session->result);
    PQfreeCancel(session->cancel);
    PQfinish(session->conn);
    bd_buf_deinit(&session->text);
    bd_free(session);
}
