#include "support/pq_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct pg_conn {
    ConnStatusType status;
    const char *message;
};

struct pg_cancel {
    int taken;
};

struct pg_result {
    const PqReply *reply;
};

static struct {
    const PqStep *steps;
    size_t count;
    size_t at;
    int results; /* not cleared */
    int copies;  /* of copied data, not freed */
    int conns;   /* not closed */
    int cancels; /* not freed */
    struct pg_conn conn;
    struct pg_cancel cancel;
} script;

void pq_script_begin(const PqStep *steps, size_t count) {
    memset(&script, 0, sizeof(script));
    script.steps = steps;
    script.count = count;
}

void pq_script_end(void) {
    if (script.at < script.count) {
        fail_msg("step %zu, %s, was not played", script.at, script.steps[script.at].call);
    }
    assert_int_equal(script.results, 0);
    assert_int_equal(script.copies, 0);
    assert_int_equal(script.conns, 0);
    assert_int_equal(script.cancels, 0);
}

/* The step that must come now. */
static const PqStep *play(const char *call, const char *given) {
    if (script.at == script.count) {
        fail_msg("%s(%s) after the end of the script", call, given);
    }
    const PqStep *step = &script.steps[script.at];
    if (strcmp(step->call, call) != 0) {
        fail_msg("step %zu: %s(%s) where %s was to come", script.at, call, given, step->call);
    }
    if (step->given != NULL && strcmp(step->given, given) != 0) {
        fail_msg("step %zu: %s was given %s where it was to be %s", script.at, call, given,
                 step->given);
    }
    if (step->lost != NULL) {
        script.conn.status = CONNECTION_BAD;
        script.conn.message = step->lost;
    }
    script.at++;
    return step;
}

/* ---- connecting ------------------------------------------------------------------------------ */

PGconn *PQconnectStartParams(const char *const *keywords, const char *const *values,
                             int expand_dbname) {
    char given[256] = "";
    size_t used = 0;
    for (size_t i = 0; keywords[i] != NULL; i++) {
        used += (size_t)snprintf(given + used, sizeof(given) - used, "%s=%s ", keywords[i],
                                 values[i] == NULL ? "NULL" : values[i]);
    }
    snprintf(given + used, sizeof(given) - used, "expand=%d", expand_dbname);
    script.conn = (struct pg_conn){.status = CONNECTION_STARTED, .message = ""};
    if (play("PQconnectStartParams", given)->returns == 0) {
        return NULL;
    }
    script.conns++;
    return &script.conn;
}

PostgresPollingStatusType PQconnectPoll(PGconn *conn) {
    int status = play("PQconnectPoll", "")->returns;
    if (status == PGRES_POLLING_OK) {
        conn->status = CONNECTION_OK;
    }
    return (PostgresPollingStatusType)status;
}

void PQfinish(PGconn *conn) {
    script.conns -= conn != NULL;
}

PGcancel *PQgetCancel(PGconn *conn) {
    (void)conn;
    if (play("PQgetCancel", "")->returns == 0) {
        return NULL;
    }
    script.cancels++;
    return &script.cancel;
}

int PQcancel(PGcancel *cancel, char *message, int size) {
    assert_ptr_equal(cancel, &script.cancel);
    snprintf(message, (size_t)size, "cancelled");
    return play("PQcancel", "")->returns;
}

void PQfreeCancel(PGcancel *cancel) {
    script.cancels -= cancel != NULL;
}

int PQsetnonblocking(PGconn *conn, int on) {
    (void)conn;
    assert_int_equal(on, 1);
    return play("PQsetnonblocking", "")->returns;
}

PQconninfoOption *PQconninfoParse(const char *conninfo, char **message) {
    (void)conninfo;
    (void)message;
    static PQconninfoOption none;
    return &none;
}

PQconninfoOption *PQconninfo(PGconn *conn) {
    (void)conn;
    static char keyword[] = "connect_timeout", value[] = "7";
    static PQconninfoOption options[] = {{.keyword = keyword, .val = value}, {.keyword = NULL}};
    return options;
}

void PQconninfoFree(PQconninfoOption *options) {
    (void)options;
}

/* ---- sending --------------------------------------------------------------------------------- */

