/* test_unit.c - the records of a unit: taken, split, begun anew, given back. */
#include "core/mem.h"
#include "run/unit.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#undef CASE
#include "support/numbers.h"

static BdQueue *queue;

/* A unit of the records 1 .. count. */
static void fill(BdUnit *unit, uint32_t count) {
    BdErr err = BD_ERR_INIT;
    queue = numbers_queue(0);
    assert_int_equal(numbers_push(queue, 1, count), 0);
    assert_int_equal(bd_unit_init(unit, queue, &err), 0);
    for (uint32_t i = 0; i < count; i++) {
        BdItem item;
        assert_true(bd_unit_has_room(unit));
        assert_int_equal(bd_queue_pop(queue, &item, NULL), BD_POP_RECORD);
        bd_unit_push(unit, &item);
    }
}

static void empty(BdUnit *unit) {
    bd_unit_deinit(unit);
    bd_queue_free(queue); /* fails where a record was not given back */
}

/* The rest of the part under way. */
static void expect_part(BdUnit *unit, int64_t first, int64_t last) {
    for (int64_t line = first; line <= last; line++) {
        const BdRecord *record = bd_unit_next(unit);
        assert_non_null(record);
        assert_int_equal(record->line, line);
    }
    assert_null(bd_unit_next(unit));
}

static void records_are_taken_in_order_and_let_go_together(void **state) {
    (void)state;
    BdUnit unit;
    fill(&unit, 3);
    assert_int_equal(bd_unit_size(&unit), 3);
    expect_part(&unit, 1, 3);
    bd_unit_close(&unit);
    bd_unit_pass(&unit);
    assert_int_equal(unit.count, 0);
    assert_false(unit.closed);
    assert_null(bd_unit_next(&unit));
    empty(&unit);
}

static void a_unit_is_begun_anew(void **state) {
    (void)state;
    BdUnit unit;
    fill(&unit, 3);
    expect_part(&unit, 1, 3);
    bd_unit_again(&unit);
    expect_part(&unit, 1, 3);
    empty(&unit);
}

static void halves_of_halves_are_done_one_after_the_other(void **state) {
    (void)state;
    BdUnit unit;
    fill(&unit, 8);
    expect_part(&unit, 1, 8);
    bd_unit_split(&unit, false);
    expect_part(&unit, 1, 4);
    bd_unit_split(&unit, false);
    expect_part(&unit, 1, 2);
    bd_unit_pass(&unit);
    expect_part(&unit, 3, 4);
    bd_unit_pass(&unit);
    expect_part(&unit, 5, 8);
    bd_unit_pass(&unit);
    assert_int_equal(unit.count, 0);
    empty(&unit);
}

static void a_record_that_is_known_to_have_failed_is_set_apart(void **state) {
    (void)state;
    BdUnit unit;
    fill(&unit, 4);
    bd_unit_next(&unit);
    bd_unit_next(&unit);
    bd_unit_next(&unit); /* this one */
    bd_unit_split(&unit, true);
    expect_part(&unit, 1, 2);
    bd_unit_pass(&unit);
    assert_int_equal(bd_unit_next(&unit)->line, 3);
    bd_unit_split(&unit, true);
    expect_part(&unit, 3, 3);
    bd_unit_pass(&unit);
    expect_part(&unit, 4, 4);
    empty(&unit);
}

/* Each try fails at a record before the last one, so that pieces nest as deep as they can. */
static void pieces_cover_the_unit_however_it_is_split(void **state) {
    (void)state;
    enum { COUNT = 3 * BD_UNIT_PARTS };
    BdUnit unit;
    fill(&unit, COUNT);
    for (uint32_t size = COUNT; size > 1; size = bd_unit_size(&unit)) {
        for (uint32_t i = 0; i < size; i++) {
            bd_unit_next(&unit);
        }
        bd_unit_split(&unit, true);
    }
    int64_t line = 1;
    while (unit.count > 0) {
        int64_t size = bd_unit_size(&unit);
        expect_part(&unit, line, line + size - 1);
        bd_unit_pass(&unit);
        line += size;
    }
    assert_int_equal(line, COUNT + 1);
    empty(&unit);
}

static int try_init(void *context, BdErr *err) {
    BdUnit unit;
    int status = bd_unit_init(&unit, context, err);
    bd_unit_deinit(&unit);
    return status;
}

static void a_unit_may_lack_memory(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(try_init, NULL), 1);
}

static void a_unit_that_cannot_grow_says_so(void **state) {
    (void)state;
    BdUnit unit;
    fill(&unit, 2);
    bd_mem_fail_at(1);
    assert_false(bd_unit_has_room(&unit));
    bd_mem_fail_at(0);
    assert_true(bd_unit_has_room(&unit));
    expect_part(&unit, 1, 2);
    empty(&unit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(records_are_taken_in_order_and_let_go_together),
        CASE(a_unit_is_begun_anew),
        CASE(halves_of_halves_are_done_one_after_the_other),
        CASE(a_record_that_is_known_to_have_failed_is_set_apart),
        CASE(pieces_cover_the_unit_however_it_is_split),
        CASE(a_unit_may_lack_memory),
        CASE(a_unit_that_cannot_grow_says_so),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
