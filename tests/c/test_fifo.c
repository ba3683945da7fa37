/*
 * test_fifo.c - first in, first out; memory that is kept, and does not grow without need.
 */
#include "core/fifo.h"
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void push(BdFifo *fifo, uint32_t number) {
    assert_int_equal(bd_fifo_push(fifo, &number), 0);
}

static void expect(BdFifo *fifo, uint32_t number) {
    assert_false(bd_fifo_empty(fifo));
    assert_int_equal(*(const uint32_t *)bd_fifo_front(fifo), number);
    bd_fifo_pop(fifo);
}

static void what_comes_first_goes_first(void **state) {
    (void)state;
    BdFifo fifo;
    assert_int_equal(bd_fifo_init(&fifo, sizeof(uint32_t)), 0);
    uint32_t pushed = 0;
    uint32_t popped = 0;
    for (uint32_t round = 0; round < 50; round++) {
        for (uint32_t i = 0; i < round; i++) {
            push(&fifo, pushed++);
        }
        for (uint32_t i = 0; i + 1 < round; i++) {
            expect(&fifo, popped++);
        }
    }
    while (popped < pushed) {
        expect(&fifo, popped++);
    }
    assert_true(bd_fifo_empty(&fifo));
    bd_fifo_deinit(&fifo);
}

static void memory_is_that_of_the_longest_queue(void **state) {
    (void)state;
    BdFifo fifo;
    assert_int_equal(bd_fifo_init(&fifo, sizeof(uint32_t)), 0);
    for (uint32_t i = 0; i < 100; i++) {
        push(&fifo, i);
    }
    for (uint32_t i = 100; i < 100000; i++) {
        push(&fifo, i);
        expect(&fifo, i - 100);
    }
    assert_true(fifo.items.cap <= 4 * 100 * sizeof(uint32_t));
    bd_mem_fail_at(1); /* there is room, */
    push(&fifo, 100000);
    bd_mem_fail_at(0);
    bd_fifo_reset(&fifo);
    assert_true(bd_fifo_empty(&fifo));
    bd_fifo_deinit(&fifo);
}

static void a_full_queue_without_memory_stays_as_it_is(void **state) {
    (void)state;
    int64_t live = bd_mem_live();
    BdFifo fifo;
    uint32_t count = 0;
    bd_mem_fail_at(1);
    assert_int_equal(bd_fifo_init(&fifo, sizeof(uint32_t)), -1);
    bd_mem_fail_at(0);
    bd_fifo_deinit(&fifo);
    assert_int_equal(bd_fifo_init(&fifo, sizeof(uint32_t)), 0);
    bd_mem_fail_at(1);
    while (bd_fifo_push(&fifo, &count) == 0) {
        count++;
    }
    bd_mem_fail_at(0);
    assert_true(count > 0);
    for (uint32_t i = 0; i < count; i++) {
        expect(&fifo, i);
    }
    assert_true(bd_fifo_empty(&fifo));
    bd_fifo_deinit(&fifo);
    assert_int_equal(bd_mem_live(), live);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_first_goes_first),
        cmocka_unit_test(memory_is_that_of_the_longest_queue),
        cmocka_unit_test(a_full_queue_without_memory_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
