/*
 * record.h - one parsed line, as a view into its batch.
 *
 * A record is fields 0 .. fields-1. Each is ended by a zero byte, so it can be handed to libpq as
 * it is; where one ends the next begins, so offsets give the lengths too. Text is UTF-8 and holds
 * no zero byte.
 *
 * Ownership: borrowed; it lives until the record is given back to its batch.
 */
#ifndef BD_RECORD_H
#define BD_RECORD_H

#include "core/span.h"

#include <stddef.h>
#include <stdint.h>

typedef struct BdRecord {
    const char *text;        /* the fields, one after the other */
    const uint32_t *offsets; /* fields + 1 entries: where in text each field begins; the last is one
                                past the end */
    uint32_t fields;
    int64_t line;     /* from 1 */
    const char *file; /* "folder/ny00001_uf1.zip(ny00001.uf1)": for messages; the source's */
} BdRecord;

static inline const char *bd_record_field(const BdRecord *record, uint32_t i) {
    return record->text + record->offsets[i];
}

static inline size_t bd_record_length(const BdRecord *record, uint32_t i) {
    return record->offsets[i + 1] - record->offsets[i] - 1;
}

static inline BdSpan bd_record_span(const BdRecord *record, uint32_t i) {
    return (BdSpan){bd_record_field(record, i), bd_record_length(record, i)};
}

#endif
