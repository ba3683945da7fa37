/*
 * fifo.h - a growing queue of small items of one size, first in, first out.
 *
 * Ownership: the struct is embedded in its owner; bd_fifo_deinit() frees the memory and may be
 *            called on a zeroed struct.
 * Threads:   one at a time.
 * Errors:    -1 when memory runs out; the content is then unchanged.
 */
#ifndef BD_FIFO_H
#define BD_FIFO_H

#include "core/attr.h"
#include "core/buf.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct BdFifo {
    BdBuf items;
    size_t first; /* bytes of items that have been popped */
    size_t bytes; /* of one item */
} BdFifo;

/* With room for the first items. */
BD_MUSTCHECK int bd_fifo_init(BdFifo *fifo, size_t item_bytes);
void bd_fifo_deinit(BdFifo *fifo);

/* Append a copy of the item. Memory is kept, so that in the long run nothing is allocated. */
BD_MUSTCHECK int bd_fifo_push(BdFifo *fifo, const void *item);

static inline bool bd_fifo_empty(const BdFifo *fifo) {
    return fifo->first == fifo->items.len;
}

/* The oldest item, and the newest one, to be read or changed until the next push or pop; there must
 * be one. */
static inline void *bd_fifo_front(const BdFifo *fifo) {
    assert(!bd_fifo_empty(fifo));
    return fifo->items.p + fifo->first;
}

static inline void *bd_fifo_back(const BdFifo *fifo) {
    assert(!bd_fifo_empty(fifo));
    return fifo->items.p + fifo->items.len - fifo->bytes;
}

/* Forget the content, keep the memory. */
static inline void bd_fifo_reset(BdFifo *fifo) {
    bd_buf_reset(&fifo->items);
    fifo->first = 0;
}

/* Forget the oldest item; there must be one. */
static inline void bd_fifo_pop(BdFifo *fifo) {
    assert(!bd_fifo_empty(fifo));
    fifo->first += fifo->bytes;
    if (bd_fifo_empty(fifo)) {
        bd_fifo_reset(fifo);
    }
}

#endif
