/*
 * test_queue_threads.c - the queue: waking event loops, and many threads at once.
 */
#include "core/mem.h"
#include "support/numbers.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static BdWaiter *new_waiter(BdWaiter *waiter) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_waiter_init(waiter, &err), 0);
    return waiter;
}

/* Ask for a record where there is none: the waiter is armed. */
static void arm(BdQueue *queue, BdWaiter *waiter) {
    BdItem item = {0};
    assert_int_equal(bd_queue_try_pop(queue, &item, waiter), BD_POP_LATER);
}

/* ---- event loops ---- */

static void a_push_wakes_an_armed_waiter(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    BdWaiter waiter;
    BdItem item = {0};
    arm(queue, new_waiter(&waiter));
    assert_false(numbers_readable(&waiter, 0));
    assert_int_equal(numbers_push(queue, 1, 1), 0);
    assert_true(numbers_readable(&waiter, DEADLINE_MS));
    bd_wake_clear(&waiter.wake);
    assert_int_equal(bd_queue_try_pop(queue, &item, &waiter), BD_POP_RECORD);
    assert_int_equal(number_of(&item), 1);
    bd_queue_done(queue, &item);
    arm(queue, &waiter);
    assert_false(numbers_readable(&waiter, 0));
    bd_queue_free(queue);
    bd_waiter_deinit(&waiter);
}

static void a_waiter_that_is_not_armed_is_left_alone(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    BdWaiter waiter;
    BdItem item = {0};
    new_waiter(&waiter);
    assert_int_equal(numbers_push(queue, 1, 2), 0);
    assert_false(numbers_readable(&waiter, 0));
    assert_int_equal(bd_queue_try_pop(queue, &item, &waiter), BD_POP_RECORD);
    bd_queue_done(queue, &item);
    assert_int_equal(numbers_push(queue, 3, 1), 0);
    bd_queue_close(queue);
    assert_false(numbers_readable(&waiter, 0));
    bd_queue_free(queue);
    bd_waiter_deinit(&waiter);
}

static void arming_twice_wakes_once(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    BdWaiter waiter;
    arm(queue, new_waiter(&waiter));
    arm(queue, &waiter);
    assert_int_equal(numbers_push(queue, 1, 3), 0);
    char bytes[8];
    assert_int_equal(read(bd_wake_fd(&waiter.wake), bytes, sizeof(bytes)), 1);
    bd_queue_free(queue);
    bd_waiter_deinit(&waiter);
}

static void as_many_waiters_are_woken_as_there_are_records(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    BdWaiter waiters[4];
    for (int i = 0; i < 4; i++) {
        arm(queue, new_waiter(&waiters[i]));
    }
    assert_int_equal(numbers_push(queue, 1, 1), 0);
    assert_true(numbers_readable(&waiters[0], DEADLINE_MS)); /* the longest waiting first */
    assert_false(numbers_readable(&waiters[1], 0));
    assert_int_equal(numbers_push(queue, 2, 2), 0);
    assert_true(numbers_readable(&waiters[1], DEADLINE_MS));
    assert_true(numbers_readable(&waiters[2], DEADLINE_MS));
    assert_false(numbers_readable(&waiters[3], 0));
    bd_queue_close(queue);
    assert_true(numbers_readable(&waiters[3], DEADLINE_MS));
    bd_queue_free(queue);
    for (int i = 0; i < 4; i++) {
        bd_waiter_deinit(&waiters[i]);
    }
}

/* A loop has a worker that waits, and another that takes a record as it comes along. */
static void a_waiter_stays_armed_until_it_is_woken(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    BdWaiter other;
    BdWaiter waiter;
    BdItem item = {0};
    arm(queue, new_waiter(&other));
    arm(queue, new_waiter(&waiter));
    assert_int_equal(numbers_push(queue, 1, 1), 0); /* wakes the other */
    assert_int_equal(bd_queue_try_pop(queue, &item, &waiter), BD_POP_RECORD);
    bd_queue_done(queue, &item);
    assert_false(numbers_readable(&waiter, 0));
    assert_int_equal(numbers_push(queue, 2, 1), 0);
    assert_true(numbers_readable(&waiter, DEADLINE_MS));
    bd_queue_free(queue);
    bd_waiter_deinit(&other);
    bd_waiter_deinit(&waiter);
}

