#include "pg/pg_error.h"

#include "pg/conninfo.h"

#include <stdio.h>
#include <string.h>

#define LONG_DETAIL 200 /* bytes; a longer detail is left out, a longer place cut off */

static const char *or_empty(const char *s) {
    return s == NULL ? "" : s;
}

static bool has_sqlstate(const char *sqlstate, const char *beginning) {
    return strncmp(sqlstate, beginning, strlen(beginning)) == 0;
}

/* What libpq prints in English, whatever the locale: no program of ours calls setlocale(). */
static bool nobody_listens(const char *message) {
    return strstr(message, "Is the server running") != NULL ||
           strstr(message, "Connection refused") != NULL;
}

static void advise(BdErr *err, const PGconn *conn, const char *message) {
    const char *database = or_empty(PQdb(conn));
    const char *state = err->sqlstate;
    if (has_sqlstate(state, "53300")) {
        bd_err_hint(err, "use a smaller --poolsize, or raise the server's max_connections");
    } else if (has_sqlstate(state, "28P01") || PQconnectionNeedsPassword(conn)) {
        bd_err_hint(err, "check the password: in --dburl, PGPASSWORD or ~/.pgpass");
    } else if (has_sqlstate(state, "28000")) {
        bd_err_hint(err, "check the user in --dburl or PGUSER, and the server's pg_hba.conf");
    } else if (has_sqlstate(state, "3D000") && database[0] != '\0') {
        bd_err_hint(err, "create it first: createdb %s", database);
    } else if (has_sqlstate(state, "25006")) {
        bd_err_hint(err, "the database or the server is read-only: it takes no data");
    } else if (state[0] == '\0' && nobody_listens(message)) {
        bd_err_hint(err, "is the server running there? a run without --dburl and libpq's "
                         "variables starts a server of its own");
    }
}

/* The SQLSTATE in "FATAL:  28P01: text", the form that PQERRORS_VERBOSE gives to what the server
 * said; *text is then set to the text. */
static bool find_sqlstate(const char *line, size_t n, char sqlstate[6], const char **text) {
    for (const char *p = line; p + 10 <= line + n; p++) {
        if (memcmp(p, ":  ", 3) == 0 && p[8] == ':' && p[9] == ' ' &&
            strspn(p + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5) {
            memcpy(sqlstate, p + 3, 5);
            sqlstate[5] = '\0';
            *text = p + 10;
            return true;
        }
    }
    return false;
}

/* Where the severity before a SQLSTATE begins: after the last ": ", or at the line's begin. */
static size_t before_severity(const char *line, const char *text) {
    const char *severity = text - 10;
    while (severity > line && severity[-1] != ' ') {
        severity--;
    }
    return (size_t)(severity - line);
}

static void add(char *to, size_t size, const char *p, size_t n) {
    size_t used = strlen(to);
    snprintf(to + used, size - used, "%.*s", (int)n, p);
}

static bool begins_with(const char *line, const char *words) {
    return strncmp(line, words, strlen(words)) == 0;
}

/* The server's place in its source; or what libpq adds when it has closed a socket, and is asked to
 * wait for it. */
static bool says_nothing(const char *line) {
    return begins_with(line, "LOCATION:") || begins_with(line, "invalid socket\n");
}

/*
 * libpq's message on one line: without the server's severity and place in its source, and without
 * libpq's advice, which stands on lines indented by a tab. Several hosts that were tried are set
 * apart by semicolons. sqlstate: of the last host that answered.
 */
static void flatten(const char *message, char *to, size_t size, char sqlstate[6]) {
    to[0] = '\0';
    for (const char *line = message; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        const char *text = NULL;
        if (line[0] != '\t' && n > 0 && !says_nothing(line)) {
            if (to[0] != '\0') {
                add(to, size, "; ", 2);
            }
            if (find_sqlstate(line, n, sqlstate, &text)) {
                add(to, size, line, before_severity(line, text));
                add(to, size, text, n - (size_t)(text - line));
            } else {
                add(to, size, line, n);
            }
        }
        line += n + (line[n] == '\n');
    }
}

/* A password that is also the name of something is shown as that name. */
static void mask_password(char *text, size_t size, const PGconn *conn) {
    const char *password = or_empty(PQpass(conn));
    if (strcmp(password, or_empty(PQuser(conn))) != 0 &&
        strcmp(password, or_empty(PQdb(conn))) != 0 &&
        strcmp(password, or_empty(PQhost(conn))) != 0) {
        bd_conninfo_mask(text, size, password);
    }
}

int bd_pg_error_conn(const PGconn *conn, const char *context, BdErr *err) {
    if (err == NULL) {
        return -1;
    }
    const char *message = or_empty(PQerrorMessage(conn));
    char text[sizeof(err->msg)];
    char sqlstate[6] = "";
    flatten(message, text, sizeof(text), sqlstate);
    mask_password(text, sizeof(text), conn);
    bd_err_set(err, BD_E_CONN, 0, "%s: %s", context, text[0] == '\0' ? "no reason is known" : text);
    memcpy(err->sqlstate, sqlstate, sizeof(sqlstate));
    advise(err, conn, message);
    return -1;
}

/* A plain error is no end, whatever its class: a trigger may not reach a foreign server (08001). A
 * server that stops at once, or one of whose processes has crashed, only warns of the end. Poolers
 * need not say how severe an error is in words that are the same in all languages. */
bool bd_pg_error_ends_session(const PGresult *result) {
    static const char *const ends[] = {"08", "57P01", "57P02", "57P03", "53300"};
    const char *sqlstate = or_empty(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != NULL && strcmp(severity, "WARNING") == 0) {
        return has_sqlstate(sqlstate, "57P0");
    }
    if (severity != NULL) {
        return strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0;
    }
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (has_sqlstate(sqlstate, ends[i])) {
            return true;
        }
    }
    return false;
}

