/*
 * bare_ship CONNINFO pipeline|copy RECORDS ROWS - the least a program can do to ship rows to the
 * table shipped (record, value): for each record send its rows over one connection, as a pipeline
 * of prepared statements or as one COPY, and wait until they are acknowledged. Prints the number of
 * rows.
 */
#include <libpq-fe.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Work {
    PGconn *conn;
    long rows;     /* of a record */
    char **values; /* of its rows */
    char *text;    /* of a COPY */
} Work;

static void give_up(const PGconn *conn, const char *what) {
    fprintf(stderr, "bare_ship: %s: %s", what, PQerrorMessage(conn));
    exit(1);
}

static void check(const PGconn *conn, PGresult *result, ExecStatusType wanted) {
    if (PQresultStatus(result) != wanted)
        give_up(conn, "executing");
    PQclear(result);
}

/* Wait until the next result is there, sending what is still to be sent. */
static PGresult *receive(PGconn *conn) {
    int left = PQflush(conn);
    while (left > 0 || PQisBusy(conn)) {
        short events = left > 0 ? POLLIN | POLLOUT : POLLIN;
        struct pollfd pollfd = {.fd = PQsocket(conn), .events = events};
        if (left < 0 || poll(&pollfd, 1, -1) < 0 || !PQconsumeInput(conn))
            give_up(conn, "receiving");
        left = left > 0 ? PQflush(conn) : 0;
    }
    return PQgetResult(conn);
}

static void ship_pipeline(const Work *work, const char *record) {
    PGconn *conn = work->conn;
    for (long i = 0; i < work->rows; i++) {
        const char *values[] = {record, work->values[i]};
        if (!PQsendQueryPrepared(conn, "insert", 2, values, NULL, NULL, 0))
            give_up(conn, "sending");
    }
    if (!PQpipelineSync(conn))
        give_up(conn, "sending");
    for (long i = 0; i < work->rows; i++) {
        check(conn, receive(conn), PGRES_COMMAND_OK);
        PQgetResult(conn); /* the NULL after it */
    }
    check(conn, receive(conn), PGRES_PIPELINE_SYNC);
}

/* What stands behind a backslash for a character that must not stand for itself. */
static char escape(char c) {
    switch (c) {
    case '\\':
        return '\\';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    default:
        return 0;
    }
}

/* Values may be any text, so that they have to be looked through. */
static size_t put(char *to, const char *value, char end) {
    size_t n = 0;
    for (; *value != '\0'; value++) {
        char escaped = escape(*value);
        if (escaped != 0)
            to[n++] = '\\';
        to[n++] = escaped != 0 ? escaped : *value;
    }
    to[n] = end;
    return n + 1;
}

static void ship_copy(const Work *work, const char *record) {
    PGconn *conn = work->conn;
    size_t n = 0;
    for (long i = 0; i < work->rows; i++) {
        n += put(work->text + n, record, '\t');
        n += put(work->text + n, work->values[i], '\n');
    }
    if (!PQsendQuery(conn, "copy shipped (record, value) from stdin"))
        give_up(conn, "sending");
    check(conn, receive(conn), PGRES_COPY_IN);
    if (PQputCopyData(conn, work->text, (int)n) != 1 || PQputCopyEnd(conn, NULL) != 1)
        give_up(conn, "copying");
    check(conn, receive(conn), PGRES_COMMAND_OK);
    PQgetResult(conn); /* the NULL after it */
}

static void *allocate(size_t bytes) {
    void *p = malloc(bytes);
    if (p == NULL) {
        perror("bare_ship");
        exit(1);
    }
    return p;
}

static void connect_and_prepare(Work *work, const char *conninfo) {
    work->conn = PQconnectdb(conninfo);
    if (PQstatus(work->conn) != CONNECTION_OK)
        give_up(work->conn, "connecting");
    check(work->conn,
          PQprepare(work->conn, "insert", "insert into shipped (record, value) values ($1, $2)", 0,
                    NULL),
          PGRES_COMMAND_OK);
    PQsetnonblocking(work->conn, 1);
}

int main(int argc, char **argv) {
    bool pipeline = argc == 5 && strcmp(argv[2], "pipeline") == 0;
    if (argc != 5 || (!pipeline && strcmp(argv[2], "copy") != 0)) {
        fprintf(stderr, "usage: bare_ship CONNINFO pipeline|copy RECORDS ROWS\n");
        return 1;
    }
    long records = strtol(argv[3], NULL, 10);
    Work work = {.rows = strtol(argv[4], NULL, 10)};
    enum { MOST = 24 }; /* bytes of a value */
    work.values = allocate((size_t)work.rows * sizeof(char *));
    work.text = allocate((size_t)work.rows * 2 * MOST);
    for (long i = 0; i < work.rows; i++) {
        work.values[i] = allocate(MOST);
        snprintf(work.values[i], MOST, "%ld", 1000000 + i);
    }
    connect_and_prepare(&work, argv[1]);
    if (pipeline)
        PQenterPipelineMode(work.conn);
    for (long i = 0; i < records; i++) {
        char record[MOST];
        snprintf(record, sizeof(record), "%ld", i);
        (pipeline ? ship_pipeline : ship_copy)(&work, record);
    }
    PQfinish(work.conn);
    printf("%ld\n", records * work.rows);
    return 0;
}
