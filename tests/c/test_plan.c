/*
 * test_plan.c - building plans, what is refused in them, and asking the server about them. There is
 * no server: this file has a bd_session_ask() and a bd_session_protocol() of its own.
 */
#include "core/mem.h"
#include "run/plan.h"

#include "support/plan_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define INSERT  "insert into t values ($1, $2)"
#define LOOKUP  "select id from t where a = $1"
#define NO_REST UINT32_MAX

/* ---- the server's part ---- */

static struct {
    int prepared; /* requests */
    int described;
    uint32_t last_prepared; /* number of the statement */
    int columns;            /* every statement gives these */
    const char *names[3];
    BdErrCode fail; /* prepare fails so; BD_E_NONE: it does not */
    BdProtocol protocol;
} server;

BdProtocol bd_session_protocol(const BdSession *session) {
    (void)session;
    return server.protocol;
}

int bd_session_ask(BdSession *session, const BdRequest *request, BdAnswer **answer, BdErr *err) {
    (void)session;
    if (request->kind == BD_REQUEST_PREPARE) {
        server.prepared++;
        server.last_prepared = request->statement->id;
        if (server.fail != BD_E_NONE) {
            return bd_err_set(err, server.fail, 0, "the server says no");
        }
        return bd_answer_new(answer, NULL, 0, NULL, 0, err);
    }
    server.described++;
    return bd_answer_new(answer, server.names, server.columns, NULL, 0, err);
}

/* ---- helpers ---- */

static BdPlan *new_plan(uint32_t rest) {
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = NULL;
    assert_int_equal(bd_plan_new(&plan, "data", rest, &err), 0);
    return plan;
}

static void add_lookup(BdPlan *plan, BdOpKind kind, BdValue value, uint32_t slot,
                       const char *where) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_plan_add_statement(plan, kind, LOOKUP, &value, 1, slot, where, &err), 0);
}

static void add_insert(BdPlan *plan, BdValue first, BdValue second, const char *where) {
    BdErr err = BD_ERR_INIT;
    const BdValue values[] = {first, second};
    assert_int_equal(bd_plan_add_statement(plan, BD_OP_EXEC, INSERT, values, 2, 0, where, &err), 0);
}

static void add_zip(BdPlan *plan, uint32_t loop, BdList list) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_plan_add_zip(plan, &list, 1, loop, "x.lua:30", &err), 0);
}

static void expect_message(const BdErr *err, BdErrCode code, const char *part) {
    if (err->code != code || strstr(err->msg, part) == NULL) {
        fail_msg("expected \"%s\" in \"%s\" (code %d)", part, err->msg, (int)err->code);
    }
}

/* The plan cannot be ended, with such a message; frees it. */
static void expect_refusal(BdPlan *plan, const char *part) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_plan_end(plan, &err), -1);
    expect_message(&err, BD_E_CONFIG, part);
    bd_plan_free(plan);
}

static void expect_complete(BdPlan *plan) {
    BdErr err = BD_ERR_INIT;
    if (bd_plan_end(plan, &err) != 0) {
        fail_msg("%s", err.msg);
    }
}

/* The data step of the row by row scenario, with rest from field 1: -1 where a call fails. */
static int build(BdPlan **out, BdErr *err) {
    const BdValue by_field[] = {field(0)};
    const BdValue values[] = {column(0, "id"), item(0, 1, "id"), element(0)};
    const BdList lists[] = {rows_of(1), REST};
    BdPlan *plan = NULL;
    if (bd_plan_new(&plan, "data", 1, err) != 0) {
        return -1;
    }
    *out = plan;
    if (bd_plan_add_statement(plan, BD_OP_ONE, LOOKUP, by_field, 1, 0, "x.lua:1", err) != 0 ||
        bd_plan_add_statement(plan, BD_OP_ALL, "select id, n from d where s = $1", by_field, 1, 1,
                              "x.lua:2", err) != 0 ||
        bd_plan_add_zip(plan, lists, 2, 0, "x.lua:3", err) != 0 ||
        bd_plan_add_statement(plan, BD_OP_EXEC, "insert into e values ($1, $2, $3)", values, 3, 0,
                              "x.lua:4", err) != 0 ||
        bd_plan_add_end(plan, 0, err) != 0) {
        return -1;
    }
    return bd_plan_end(plan, err);
}