/* The line of an error's context that says where in the data of a COPY it was; "" if none does. In
 * that of a trigger, it is the last one. */
static const char *copy_place(const PGresult *result) {
    const char *line = or_empty(PQresultErrorField(result, PG_DIAG_CONTEXT));
    while (!begins_with(line, "COPY ")) {
        line += strcspn(line, "\n");
        if (*line == '\0') {
            return line;
        }
        line++;
    }
    return line;
}

/* Said in the message, since the reasons of records have no hints. */
static void add_advice(BdErr *err, const char *text) {
    size_t used = strlen(err->msg);
    snprintf(err->msg + used, sizeof(err->msg) - used, "; %s", text);
}

/*
 * The statements of a connection are not there, or those of another one are: that is what a pooler
 * does that hands connections from one client to the next. Or "select *" means other columns than
 * when it was prepared.
 */
static void suspect_prepared(BdErr *err) {
    if (strcmp(err->sqlstate, "26000") == 0 || strcmp(err->sqlstate, "42P05") == 0) {
        add_advice(err, "behind a pooler in transaction mode, such as pgbouncer, use --protocol "
                        "extended");
    } else if (strcmp(err->sqlstate, "0A000") == 0 && strstr(err->msg, "cached plan") != NULL) {
        add_advice(err, "the table was changed: name the wanted columns in place of *, or use "
                        "--protocol extended");
    }
}

/* Several statements in one text go by the simple protocol only. */
static void suspect_several(BdErr *err) {
    if (strcmp(err->sqlstate, "42601") == 0 && strstr(err->msg, "multiple commands") != NULL) {
        add_advice(err, "make a call of its own for each");
    }
}

int bd_pg_error_result(const PGresult *result, const PGconn *conn, BdErr *err) {
    const char *sqlstate = or_empty(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = or_empty(PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
    if (primary == NULL) { /* libpq's own complaint: it has no fields */
        bd_pg_error_conn(conn, "the exchange with the server failed", err);
        return -1;
    }
    bool show = detail[0] != '\0' && strlen(detail) <= LONG_DETAIL;
    const char *place = copy_place(result);
    size_t place_bytes = strcspn(place, "\n");
    bool placed = place_bytes > 0;
    int shown = (int)(place_bytes < LONG_DETAIL ? place_bytes : LONG_DETAIL);
    bd_err_set(err, bd_pg_error_ends_session(result) ? BD_E_CONN : BD_E_SQL, 0, "%s%s%s%s%.*s%s",
               primary, show ? ": " : "", show ? detail : "", placed ? " (" : "", shown, place,
               placed ? ")" : "");
    if (err != NULL) {
        snprintf(err->sqlstate, sizeof(err->sqlstate), "%s", sqlstate);
        suspect_prepared(err);
        suspect_several(err);
        advise(err, conn, "");
    }
    return -1;
}