static void aborting_wakes_armed_waiters(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    BdWaiter waiter;
    BdItem item = {0};
    arm(queue, new_waiter(&waiter));
    bd_queue_abort(queue);
    assert_true(numbers_readable(&waiter, DEADLINE_MS));
    assert_int_equal(bd_queue_try_pop(queue, &item, &waiter), BD_POP_END);
    bd_queue_free(queue);
    bd_waiter_deinit(&waiter);
}

/* ---- all at once ---- */

typedef struct Announce {
    BdQueue *queue;
    BdWake popped;             /* a record was */
    _Atomic int64_t waited_ns; /* by all poppers */
} Announce;

static void *pop_and_announce(void *arg) {
    Announce *announce = arg;
    BdItem item = {0};
    int64_t waited_ns = 0;
    while (bd_queue_pop(announce->queue, &item, &waited_ns) == BD_POP_RECORD) {
        announce->waited_ns += waited_ns;
        bd_queue_done(announce->queue, &item);
        bd_wake_signal(&announce->popped);
    }
    announce->waited_ns += waited_ns;
    return NULL;
}

static void a_push_wakes_a_popper_even_if_it_has_not_enough_for_all(void **state) {
    (void)state;
    enum { POPPERS = 4 };
    BdErr err = BD_ERR_INIT;
    Announce announce = {.queue = numbers_queue(10)};
    pthread_t threads[POPPERS];
    assert_int_equal(bd_wake_init(&announce.popped, &err), 0);
    for (int i = 0; i < POPPERS; i++) {
        threads[i] = numbers_start(pop_and_announce, &announce);
    }
    bool all = true;
    for (int64_t i = 0; i < 100 && all; i++) {
        struct pollfd fd = {.fd = bd_wake_fd(&announce.popped), .events = POLLIN};
        assert_int_equal(numbers_push(announce.queue, i, 1), 0);
        all = poll(&fd, 1, DEADLINE_MS) == 1;
        bd_wake_clear(&announce.popped);
    }
    bd_queue_close(announce.queue);
    for (int i = 0; i < POPPERS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_true(all);
    assert_int_equal(announce.waited_ns, bd_queue_stats(announce.queue).empty_wait_ns);
    bd_queue_free(announce.queue);
    bd_wake_deinit(&announce.popped);
}

static void every_record_is_popped_once(int64_t capacity, uint32_t batch) {
    enum { FEEDERS = 3, POPPERS = 6, EACH = 4000, RECORDS = FEEDERS * EACH };
    static _Atomic uint8_t seen[RECORDS];
    memset(seen, 0, sizeof(seen));
    BdQueue *queue = numbers_queue(capacity);
    Feed feeds[FEEDERS];
    Drain drains[POPPERS];
    pthread_t feeders[FEEDERS];
    pthread_t poppers[POPPERS];
    for (int i = 0; i < POPPERS; i++) {
        drains[i] = (Drain){.queue = queue, .seen = seen};
        poppers[i] = numbers_start(i % 2 == 0 ? numbers_drain : numbers_drain_loop, &drains[i]);
    }
    for (int i = 0; i < FEEDERS; i++) {
        feeds[i] = (Feed){.queue = queue, .first = i * EACH, .count = EACH, .size = batch};
        feeders[i] = numbers_start(numbers_feed, &feeds[i]);
    }
    for (int i = 0; i < FEEDERS; i++) {
        pthread_join(feeders[i], NULL);
        assert_int_equal(feeds[i].status, 0);
    }
    bd_queue_close(queue);
    int64_t records = 0;
    for (int i = 0; i < POPPERS; i++) {
        pthread_join(poppers[i], NULL);
        assert_true(drains[i].records >= 0);
        assert_int_equal(drains[i].over_bound, 0);
        records += drains[i].records;
    }
    assert_int_equal(records, RECORDS);
    for (int64_t i = 0; i < RECORDS; i++) {
        assert_int_equal(seen[i], 1);
    }
    bd_queue_free(queue);
}

static void many_threads_share_a_small_queue(void **state) {
    (void)state;
    every_record_is_popped_once(3, 1);
}

static void many_threads_share_a_large_queue(void **state) {
    (void)state;
    every_record_is_popped_once(200, 50);
}

static void many_threads_share_an_unbounded_queue(void **state) {
    (void)state;
    every_record_is_popped_once(0, 64);
}

static void aborting_ends_everybody_at_once(void **state) {
    (void)state;
    enum { THREADS = 4, RECORDS = 1000000 };
    static _Atomic uint8_t seen[RECORDS];
    memset(seen, 0, sizeof(seen));
    BdQueue *queue = numbers_queue(100);
    Feed f = {.queue = queue, .first = 0, .count = RECORDS, .size = 10};
    pthread_t feeder = numbers_start(numbers_feed, &f);
    bd_queue_wait_full(queue);
    Drain drains[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        drains[i] = (Drain){.queue = queue, .seen = seen};
        threads[i] = numbers_start(i % 2 == 0 ? numbers_drain : numbers_drain_loop, &drains[i]);
    }
    bd_queue_abort(queue);
    pthread_join(feeder, NULL);
    assert_int_equal(f.status, -1);
    int64_t records = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(drains[i].records >= 0);
        records += drains[i].records;
    }
    BdQueueStats stats = bd_queue_stats(queue);
    assert_int_equal(stats.records, 0);
    assert_true(records <= stats.pushed);
    bd_queue_free(queue);
}

