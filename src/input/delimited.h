/*
 * delimited.h - a line of delimited text split into the fields of a record.
 *
 * No quoting: a delimiter always separates (Census files have no quotes); it is neither a line end
 * nor a zero byte. Other bytes are passed on as they are. Fields from number_from on must be
 * decimal numbers: an optional sign, digits, and at most one point with digits on both sides. The
 * line is copied into the batch once, and every delimiter there becomes the zero byte that ends a
 * field.
 *
 * Threads:   no state; any thread.
 */
#ifndef BD_DELIMITED_H
#define BD_DELIMITED_H

#include "core/span.h"
#include "input/batch.h"
#include "input/reason.h"

typedef struct BdDelimited {
    char delimiter;
    uint32_t min_fields;  /* a line must have at least so many ... */
    uint32_t max_fields;  /* ... and at most so many */
    uint32_t number_from; /* this field and all after it are numbers; UINT32_MAX: none */
} BdDelimited;

/* Add `line` to `batch` as a record. On BD_PARSE_REJECT reason (BD_REASON_BYTES of room) holds why,
 * as text. */
BD_MUSTCHECK BdParse bd_delimited_parse(const BdDelimited *format, BdSpan line, int64_t number,
                                        const char *file, BdBatch *batch, char *reason);

#endif
