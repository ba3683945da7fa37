/*
 * fixed.h - a line of fixed-width columns made into the fields of a record.
 *
 * Blanks at both ends of a column are left off. Bytes above 127 are taken as Latin-1 and become
 * UTF-8.
 *
 * Threads:   no state; any thread.
 */
#ifndef BD_FIXED_H
#define BD_FIXED_H

#include "core/span.h"
#include "input/batch.h"
#include "input/reason.h"

typedef struct BdColumn {
    uint32_t start; /* from 0 */
    uint32_t width; /* bytes */
} BdColumn;

typedef struct BdFixed {
    uint32_t line_bytes; /* a line must be exactly so long, without its end */
    const BdColumn *columns;
    uint32_t count;
} BdFixed;

/* Add `line` to `batch` as a record; as bd_delimited_parse(). */
BD_MUSTCHECK BdParse bd_fixed_parse(const BdFixed *format, BdSpan line, int64_t number,
                                    const char *file, BdBatch *batch, char *reason);

#endif
