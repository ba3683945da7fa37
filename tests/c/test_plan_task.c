/*
 * test_plan_task.c - plans executed by hand: values, records that fail, one record after the other.
 */
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/plan_task_kit.h" /* needs cmocka.h */

/* ---- values ---- */

static void constants_and_fields_are_passed_through(void **state) {
    (void)state;
    BdPlan *plan = new_plan();
    add(plan, BD_OP_EXEC, EXEC3, 0, "x.lua:1", VALUES(text("it's"), text(NULL), field(1)));
    add(plan, BD_OP_EXEC, EXEC2, 0, "x.lua:2", VALUES(field(0), text("")));
    add(plan, BD_OP_EXEC, LAST, 0, "x.lua:3", 0, NULL);
    BdTask *task = task_of(plan);
    start(task, "first|second");
    expect_request(task, EXEC3, "it's|<null>|second");
    give(task, no_rows());
    expect_request(task, EXEC2, "first|");
    give(task, no_rows());
    expect_request(task, LAST, "");
    give(task, no_rows());
    expect_done(task);
    close_task(task, plan);
}

static void rows_and_elements_are_gone_over_in_step(void **state) {
    (void)state;
    BdPlan *plan = row_by_row();
    BdTask *task = task_of(plan);
    start(task, "file|7|10|20|30");
    expect_request(task, ONE, "file");
    give(task, IDS("99"));
    expect_request(task, ALL, "7");
    give(task, IDS("1", "2", "3"));
    expect_request(task, EXEC3, "99|1|10");
    give(task, no_rows());
    expect_request(task, EXEC3, "99|2|20");
    give(task, no_rows());
    expect_request(task, EXEC3, "99|3|30");
    give(task, no_rows());
    expect_done(task);
    close_task(task, plan);
}

static void null_in_a_column_stays_null(void **state) {
    (void)state;
    BdPlan *plan = row_by_row();
    BdTask *task = task_of(plan);
    start(task, "file|7|10|20");
    expect_request(task, ONE, "file");
    give(task, IDS(NULL));
    expect_request(task, ALL, "7");
    give(task, IDS("1", NULL));
    expect_request(task, EXEC3, "<null>|1|10");
    give(task, no_rows());
    expect_request(task, EXEC3, "<null>|<null>|20");
    give(task, no_rows());
    expect_done(task);
    close_task(task, plan);
}

static void columns_come_in_the_order_of_their_use_where_it_is_assumed(void **state) {
    (void)state;
    BdPlan *plan = new_plan();
    add(plan, BD_OP_ALL, ALL, 0, "x.lua:1", VALUES(field(0)));
    add_zip(plan, 0, "x.lua:2", LISTS(rows_of(0)));
    add(plan, BD_OP_EXEC, EXEC2, 0, "x.lua:3", VALUES(item(0, 0, "name"), item(0, 0, "id")));
    add_end(plan, 0);
    BdTask *task = task_of(plan);
    start(task, "a|b");
    expect_request(task, ALL, "a");
    give(task, rows(2, (const char *const[]){"name", "id"}, 1, (const char *const[]){"n", "i"}));
    expect_request(task, EXEC2, "n|i");
    give(task, no_rows());
    expect_done(task);
    close_task(task, plan);
}

/* ---- failing records ---- */

static void lists_of_unequal_length_fail_the_record(void **state) {
    (void)state;
    static const char *const records[] = {"file|7|10|20|30", "file|7|10", "file|7"};
    static const char *const messages[] = {"x.lua:3: db:zip over lists of 2 and 3 elements",
                                           "x.lua:3: db:zip over lists of 2 and 1 elements",
                                           "x.lua:3: db:zip over lists of 2 and 0 elements"};
    BdPlan *plan = row_by_row();
    BdTask *task = task_of(plan);
    for (int i = 0; i < 3; i++) {
        BdErr err = BD_ERR_INIT;
        BdRequest request;
        start(task, records[i]);
        expect_request(task, ONE, "file");
        give(task, IDS("99"));
        expect_request(task, ALL, "7");
        give(task, IDS("1", "2"));
        assert_int_equal(task->ops->next(task, &request, &err), BD_NEXT_FAILED);
        expect_message(&err, messages[i]);
        task->ops->reset(task);
    }
    close_task(task, plan);
}

static void one_wants_exactly_one_row(void **state) {
    (void)state;
    static const char *const two[] = {"98", "99"};
    static const char *const messages[] = {"x.lua:1: 0 rows", "x.lua:1: 2 rows"};
    BdPlan *plan = row_by_row();
    BdTask *task = task_of(plan);
    for (int i = 0; i < 2; i++) {
        BdErr err = BD_ERR_INIT;
        start(task, "file|7|10");
        expect_request(task, ONE, "file");
        assert_int_equal(task->ops->answer(task, ids(2 * i, two), &err), -1);
        expect_message(&err, messages[i]);
        expect_message(&err, ONE);
        task->ops->reset(task);
    }
    close_task(task, plan);
}

