/*
 * test_queue.c - the queue: order, the store of batches, the bound, the end.
 */
#include "core/clock.h"
#include "core/mem.h"
#include "support/numbers.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Pop one record, which must be this number, and give it back. */
static void expect_number(BdQueue *queue, int64_t number) {
    BdItem item = {0};
    assert_int_equal(bd_queue_pop(queue, &item, NULL), BD_POP_RECORD);
    assert_int_equal(number_of(&item), number);
    assert_int_equal(item.record.line, number);
    bd_queue_done(queue, &item);
    assert_null(item.batch);
}

static void expect_end(BdQueue *queue) {
    BdItem item = {0};
    assert_int_equal(bd_queue_pop(queue, &item, NULL), BD_POP_END);
}

/* ---- order and count ---- */

static void records_come_in_order(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(100);
    assert_int_equal(numbers_push(queue, 1, 3), 0);
    assert_int_equal(numbers_push(queue, 4, 1), 0);
    assert_int_equal(numbers_push(queue, 5, 64), 0);
    for (int64_t i = 1; i <= 68; i++) {
        expect_number(queue, i);
    }
    assert_int_equal(numbers_push(queue, 69, 2), 0);
    expect_number(queue, 69);
    expect_number(queue, 70);
    bd_queue_free(queue);
}

static void stats_count_records(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(100);
    assert_int_equal(numbers_push(queue, 1, 10), 0);
    assert_int_equal(numbers_push(queue, 11, 5), 0);
    expect_number(queue, 1);
    BdQueueStats stats = bd_queue_stats(queue);
    assert_int_equal(stats.records, 14);
    assert_int_equal(stats.pushed, 15);
    assert_int_equal(stats.capacity, 100);
    assert_int_equal(stats.closed_ns, 0);
    bd_queue_free(queue);
}

static void who_never_waits_has_waited_no_time(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(100);
    assert_int_equal(numbers_push(queue, 1, 100), 0);
    for (int64_t i = 1; i <= 100; i++) {
        expect_number(queue, i);
    }
    bd_queue_close(queue);
    expect_end(queue);
    BdQueueStats stats = bd_queue_stats(queue);
    assert_int_equal(stats.full_wait_ns, 0);
    assert_int_equal(stats.empty_wait_ns, 0);
    bd_queue_free(queue);
}

static void batches_are_small_against_the_bound(void **state) {
    (void)state;
    static const struct {
        int64_t capacity;
        uint32_t records;
    } cases[] = {{0, 64}, {1, 1}, {3, 1}, {4, 1}, {8, 2}, {100, 25}, {256, 64}, {4096, 64}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        BdQueue *queue = numbers_queue(cases[i].capacity);
        assert_int_equal(bd_queue_batch_records(queue), cases[i].records);
        bd_queue_free(queue);
    }
}

/* ---- the store of empty batches ---- */

static void a_batch_is_used_again_after_its_last_record(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(0);
    BdErr err = BD_ERR_INIT;
    BdItem items[2] = {{.batch = NULL}, {.batch = NULL}};
    BdBatch *first = numbers_batch(queue, 1, 2);
    assert_int_equal(bd_queue_push(queue, first), 0);
    assert_int_equal(bd_queue_pop(queue, &items[0], NULL), BD_POP_RECORD);
    assert_int_equal(bd_queue_pop(queue, &items[1], NULL), BD_POP_RECORD);

    bd_queue_done(queue, &items[1]);
    BdBatch *second = bd_queue_empty_batch(queue, &err);
    assert_non_null(second);
    assert_ptr_not_equal(second, first);
    assert_int_equal(number_of(&items[0]), 1);

    bd_queue_done(queue, &items[0]);
    BdBatch *third = bd_queue_empty_batch(queue, &err);
    assert_ptr_equal(third, first);
    assert_int_equal(bd_batch_size(third), 0);

    assert_int_equal(bd_queue_push(queue, second), 0);
    assert_int_equal(bd_queue_push(queue, third), 0);
    bd_queue_free(queue);
}