static int forget_server(void **state) {
    (void)state;
    memset(&server, 0, sizeof(server));
    return 0;
}

/* ---- building ---- */

static void the_same_text_is_one_statement(void **state) {
    (void)state;
    BdPlan *plan = new_plan(NO_REST);
    add_insert(plan, field(0), field(1), "x.lua:1");
    add_lookup(plan, BD_OP_ONE, field(0), 0, "x.lua:2");
    add_insert(plan, field(1), field(0), "x.lua:3");
    expect_complete(plan);
    assert_string_equal(bd_plan_name(plan), "data");
    assert_int_equal(bd_plan_statements(plan), 2);
    assert_string_equal(bd_plan_statement(plan, 0)->sql, INSERT);
    assert_int_equal(bd_plan_statement(plan, 0)->id, 0);
    assert_string_equal(bd_plan_statement(plan, 1)->sql, LOOKUP);
    assert_int_equal(bd_plan_statement(plan, 1)->id, 1);
    bd_plan_free(plan);
}

static void text_is_copied(void **state) {
    (void)state;
    char sql[] = LOOKUP;
    char name[] = "id";
    char where[] = "x.lua:1";
    BdErr err = BD_ERR_INIT;
    const BdValue first = field(0);
    const BdValue second = column(0, name);
    const char *const *names = NULL;
    BdPlan *plan = new_plan(NO_REST);
    assert_int_equal(bd_plan_add_statement(plan, BD_OP_ONE, sql, &first, 1, 0, where, &err), 0);
    assert_int_equal(bd_plan_add_statement(plan, BD_OP_EXEC, sql, &second, 1, 0, where, &err), 0);
    memset(sql, 'x', sizeof(sql) - 1);
    memset(name, 'x', sizeof(name) - 1);
    memset(where, 'x', sizeof(where) - 1);
    assert_string_equal(bd_plan_statement(plan, 0)->sql, LOOKUP);
    assert_int_equal(bd_plan_slot_columns(plan, 0, &names), 1);
    assert_string_equal(names[0], "id");
    bd_plan_free(plan);
}

static void as_many_values_are_wanted_as_parameters(void **state) {
    (void)state;
    static const uint32_t counts[] = {0, 1, 3};
    const BdValue values[] = {field(0), field(1), field(2)};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        BdErr err = BD_ERR_INIT;
        BdPlan *plan = new_plan(NO_REST);
        assert_int_equal(
            bd_plan_add_statement(plan, BD_OP_EXEC, INSERT, values, counts[i], 0, "x.lua:41", &err),
            -1);
        expect_message(&err, BD_E_CONFIG, "x.lua:41: ");
        expect_message(&err, BD_E_CONFIG, "parameters is 2");
        bd_plan_free(plan);
    }
}

static void a_bad_statement_is_refused_with_its_place(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = new_plan(NO_REST);
    assert_int_equal(
        bd_plan_add_statement(plan, BD_OP_EXEC, "select 'open", NULL, 0, 0, "x.lua:41", &err), -1);
    expect_message(&err, BD_E_CONFIG, "x.lua:41: ");
    bd_plan_free(plan);
}

