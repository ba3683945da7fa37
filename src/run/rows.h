/*
 * rows.h - rows of values as text, collected in one buffer.
 *
 * Ownership: values are copied; those given back are borrowed until the next bd_rows_add() or
 *            bd_rows_reset(). The struct is embedded in its owner.
 * Threads:   one at a time.
 */
#ifndef BD_ROWS_H
#define BD_ROWS_H

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/series.h"
#include "run/row_fault.h"

#include <stdint.h>

typedef struct BdRows {
    uint32_t columns;
    uint32_t count; /* of rows */
    BdBuf text;     /* the values, each ended by a zero byte */
    BdBuf places;   /* a size_t for each value: where in text it begins; SIZE_MAX for NULL */
} BdRows;

void bd_rows_init(BdRows *rows, uint32_t columns);
void bd_rows_deinit(BdRows *rows);

/* Add row number `row` of the columns. -1: no memory, and nothing is added. */
BD_MUSTCHECK int bd_rows_add(BdRows *rows, const BdSeries *columns, uint32_t row, BdErr *err);

/* A value, ended by a zero byte; NULL for NULL. */
const char *bd_rows_value(const BdRows *rows, uint32_t row, uint32_t column);

/* All values of so many rows, row by row. */
void bd_rows_values(const BdRows *rows, uint32_t first, uint32_t count, const char **values);

/* Add a row's values to a message. */
void bd_rows_tell(const BdRows *rows, uint32_t row, BdRowText *text);

/* Forget all rows, keep the memory. */
void bd_rows_reset(BdRows *rows);

#endif
