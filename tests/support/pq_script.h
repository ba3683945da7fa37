/*
 * pq_script.h - libpq, played from a script.
 *
 * Tests named scripted_*.c are linked with pq_script.c in the place of libpq. A script is a table
 * of the calls that must come, in this order, with what they must be given and what they return;
 * any other call fails the case. Functions that only look (PQstatus, PQerrorMessage, PQsocket,
 * PQdb and the like) may be called at any time. At the end every result must have been cleared.
 */
#ifndef BD_TEST_PQ_SCRIPT_H
#define BD_TEST_PQ_SCRIPT_H

#include <libpq-fe.h>
#include <stddef.h>

/* A result, for PQgetResult(). */
typedef struct PqReply {
    ExecStatusType status;
    const char *tag; /* "INSERT 0 1" */
    /* The fields of an error; NULL where there is none. */
    const char *severity;
    const char *sqlstate;
    const char *primary;
    const char *detail;
    const char *context;
    /* The rows of an answer, and the parameters of a description. */
    int rows;
    int columns;
    const char *const *names;  /* of the columns */
    const char *const *values; /* row by row; NULL for NULL */
    int params;
} PqReply;

typedef struct PqStep {
    const char *call;     /* "PQflush" */
    const char *given;    /* its arguments as pq_script.c writes them; NULL: not looked at */
    int returns;          /* what it returns, where that is a number */
    const PqReply *reply; /* PQgetResult(): what it returns, which may be NULL */
    const char *copied;   /* PQgetCopyData(): the data */
    const char *lost;     /* from here on the connection is bad, with this message */
} PqStep;

void pq_script_begin(const PqStep *steps, size_t count);

/* Fails the case if steps are left, results not cleared, or a connection not closed. */
void pq_script_end(void);

#define PQ_SCRIPT(steps) pq_script_begin(steps, sizeof(steps) / sizeof((steps)[0]))

#endif
