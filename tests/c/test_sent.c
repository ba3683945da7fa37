/*
 * test_sent.c - the order of what is under way, and the memory of what is many times the same.
 */
#include "core/mem.h"
#include "run/sent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static int set_up(void **state) {
    static BdSent sent;
    *state = &sent;
    return bd_sent_init(&sent);
}

static int tear_down(void **state) {
    bd_sent_deinit(*state);
    return bd_mem_live() == 0 ? 0 : -1;
}

static void push(BdSent *sent, uint32_t op, uint32_t times) {
    for (uint32_t i = 0; i < times; i++) {
        assert_int_equal(bd_sent_push(sent, op), 0);
    }
}

static void expect(BdSent *sent, uint32_t op, uint32_t times) {
    for (uint32_t i = 0; i < times; i++) {
        assert_false(bd_sent_empty(sent));
        assert_int_equal(bd_sent_pop(sent), op);
    }
}

static void requests_are_answered_in_the_order_in_which_they_were_sent(void **state) {
    BdSent *sent = *state;
    assert_true(bd_sent_empty(sent));
    push(sent, 1, 2);
    push(sent, 2, 1);
    push(sent, 1, 3);
    expect(sent, 1, 2);
    push(sent, 1, 1);
    expect(sent, 2, 1);
    expect(sent, 1, 4);
    assert_true(bd_sent_empty(sent));
}

static void what_follows_the_last_answer_is_a_new_run(void **state) {
    BdSent *sent = *state;
    push(sent, 7, 1);
    expect(sent, 7, 1);
    push(sent, 7, 2);
    expect(sent, 7, 2);
    assert_true(bd_sent_empty(sent));
}

static void requests_of_one_operation_take_no_more_memory_than_one(void **state) {
    BdSent *sent = *state;
    push(sent, 3, 1);
    size_t bytes = sent->runs.items.cap;
    push(sent, 3, 100000);
    assert_int_equal(sent->runs.items.cap, bytes);
    expect(sent, 3, 100001);
}

static void nothing_is_noted_where_memory_runs_out(void **state) {
    BdSent *sent = *state;
    uint32_t noted = 0;
    bd_mem_fail_at(1);
    while (noted < 1000 && bd_sent_push(sent, noted) == 0) { /* until there is no room */
        noted++;
    }
    bd_mem_fail_at(0);
    assert_true(noted < 1000);
    for (uint32_t op = 0; op < noted; op++) {
        expect(sent, op, 1);
    }
    assert_true(bd_sent_empty(sent));
}

static void a_reset_forgets_all(void **state) {
    BdSent *sent = *state;
    push(sent, 1, 2);
    push(sent, 2, 2);
    bd_sent_reset(sent);
    assert_true(bd_sent_empty(sent));
    push(sent, 5, 1);
    expect(sent, 5, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(requests_are_answered_in_the_order_in_which_they_were_sent),
        CASE(what_follows_the_last_answer_is_a_new_run),
        CASE(requests_of_one_operation_take_no_more_memory_than_one),
        CASE(nothing_is_noted_where_memory_runs_out),
        CASE(a_reset_forgets_all),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
