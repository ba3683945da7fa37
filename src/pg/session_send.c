/*
 * One request costs one send(2): PQsend...() sends what the socket takes at once. In a pipeline it
 * is one for a burst of requests. Nothing is allocated here for a request; the text of the simple
 * protocol is written into a buffer that is kept.
 */
#include "pg/pg_error.h"
#include "pg/session_impl.h"

#include <assert.h>
#include <string.h>

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

/* Send what libpq holds, as far as the socket takes it. */
static int flush(BdSession *session, BdErr *err) {
    int left = PQflush(session->conn);
    if (left < 0) {
        return bd_pg_error_conn(session->conn, "a request could not be sent", err);
    }
    session->unsent = left > 0;
    return 0;
}

/* Note that a PQsend...() was made, with its result, and begin the exchange. In a pipeline, libpq
 * holds it back. */
static int begin_exchange(BdSession *session, int sent, bool several, BdErr *err) {
    if (!sent) {
        return bd_pg_error_conn(session->conn, "a request could not be sent", err);
    }
    if (!session->pipeline && flush(session, err) != 0) {
        return -1;
    }
    session->busy = true;
    session->waited = false;
    session->expected++;
    session->several = several;
    session->complaint = NULL;
    session->copy.wanted = false;
    session->copy.under_way = false;
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

static int send_copy(BdSession *session, const BdRequest *request, BdErr *err) {
    assert(!session->pipeline && !request->more);
    if (begin_exchange(session, PQsendQuery(session->conn, request->text), false, err) != 0) {
        return -1;
    }
    session->copy = (BdCopy){.wanted = true,
                             .needs_header = request->binary,
                             .needs_trailer = request->binary,
                             .left = request->data};
    return 0;
}

/* What a statement is prepared under: no name where it is not executed by it. */
static const char *prepared_name(const BdSession *session, const BdStatement *statement) {
    return session->protocol == BD_PROTOCOL_PREPARED ? statement->name : "";
}

static int send_request(BdSession *session, const BdRequest *request, BdErr *err) {
    PGconn *conn = session->conn;
    const BdStatement *statement = request->statement;
    switch (request->kind) {
    case BD_REQUEST_EXECUTE:
        return send_execute(session, request, err);
    case BD_REQUEST_PREPARE:
        return begin_exchange(
            session,
            PQsendPrepare(conn, prepared_name(session, statement), statement->sql, 0, NULL), false,
            err);
    case BD_REQUEST_DESCRIBE:
        return begin_exchange(
            session, PQsendDescribePrepared(conn, prepared_name(session, statement)), false, err);
    case BD_REQUEST_TEXT:
        if (session->pipeline) {
            return bd_session_send_sql(session, request->text, NULL, 0, err);
        }
        return begin_exchange(session, PQsendQuery(conn, request->text), true, err);
    case BD_REQUEST_COPY:
        return send_copy(session, request, err);
    case BD_REQUEST_SYNC:
        assert(session->open && !request->more);
        return begin_exchange(session, 1, false, err);
    }
    return bd_err_set(err, BD_E_BUG, 0, "there is no request of kind %d", (int)request->kind);
}

/* ---- pipelines ------------------------------------------------------------------------------- */

static int open_pipeline(BdSession *session, BdErr *err) {
    assert(session->protocol != BD_PROTOCOL_SIMPLE);
    if (PQenterPipelineMode(session->conn) != 1) {
        return bd_pg_error_conn(session->conn, "a pipeline could not be begun", err);
    }
    session->pipeline = true;
    session->open = true;
    session->full = false;
    session->burst = 0;
    session->burst_bytes = 0;
    return 0;
}

static size_t request_bytes(const BdRequest *request) {
    size_t n = request->text == NULL ? 0 : strlen(request->text);
    uint32_t values = request->kind == BD_REQUEST_EXECUTE ? request->statement->params : 0;
    for (uint32_t i = 0; i < values; i++) {
        n += request->values[i] == NULL ? 0 : strlen(request->values[i]);
    }
    return n;
}

/* A request was added to the open pipeline: at the end of a burst, see that it goes out and that
 * its answers come. Whenever the pipeline is full, all that it owes was asked for. */
static int add_to_burst(BdSession *session, const BdRequest *request, BdErr *err) {
    session->burst++;
    session->burst_bytes += request_bytes(request);
    bool owes_much = session->expected >= 2 * BD_SESSION_BURST;
    if (session->burst < BD_SESSION_BURST && session->burst_bytes < BD_SESSION_BURST_BYTES &&
        !owes_much) {
        return 0;
    }
    session->burst = 0;
    session->burst_bytes = 0;
    if (PQsendFlushRequest(session->conn) != 1) {
        return bd_pg_error_conn(session->conn, "a request could not be sent", err);
    }
    if (flush(session, err) != 0) {
        return -1;
    }
    session->full = owes_much || session->unsent;
    return 0;
}

static int close_pipeline(BdSession *session, BdErr *err) {
    session->open = false;
    if (PQpipelineSync(session->conn) != 1) {
        return bd_pg_error_conn(session->conn, "a pipeline could not be ended", err);
    }
    return flush(session, err);
}

int bd_session_send(BdSession *session, const BdRequest *request, BdErr *err) {
    assert(!session->busy || session->open);
    if (!session->open) {
        session->expected = 0;
    }
    if (request->more && !session->pipeline && open_pipeline(session, err) != 0) {
        return -1;
    }
    if (send_request(session, request, err) != 0) {
        return -1;
    }
    if (!session->open) {
        return 0;
    }
    return request->more ? add_to_burst(session, request, err) : close_pipeline(session, err);
}

int bd_session_send_sql(BdSession *session, const char *sql, const char *const *values,
                        uint32_t count, BdErr *err) {
    assert(!session->busy || session->open);
    return begin_exchange(
        session, PQsendQueryParams(session->conn, sql, (int)count, NULL, values, NULL, NULL, 0),
        false, err);
}