static void a_refusal_is_told_with_its_place(void **state) {
    (void)state;
    BdPlan *plan = row_by_row();
    BdTask *task = task_of(plan);
    start(task, "file|7|10");
    expect_request(task, ONE, "file");
    give(task, IDS("99"));
    expect_request(task, ALL, "7");
    BdErr err = BD_ERR_INIT;
    bd_err_set(&err, BD_E_SQL, 0, "no such table");
    task->ops->refused(task, &err);
    assert_string_equal(err.msg, "x.lua:2: no such table");
    task->ops->reset(task);
    close_task(task, plan);
}

/* ---- one record after the other ---- */

static void a_failed_record_leaves_nothing_to_the_next(void **state) {
    (void)state;
    BdPlan *plan = row_by_row();
    BdTask *task = task_of(plan);
    start(task, "file|7|10|20");
    expect_request(task, ONE, "file");
    give(task, IDS("99"));
    expect_request(task, ALL, "7");
    give(task, IDS("1", "2"));
    expect_request(task, EXEC3, "99|1|10");
    task->ops->reset(task); /* in the middle of the loop */

    start(task, "other|8|30");
    expect_request(task, ONE, "other");
    give(task, IDS("55"));
    expect_request(task, ALL, "8");
    give(task, IDS("3"));
    expect_request(task, EXEC3, "55|3|30");
    give(task, no_rows());
    expect_done(task);
    close_task(task, plan);
}

static void a_task_may_be_freed_in_the_middle_of_a_record(void **state) {
    (void)state;
    BdPlan *plan = row_by_row();
    BdTask *task = task_of(plan);
    start(task, "file|7|10|20");
    expect_request(task, ONE, "file");
    give(task, IDS("99"));
    close_task(task, plan);
    bd_task_free(NULL);
}

static void two_tasks_of_a_plan_do_not_know_of_each_other(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdTask *second = NULL;
    BdPlan *plan = row_by_row();
    BdTask *first = task_of(plan);
    assert_int_equal(bd_plan_task_new(&second, plan, &(BdPlanTaskOpts){0}, &err), 0);
    start(first, "file|7|10");
    expect_request(first, ONE, "file");
    start(second, "other|8|20");
    expect_request(second, ONE, "other");
    give(first, IDS("1"));
    give(second, IDS("2"));
    expect_request(second, ALL, "8");
    give(second, IDS("5"));
    expect_request(second, EXEC3, "2|5|20");
    give(second, no_rows());
    expect_done(second);
    bd_task_free(second);
    close_task(first, plan);
}

static void a_record_costs_no_allocation(void **state) {
    (void)state;
    BdPlan *plan = row_by_row();
    BdTask *task = task_of(plan);
    BdAnswer *answers[] = {IDS("99"), IDS("1", "2"), no_rows(), no_rows()};
    bd_mem_fail_at(1);
    start(task, "file|7|10|20");
    expect_request(task, ONE, "file");
    give(task, answers[0]);
    expect_request(task, ALL, "7");
    give(task, answers[1]);
    expect_request(task, EXEC3, "99|1|10");
    give(task, answers[2]);
    expect_request(task, EXEC3, "99|2|20");
    give(task, answers[3]);
    expect_done(task);
    assert_null(bd_alloc(1)); /* the one that fails was still to come */
    close_task(task, plan);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = row_by_row();
    assert_int_equal(bd_plan_end(plan, &err), 0);
    int64_t live = bd_mem_live();
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        BdTask *task = NULL;
        err = BD_ERR_INIT;
        bd_mem_fail_at(n);
        done = bd_plan_task_new(&task, plan, &(BdPlanTaskOpts){0}, &err) == 0;
        bd_mem_fail_at(0);
        assert_int_equal(err.code, done ? BD_E_NONE : BD_E_NOMEM);
        assert_true(done || task == NULL);
        bd_task_free(task);
        assert_int_equal(bd_mem_live(), live);
    }
    bd_plan_free(plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_and_fields_are_passed_through),
        cmocka_unit_test(rows_and_elements_are_gone_over_in_step),
        cmocka_unit_test(null_in_a_column_stays_null),
        cmocka_unit_test(columns_come_in_the_order_of_their_use_where_it_is_assumed),
        cmocka_unit_test(lists_of_unequal_length_fail_the_record),
        cmocka_unit_test(one_wants_exactly_one_row),
        cmocka_unit_test(a_refusal_is_told_with_its_place),
        cmocka_unit_test(a_failed_record_leaves_nothing_to_the_next),
        cmocka_unit_test(a_task_may_be_freed_in_the_middle_of_a_record),
        cmocka_unit_test(two_tasks_of_a_plan_do_not_know_of_each_other),
        cmocka_unit_test(a_record_costs_no_allocation),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
