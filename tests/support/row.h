/*
 * row.h - one row, for what takes rows as a series for each column.
 */
#ifndef BD_TEST_ROW_H
#define BD_TEST_ROW_H

#include "core/series.h"

#include <assert.h>

enum { ROW_COLUMNS = 32 };

typedef struct Row {
    BdSpan values[ROW_COLUMNS];
    BdSeries columns[ROW_COLUMNS];
} Row;

/* The columns of a row of these values; borrowed from *row. */
static inline const BdSeries *row_init(Row *row, const char *const *values, uint32_t count) {
    assert(count <= ROW_COLUMNS);
    for (uint32_t i = 0; i < count; i++) {
        row->values[i] = bd_span_of(values[i]);
        row->columns[i] = (BdSeries){.values = &row->values[i]};
    }
    return row->columns;
}

#endif