static int play_values(const char *call, const char *what, int count, const char *const *values) {
    char given[256];
    size_t used = (size_t)snprintf(given, sizeof(given), "%s", what);
    for (int i = 0; i < count; i++) {
        used += (size_t)snprintf(given + used, sizeof(given) - used, "|%s",
                                 values[i] == NULL ? "NULL" : values[i]);
    }
    return play(call, given)->returns;
}

int PQsendQuery(PGconn *conn, const char *text) {
    (void)conn;
    return play("PQsendQuery", text)->returns;
}

int PQsendQueryParams(PGconn *conn, const char *text, int count, const Oid *types,
                      const char *const *values, const int *lengths, const int *formats,
                      int format) {
    (void)conn;
    assert_true(types == NULL && lengths == NULL && formats == NULL && format == 0);
    return play_values("PQsendQueryParams", text, count, values);
}

int PQsendPrepare(PGconn *conn, const char *name, const char *text, int count, const Oid *types) {
    (void)conn;
    assert_true(count == 0 && types == NULL);
    return play_values("PQsendPrepare", name, 1, &text);
}

int PQsendQueryPrepared(PGconn *conn, const char *name, int count, const char *const *values,
                        const int *lengths, const int *formats, int format) {
    (void)conn;
    assert_true(lengths == NULL && formats == NULL && format == 0);
    return play_values("PQsendQueryPrepared", name, count, values);
}

int PQsendDescribePrepared(PGconn *conn, const char *name) {
    (void)conn;
    return play("PQsendDescribePrepared", name)->returns;
}

int PQenterPipelineMode(PGconn *conn) {
    (void)conn;
    return play("PQenterPipelineMode", "")->returns;
}

int PQsendFlushRequest(PGconn *conn) {
    (void)conn;
    return play("PQsendFlushRequest", "")->returns;
}

int PQpipelineSync(PGconn *conn) {
    (void)conn;
    return play("PQpipelineSync", "")->returns;
}

int PQexitPipelineMode(PGconn *conn) {
    (void)conn;
    return play("PQexitPipelineMode", "")->returns;
}

int PQflush(PGconn *conn) {
    (void)conn;
    return play("PQflush", "")->returns;
}

int PQputCopyData(PGconn *conn, const char *data, int n) {
    (void)conn;
    char given[32];
    snprintf(given, sizeof(given), "%d bytes", n);
    (void)data;
    return play("PQputCopyData", given)->returns;
}

int PQputCopyEnd(PGconn *conn, const char *message) {
    (void)conn;
    return play("PQputCopyEnd", message == NULL ? "" : message)->returns;
}

/* As libpq does it: quotes are doubled. */
size_t PQescapeStringConn(PGconn *conn, char *to, const char *from, size_t n, int *error) {
    (void)conn;
    (void)error;
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        to[used++] = from[i];
        if (from[i] == '\'') {
            to[used++] = '\'';
        }
    }
    to[used] = '\0';
    return used;
}

/* ---- receiving ------------------------------------------------------------------------------- */

int PQconsumeInput(PGconn *conn) {
    (void)conn;
    return play("PQconsumeInput", "")->returns;
}

int PQisBusy(PGconn *conn) {
    (void)conn;
    return play("PQisBusy", "")->returns;
}

PGresult *PQgetResult(PGconn *conn) {
    (void)conn;
    const PqReply *reply = play("PQgetResult", "")->reply;
    if (reply == NULL) {
        return NULL;
    }
    PGresult *result = malloc(sizeof(*result));
    assert_non_null(result);
    result->reply = reply;
    script.results++;
    return result;
}

int PQgetCopyData(PGconn *conn, char **data, int async) {
    (void)conn;
    assert_int_equal(async, 1);
    const PqStep *step = play("PQgetCopyData", "");
    *data = step->copied == NULL ? NULL : strdup(step->copied);
    script.copies += *data != NULL;
    return step->returns;
}

void PQfreemem(void *p) {
    script.copies -= p != NULL;
    free(p);
}

void PQclear(PGresult *result) {
    script.results -= result != NULL;
    free(result);
}

ExecStatusType PQresultStatus(const PGresult *result) {
    return result->reply->status;
}

static char *plain(const char *text) {
    return (char *)(uintptr_t)text;
}

