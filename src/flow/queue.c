#include "flow/queue.h"

#include "core/clock.h"
#include "core/mem.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#define BATCH_RECORDS 64 /* more would leave workers idle in a short run */
#define NOBODY        (-1)

/* A batch as the queue holds it. Made together with its batch, so that a push cannot fail. */
typedef struct BdQueueBatch {
    struct BdQueueBatch *link; /* the next one in its list */
    BdBatch *batch;            /* NULL while the batch is being filled */
    uint32_t size;             /* records */
    uint32_t next;             /* the first record that was not popped */
    /* Records not given back. On a line of its own: it is counted down outside of the mutex. */
    _Alignas(BD_CACHE_LINE) _Atomic uint32_t out;
} BdQueueBatch;

struct BdQueue {
    /* What popping a record needs is one cache line: all workers pass it around. */
    pthread_mutex_t mutex; /* covers all that follows, but for capacity */
    BdQueueBatch *head;    /* to pop from; every batch in this list has records left */
    int64_t records;
    int64_t room_at; /* wake pushers when no more than so many records are left; or NOBODY */

    BdQueueBatch *tail;
    BdQueueBatch *store; /* empty batches */
    BdQueueBatch *bare;  /* those whose batch is being filled */
    BdWaiter *waiters;   /* armed, the longest waiting first */
    pthread_cond_t records_cond;
    pthread_cond_t room_cond;
    pthread_cond_t full_cond;
    int64_t capacity;
    int64_t pushed;
    int64_t poppers;    /* threads waiting in pop */
    int64_t counted_ns; /* from when waits for room count */
    int64_t full_wait_ns;
    int64_t empty_wait_ns;
    int64_t closed_ns; /* 0 while open */
};

static void link_to(BdQueueBatch **list, BdQueueBatch *held) {
    held->link = *list;
    *list = held;
}

static BdQueueBatch *unlink_from(BdQueueBatch **list) {
    BdQueueBatch *held = *list;
    *list = held->link;
    return held;
}

static void free_list(BdQueueBatch *list) {
    while (list != NULL) {
        BdQueueBatch *held = unlink_from(&list);
        bd_batch_free(held->batch);
        bd_free(held);
    }
}

/* ---- making ---- */

static int init_locks(BdQueue *queue) {
    if (pthread_mutex_init(&queue->mutex, NULL) != 0) {
        return -1;
    }
    if (pthread_cond_init(&queue->records_cond, NULL) != 0) {
        goto no_records;
    }
    if (pthread_cond_init(&queue->room_cond, NULL) != 0) {
        goto no_room;
    }
    if (pthread_cond_init(&queue->full_cond, NULL) != 0) {
        goto no_full;
    }
    return 0;

no_full:
    pthread_cond_destroy(&queue->room_cond);
no_room:
    pthread_cond_destroy(&queue->records_cond);
no_records:
    pthread_mutex_destroy(&queue->mutex);
    return -1;
}

int bd_queue_new(BdQueue **out, int64_t capacity, BdErr *err) {
    assert(capacity >= 0);
    *out = NULL;
    BdQueue *queue = bd_alloc_lines(1, sizeof(*queue));
    if (queue == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a queue");
    }
    if (init_locks(queue) != 0) {
        bd_free(queue);
        return bd_err_set(err, BD_E_NOMEM, 0, "cannot make the locks of a queue");
    }
    queue->capacity = capacity;
    queue->room_at = NOBODY;
    *out = queue;
    return 0;
}

void bd_queue_free(BdQueue *queue) {
    if (queue == NULL) {
        return;
    }
    free_list(queue->head);
    free_list(queue->store);
    free_list(queue->bare);
    pthread_cond_destroy(&queue->full_cond);
    pthread_cond_destroy(&queue->room_cond);
    pthread_cond_destroy(&queue->records_cond);
    pthread_mutex_destroy(&queue->mutex);
    bd_free(queue);
}

/* ---- batches, empty ones and pushed ones ---- */

static int make_batch(BdQueueBatch **out, BdErr *err) {
    BdQueueBatch *held = bd_alloc_lines(1, sizeof(*held));
    if (held == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a batch");
    }
    if (bd_batch_new(&held->batch, err) != 0) {
        bd_free(held);
        return -1;
    }
    *out = held;
    return 0;
}

BdBatch *bd_queue_empty_batch(BdQueue *queue, BdErr *err) {
    BdQueueBatch *held = NULL;
    pthread_mutex_lock(&queue->mutex);
    if (queue->store != NULL) {
        held = unlink_from(&queue->store);
    }
    pthread_mutex_unlock(&queue->mutex);

    if (held == NULL && make_batch(&held, err) != 0) {
        return NULL;
    }
    BdBatch *batch = held->batch;
    held->batch = NULL;

    pthread_mutex_lock(&queue->mutex);
    link_to(&queue->bare, held);
    pthread_mutex_unlock(&queue->mutex);
    bd_batch_reset(batch);
    return batch;
}