static void a_batch_without_records_goes_back_to_the_store(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(1);
    BdErr err = BD_ERR_INIT;
    assert_int_equal(numbers_push(queue, 1, 1), 0);
    BdBatch *batch = bd_queue_empty_batch(queue, &err);
    assert_non_null(batch);
    assert_int_equal(bd_queue_push(queue, batch), 0);
    assert_int_equal(bd_queue_stats(queue).pushed, 1);
    BdBatch *again = bd_queue_empty_batch(queue, &err);
    assert_ptr_equal(again, batch);
    assert_int_equal(bd_queue_push(queue, again), 0);
    expect_number(queue, 1);
    bd_queue_free(queue);
}

static void a_batch_may_be_freed_instead_of_pushed(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    bd_batch_free(numbers_batch(queue, 1, 2));
    assert_int_equal(numbers_push(queue, 3, 1), 0);
    expect_number(queue, 3);
    bd_queue_free(queue);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    int64_t live = bd_mem_live();
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        BdErr err = BD_ERR_INIT;
        BdQueue *queue = NULL;
        BdBatch *batch = NULL;
        bd_mem_fail_at(n);
        if (bd_queue_new(&queue, 10, &err) == 0) {
            batch = bd_queue_empty_batch(queue, &err);
        }
        done = batch != NULL && numbers_fill(batch, 1, 2, &err) == 0;
        bd_mem_fail_at(0);
        if (!done) {
            assert_int_equal(err.code, BD_E_NOMEM);
        }
        if (batch != NULL) {
            assert_int_equal(bd_queue_push(queue, batch), 0);
        }
        bd_queue_free(queue);
        assert_int_equal(bd_mem_live(), live);
    }
}

static void a_queue_goes_on_after_a_failing_allocation(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    BdErr err = BD_ERR_INIT;
    bd_mem_fail_at(1);
    assert_null(bd_queue_empty_batch(queue, &err));
    bd_mem_fail_at(0);
    assert_int_equal(err.code, BD_E_NOMEM);
    assert_int_equal(numbers_push(queue, 1, 1), 0);
    expect_number(queue, 1);
    bd_queue_free(queue);
}

/* ---- the bound ---- */

static void the_bound_is_never_exceeded(void **state) {
    (void)state;
    enum { RECORDS = 5000 };
    BdQueue *queue = numbers_queue(20);
    Feed f = {.queue = queue, .first = 0, .count = RECORDS, .size = 7};
    pthread_t thread = numbers_start(numbers_feed, &f);
    for (int64_t i = 0; i < RECORDS; i++) {
        assert_true(bd_queue_stats(queue).records <= 20);
        expect_number(queue, i);
    }
    pthread_join(thread, NULL);
    assert_int_equal(f.status, 0);
    bd_queue_free(queue);
}

static void a_push_that_does_not_fit_waits_for_room(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(20);
    Feed f = {.queue = queue, .first = 0, .count = 24, .size = 8};
    pthread_t thread = numbers_start(numbers_feed, &f);
    bd_queue_wait_full(queue); /* the third batch waits */
    assert_int_equal(bd_queue_stats(queue).records, 16);
    for (int64_t i = 0; i < 4; i++) {
        expect_number(queue, i); /* 12 left: now it fits */
    }
    pthread_join(thread, NULL);
    BdQueueStats stats = bd_queue_stats(queue);
    assert_int_equal(stats.records, 20);
    assert_int_equal(stats.pushed, 24);
    assert_true(stats.full_wait_ns > 0);
    bd_queue_free(queue);
}

