/*
 * origins.h - where collected rows come from: the number of each within its record.
 *
 * Rows are held from bd_origins_add() until bd_origins_forget(), and counted from 0. Nothing is
 * kept for a row by itself: rows that follow each other in a record are one stretch.
 *
 * Ownership: embedded in its owner; may be used zeroed.
 * Threads:   one at a time.
 * Errors:    BD_E_NOMEM only.
 */
#ifndef BD_ORIGINS_H
#define BD_ORIGINS_H

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"

#include <stdint.h>

/* Rows that are held one after the other, as they came in a record. */
typedef struct BdStretch {
    uint32_t number; /* of the first row within the record, from 1 */
    uint32_t first;  /* row that is held */
    uint32_t rows;
} BdStretch;

typedef struct BdOrigins {
    BdBuf stretches;    /* of BdStretch: all rows that are held */
    BdStretch *stretch; /* the last one, while the next row continues it; or NULL */
    uint32_t rows;      /* held */
    uint32_t came;      /* rows of the record so far, held or not */
} BdOrigins;

/* A record begins: the rows that follow are its. */
void bd_origins_begin(BdOrigins *origins);

/* The next row begins a stretch. */
BD_MUSTCHECK int bd_origins_stretch(BdOrigins *origins, BdErr *err);

/* Make room for more rows of the record. */
BD_MUSTCHECK static inline int bd_origins_reserve(BdOrigins *origins, BdErr *err) {
    return origins->stretch != NULL ? 0 : bd_origins_stretch(origins, err);
}

/* Rows for which there is room are held; or one is not, and this was its number. */
void bd_origins_add(BdOrigins *origins, uint32_t rows);
uint32_t bd_origins_skip(BdOrigins *origins);

/* The number of a row that is held within its record. */
uint32_t bd_origins_number(const BdOrigins *origins, uint32_t row);

/* No rows are held any more. Memory is kept. */
void bd_origins_forget(BdOrigins *origins);

void bd_origins_deinit(BdOrigins *origins);

#endif
