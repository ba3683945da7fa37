#include "core/fifo.h"

#include <string.h>

#define FIRST_ROOM 16

int bd_fifo_init(BdFifo *fifo, size_t item_bytes) {
    *fifo = (BdFifo){.bytes = item_bytes};
    return bd_buf_reserve(&fifo->items, FIRST_ROOM * item_bytes);
}

void bd_fifo_deinit(BdFifo *fifo) {
    bd_buf_deinit(&fifo->items);
    fifo->first = 0;
}

/* Move the items to the front once half of the buffer is free there: each moves once for a push. */
static void close_up(BdFifo *fifo) {
    BdBuf *items = &fifo->items;
    if (fifo->first > 0 && fifo->first >= items->len - fifo->first) {
        items->len -= fifo->first;
        memmove(items->p, items->p + fifo->first, items->len);
        fifo->first = 0;
    }
}

int bd_fifo_push(BdFifo *fifo, const void *item) {
    if (fifo->items.cap - fifo->items.len < fifo->bytes) {
        close_up(fifo);
    }
    return bd_buf_append(&fifo->items, item, fifo->bytes);
}