static void waits_for_room_count_from_when_they_are_to(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(20);
    Feed f = {.queue = queue, .first = 0, .count = 24, .size = 8};
    pthread_t thread = numbers_start(numbers_feed, &f);
    bd_queue_wait_full(queue); /* the third batch waits */
    bd_sleep_until(bd_now_ns() + 20 * BD_NS_PER_MS);
    int64_t from_ns = bd_now_ns();
    bd_queue_count_waits(queue);
    for (int64_t i = 0; i < 4; i++) {
        expect_number(queue, i);
    }
    pthread_join(thread, NULL);
    int64_t waited_ns = bd_queue_stats(queue).full_wait_ns;
    assert_true(waited_ns > 0);
    assert_true(waited_ns <= bd_now_ns() - from_ns);
    bd_queue_count_waits(queue);
    assert_int_equal(bd_queue_stats(queue).full_wait_ns, 0);
    bd_queue_free(queue);
}

static void a_push_that_waits_is_not_woken_for_a_little_room(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(40);
    Feed f = {.queue = queue, .first = 0, .count = 42, .size = 6};
    pthread_t thread = numbers_start(numbers_feed, &f);
    bd_queue_wait_full(queue); /* the seventh batch waits */
    expect_number(queue, 0);
    expect_number(queue, 1);
    bd_queue_wait_full(queue); /* it would fit, but goes on waiting */
    assert_int_equal(bd_queue_stats(queue).records, 34);
    for (int64_t i = 2; i < 6; i++) {
        expect_number(queue, i); /* a quarter is free */
    }
    pthread_join(thread, NULL);
    assert_int_equal(bd_queue_stats(queue).records, 36);
    bd_queue_free(queue);
}

static void a_batch_larger_than_the_bound_waits_for_an_empty_queue(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(4);
    assert_int_equal(numbers_push(queue, 0, 2), 0);
    Feed f = {.queue = queue, .first = 2, .count = 10, .size = 10};
    pthread_t thread = numbers_start(numbers_feed, &f);
    bd_queue_wait_full(queue);
    expect_number(queue, 0);
    bd_queue_wait_full(queue); /* still waiting: one is left */
    assert_int_equal(bd_queue_stats(queue).records, 1);
    expect_number(queue, 1);
    pthread_join(thread, NULL);
    assert_int_equal(f.status, 0);
    assert_int_equal(bd_queue_stats(queue).records, 10);
    bd_queue_free(queue);
}

static void an_unbounded_queue_takes_everything(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(0);
    for (int64_t at = 0; at < 6400; at += 64) {
        assert_int_equal(numbers_push(queue, at, 64), 0);
    }
    bd_queue_close(queue);
    bd_queue_wait_full(queue);
    assert_int_equal(bd_queue_stats(queue).records, 6400);
    for (int64_t i = 0; i < 6400; i++) {
        expect_number(queue, i);
    }
    expect_end(queue);
    bd_queue_free(queue);
}

typedef struct WaitFull {
    BdQueue *queue;
    int64_t records; /* in the queue when the wait was over */
} WaitFull;

static void *wait_full(void *arg) {
    WaitFull *wait = arg;
    bd_queue_wait_full(wait->queue);
    wait->records = bd_queue_stats(wait->queue).records;
    return NULL;
}

/* Both many times, since the wait may begin before or after the pushes. */
static void waiting_for_a_full_queue_ends_at_the_bound(void **state) {
    (void)state;
    for (int round = 0; round < 200; round++) {
        BdQueue *queue = numbers_queue(3);
        WaitFull wait = {.queue = queue};
        pthread_t thread = numbers_start(wait_full, &wait);
        for (int64_t i = 0; i < 3; i++) {
            sched_yield();
            assert_int_equal(numbers_push(queue, i, 1), 0);
        }
        pthread_join(thread, NULL);
        assert_int_equal(wait.records, 3);
        bd_queue_free(queue);
    }
}

static void waiting_for_a_full_queue_ends_when_it_is_closed(void **state) {
    (void)state;
    for (int round = 0; round < 200; round++) {
        BdQueue *queue = numbers_queue(0);
        WaitFull wait = {.queue = queue};
        pthread_t thread = numbers_start(wait_full, &wait);
        assert_int_equal(numbers_push(queue, 0, 3), 0);
        sched_yield();
        bd_queue_close(queue);
        pthread_join(thread, NULL);
        assert_int_equal(wait.records, 3);
        bd_queue_free(queue);
    }
}

