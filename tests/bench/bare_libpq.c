/*
 * bare_libpq CONNINFO CONNECTIONS SECONDS SQL [VALUE...] - the least a program of one thread per
 * connection can do: prepare the statement on each connection, then send, poll and receive until
 * the time is up. A VALUE of "@" stands for the number of the connection, from 0. Prints the number
 * of statements that the server has acknowledged, and the seconds from the first one's sending to
 * the last one's answer.
 */
#include "core/clock.h"

#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_VALUES = 16 };

typedef struct Work {
    const char *conninfo;
    const char *sql;
    const char *const *values;
    int count; /* of values */
    int64_t limit_ns;
    pthread_barrier_t *connected; /* all threads: the clock starts behind it */
} Work;

typedef struct Connection {
    const Work *work;
    pthread_t thread;
    PGconn *conn;
    char number[24]; /* as a value */
    const char *values[MOST_VALUES];
    int64_t done; /* statements */
    int64_t begin_ns;
    int64_t end_ns;
} Connection;

static void give_up(const PGconn *conn, const char *what) {
    fprintf(stderr, "bare_libpq: %s: %s", what, PQerrorMessage(conn));
    exit(1);
}

static void receive(PGconn *conn) {
    while (PQisBusy(conn)) {
        struct pollfd pollfd = {.fd = PQsocket(conn), .events = POLLIN};
        if (poll(&pollfd, 1, -1) < 0 || !PQconsumeInput(conn))
            give_up(conn, "receiving");
    }
    PGresult *result;
    while ((result = PQgetResult(conn)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            give_up(conn, "executing");
        PQclear(result);
    }
}

static void *run(void *argument) {
    Connection *connection = argument;
    const Work *work = connection->work;
    PGconn *conn = connection->conn;

    pthread_barrier_wait(work->connected);
    connection->begin_ns = bd_now_ns();
    do {
        if (!PQsendQueryPrepared(conn, "insert", work->count, connection->values, NULL, NULL, 0))
            give_up(conn, "sending");
        receive(conn);
        connection->done++;
        connection->end_ns = bd_now_ns();
    } while (connection->end_ns < connection->begin_ns + work->limit_ns);
    return NULL;
}

static PGconn *connect_and_prepare(const Work *work) {
    PGconn *conn = PQconnectdb(work->conninfo);
    if (PQstatus(conn) != CONNECTION_OK)
        give_up(conn, "connecting");
    PGresult *result = PQprepare(conn, "insert", work->sql, 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        give_up(conn, "preparing");
    PQclear(result);
    return conn;
}

static void begin(Connection *connection, const Work *work, long number) {
    connection->work = work;
    connection->conn = connect_and_prepare(work);
    snprintf(connection->number, sizeof(connection->number), "%ld", number);
    for (int i = 0; i < work->count; i++) {
        const char *value = work->values[i];
        connection->values[i] = strcmp(value, "@") == 0 ? connection->number : value;
    }
    if (pthread_create(&connection->thread, NULL, run, connection) != 0) {
        perror("bare_libpq");
        exit(1);
    }
}

static void finish(Connection *connections, long count) {
    int64_t done = 0;
    int64_t begin_ns = INT64_MAX;
    int64_t end_ns = 0;
    for (Connection *connection = connections; connection < connections + count; connection++) {
        pthread_join(connection->thread, NULL);
        PQfinish(connection->conn);
        done += connection->done;
        if (connection->begin_ns < begin_ns)
            begin_ns = connection->begin_ns;
        if (connection->end_ns > end_ns)
            end_ns = connection->end_ns;
    }
    printf("%lld %.6f\n", (long long)done, (double)(end_ns - begin_ns) / (double)BD_NS_PER_S);
}

int main(int argc, char **argv) {
    if (argc < 5 || argc - 5 > MOST_VALUES) {
        fprintf(stderr, "usage: bare_libpq CONNINFO CONNECTIONS SECONDS SQL [VALUE...]\n");
        return 1;
    }
    long count = strtol(argv[2], NULL, 10);
    const char *values[MOST_VALUES];
    for (int i = 5; i < argc; i++)
        values[i - 5] = argv[i];
    pthread_barrier_t connected;
    Work work = {
        .conninfo = argv[1],
        .sql = argv[4],
        .values = values,
        .count = argc - 5,
        .limit_ns = (int64_t)(strtod(argv[3], NULL) * (double)BD_NS_PER_S),
        .connected = &connected,
    };
    Connection *connections = calloc((size_t)count, sizeof *connections);
    if (connections == NULL || pthread_barrier_init(&connected, NULL, (unsigned)count) != 0) {
        perror("bare_libpq");
        return 1;
    }
    for (long i = 0; i < count; i++) {
        begin(&connections[i], &work, i);
    }
    finish(connections, count);
    free(connections);
    return 0;
}
