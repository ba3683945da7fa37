/*
 * manifest.h - which rows a step sends, and which of their values can be told from what the table
 * holds.
 *
 * Made once, before a step; see arrival.h for what is done with it.
 *
 * Ownership: text and columns are copied.
 * Threads:   built by one thread, read by any.
 * Errors:    BD_E_NOMEM only.
 */
#ifndef BD_MANIFEST_H
#define BD_MANIFEST_H

#include "core/attr.h"
#include "core/err.h"
#include "stats/checksum.h"

#include <stdint.h>

/* A value of a row that is compared. */
typedef struct BdManifestColumn {
    uint32_t value;      /* its place among the values that are sent, from 0 */
    BdSpelling spelling; /* of the table's column */
} BdManifestColumn;

/* What is sent under one name: the SQL of a statement that inserts one row, or what stands for
 * db:insert. */
typedef struct BdManifestRow {
    char *name;
    uint32_t table;            /* from 0 */
    BdManifestColumn *columns; /* the i-th, from 0, is hashed with the seed i + 1 */
    uint32_t count;
    uint32_t first; /* so many columns have the rows before it */
} BdManifestRow;

typedef struct BdManifest {
    uint32_t tables;
    BdManifestRow *rows;
    uint32_t count;
    uint32_t columns; /* of all rows */
} BdManifest;

BD_MUSTCHECK int bd_manifest_new(BdManifest **out, uint32_t tables, BdErr *err);

/* table: below that of bd_manifest_new(). columns may be none: then rows are only counted. */
BD_MUSTCHECK int bd_manifest_add(BdManifest *manifest, const char *name, uint32_t table,
                                 const BdManifestColumn *columns, uint32_t count, BdErr *err);

/* The place of the row of that name; -1 if there is none. */
int32_t bd_manifest_find(const BdManifest *manifest, const char *name);

/* NULL is allowed. */
void bd_manifest_free(BdManifest *manifest);

#endif
