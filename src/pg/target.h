/*
 * target.h - a table and the columns of it that rows are inserted into, with what the server's
 * catalogue says of them, and the SQL that ships rows to them.
 *
 * Names are taken as they are written, without folding of case, and quoted where they have to be.
 * "schema.table" names a schema; in a part of it that holds dots itself, these stand in double
 * quotes.
 *
 * Ownership: the target owns all of its texts.
 * Threads:   read-only once made; shared by all workers.
 * Errors:    bd_target_new(): BD_E_CONFIG, naming what is not there and what comes near it. The
 *            writers of SQL: -1 when memory runs out; the buffer is then as it was.
 */
#ifndef BD_TARGET_H
#define BD_TARGET_H

#include "core/buf.h"
#include "core/err.h"
#include "pg/session.h"

#include <stdbool.h>
#include <stdint.h>

/* Values that one statement can have. */
#define BD_TARGET_MAX_VALUES 65535

typedef struct BdTargetColumn {
    char *name;       /* as it is */
    char *sql_name;   /* quoted where it has to be */
    char *sql_type;   /* as written in SQL: "numeric(10,2)", or a domain's name */
    char *array_type; /* what unnest() is given, without lengths: "numeric[]"; NULL where there are
                         no arrays of the type, as for arrays */
    char delimiter;   /* between the elements of such an array */
    uint32_t type;    /* its OID in pg_type; for a domain, that of the type below */
    int32_t typmod;   /* of that type; -1: none */
    bool not_null;
} BdTargetColumn;

typedef struct BdTarget {
    char *name;     /* of the table, as given */
    char *sql_name; /* quoted where it has to be, with its schema if that was given */
    uint32_t count; /* of columns, at least 1 */
    BdTargetColumn *columns;
} BdTarget;

/* Look a table up, and count columns of it, each named once. Waits; session: idle. */
BD_MUSTCHECK int bd_target_new(BdTarget **out, BdSession *session, const char *table,
                               const char *const *columns, uint32_t count, BdErr *err);

/*
 * The same without waiting: ask the server `sql` with `values`, and give the answer to
 * bd_lookup_answer(), until that has made the target.
 */
typedef struct BdLookup {
    const char *sql; /* it only reads */
    const char *values[2];
    char *table; /* as it was given */
    char *text;  /* holds the values */
} BdLookup;

/* Is it the text of a look-up? */
bool bd_lookup_asks(const char *sql);

BD_MUSTCHECK int bd_lookup_begin(BdLookup *lookup, const char *table, BdErr *err);

/* 0 with *out NULL: sql is another one now, to be asked too. session: for messages. */
BD_MUSTCHECK int bd_lookup_answer(BdLookup *lookup, BdTarget **out, const BdAnswer *answer,
                                  const BdSession *session, const char *const *columns,
                                  uint32_t count, BdErr *err);

/* A zeroed one is allowed. */
void bd_lookup_end(BdLookup *lookup);

/* NULL is allowed. */
void bd_target_free(BdTarget *target);

/* The most rows that fit into one bd_target_insert_sql(). */
uint32_t bd_target_max_rows(const BdTarget *target);

/*
 * Append SQL, with a zero byte after it that is not counted.
 *
 * insert: "insert into t (a, b) values ($1, $2), ($3, $4)": `rows` rows, row by row, from 1 to
 *         bd_target_max_rows().
 * unnest: "insert into t (a, b) select * from unnest($1::int4[], $2::text[])": one array for each
 *         column, as array_text.h writes them. All columns must have an array_type.
 * copy:   "copy t (a, b) from stdin", for BD_REQUEST_COPY.
 */
BD_MUSTCHECK int bd_target_insert_sql(const BdTarget *target, uint32_t rows, BdBuf *sql);
BD_MUSTCHECK int bd_target_unnest_sql(const BdTarget *target, BdBuf *sql);
BD_MUSTCHECK int bd_target_copy_sql(const BdTarget *target, bool binary, BdBuf *sql);

#endif