int PQntuples(const PGresult *result) {
    return result->reply->rows;
}

int PQnfields(const PGresult *result) {
    return result->reply->columns;
}

char *PQfname(const PGresult *result, int column) {
    return plain(result->reply->names[column]);
}

Oid PQftype(const PGresult *result, int column) {
    (void)result;
    (void)column;
    return 25; /* text */
}

static const char *value_at(const PGresult *result, int row, int column) {
    return result->reply->values[row * result->reply->columns + column];
}

int PQgetisnull(const PGresult *result, int row, int column) {
    return value_at(result, row, column) == NULL;
}

char *PQgetvalue(const PGresult *result, int row, int column) {
    const char *value = value_at(result, row, column);
    return plain(value == NULL ? "" : value);
}

int PQgetlength(const PGresult *result, int row, int column) {
    return (int)strlen(PQgetvalue(result, row, column));
}

int PQnparams(const PGresult *result) {
    return result->reply->params;
}

size_t PQresultMemorySize(const PGresult *result) {
    return sizeof(*result);
}

char *PQcmdStatus(PGresult *result) {
    return plain(result->reply->tag);
}

char *PQresultErrorField(const PGresult *result, int field) {
    switch (field) {
    case PG_DIAG_SEVERITY_NONLOCALIZED:
        return plain(result->reply->severity);
    case PG_DIAG_SQLSTATE:
        return plain(result->reply->sqlstate);
    case PG_DIAG_MESSAGE_PRIMARY:
        return plain(result->reply->primary);
    case PG_DIAG_MESSAGE_DETAIL:
        return plain(result->reply->detail);
    case PG_DIAG_CONTEXT:
        return plain(result->reply->context);
    default:
        return NULL;
    }
}

/* ---- looking --------------------------------------------------------------------------------- */

ConnStatusType PQstatus(const PGconn *conn) {
    return conn->status;
}

char *PQerrorMessage(const PGconn *conn) {
    return plain(conn->message);
}

int PQsocket(const PGconn *conn) {
    return conn->status == CONNECTION_BAD ? -1 : 100000; /* nobody has so many open */
}

PGTransactionStatusType PQtransactionStatus(const PGconn *conn) {
    (void)conn;
    return PQTRANS_IDLE;
}

PGVerbosity PQsetErrorVerbosity(PGconn *conn, PGVerbosity verbosity) {
    (void)conn;
    assert_int_equal(verbosity, PQERRORS_VERBOSE);
    return PQERRORS_DEFAULT;
}

PQnoticeReceiver PQsetNoticeReceiver(PGconn *conn, PQnoticeReceiver receiver, void *context) {
    static const PqReply notice = {.severity = "WARNING", .primary = "nothing of importance"};
    struct pg_result result = {.reply = &notice};
    (void)conn;
    receiver(context, &result); /* it must not print it */
    return NULL;
}

int PQconnectionNeedsPassword(const PGconn *conn) {
    (void)conn;
    return 0;
}

int PQserverVersion(const PGconn *conn) {
    (void)conn;
    return 150018;
}

const char *PQparameterStatus(const PGconn *conn, const char *name) {
    (void)conn;
    (void)name;
    return NULL;
}

char *PQdb(const PGconn *conn) {
    (void)conn;
    return plain("census");
}

char *PQuser(const PGconn *conn) {
    (void)conn;
    return NULL;
}

char *PQpass(const PGconn *conn) {
    (void)conn;
    return plain("tiger");
}

char *PQhost(const PGconn *conn) {
    (void)conn;
    return plain("db.example");
}

char *PQport(const PGconn *conn) {
    (void)conn;
    return plain("5433");
}

/* ---- making results: not in a script --------------------------------------------------------- */

PGresult *PQmakeEmptyPGresult(PGconn *conn, ExecStatusType status) {
    (void)conn;
    (void)status;
    return NULL;
}

int PQsetResultAttrs(PGresult *result, int columns, PGresAttDesc *attributes) {
    (void)result;
    (void)columns;
    (void)attributes;
    return 0;
}

int PQsetvalue(PGresult *result, int row, int column, char *value, int n) {
    (void)result;
    (void)row;
    (void)column;
    (void)value;
    (void)n;
    return 0;
}