static void poppers_are_ended_by(void (*end)(BdQueue *)) {
    enum { POPPERS = 5 };
    BdQueue *queue = numbers_queue(4);
    _Atomic uint8_t seen[1] = {0};
    Drain drains[POPPERS];
    pthread_t threads[POPPERS];
    for (int i = 0; i < POPPERS; i++) {
        drains[i] = (Drain){.queue = queue, .seen = seen};
        threads[i] = numbers_start(i % 2 == 0 ? numbers_drain : numbers_drain_loop, &drains[i]);
    }
    end(queue);
    for (int i = 0; i < POPPERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(drains[i].records, 0);
    }
    bd_queue_free(queue);
}

/* Whether they wait already cannot be seen: of so many rounds they do in most. */
static void waiting_poppers_are_ended_by(void (*end)(BdQueue *)) {
    for (int round = 0; round < 100; round++) {
        poppers_are_ended_by(end);
    }
}

static void closing_ends_waiting_poppers(void **state) {
    (void)state;
    waiting_poppers_are_ended_by(bd_queue_close);
}

static void aborting_ends_waiting_poppers(void **state) {
    (void)state;
    waiting_poppers_are_ended_by(bd_queue_abort);
}

static void a_long_run_makes_few_batches(void **state) {
    (void)state;
    enum { CAPACITY = 4096, RECORDS = 100000, WORKERS = 8, MOST = CAPACITY / 64 + WORKERS + 2 };
    static _Atomic uint8_t seen[RECORDS];
    memset(seen, 0, sizeof(seen));
    BdQueue *queue = numbers_queue(CAPACITY);
    Drain drains[WORKERS];
    pthread_t threads[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        drains[i] = (Drain){.queue = queue, .seen = seen};
        threads[i] = numbers_start(numbers_drain, &drains[i]);
    }
    const BdBatch *made[MOST + 1] = {NULL};
    int count = 0;
    for (int64_t at = 0; at < RECORDS; at += 64) {
        BdBatch *batch =
            numbers_batch(queue, at, at + 64 <= RECORDS ? 64 : (uint32_t)(RECORDS - at));
        int known = 0;
        while (known < count && made[known] != batch) {
            known++;
        }
        if (known == count && count <= MOST) {
            made[count++] = batch;
        }
        assert_int_equal(bd_queue_push(queue, batch), 0);
    }
    bd_queue_close(queue);
    int64_t records = 0;
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
        records += drains[i].records;
    }
    assert_int_equal(records, RECORDS);
    assert_in_range(count, 1, MOST);
    bd_queue_free(queue);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_long_run_makes_few_batches),
        CASE(closing_ends_waiting_poppers),
        CASE(aborting_ends_waiting_poppers),
        CASE(a_push_wakes_an_armed_waiter),
        CASE(a_waiter_that_is_not_armed_is_left_alone),
        CASE(arming_twice_wakes_once),
        CASE(as_many_waiters_are_woken_as_there_are_records),
        CASE(a_waiter_stays_armed_until_it_is_woken),
        CASE(aborting_wakes_armed_waiters),
        CASE(a_push_wakes_a_popper_even_if_it_has_not_enough_for_all),
        CASE(many_threads_share_a_small_queue),
        CASE(many_threads_share_a_large_queue),
        CASE(many_threads_share_an_unbounded_queue),
        CASE(aborting_ends_everybody_at_once),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