uint32_t bd_queue_batch_records(const BdQueue *queue) {
    /* A quarter of the bound, so that one batch can be filled while others are worked on. */
    int64_t records = queue->capacity / 4;
    if (queue->capacity == 0 || records > BATCH_RECORDS) {
        return BATCH_RECORDS;
    }
    return records < 1 ? 1 : (uint32_t)records;
}

/* ---- waking, always under the mutex ---- */

static void wake_waiter(BdQueue *queue) {
    BdWaiter *waiter = queue->waiters;
    queue->waiters = waiter->next;
    waiter->armed = false;
    bd_wake_signal(&waiter->wake);
}

/* There are so many more records: wake no more than can have one. */
static void wake_for_records(BdQueue *queue, uint32_t records) {
    for (uint32_t i = 0; i < records && i < queue->poppers; i++) {
        pthread_cond_signal(&queue->records_cond);
    }
    for (uint32_t i = 0; i < records && queue->waiters != NULL; i++) {
        wake_waiter(queue);
    }
}

static void wake_for_room(BdQueue *queue) {
    if (queue->records <= queue->room_at) {
        queue->room_at = NOBODY;
        pthread_cond_broadcast(&queue->room_cond);
    }
}

static void wake_all(BdQueue *queue) {
    queue->room_at = NOBODY;
    pthread_cond_broadcast(&queue->records_cond);
    pthread_cond_broadcast(&queue->room_cond);
    pthread_cond_broadcast(&queue->full_cond);
    while (queue->waiters != NULL) {
        wake_waiter(queue);
    }
}

/* ---- pushing ---- */

/* The most records there may be for a batch of this size to fit. */
static int64_t room_for(const BdQueue *queue, uint32_t size) {
    if (queue->capacity == 0) {
        return INT64_MAX;
    }
    return queue->capacity > size ? queue->capacity - size : 0;
}

/* Once it has to wait, a pusher waits for room for several batches: being woken for each one takes
 * the processor from the workers too often. */
static int64_t ample_room_for(const BdQueue *queue, uint32_t size) {
    int64_t ample = queue->capacity - queue->capacity / 4;
    int64_t enough = room_for(queue, size);
    return ample < enough ? ample : enough;
}

static void wait_for_room(BdQueue *queue, uint32_t size) {
    if (queue->records <= room_for(queue, size) || queue->closed_ns != 0) {
        return;
    }
    int64_t room_at = ample_room_for(queue, size);
    int64_t begun_ns = bd_now_ns();
    pthread_cond_broadcast(&queue->full_cond);
    while (queue->records > room_at && queue->closed_ns == 0) {
        if (queue->room_at < room_at) {
            queue->room_at = room_at;
        }
        pthread_cond_wait(&queue->room_cond, &queue->mutex);
    }
    int64_t from_ns = begun_ns > queue->counted_ns ? begun_ns : queue->counted_ns;
    queue->full_wait_ns += bd_now_ns() - from_ns;
}

static void append(BdQueue *queue, BdQueueBatch *held) {
    held->link = NULL;
    held->next = 0;
    atomic_store_explicit(&held->out, held->size, memory_order_relaxed);
    if (queue->head == NULL) {
        queue->head = held;
    } else {
        queue->tail->link = held;
    }
    queue->tail = held;
    queue->records += held->size;
    queue->pushed += held->size;
    if (queue->records >= queue->capacity && queue->capacity > 0) {
        pthread_cond_broadcast(&queue->full_cond);
    }
    wake_for_records(queue, held->size);
}

int bd_queue_push(BdQueue *queue, BdBatch *batch) {
    uint32_t size = bd_batch_size(batch);
    pthread_mutex_lock(&queue->mutex);
    assert(queue->bare != NULL);
    wait_for_room(queue, size);
    BdQueueBatch *held = unlink_from(&queue->bare);
    held->batch = batch;
    held->size = size;
    bool open = queue->closed_ns == 0;
    if (open && size > 0) {
        append(queue, held);
    } else {
        link_to(&queue->store, held);
    }
    pthread_mutex_unlock(&queue->mutex);
    return open ? 0 : -1;
}

/* ---- popping ---- */

/* Take the place of the next record: its batch, and its index there. Under the mutex. */
static uint32_t take(BdQueue *queue, BdItem *item) {
    BdQueueBatch *held = queue->head;
    uint32_t index = held->next++;
    if (held->next == held->size) {
        queue->head = held->link;
    }
    queue->records--;
    wake_for_room(queue);
    item->batch = held;
    return index;
}

