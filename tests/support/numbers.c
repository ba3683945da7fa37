#include "support/numbers.h"

#include "core/mem.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

int numbers_note_live(void **state) {
    static int64_t live;
    live = bd_mem_live();
    *state = &live;
    return 0;
}

int numbers_check_live(void **state) {
    const int64_t *live = *state;
    return bd_mem_live() == *live ? 0 : -1;
}

BdQueue *numbers_queue(int64_t capacity) {
    BdErr err = BD_ERR_INIT;
    BdQueue *queue = NULL;
    if (bd_queue_new(&queue, capacity, &err) != 0) {
        fprintf(stderr, "%s\n", err.msg);
        abort();
    }
    return queue;
}

int numbers_fill(BdBatch *batch, int64_t first, uint32_t count, BdErr *err) {
    for (uint32_t i = 0; i < count; i++) {
        char *text = NULL;
        uint32_t *offsets = NULL;
        if (bd_batch_begin(batch, 24, 1, &text, &offsets, err) != 0) {
            return -1;
        }
        offsets[0] = 0;
        offsets[1] = (uint32_t)snprintf(text, 24, "%lld", (long long)(first + i)) + 1;
        bd_batch_end(batch, 1, first + i, "numbers");
    }
    return 0;
}

BdBatch *numbers_batch(BdQueue *queue, int64_t first, uint32_t count) {
    BdErr err = BD_ERR_INIT;
    BdBatch *batch = bd_queue_empty_batch(queue, &err);
    if (batch == NULL || numbers_fill(batch, first, count, &err) != 0) {
        fprintf(stderr, "%s\n", err.msg);
        abort();
    }
    return batch;
}

int numbers_push(BdQueue *queue, int64_t first, uint32_t count) {
    return bd_queue_push(queue, numbers_batch(queue, first, count));
}

int64_t number_of(const BdItem *item) {
    return strtoll(bd_record_field(&item->record, 0), NULL, 10);
}

pthread_t numbers_start(void *(*body)(void *), void *arg) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, body, arg) != 0) {
        abort();
    }
    return thread;
}

bool numbers_readable(const BdWaiter *waiter, int timeout_ms) {
    struct pollfd fd = {.fd = bd_wake_fd(&waiter->wake), .events = POLLIN};
    return poll(&fd, 1, timeout_ms) == 1;
}

void *numbers_feed(void *arg) {
    Feed *f = arg;
    for (int64_t at = 0; at < f->count && f->status == 0; at += f->size) {
        int64_t left = f->count - at;
        f->status = numbers_push(f->queue, f->first + at,
                                 left < (int64_t)f->size ? (uint32_t)left : f->size);
    }
    return NULL;
}

static void note(Drain *drain, BdItem *item) {
    BdQueueStats stats = bd_queue_stats(drain->queue);
    drain->over_bound += stats.capacity > 0 && stats.records > stats.capacity;
    atomic_fetch_add(&drain->seen[number_of(item)], 1);
    drain->records++;
    bd_queue_done(drain->queue, item);
}

void *numbers_drain(void *arg) {
    Drain *drain = arg;
    BdItem item = {0};
    while (bd_queue_pop(drain->queue, &item, NULL) == BD_POP_RECORD) {
        note(drain, &item);
    }
    return NULL;
}

void *numbers_drain_loop(void *arg) {
    Drain *drain = arg;
    BdItem item = {0};
    BdWaiter waiter;
    if (bd_waiter_init(&waiter, NULL) != 0) {
        abort();
    }
    for (;;) {
        BdPop popped = bd_queue_try_pop(drain->queue, &item, &waiter);
        if (popped == BD_POP_END) {
            break;
        }
        if (popped == BD_POP_RECORD) {
            note(drain, &item);
        } else if (numbers_readable(&waiter, DEADLINE_MS)) {
            bd_wake_clear(&waiter.wake);
        } else {
            drain->records = -1;
            bd_queue_abort(drain->queue);
            break;
        }
    }
    bd_waiter_deinit(&waiter);
    return NULL;
}
