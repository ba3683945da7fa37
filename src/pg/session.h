/*
 * session.h - one connection to the server and the exchange under way on it, without ever waiting.
 *
 * Life:      bd_session_new() begins to connect; bd_session_connect() is called until it is done;
 *            then, again and again, one request is sent with bd_session_send() and
 *            bd_session_step() called until it gives the answer. Whenever a call says BD_IO_READ or
 *            BD_IO_WRITE, the caller waits for the descriptor and calls again (BD_IO_WRITE: wait
 *            for writing and reading both, so that neither side can fill the other's buffers and
 *            stop).
 *
 * Text is sent and received in UTF-8 (client_encoding is set).
 *
 * Ownership: answers go to the caller. Requests, their statement and values are borrowed until
 *            bd_session_send() returns, the data of a COPY until its answer is there.
 * Threads:   one at a time, except bd_session_cancel() and bd_session_abort(), from any thread
 *            between connecting and bd_session_free().
 * Errors:    BD_E_SQL: the server refused the request, the session is usable; BD_E_CONN: it is not.
 *            No message ever holds a password.
 */
#ifndef BD_SESSION_H
#define BD_SESSION_H

#include "core/attr.h"
#include "core/err.h"
#include "pg/answer.h"
#include "pg/statement.h"
#include "stats/arrival.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct BdSession BdSession;

typedef enum BdProtocol {
    BD_PROTOCOL_PREPARED, /* statements are prepared once per connection, then executed by name */
    BD_PROTOCOL_EXTENDED, /* parsed and executed each time, parameters apart */
    BD_PROTOCOL_SIMPLE    /* one text, parameters quoted into it */
} BdProtocol;

typedef enum BdIo {
    BD_IO_DONE,  /* connected, or the answer is there */
    BD_IO_READ,  /* wait until the descriptor can be read */
    BD_IO_WRITE, /* wait until it can be written or read */
    BD_IO_FAILED /* see *err */
} BdIo;

typedef enum BdRequestKind {
    BD_REQUEST_EXECUTE,  /* the statement with values, by the session's protocol */
    BD_REQUEST_PREPARE,  /* prepare the statement: under its name, once per connection; or without
                            one by the other protocols, until another statement is sent */
    BD_REQUEST_DESCRIBE, /* describe a prepared statement: columns and parameters */
    BD_REQUEST_TEXT, /* plain text without parameters: BEGIN, COMMIT, a script; the last result is
                        the answer */
    BD_REQUEST_COPY, /* COPY ... FROM STDIN with its data; not in a pipeline */
    BD_REQUEST_SYNC  /* nothing but the end of the open pipeline; its answer is empty */
} BdRequestKind;

typedef struct BdRequest {
    BdRequestKind kind;
    const BdStatement *statement; /* for EXECUTE, PREPARE and DESCRIBE */
    const char *const *values; /* for EXECUTE: statement->params of them, as text; NULL for NULL */
    const char *text;          /* for TEXT and COPY */
    BdSpan data; /* for COPY: lines of text or binary tuples, as copy_text.h and copy_binary.h write
                    them; borrowed until the answer is there */
    bool binary; /* for COPY: the data is binary; header and trailer are added to it */
    const BdMark *marks; /* of the rows to add up when it is sent; NULL: for EXECUTE, the row that
                            its values are */
    uint32_t mark_count;
    bool more; /* another request follows at once, in the same pipeline: see bd_session_send() */
} BdRequest;

/*
 * Begin to connect. conninfo: a libpq URI or keyword string; NULL or "": libpq's environment and
 * defaults alone.
 */
BD_MUSTCHECK int bd_session_new(BdSession **out, const char *conninfo, BdProtocol protocol,
                                BdErr *err);

/* Go on connecting. */
BD_MUSTCHECK BdIo bd_session_connect(BdSession *session, BdErr *err);

/* How long connecting may take (connect_timeout), in nanoseconds; 0: any time. Whoever waits sees
 * to it: bd_session_connect() knows no time. */
int64_t bd_session_connect_limit_ns(const BdSession *session);

/* Connecting has taken longer: say so in *err. Always -1. */
int bd_session_connect_late(const BdSession *session, BdErr *err);

/* The socket to wait for. It may change while connecting. */
int bd_session_fd(const BdSession *session);