/* ---- the end ---- */

static void a_closed_queue_is_drained(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    assert_int_equal(numbers_push(queue, 1, 2), 0);
    bd_queue_close(queue);
    int64_t closed_ns = bd_queue_stats(queue).closed_ns;
    assert_true(closed_ns > 0);
    expect_number(queue, 1);
    expect_number(queue, 2);
    expect_end(queue);
    expect_end(queue);
    bd_queue_close(queue);
    bd_queue_abort(queue);
    assert_int_equal(bd_queue_stats(queue).closed_ns, closed_ns);
    bd_queue_free(queue);
}

static void a_closed_queue_takes_no_more(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(10);
    bd_queue_close(queue);
    assert_int_equal(numbers_push(queue, 1, 2), -1);
    assert_int_equal(bd_queue_stats(queue).pushed, 0);
    expect_end(queue);
    bd_queue_free(queue);
}

static void aborting_drops_what_is_queued_but_not_what_is_popped(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(0);
    BdItem item = {0};
    assert_int_equal(numbers_push(queue, 1, 5), 0);
    assert_int_equal(numbers_push(queue, 6, 5), 0);
    assert_int_equal(bd_queue_pop(queue, &item, NULL), BD_POP_RECORD);
    bd_queue_abort(queue);
    assert_int_equal(bd_queue_stats(queue).records, 0);
    expect_end(queue);
    /* The batch under way must not be among those that are filled again. */
    BdBatch *dropped = numbers_batch(queue, 100, 5);
    BdBatch *fresh = numbers_batch(queue, 200, 5);
    assert_int_equal(number_of(&item), 1);
    assert_int_equal(bd_queue_push(queue, dropped), -1);
    assert_int_equal(bd_queue_push(queue, fresh), -1);
    bd_queue_done(queue, &item);
    bd_queue_free(queue);
}

static void a_waiting_push_is_ended_by(void (*end)(BdQueue *)) {
    BdQueue *queue = numbers_queue(5);
    Feed f = {.queue = queue, .first = 0, .count = 100, .size = 4};
    pthread_t thread = numbers_start(numbers_feed, &f);
    bd_queue_wait_full(queue); /* which it is only when the second push waits */
    end(queue);
    pthread_join(thread, NULL);
    assert_int_equal(f.status, -1);
    bd_queue_free(queue);
}

static void closing_ends_a_waiting_push(void **state) {
    (void)state;
    a_waiting_push_is_ended_by(bd_queue_close);
}

static void aborting_ends_a_waiting_push(void **state) {
    (void)state;
    a_waiting_push_is_ended_by(bd_queue_abort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(records_come_in_order),
        CASE(stats_count_records),
        CASE(who_never_waits_has_waited_no_time),
        CASE(batches_are_small_against_the_bound),
        CASE(a_batch_is_used_again_after_its_last_record),
        CASE(a_batch_without_records_goes_back_to_the_store),
        CASE(a_batch_may_be_freed_instead_of_pushed),
        CASE(every_failing_allocation_is_reported),
        CASE(a_queue_goes_on_after_a_failing_allocation),
        CASE(the_bound_is_never_exceeded),
        CASE(a_push_that_does_not_fit_waits_for_room),
        CASE(waits_for_room_count_from_when_they_are_to),
        CASE(a_push_that_waits_is_not_woken_for_a_little_room),
        CASE(a_batch_larger_than_the_bound_waits_for_an_empty_queue),
        CASE(an_unbounded_queue_takes_everything),
        CASE(waiting_for_a_full_queue_ends_at_the_bound),
        CASE(waiting_for_a_full_queue_ends_when_it_is_closed),
        CASE(a_closed_queue_is_drained),
        CASE(a_closed_queue_takes_no_more),
        CASE(aborting_drops_what_is_queued_but_not_what_is_popped),
        CASE(closing_ends_a_waiting_push),
        CASE(aborting_ends_a_waiting_push),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