static void a_zip_takes_one_to_eight_lists(void **state) {
    (void)state;
    static const struct {
        uint32_t lists;
        int status;
    } cases[] = {{0, -1}, {1, 0}, {8, 0}, {9, -1}};
    BdList lists[9] = {REST, REST, REST, REST, REST, REST, REST, REST, REST};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        BdErr err = BD_ERR_INIT;
        BdPlan *plan = new_plan(0);
        assert_int_equal(bd_plan_add_zip(plan, lists, cases[i].lists, 0, "x.lua:41", &err),
                         cases[i].status);
        if (cases[i].status != 0) {
            expect_message(&err, BD_E_CONFIG, "x.lua:41: ");
        }
        bd_plan_free(plan);
    }
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    int64_t live = bd_mem_live();
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        BdErr err = BD_ERR_INIT;
        BdPlan *plan = NULL;
        bd_mem_fail_at(n);
        done = build(&plan, &err) == 0;
        bd_mem_fail_at(0);
        assert_int_equal(err.code, done ? BD_E_NONE : BD_E_NOMEM);
        bd_plan_free(plan);
        assert_int_equal(bd_mem_live(), live);
    }
}

/* ---- what does not fit together ---- */

static void a_plan_without_statements_is_refused(void **state) {
    (void)state;
    expect_refusal(new_plan(NO_REST), "step \"data\" sends no statement");
}

static void every_loop_must_end(void **state) {
    (void)state;
    BdPlan *plan = new_plan(0);
    add_zip(plan, 0, REST);
    add_insert(plan, element(0), field(0), "x.lua:31");
    expect_refusal(plan, "x.lua:30: ");
}

static void an_end_needs_a_loop(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = new_plan(0);
    add_zip(plan, 0, REST);
    assert_int_equal(bd_plan_add_end(plan, 1, &err), -1);
    add_end(plan, 0);
    assert_int_equal(bd_plan_add_end(plan, 0, &err), -1);
    assert_int_equal(err.code, BD_E_BUG);
    bd_plan_free(plan);
}

static void a_column_needs_the_row_of_a_one_before_it(void **state) {
    (void)state;
    BdPlan *plan = new_plan(NO_REST);
    add_insert(plan, field(0), column(0, "id"), "x.lua:2"); /* no such slot */
    expect_refusal(plan, "x.lua:2: value 2 ");

    plan = new_plan(NO_REST);
    add_insert(plan, column(0, "id"), field(0), "x.lua:3"); /* too early */
    add_lookup(plan, BD_OP_ONE, field(0), 0, "x.lua:4");
    expect_refusal(plan, "x.lua:3: value 1 ");

    plan = new_plan(NO_REST);
    add_lookup(plan, BD_OP_ALL, field(0), 0, "x.lua:5");
    add_insert(plan, column(0, "id"), field(0), "x.lua:6"); /* many rows */
    expect_refusal(plan, "x.lua:6: value 1 ");

    plan = new_plan(NO_REST);
    add_lookup(plan, BD_OP_ONE, column(0, "id"), 0, "x.lua:7"); /* of itself */
    expect_refusal(plan, "x.lua:7: value 1 ");
}

static void an_item_is_known_in_its_loop_alone(void **state) {
    (void)state;
    BdPlan *plan = new_plan(0);
    add_lookup(plan, BD_OP_ALL, field(0), 0, "x.lua:1");
    add_zip(plan, 0, rows_of(0));
    add_end(plan, 0);
    add_insert(plan, field(0), item(0, 0, "id"), "x.lua:2"); /* behind it */
    expect_refusal(plan, "x.lua:2: value 2 ");

    plan = new_plan(0);
    add_lookup(plan, BD_OP_ALL, field(0), 0, "x.lua:1");
    add_zip(plan, 0, REST);
    add_insert(plan, field(0), item(0, 0, "id"), "x.lua:3"); /* a loop over something else */
    add_end(plan, 0);
    expect_refusal(plan, "x.lua:3: value 2 ");

    plan = new_plan(0);
    add_insert(plan, item(7, 0, "id"), field(0), "x.lua:4"); /* no such loop */
    expect_refusal(plan, "x.lua:4: value 1 ");
}

