/*
 * queue.h - the bounded hand-over of records from the feeder to the workers.
 *
 * The feeder pushes whole batches; workers pop single records of them, so that even a short run is
 * spread over all workers. A batch goes back to the queue's store of empty ones when its last
 * record is given back, so memory is bounded by the capacity and the number of workers, whatever
 * the length of the file. The bound counts records. A batch that does not fit waits until it does,
 * with a quarter of the queue free (or all of it, for a batch larger than that).
 *
 * Ownership: a pushed batch belongs to the queue. A popped item is borrowed until bd_queue_done().
 * Threads:   every function from any thread, but for new and free. One mutex covers the ring, the
 *            store and the counters; records are read outside of it.
 */
#ifndef BD_QUEUE_H
#define BD_QUEUE_H

#include "core/err.h"
#include "core/wake.h"
#include "input/batch.h"

#include <stdbool.h>

typedef struct BdQueue BdQueue;

/* A popped record, to be given back with bd_queue_done(). */
typedef struct BdItem {
    BdRecord record;
    struct BdQueueBatch *batch; /* the queue's; NULL once the record is given back */
} BdItem;

typedef enum BdPop {
    BD_POP_RECORD,
    BD_POP_LATER, /* nothing now: the waiter's descriptor will tell */
    BD_POP_END    /* closed and drained */
} BdPop;

/*
 * How an event loop waits for the queue: its descriptor becomes readable when there may be
 * something to pop. A loop is woken in others' stead, so once woken it must ask again for every
 * idle worker it has. Until then it stays armed, even if it pops a record on the way. One per loop;
 * it must outlive the queue's last push, close or abort.
 */
typedef struct BdWaiter {
    BdWake wake;
    bool armed;            /* under the queue's mutex */
    struct BdWaiter *next; /* under the queue's mutex */
} BdWaiter;

/* capacity: records; 0 is unbounded. */
BD_MUSTCHECK int bd_queue_new(BdQueue **out, int64_t capacity, BdErr *err);

/* Every popped record must have been given back. NULL is allowed. */
void bd_queue_free(BdQueue *queue);

/* An empty batch to fill and push (or free): an old one, or a new one. NULL with *err when memory
 * ran out. */
BD_MUSTCHECK BdBatch *bd_queue_empty_batch(BdQueue *queue, BdErr *err);

/* How many records a batch should hold at most, so that the bound means something: between 1
 * and 64. */
uint32_t bd_queue_batch_records(const BdQueue *queue);

/*
 * Give a batch that came from bd_queue_empty_batch() to the workers, waiting while it does not fit.
 * One without records goes back to the store at once. -1: the queue was closed; the batch was taken
 * all the same.
 */
BD_MUSTCHECK int bd_queue_push(BdQueue *queue, BdBatch *batch);

/* Take the next record, waiting for it. BD_POP_RECORD or BD_POP_END. *waited_ns, unless NULL: how
 * long it has waited; 0 where it did not have to. */
BD_MUSTCHECK BdPop bd_queue_pop(BdQueue *queue, BdItem *item, int64_t *waited_ns);

/* Take the next record without waiting. On BD_POP_LATER the waiter is armed: clear its wake-up
 * before asking again. */
BD_MUSTCHECK BdPop bd_queue_try_pop(BdQueue *queue, BdItem *item, BdWaiter *waiter);

/* Give a popped record back. */
void bd_queue_done(BdQueue *queue, BdItem *item);

/* Nothing more is pushed; what is in the queue is still handed out. */
void bd_queue_close(BdQueue *queue);

/* As close, and what is in the queue is dropped: poppers get the end at once. */
void bd_queue_abort(BdQueue *queue);

/* Wait until the queue is as full as it gets: at its bound, or closed. */
void bd_queue_wait_full(BdQueue *queue);

/* Count what pushers wait for room from now on: what they have waited so far does not count. */
void bd_queue_count_waits(BdQueue *queue);

typedef struct BdQueueStats {
    int64_t records;       /* in the queue now */
    int64_t capacity;      /* 0: unbounded */
    int64_t pushed;        /* records, ever */
    int64_t full_wait_ns;  /* how long pushers waited for room */
    int64_t empty_wait_ns; /* how long poppers waited for records, summed over them; event loops'
                              waits are not in it */
    int64_t closed_ns;     /* when it was closed: 0 while it is open */
} BdQueueStats;

BdQueueStats bd_queue_stats(BdQueue *queue);

BD_MUSTCHECK int bd_waiter_init(BdWaiter *waiter, BdErr *err);
void bd_waiter_deinit(BdWaiter *waiter);

#endif
