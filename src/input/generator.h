/*
 * generator.h - records that come from no file: numbers one after the other, or values by chance.
 *
 * Ownership: embedded in its owner; deinit frees what it holds, and may be called on a zeroed
 *            struct.
 * Threads:   one at a time.
 * Errors:    BD_E_NOMEM only.
 */
#ifndef BD_GENERATOR_H
#define BD_GENERATOR_H

#include "core/buf.h"
#include "input/batch.h"
#include "input/draw.h"

typedef struct BdGenerator {
    const char *name; /* of the records' file, for messages: lives for ever */
    BdDraw *draws;    /* of each field */
    uint32_t fields;
    size_t most_bytes; /* of a record */
    int64_t given;     /* records, so far */
    int64_t records;   /* in all; may be INT64_MAX */
    uint64_t seed;     /* where chance begins, */
    uint64_t state;    /* and where it is */
} BdGenerator;

/* Records of so many fields, at least one. The draws are copied. */
BD_MUSTCHECK int bd_generator_init(BdGenerator *generator, const char *name, const BdDraw *draws,
                                   uint32_t fields, int64_t records, uint64_t seed, BdErr *err);
void bd_generator_deinit(BdGenerator *generator);

/* Fill an empty batch with up to max_records records, and not much more than so many bytes of text;
 * no records: the end. *bytes rises by what they have. */
BD_MUSTCHECK int bd_generator_fill(BdGenerator *generator, BdBatch *batch, uint32_t max_records,
                                   size_t text_bytes, int64_t *bytes, BdErr *err);

/* Append a line that is another one for other records; how many there are does not count. */
BD_MUSTCHECK int bd_generator_describe(const BdGenerator *generator, BdBuf *text, BdErr *err);

#endif
