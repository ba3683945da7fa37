/*
 * mem.h - the only place that allocates.
 *
 * Ownership: every block is given back with bd_free(), which takes NULL, but for those of
 *            bd_alloc_pages().
 * Threads:   all functions may be called from any thread, but for bd_mem_fail_at(), a matter of
 *            single-threaded tests.
 * Errors:    allocation returns NULL when memory runs out, or when a size would overflow.
 */
#ifndef BD_MEM_H
#define BD_MEM_H

#include "core/attr.h"

#include <stddef.h>
#include <stdint.h>

/* A block of n bytes, set to zero; n may be 0 (a block of one byte). */
BD_MUSTCHECK void *bd_alloc(size_t n);

/* A block of count * size bytes, set to zero; NULL if the product overflows. */
BD_MUSTCHECK void *bd_alloc_array(size_t count, size_t size);

/* As bd_alloc_array(), aligned to a cache line. */
BD_MUSTCHECK void *bd_alloc_lines(size_t count, size_t size);

/* A block of n bytes, set to zero, of which only the pages that are written to take memory; given
 * back with bd_free_pages() and the same n. For large blocks that are mostly left untouched:
 * whatever else hands out memory that was used before has to write it all. */
BD_MUSTCHECK void *bd_alloc_pages(size_t n);

/* p may be NULL. */
void bd_free_pages(void *p, size_t n);

/* Grow or shrink a block to count * size bytes; new bytes are not set. The old block stays valid on
 * failure. */
BD_MUSTCHECK void *bd_realloc_array(void *p, size_t count, size_t size);

/* A copy of the n bytes at s, with a zero byte after them. */
BD_MUSTCHECK char *bd_strndup(const char *s, size_t n);
BD_MUSTCHECK char *bd_strdup(const char *s);

void bd_free(void *p);

/* For tests, of builds with assertions: the n-th allocation from now fails (1 is the next one), all
 * others succeed; 0 switches this off. */
void bd_mem_fail_at(int64_t n);

/* For tests, likewise: blocks that were allocated and not freed. */
int64_t bd_mem_live(void);

#endif
