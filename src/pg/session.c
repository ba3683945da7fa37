#include "pg/session.h"

#include "core/clock.h"
#include "core/mem.h"
#include "pg/conninfo.h"
#include "pg/pg_error.h"
#include "pg/session_impl.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* ---- connecting ------------------------------------------------------------------------------ */

/* Notices are not for us, but for the last word of a server that closes the connection: it comes as
 * a notice where no request was under way, or where it is only a warning. */
static void note_farewell(void *context, const PGresult *notice) {
    BdSession *session = context;
    session->notices++;
    if (bd_pg_error_ends_session(notice)) {
        bd_pg_error_result(notice, session->conn, &session->farewell);
    }
}

static int64_t find_connect_limit(const PQconninfoOption *option) {
    long seconds = 0;
    for (; option->keyword != NULL; option++) {
        if (strcmp(option->keyword, "connect_timeout") == 0 && option->val != NULL) {
            seconds = strtol(option->val, NULL, 10);
        }
    }
    if (seconds <= 0) {
        return 0;
    }
    return (seconds < INT_MAX ? seconds : INT_MAX) * BD_NS_PER_S;
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
    BdSession *session = bd_alloc_lines(1, sizeof(*session));
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

int bd_session_connect_late(const BdSession *session, BdErr *err) {
    return bd_err_set(err, BD_E_CONN, 0, "cannot connect: no answer within %d s",
                      (int)(session->connect_limit_ns / BD_NS_PER_S));
}

int bd_session_fd(const BdSession *session) {
    return PQsocket(session->conn);
}

/* ---- at any time ----------------------------------------------------------------------------- */

BdProtocol bd_session_protocol(const BdSession *session) {
    return session->protocol;
}

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
    return session->transaction == PQTRANS_INTRANS || session->transaction == PQTRANS_INERROR;
}

bool bd_session_transaction_failed(const BdSession *session) {
    return session->transaction == PQTRANS_INERROR;
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
