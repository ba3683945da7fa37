/*
 * answer.h - what the server said to one request: rows, or the number of rows touched.
 *
 * Ownership: bd_answer_free() by whoever was given it; NULL is allowed. Values are borrowed from
 *            it.
 * Threads:   one at a time.
 */
#ifndef BD_ANSWER_H
#define BD_ANSWER_H

#include "core/attr.h"
#include "core/err.h"
#include "core/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pg_result BdAnswer; /* libpq's PGresult */

int bd_answer_rows(const BdAnswer *answer);
int bd_answer_columns(const BdAnswer *answer);

/* The name of a column; NULL if there is none of that number. */
const char *bd_answer_column_name(const BdAnswer *answer, int column);

/* The number of the column so named (exactly, without case folding), or -1. */
int bd_answer_column(const BdAnswer *answer, const char *name);

/* The type of a column: its OID in pg_type. */
uint32_t bd_answer_column_type(const BdAnswer *answer, int column);

/* A value as text, ended by a zero byte; NULL where it is NULL in SQL. row and column must exist.
 */
const char *bd_answer_value(const BdAnswer *answer, int row, int column);
BdSpan bd_answer_span(const BdAnswer *answer, int row, int column);

/* The tag of the command that was executed: "INSERT 0 1", "SAVEPOINT"; "" if none was. */
const char *bd_answer_command(const BdAnswer *answer);

/* Rows written by INSERT, UPDATE, DELETE, MERGE or COPY; 0 for anything else. */
int64_t bd_answer_touched(const BdAnswer *answer);

/* Was something executed? False for the answer to BD_REQUEST_PREPARE or BD_REQUEST_DESCRIBE. */
bool bd_answer_executed(const BdAnswer *answer);

/* The memory it takes. */
size_t bd_answer_bytes(const BdAnswer *answer);

void bd_answer_free(BdAnswer *answer);

/*
 * An answer made by hand, as a server would have sent it, for proving a plan without one: column
 * names, then rows * columns values, row by row, NULL for NULL.
 */
BD_MUSTCHECK int bd_answer_new(BdAnswer **out, const char *const *names, int columns,
                               const char *const *values, int rows, BdErr *err);

#endif
