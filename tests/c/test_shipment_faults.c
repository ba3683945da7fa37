/*
 * test_shipment_faults.c - rows that a real server refuses, among others, in every method.
 */
#include "run/shipment.h"

#include "support/memory.h"
#include "support/shipment_kit.h"

#include <stdio.h>

enum { ROWS = 20, NONE = -1 };

static const char *const columns[] = {"id", "thing", "amount", NULL};

static void open_links(Kit *kit, BdMethod method) {
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    bd_answer_free(database_run(session, "drop table if exists links, things;"
                                         "create table things (id integer primary key);"
                                         "insert into things values (1);"
                                         "create table links (id integer unique not null,"
                                         " thing integer references things,"
                                         " amount numeric(4,2) check (amount >= 0))"));
    bd_session_free(session);
    kit_init(kit, method, BD_PROTOCOL_PREPARED, "links", columns);
}

/* What is wrong with a row, and what is said of it. */
typedef struct Wrong {
    const char *values[3]; /* "" stands for the right value */
    const char *sqlstate;
    const char *message;
    const char *before; /* of a binary COPY, where that finds it before anything is sent; or NULL */
} Wrong;

static const Wrong wrongs[] = {
    {{"", "", "-1"}, "23514", "violates check constraint", NULL},
    {{"", "99", ""}, "23503", "violates foreign key constraint", NULL},
    {{"0", "", ""}, "23505", "duplicate key value", NULL},
    {{NULL, "", ""}, "23502", "violates not-null constraint", NULL},
    {{"", "", "1234.5"}, "22003", "numeric field overflow", NULL},
    {{"abc", "", ""},
     "22P02",
     "invalid input syntax for type integer: \"abc\"",
     "column id: \"abc\" cannot be read as integer"},
};
enum { WRONGS = sizeof(wrongs) / sizeof(wrongs[0]) };

/* A record of `count` rows from lists, those at `bad` and `also` (from 0) with something wrong. 0,
 * or -1 where the shipment has refused one of them at once. */
static int add_links(Kit *kit, int count, const Wrong *wrong, int bad, int also, BdErr *err) {
    enum { MOST = 1024, COLUMNS = 3 };
    static char ids[MOST][12];
    static BdSpan spans[COLUMNS][MOST];
    assert_in_range(count, 1, MOST);
    for (int i = 0; i < count; i++) {
        snprintf(ids[i], sizeof(ids[i]), "%d", i);
        const char *const right[] = {ids[i], "1", "7.50"};
        for (int column = 0; column < COLUMNS; column++) {
            bool is_bad = i == bad || i == also;
            const char *value = is_bad ? wrong->values[column] : "";
            bool is_right = value != NULL && value[0] == '\0';
            spans[column][i] = bd_span_of(is_right ? right[column] : value);
        }
    }
    const BdSeries lists[COLUMNS] = {{spans[0], 1}, {spans[1], 1}, {spans[2], 1}};
    kit_begin(kit);
    return bd_shipment_add(kit->shipment, lists, (uint32_t)count, err);
}

/* The rows that are stored, and those that are not, in a table of `count`. */
static void check_links(Kit *kit, int count, int bad, int also) {
    char sql[256];
    snprintf(sql, sizeof(sql),
             "select string_agg(i::text, ',' order by i) is not distinct from (select"
             " string_agg(id::text, ',' order by id) from links) from generate_series(0, %d) as i"
             " where i not in (%d, %d)",
             count - 1, bad, also);
    database_check(kit->session, sql, "t");
}

static void check_fault(const BdErr *err, const Wrong *wrong, BdMethod method) {
    bool before = method == BD_METHOD_COPY_BINARY && wrong->before != NULL;
    assert_string_equal(err->sqlstate, before ? "" : wrong->sqlstate);
    assert_non_null(strstr(err->msg, before ? wrong->before : wrong->message));
}

static void check_named(const BdErr *err, const Wrong *wrong, int row, BdMethod method) {
    char begin[32];
    snprintf(begin, sizeof(begin), "row %d (", row + 1);
    assert_non_null(strstr(err->msg, begin));
    check_fault(err, wrong, method);
}

/* Ship rows outside of a transaction: the good ones are stored, the first bad one is named. */
static void expect_parts(BdMethod method, const Wrong *wrong, int bad, int also) {
    Kit kit;
    BdErr err = BD_ERR_INIT;
    open_links(&kit, method);
    assert_int_equal(add_links(&kit, ROWS, wrong, bad, also, &err), 0);
    assert_int_equal(kit_ship(&kit, &err), 0);
    assert_int_equal(bd_shipment_rows(kit.shipment), 0);
    assert_int_equal(bd_shipment_check(kit.shipment, &err), -1);
    check_named(&err, wrong, bad, method);
    if (also != NONE) {
        assert_non_null(strstr(err.msg, "2 rows are refused: row"));
    }
    check_links(&kit, ROWS, bad, also);
    kit_deinit(&kit);
}

static void a_bad_row_is_found_and_the_others_are_stored(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        for (int i = 0; i < WRONGS; i++) {
            expect_parts((BdMethod)method, &wrongs[i], 13, NONE);
        }
        expect_parts((BdMethod)method, &wrongs[0], 0, NONE);
        expect_parts((BdMethod)method, &wrongs[0], ROWS - 1, NONE);
        expect_parts((BdMethod)method, &wrongs[0], 9, 10);
        expect_parts((BdMethod)method, &wrongs[1], 0, ROWS - 1);
        expect_parts((BdMethod)method, &wrongs[5], 3, 17);
    }
}