/* Returns how long. */
static int64_t wait_for_records(BdQueue *queue) {
    if (queue->records > 0 || queue->closed_ns != 0) {
        return 0;
    }
    int64_t begun_ns = bd_now_ns();
    queue->poppers++;
    while (queue->records == 0 && queue->closed_ns == 0) {
        pthread_cond_wait(&queue->records_cond, &queue->mutex);
    }
    queue->poppers--;
    int64_t waited_ns = bd_now_ns() - begun_ns;
    queue->empty_wait_ns += waited_ns;
    return waited_ns;
}

BdPop bd_queue_pop(BdQueue *queue, BdItem *item, int64_t *waited_ns) {
    pthread_mutex_lock(&queue->mutex);
    int64_t empty_ns = wait_for_records(queue);
    if (waited_ns != NULL) {
        *waited_ns = empty_ns;
    }
    if (queue->records == 0) {
        pthread_mutex_unlock(&queue->mutex);
        return BD_POP_END;
    }
    uint32_t index = take(queue, item);
    pthread_mutex_unlock(&queue->mutex);
    item->record = bd_batch_record(item->batch->batch, index);
    return BD_POP_RECORD;
}

static void arm(BdQueue *queue, BdWaiter *waiter) {
    if (waiter->armed) {
        return;
    }
    BdWaiter **end = &queue->waiters;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    waiter->next = NULL;
    waiter->armed = true;
    *end = waiter;
}

BdPop bd_queue_try_pop(BdQueue *queue, BdItem *item, BdWaiter *waiter) {
    BdPop result = BD_POP_RECORD;
    uint32_t index = 0;
    pthread_mutex_lock(&queue->mutex);
    if (queue->records > 0) {
        index = take(queue, item);
    } else if (queue->closed_ns != 0) {
        result = BD_POP_END;
    } else {
        arm(queue, waiter);
        result = BD_POP_LATER;
    }
    pthread_mutex_unlock(&queue->mutex);
    if (result == BD_POP_RECORD) {
        item->record = bd_batch_record(item->batch->batch, index);
    }
    return result;
}

void bd_queue_done(BdQueue *queue, BdItem *item) {
    BdQueueBatch *held = item->batch;
    item->batch = NULL;
    /* Release, so that all reading of the batch comes before it is filled again; acquire by the
     * last one, who hands it on. */
    if (atomic_fetch_sub_explicit(&held->out, 1, memory_order_acq_rel) == 1) {
        pthread_mutex_lock(&queue->mutex);
        link_to(&queue->store, held);
        pthread_mutex_unlock(&queue->mutex);
    }
}

/* ---- the end ---- */

static void note_closed(BdQueue *queue) {
    if (queue->closed_ns == 0) {
        queue->closed_ns = bd_now_ns();
    }
}

void bd_queue_close(BdQueue *queue) {
    pthread_mutex_lock(&queue->mutex);
    note_closed(queue);
    wake_all(queue);
    pthread_mutex_unlock(&queue->mutex);
}

/* Give back the records that nobody will pop. */
static void drop_records(BdQueue *queue) {
    while (queue->head != NULL) {
        BdQueueBatch *held = unlink_from(&queue->head);
        uint32_t left = held->size - held->next;
        if (atomic_fetch_sub_explicit(&held->out, left, memory_order_acq_rel) == left) {
            link_to(&queue->store, held);
        }
    }
    queue->records = 0;
}

void bd_queue_abort(BdQueue *queue) {
    pthread_mutex_lock(&queue->mutex);
    note_closed(queue);
    drop_records(queue);
    wake_all(queue);
    pthread_mutex_unlock(&queue->mutex);
}

void bd_queue_wait_full(BdQueue *queue) {
    pthread_mutex_lock(&queue->mutex);
    while (queue->closed_ns == 0 && queue->room_at == NOBODY &&
           (queue->capacity == 0 || queue->records < queue->capacity)) {
        pthread_cond_wait(&queue->full_cond, &queue->mutex);
    }
    pthread_mutex_unlock(&queue->mutex);
}

void bd_queue_count_waits(BdQueue *queue) {
    pthread_mutex_lock(&queue->mutex);
    queue->counted_ns = bd_now_ns();
    queue->full_wait_ns = 0;
    pthread_mutex_unlock(&queue->mutex);
}

BdQueueStats bd_queue_stats(BdQueue *queue) {
    pthread_mutex_lock(&queue->mutex);
    BdQueueStats stats = {
        .records = queue->records,
        .capacity = queue->capacity,
        .pushed = queue->pushed,
        .full_wait_ns = queue->full_wait_ns,
        .empty_wait_ns = queue->empty_wait_ns,
        .closed_ns = queue->closed_ns,
    };
    pthread_mutex_unlock(&queue->mutex);
    return stats;
}

int bd_waiter_init(BdWaiter *waiter, BdErr *err) {
    *waiter = (BdWaiter){0};
    return bd_wake_init(&waiter->wake, err);
}

void bd_waiter_deinit(BdWaiter *waiter) {
    bd_wake_deinit(&waiter->wake);
}
