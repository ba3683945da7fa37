/* test_plan_loops.c - the loops of a plan: over nothing, one after the other, one in the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/plan_task_kit.h" /* needs cmocka.h */

static void loops_over_nothing_are_left_out(void **state) {
    (void)state;
    BdPlan *plan = row_by_row();
    add(plan, BD_OP_EXEC, LAST, 0, "x.lua:6", 0, NULL);
    BdTask *task = task_of(plan);
    start(task, "file|7");
    expect_request(task, ONE, "file");
    give(task, IDS("99"));
    expect_request(task, ALL, "7");
    give(task, ids(0, NULL));
    expect_request(task, LAST, "");
    give(task, no_rows());
    expect_done(task);
    close_task(task, plan);
}

static void a_list_may_be_absent_from_a_short_record(void **state) {
    (void)state;
    BdPlan *plan = new_plan();
    add_zip(plan, 0, "x.lua:1", LISTS(REST));
    add(plan, BD_OP_EXEC, EXEC2, 0, "x.lua:2", VALUES(field(0), element(0)));
    add_end(plan, 0);
    BdTask *task = task_of(plan);
    start(task, "a|b"); /* the list begins behind it */
    expect_done(task);
    start(task, "a"); /* cut off before it begins */
    expect_done(task);
    start(task, "a|b|c");
    expect_request(task, EXEC2, "a|c");
    give(task, no_rows());
    expect_done(task);
    close_task(task, plan);
}

static void loops_may_follow_one_another(void **state) {
    (void)state;
    BdPlan *plan = new_plan();
    for (uint32_t loop = 0; loop < 2; loop++) {
        add_zip(plan, loop, "x.lua:1", LISTS(REST));
        add(plan, BD_OP_EXEC, EXEC2, 0, "x.lua:2", VALUES(field(loop), element(loop)));
        add_end(plan, loop);
    }
    BdTask *task = task_of(plan);
    start(task, "a|b|1|2");
    static const char *const values[] = {"a|1", "a|2", "b|1", "b|2"};
    for (int i = 0; i < 4; i++) {
        expect_request(task, EXEC2, values[i]);
        give(task, no_rows());
    }
    expect_done(task);
    close_task(task, plan);
}

/* For each row: more rows, which are gone over inside, in step with the record's list. */
static BdPlan *nested(void) {
    BdPlan *plan = new_plan();
    add(plan, BD_OP_ALL, ALL, 0, "x.lua:1", VALUES(field(0)));
    add_zip(plan, 0, "x.lua:2", LISTS(rows_of(0)));
    add(plan, BD_OP_ALL, DETAIL, 1, "x.lua:3", VALUES(item(0, 0, "id")));
    add_zip(plan, 1, "x.lua:4", LISTS(rows_of(1), REST));
    add(plan, BD_OP_EXEC, EXEC3, 0, "x.lua:5",
        VALUES(item(0, 0, "id"), item(1, 1, "word"), element(1)));
    add_end(plan, 1);
    add(plan, BD_OP_EXEC, EXEC2, 0, "x.lua:6", VALUES(item(0, 0, "id"), field(1)));
    add_end(plan, 0);
    return plan;
}

static BdAnswer *words(int count, const char *const *values) {
    return rows(1, (const char *const[]){"word"}, count, values);
}

static void loops_may_stand_inside_one_another(void **state) {
    (void)state;
    BdPlan *plan = nested();
    BdTask *task = task_of(plan);
    start(task, "a|b|10|20");
    expect_request(task, ALL, "a");
    give(task, IDS("1", "2"));

    expect_request(task, DETAIL, "1");
    give(task, words(2, (const char *const[]){"p", "q"}));
    expect_request(task, EXEC3, "1|p|10");
    give(task, no_rows());
    expect_request(task, EXEC3, "1|q|20");
    give(task, no_rows());
    expect_request(task, EXEC2, "1|b");
    give(task, no_rows());

    expect_request(task, DETAIL, "2");
    give(task, words(2, (const char *const[]){"r", "s"}));
    expect_request(task, EXEC3, "2|r|10");
    give(task, no_rows());
    expect_request(task, EXEC3, "2|s|20");
    give(task, no_rows());
    expect_request(task, EXEC2, "2|b");
    give(task, no_rows());
    expect_done(task);
    close_task(task, plan);
}

static void an_inner_loop_over_nothing_does_not_end_the_outer_one(void **state) {
    (void)state;
    BdPlan *plan = nested();
    BdTask *task = task_of(plan);
    start(task, "a|b");
    expect_request(task, ALL, "a");
    give(task, IDS("1", "2"));
    expect_request(task, DETAIL, "1");
    give(task, words(0, NULL));
    expect_request(task, EXEC2, "1|b");
    give(task, no_rows());
    expect_request(task, DETAIL, "2");
    give(task, words(0, NULL));
    expect_request(task, EXEC2, "2|b");
    give(task, no_rows());
    expect_done(task);
    close_task(task, plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_over_nothing_are_left_out),
        cmocka_unit_test(a_list_may_be_absent_from_a_short_record),
        cmocka_unit_test(loops_may_follow_one_another),
        cmocka_unit_test(loops_may_stand_inside_one_another),
        cmocka_unit_test(an_inner_loop_over_nothing_does_not_end_the_outer_one),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
