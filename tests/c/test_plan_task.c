/*
 * test_plan_task.c - plans executed by hand: every request looked at, every answer made up.
 */
#include "core/mem.h"
#include "run/task.h"

#include "support/plan_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ONE    "select id from g where f = $1"
#define ALL    "select id, name from d where s = $1"
#define DETAIL "select word from w where d = $1"
#define EXEC2  "insert into e values ($1, $2)"
#define EXEC3  "insert into e values ($1, $2, $3)"
#define LAST   "update done set n = 1"

/* ---- helpers ---- */

static BdValue text(const char *text) {
    return (BdValue){.from = BD_VALUE_CONSTANT, .text = text};
}

/* A plan whose records have fields a and b, and a list from field 2 on. */
static BdPlan *new_plan(void) {
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = NULL;
    assert_int_equal(bd_plan_new(&plan, "data", 2, &err), 0);
    return plan;
}

static void add(BdPlan *plan, BdOpKind kind, const char *sql, uint32_t slot, const char *where,
                uint32_t count, const BdValue *values) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_plan_add_statement(plan, kind, sql, values, count, slot, where, &err), 0);
}

#define VALUES(...)                                                                                \
    sizeof((const BdValue[]){__VA_ARGS__}) / sizeof(BdValue), (const BdValue[]) {                  \
        __VA_ARGS__                                                                                \
    }

static void add_zip(BdPlan *plan, uint32_t loop, const char *where, uint32_t count,
                    const BdList *lists) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_plan_add_zip(plan, lists, count, loop, where, &err), 0);
}

#define LISTS(...)                                                                                 \
    sizeof((const BdList[]){__VA_ARGS__}) / sizeof(BdList), (const BdList[]) {                     \
        __VA_ARGS__                                                                                \
    }

static BdTask *task_of(BdPlan *plan) {
    BdErr err = BD_ERR_INIT;
    BdTask *task = NULL;
    assert_int_equal(bd_plan_end(plan, &err), 0);
    bd_plan_assume_columns(plan);
    assert_int_equal(bd_plan_task_new(&task, plan, &(BdPlanTaskOpts){0}, &err), 0);
    return task;
}

/* Start with a record whose fields are given as "a|b|c"; it lives until the next call but one. */
static void start(BdTask *task, const char *fields) {
    static struct {
        char bytes[256];
        uint32_t offsets[32];
    } kept[2];
    static int turn;
    turn = 1 - turn;
    char *bytes = kept[turn].bytes;
    uint32_t *offsets = kept[turn].offsets;
    BdErr err = BD_ERR_INIT;
    uint32_t count = 0;
    snprintf(bytes, sizeof(kept[turn].bytes), "%s", fields);
    offsets[count++] = 0;
    for (uint32_t i = 0; fields[i] != '\0'; i++) {
        if (bytes[i] == '|') {
            bytes[i] = '\0';
            offsets[count++] = i + 1;
        }
    }
    offsets[count] = (uint32_t)strlen(fields) + 1;
    const BdRecord record = {
        .text = bytes, .offsets = offsets, .fields = count, .line = 1, .file = "f"};
    assert_int_equal(task->ops->start(task, &record, &err), 0);
}

/* The next request is this statement with these values, as "a|b|c"; NULL reads "<null>". */
static void expect_request(BdTask *task, const char *sql, const char *values) {
    BdErr err = BD_ERR_INIT;
    BdRequest request = {.kind = BD_REQUEST_TEXT};
    char all[256] = "";
    if (task->ops->next(task, &request, &err) != BD_NEXT_REQUEST) {
        fail_msg("no request where \"%s\" was expected: %s", sql, err.msg);
    }
    assert_int_equal(request.kind, BD_REQUEST_EXECUTE);
    assert_string_equal(request.statement->sql, sql);
    for (uint32_t i = 0; i < request.statement->params; i++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof(all) - used, "%s%s", i > 0 ? "|" : "",
                 request.values[i] == NULL ? "<null>" : request.values[i]);
    }
    assert_string_equal(all, values);
}

static void expect_done(BdTask *task) {
    BdErr err = BD_ERR_INIT;
    BdRequest request;
    assert_int_equal(task->ops->next(task, &request, &err), BD_NEXT_DONE);
    task->ops->reset(task);
}

static BdAnswer *rows(int columns, const char *const *names, int count, const char *const *values) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_answer_new(&answer, names, columns, values, count, &err), 0);
    return answer;
}

static BdAnswer *no_rows(void) {
    return rows(0, NULL, 0, NULL);
}

static BdAnswer *ids(int count, const char *const *values) {
    return rows(1, (const char *const[]){"id"}, count, values);
}

#define IDS(...)                                                                                   \
    ids(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),                               \
        (const char *const[]){__VA_ARGS__})

static void give(BdTask *task, BdAnswer *answer) {
    BdErr err = BD_ERR_INIT;
    if (task->ops->answer(task, answer, &err) != 0) {
        fail_msg("%s", err.msg);
    }
}

static void expect_message(const BdErr *err, const char *part) {
    if (err->code != BD_E_FORMAT || strstr(err->msg, part) == NULL) {
        fail_msg("expected \"%s\" in \"%s\" (code %d)", part, err->msg, (int)err->code);
    }
}

static void close_task(BdTask *task, BdPlan *plan) {
    bd_task_free(task);
    bd_plan_free(plan);
}

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

/* The data step of the row by row scenario. */
static BdPlan *row_by_row(void) {
    BdPlan *plan = new_plan();
    add(plan, BD_OP_ONE, ONE, 0, "x.lua:1", VALUES(field(0)));
    add(plan, BD_OP_ALL, ALL, 1, "x.lua:2", VALUES(field(1)));
    add_zip(plan, 0, "x.lua:3", LISTS(rows_of(1), REST));
    add(plan, BD_OP_EXEC, EXEC3, 0, "x.lua:4",
        VALUES(column(0, "id"), item(0, 1, "id"), element(0)));
    add_end(plan, 0);
    return plan;
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

/* ---- loops ---- */

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
        err = (BdErr)BD_ERR_INIT;
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
        cmocka_unit_test(loops_over_nothing_are_left_out),
        cmocka_unit_test(a_list_may_be_absent_from_a_short_record),
        cmocka_unit_test(loops_may_follow_one_another),
        cmocka_unit_test(loops_may_stand_inside_one_another),
        cmocka_unit_test(an_inner_loop_over_nothing_does_not_end_the_outer_one),
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
