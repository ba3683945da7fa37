/*
 * series.h - the values of one column in rows that follow each other: one for each row, or the same
 * one for all.
 *
 * Rows that come from lists are handed down as a series for each column, so that what is the same
 * for all of them is done once.
 *
 * Ownership: borrowed.
 */
#ifndef BD_SERIES_H
#define BD_SERIES_H

#include "core/span.h"

#include <stdint.h>

typedef struct BdSeries {
    const BdSpan *values; /* each ended by a zero byte; .p is NULL for NULL */
    uint32_t step;        /* 1; 0: the first value is that of all rows */
} BdSeries;

static inline BdSpan bd_series_at(const BdSeries *series, uint32_t row) {
    return series->values[(size_t)row * series->step];
}

#endif