static void an_element_is_known_in_its_loop_alone(void **state) {
    (void)state;
    BdPlan *plan = new_plan(0);
    add_zip(plan, 0, REST);
    add_end(plan, 0);
    add_insert(plan, element(0), field(0), "x.lua:2");
    expect_refusal(plan, "x.lua:2: value 1 ");

    plan = new_plan(0);
    add_lookup(plan, BD_OP_ALL, field(0), 0, "x.lua:1");
    add_zip(plan, 0, rows_of(0));
    add_insert(plan, element(0), field(0), "x.lua:3");
    add_end(plan, 0);
    expect_refusal(plan, "x.lua:3: value 1 ");
}

static void a_zip_needs_lists(void **state) {
    (void)state;
    BdPlan *plan = new_plan(NO_REST);
    add_zip(plan, 0, REST); /* the records have none */
    add_insert(plan, field(0), field(1), "x.lua:31");
    add_end(plan, 0);
    expect_refusal(plan, "x.lua:30: list 1 ");

    plan = new_plan(NO_REST);
    add_lookup(plan, BD_OP_ONE, field(0), 0, "x.lua:1");
    add_zip(plan, 0, rows_of(0)); /* a single row */
    add_end(plan, 0);
    expect_refusal(plan, "x.lua:30: list 1 ");

    plan = new_plan(NO_REST);
    add_zip(plan, 0, rows_of(0)); /* too early */
    add_end(plan, 0);
    add_lookup(plan, BD_OP_ALL, field(0), 0, "x.lua:1");
    expect_refusal(plan, "x.lua:30: list 1 ");
}

static void a_slot_is_filled_by_one_operation(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = new_plan(NO_REST);
    add_lookup(plan, BD_OP_ONE, field(0), 0, "x.lua:1");
    add_lookup(plan, BD_OP_ALL, field(0), 0, "x.lua:2");
    assert_int_equal(bd_plan_end(plan, &err), -1);
    expect_message(&err, BD_E_BUG, "x.lua:2: ");
    bd_plan_free(plan);
}

/* ---- the columns of a slot ---- */

static void columns_are_listed_once_in_the_order_of_their_use(void **state) {
    (void)state;
    const char *const *names = NULL;
    BdPlan *plan = new_plan(NO_REST);
    add_lookup(plan, BD_OP_ONE, field(0), 0, "x.lua:1");
    add_lookup(plan, BD_OP_ONE, column(0, "b"), 1, "x.lua:2");
    add_insert(plan, column(1, "c"), column(0, "a"), "x.lua:3");
    add_insert(plan, column(0, "b"), column(0, "c"), "x.lua:4");
    expect_complete(plan);
    assert_int_equal(bd_plan_slot_columns(plan, 0, &names), 3);
    assert_string_equal(names[0], "b");
    assert_string_equal(names[1], "a");
    assert_string_equal(names[2], "c");
    assert_int_equal(bd_plan_slot_columns(plan, 1, &names), 1);
    assert_string_equal(names[0], "c");
    assert_int_equal(bd_plan_slot_columns(plan, 2, &names), 0);
    bd_plan_free(plan);
}

/* ---- asking the server ---- */

static void every_statement_is_prepared_once_under_its_name(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    server.columns = 1;
    server.names[0] = "id";
    BdPlan *plan = new_plan(NO_REST);
    add_insert(plan, field(0), field(1), "x.lua:1");
    add_lookup(plan, BD_OP_ONE, field(0), 0, "x.lua:2");
    add_insert(plan, field(0), field(1), "x.lua:3");
    add_lookup(plan, BD_OP_ALL, column(0, "id"), 1, "x.lua:4");
    expect_complete(plan);
    assert_int_equal(bd_plan_check(plan, NULL, &err), 0);
    assert_int_equal(server.prepared, 2);
    assert_int_equal(server.last_prepared, 1);
    assert_int_equal(server.described, 2); /* what db:exec gives does not matter */

    /* Without a name it is there until the next one comes. */
    server.protocol = BD_PROTOCOL_EXTENDED;
    assert_int_equal(bd_plan_check(plan, NULL, &err), 0);
    assert_int_equal(server.prepared, 2 + 4);
    assert_int_equal(server.described, 2 + 2);
    bd_plan_free(plan);
}

