/*
 * batch.h - a block of text with the records in it: what travels from feeder to workers.
 *
 * A source fills a batch record by record; afterwards it is read-only. Batches are used again and
 * again, so a run allocates only until they have grown to the size of its lines.
 *
 * Ownership: one holder at a time. While workers have records of it, the batch is held by the queue
 *            it came from.
 * Threads:   filled by one thread; once filled, read by any number.
 * Errors:    BD_E_NOMEM; the batch then still holds the records that were complete.
 */
#ifndef BD_BATCH_H
#define BD_BATCH_H

#include "core/err.h"
#include "input/record.h"

typedef struct BdBatch BdBatch;

BD_MUSTCHECK int bd_batch_new(BdBatch **out, BdErr *err);

/* NULL is allowed. */
void bd_batch_free(BdBatch *batch);

/* Forget the records, keep the memory. */
void bd_batch_reset(BdBatch *batch);

uint32_t bd_batch_size(const BdBatch *batch); /* records */
BdRecord bd_batch_record(const BdBatch *batch, uint32_t i);

/*
 * Begin a record: room for `bytes` of text and `fields` fields. *text and *offsets (fields + 1 of
 * them) may be written to until bd_batch_end(); offsets count from *text.
 */
BD_MUSTCHECK int bd_batch_begin(BdBatch *batch, size_t bytes, uint32_t fields, char **text,
                                uint32_t **offsets, BdErr *err);

/* End the record that was begun, with the number of fields it turned out to have. Its bytes reach
 * to offsets[fields]. */
void bd_batch_end(BdBatch *batch, uint32_t fields, int64_t line, const char *file);

#endif
