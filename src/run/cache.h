/*
 * cache.h - answers that are kept, so that a statement is asked once for each set of values.
 *
 * Answers are kept up to a number of bytes in all; when that is reached, none is added any more,
 * and none is let go of: an answer that was found stays valid as long as the cache.
 *
 * Ownership: the answers that are kept are the cache's.
 * Threads:   one at a time.
 */
#ifndef BD_CACHE_H
#define BD_CACHE_H

#include "core/attr.h"
#include "core/err.h"
#include "pg/answer.h"
#include "pg/statement.h"

#include <stdbool.h>
#include <stddef.h>

/* What a worker keeps of the answers to db:cached. */
#define BD_CACHE_BYTES ((size_t)16 << 20)

typedef struct BdCache BdCache;

BD_MUSTCHECK int bd_cache_new(BdCache **out, size_t limit_bytes, BdErr *err);

/* The answer that is kept for the statement with these values; NULL if there is none. */
BdAnswer *bd_cache_find(const BdCache *cache, const BdStatement *statement,
                        const char *const *values);

/* Keep the answer. False: the cache is full, or out of memory; the answer stays the caller's. */
BD_MUSTCHECK bool bd_cache_keep(BdCache *cache, const BdStatement *statement,
                                const char *const *values, BdAnswer *answer);

/* Let go of all answers. */
void bd_cache_reset(BdCache *cache);

/* NULL is allowed. */
void bd_cache_free(BdCache *cache);

#endif