/*
 * Send a request: -1 with *err when it could not be sent (with BD_E_SQL the session is usable, as
 * ever). bd_session_busy() must be false.
 *
 * Pipelines: a request with `more` set is followed by others in one pipeline, which ends with the
 * first request without `more`; BD_REQUEST_SYNC is one that does nothing else. Answers
 * come in the order of the requests, each by a bd_session_step() of its own. While the pipeline is
 * open they are taken only when it is full: then bd_session_busy() turns true, and stays true until
 * there is room for further requests. So the caller's loop is the same as ever:
 *
 *     bd_session_busy(session) ? take an answer : send the next request
 *
 * and no more than a bounded number of requests and answers is held in memory, however many are
 * sent. An answer that was taken early is not yet final: outside of a transaction block a pipeline
 * is a transaction of its own, and when a request in it is refused, those before it are undone and
 * those after it are refused too. Nothing in it counts before bd_session_in_pipeline() is false.
 *
 * TEXT must be one statement in a pipeline; the simple protocol has no pipelines.
 */
BD_MUSTCHECK int bd_session_send(BdSession *session, const BdRequest *request, BdErr *err);

/* Send SQL with parameters by the extended protocol, whatever the session's is. */
BD_MUSTCHECK int bd_session_send_sql(BdSession *session, const char *sql, const char *const *values,
                                     uint32_t count, BdErr *err);

/*
 * Go on with the request under way. On BD_IO_DONE *answer is the caller's. On BD_IO_FAILED with
 * BD_E_SQL the exchange is over as well, and the next request can be sent.
 */
BD_MUSTCHECK BdIo bd_session_step(BdSession *session, BdAnswer **answer, BdErr *err);

/* After BD_IO_READ: is there nothing to be read before the answer comes? False where a part of it
 * may be there already, or answers to requests before it in a pipeline. */
bool bd_session_drained(const BdSession *session);

/* How it sends statements. */
BdProtocol bd_session_protocol(const BdSession *session);

/* True while bd_session_step() is to be called, not bd_session_send(): an answer is awaited. */
bool bd_session_busy(const BdSession *session);

/* True from the first request with `more` until the last answer of its pipeline was taken. */
bool bd_session_in_pipeline(const BdSession *session);

/* Ask the server to cancel what is under way; the session then gets an error as its answer. Waits
 * for the request to be taken. */
void bd_session_cancel(BdSession *session);

/* Cut the connection off, for a server that does not even answer a cancel: the session fails with
 * BD_E_CONN. */
void bd_session_abort(BdSession *session);

/* True inside a transaction block, also a failed one. No request may be under way. */
bool bd_session_in_transaction(const BdSession *session);

/* True inside a transaction block that can only be rolled back. No request may be under way. */
bool bd_session_transaction_failed(const BdSession *session);

/* Server version as PQserverVersion() gives it: 150018 is 15.18. */
int bd_session_server_version(const BdSession *session);

/* A parameter as the server reported it ("server_version"); NULL if it did not. */
const char *bd_session_parameter(const BdSession *session, const char *name);

/* Where it is connected to, for people: "database census on localhost:5432 as scott"; lives as long
 * as the session. */
const char *bd_session_description(const BdSession *session);

/* NULL is allowed. */
void bd_session_free(BdSession *session);

/* ---- waiting ----
 *
 * For set-up, where nothing else goes on. Ctrl-C ends it (BD_E_STOPPED). */

/* Connect and wait until it is done. */
BD_MUSTCHECK int bd_session_open(BdSession **out, const char *conninfo, BdProtocol protocol,
                                 BdErr *err);

/* Send a request and wait for its answer. */
BD_MUSTCHECK int bd_session_ask(BdSession *session, const BdRequest *request, BdAnswer **answer,
                                BdErr *err);

/* The same for SQL with parameters, by the extended protocol whatever the session's is. */
BD_MUSTCHECK int bd_session_query(BdSession *session, const char *sql, const char *const *values,
                                  uint32_t count, BdAnswer **answer, BdErr *err);

/* True if libpq's environment (PGHOST, PGHOSTADDR, PGPORT, PGDATABASE, PGSERVICE, PGUSER) says
 * where to connect. */
bool bd_session_environment(void);

#endif