static void all_rows_may_be_bad(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        BdErr err = BD_ERR_INIT;
        open_links(&kit, (BdMethod)method);
        kit_begin(&kit);
        for (int i = 0; i < ROWS; i++) {
            kit_add(&kit, (const char *const[]){"1", "99", NULL});
        }
        assert_int_equal(kit_ship(&kit, &err), 0);
        assert_int_equal(bd_shipment_check(kit.shipment, &err), -1);
        assert_non_null(strstr(err.msg, "20 rows are refused: row 1 ('1', '99', NULL): "));
        database_check(kit.session, "select count(*) from links", "0");
        kit_deinit(&kit);
    }
}

static void one_bad_row_of_many_costs_few_requests(void **state) {
    (void)state;
    static const BdMethod methods[] = {BD_METHOD_UNNEST, BD_METHOD_COPY, BD_METHOD_COPY_BINARY};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        Kit kit;
        BdErr err = BD_ERR_INIT;
        open_links(&kit, methods[i]);
        assert_int_equal(add_links(&kit, 1024, &wrongs[0], 700, NONE, &err), 0);
        assert_int_equal(kit_ship(&kit, &err), 0);
        assert_int_equal(bd_shipment_check(kit.shipment, &err), -1);
        check_named(&err, &wrongs[0], 700, methods[i]);
        check_links(&kit, 1024, 700, NONE);
        assert_true(kit.requests <= 1 + 1 + 2 * 10);
        kit_deinit(&kit);
    }
}

static void records_begin_and_end_within_a_shipment(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        BdErr err = BD_ERR_INIT;
        open_links(&kit, (BdMethod)method);
        assert_int_equal(add_links(&kit, 5, &wrongs[1], 2, NONE, &err), 0);
        kit_begin(&kit); /* without rows */
        kit_begin(&kit);
        kit_add(&kit, (const char *const[]){"5", NULL, NULL});
        kit_add(&kit, (const char *const[]){"x", "1", "1"});
        kit_add(&kit, (const char *const[]){"6", "1", "1"});
        assert_int_equal(kit_ship(&kit, &err), 0);
        check_links(&kit, 7, 2, NONE);
        bd_shipment_reset(kit.shipment, BD_CARE_PARTS);
        assert_int_equal(bd_shipment_check(kit.shipment, &err), 0);
        kit_deinit(&kit);
    }
}

/* ---- in a transaction ------------------------------------------------------------------------ */

/* Add and ship in a transaction, which is left open. */
static int ship_in_transaction(Kit *kit, BdCare care, const Wrong *wrong, int bad, int also,
                               BdErr *err) {
    kit_run(kit, "begin");
    bd_shipment_reset(kit->shipment, care);
    return add_links(kit, ROWS, wrong, bad, also, err) != 0 ? -1 : kit_ship(kit, err);
}

static void a_refusal_in_a_transaction_is_passed_up_and_can_be_traced(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        for (int i = 0; i < WRONGS; i++) {
            Kit kit;
            BdErr err = BD_ERR_INIT;
            open_links(&kit, (BdMethod)method);
            assert_int_equal(ship_in_transaction(&kit, BD_CARE_WHOLE, &wrongs[i], 7, 12, &err), -1);
            check_fault(&err, &wrongs[i], (BdMethod)method);
            bool named = strstr(err.msg, "row 8 (") != NULL;
            assert_true(named != bd_shipment_vague(kit.shipment));
            kit_run(&kit, "rollback");

            assert_int_equal(ship_in_transaction(&kit, BD_CARE_SAVEPOINTS, &wrongs[i], 7, 12, &err),
                             -1);
            check_named(&err, &wrongs[i], 7, (BdMethod)method);
            assert_false(bd_shipment_vague(kit.shipment));
            kit_run(&kit, "rollback");
            database_check(kit.session, "select count(*) from links", "0");
            kit_deinit(&kit);
        }
    }
}

static void good_rows_are_stored_with_savepoints_too(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        BdErr err = BD_ERR_INIT;
        open_links(&kit, (BdMethod)method);
        assert_int_equal(ship_in_transaction(&kit, BD_CARE_SAVEPOINTS, NULL, NONE, NONE, &err), 0);
        assert_int_equal(bd_shipment_check(kit.shipment, &err), 0);
        kit_run(&kit, "commit");
        check_links(&kit, ROWS, NONE, NONE);
        kit_deinit(&kit);
    }
}

/* ---- what no row is to blame for ------------------------------------------------------------- */

static void what_is_no_rows_fault_is_passed_up_and_can_be_sent_again(void **state) {
    (void)state;
    for (int method = FIRST; method <= LAST; method++) {
        Kit kit;
        BdErr err = BD_ERR_INIT;
        open_links(&kit, (BdMethod)method);
        assert_int_equal(add_links(&kit, ROWS, NULL, NONE, NONE, &err), 0);
        kit_run(&kit, "set default_transaction_read_only = on");
        assert_int_equal(kit_ship(&kit, &err), -1);
        assert_string_equal(err.sqlstate, "25006");
        assert_false(bd_shipment_vague(kit.shipment));
        assert_int_equal(bd_shipment_rows(kit.shipment), ROWS);
        assert_true(kit.requests <= 2);
        kit_run(&kit, "set default_transaction_read_only = off");
        kit_ship_all(&kit);
        check_links(&kit, ROWS, NONE, NONE);
        kit_deinit(&kit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_bad_row_is_found_and_the_others_are_stored),
        CASE(all_rows_may_be_bad),
        CASE(one_bad_row_of_many_costs_few_requests),
        CASE(records_begin_and_end_within_a_shipment),
        CASE(a_refusal_in_a_transaction_is_passed_up_and_can_be_traced),
        CASE(good_rows_are_stored_with_savepoints_too),
        CASE(what_is_no_rows_fault_is_passed_up_and_can_be_sent_again),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