static void a_statement_that_the_server_refuses_is_named_by_its_place(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    server.fail = BD_E_SQL;
    BdPlan *plan = new_plan(NO_REST);
    add_insert(plan, field(0), field(1), "x.lua:41");
    expect_complete(plan);
    assert_int_equal(bd_plan_check(plan, NULL, &err), -1);
    expect_message(&err, BD_E_SQL, "x.lua:41: the server says no");
    bd_plan_free(plan);
}

static void a_lost_connection_is_nobodys_fault(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    server.fail = BD_E_CONN;
    BdPlan *plan = new_plan(NO_REST);
    add_insert(plan, field(0), field(1), "x.lua:41");
    expect_complete(plan);
    assert_int_equal(bd_plan_check(plan, NULL, &err), -1);
    assert_int_equal(err.code, BD_E_CONN);
    assert_string_equal(err.msg, "the server says no");
    bd_plan_free(plan);
}

static void a_column_that_an_answer_does_not_have_is_refused(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    server.columns = 2;
    server.names[0] = "Id";
    server.names[1] = "name";
    BdPlan *plan = new_plan(NO_REST);
    add_lookup(plan, BD_OP_ONE, field(0), 0, "x.lua:1");
    add_insert(plan, field(0), column(0, "id"), "x.lua:2");
    expect_complete(plan);
    assert_int_equal(bd_plan_check(plan, NULL, &err), -1);
    expect_message(&err, BD_E_CONFIG, "x.lua:1: ");
    expect_message(&err, BD_E_CONFIG, "\"id\"");
    assert_non_null(strstr(err.hint, "Id, name"));
    bd_plan_free(plan);
}

static void a_lookup_must_give_rows(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = new_plan(NO_REST);
    add_lookup(plan, BD_OP_ALL, field(0), 0, "x.lua:1");
    expect_complete(plan);
    assert_int_equal(bd_plan_check(plan, NULL, &err), -1);
    expect_message(&err, BD_E_CONFIG, "x.lua:1: ");
    expect_message(&err, BD_E_CONFIG, "db:exec");
    bd_plan_free(plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_text_is_one_statement),
        cmocka_unit_test(text_is_copied),
        cmocka_unit_test(as_many_values_are_wanted_as_parameters),
        cmocka_unit_test(a_bad_statement_is_refused_with_its_place),
        cmocka_unit_test(a_zip_takes_one_to_eight_lists),
        cmocka_unit_test(every_failing_allocation_is_reported),
        cmocka_unit_test(a_plan_without_statements_is_refused),
        cmocka_unit_test(every_loop_must_end),
        cmocka_unit_test(an_end_needs_a_loop),
        cmocka_unit_test(a_column_needs_the_row_of_a_one_before_it),
        cmocka_unit_test(an_item_is_known_in_its_loop_alone),
        cmocka_unit_test(an_element_is_known_in_its_loop_alone),
        cmocka_unit_test(a_zip_needs_lists),
        cmocka_unit_test(a_slot_is_filled_by_one_operation),
        cmocka_unit_test(columns_are_listed_once_in_the_order_of_their_use),
        cmocka_unit_test_setup(every_statement_is_prepared_once_under_its_name, forget_server),
        cmocka_unit_test_setup(a_statement_that_the_server_refuses_is_named_by_its_place,
                               forget_server),
        cmocka_unit_test_setup(a_lost_connection_is_nobodys_fault, forget_server),
        cmocka_unit_test_setup(a_column_that_an_answer_does_not_have_is_refused, forget_server),
        cmocka_unit_test_setup(a_lookup_must_give_rows, forget_server),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
