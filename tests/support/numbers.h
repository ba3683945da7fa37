/*
 * numbers.h - a queue of records that are numbers, and threads that push and pop them.
 *
 * Threads note what they see: only a test's main thread asserts. What must not fail in a helper
 * ends the program.
 */
#ifndef BD_TEST_NUMBERS_H
#define BD_TEST_NUMBERS_H

#include "flow/queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define DEADLINE_MS 10000 /* for what must happen; only a failing test waits so long */

/* Set-up and tear-down of a case: fails it when it leaves memory behind. */
int numbers_note_live(void **state);
int numbers_check_live(void **state);
#define CASE(f) cmocka_unit_test_setup_teardown(f, numbers_note_live, numbers_check_live)

BdQueue *numbers_queue(int64_t capacity);

/* Add records of one field, the numbers first, first + 1, ..., which are their lines too. */
BD_MUSTCHECK int numbers_fill(BdBatch *batch, int64_t first, uint32_t count, BdErr *err);

/* An empty batch of the queue's, filled. */
BdBatch *numbers_batch(BdQueue *queue, int64_t first, uint32_t count);
int numbers_push(BdQueue *queue, int64_t first, uint32_t count);
int64_t number_of(const BdItem *item);

pthread_t numbers_start(void *(*body)(void *), void *arg);

/* Whether the waiter's descriptor is readable within the time. */
bool numbers_readable(const BdWaiter *waiter, int timeout_ms);

/* A thread that pushes batches of `size` records, `count` records in all, until it may not. */
typedef struct Feed {
    BdQueue *queue;
    int64_t first;
    int64_t count;
    uint32_t size;
    int status; /* of the last push */
} Feed;
void *numbers_feed(void *feed);

/* A thread that pops until the end. */
typedef struct Drain {
    BdQueue *queue;
    _Atomic uint8_t *seen; /* how often each number was popped */
    int64_t records;       /* -1: a wake-up did not come */
    int64_t over_bound;    /* how often the queue was seen fuller than its bound */
} Drain;
void *numbers_drain(void *drain);      /* as a thread per worker does it */
void *numbers_drain_loop(void *drain); /* as an event loop does it */

#endif
