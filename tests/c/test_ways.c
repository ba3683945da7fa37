/*
 * test_ways.c - random values of every supported type, sent to a real server as parameters, in
 * arrays, and by COPY as text and in binary: all must store the same.
 */
#include "pg/array_text.h"
#include "pg/copy_binary.h"
#include "pg/copy_text.h"

#include "support/database.h"
#include "support/memory.h"
#include "support/row.h"
#include "support/values.h"
#include "support/ways_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VALUES       150
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char texts[VALUES][VALUE_BYTES];
static const char *values[VALUES];

/* The edges, then NULLs and random ones. numeric(10,2) and domains have no room for all. */
static uint32_t make_values(const Type *type) {
    uint32_t n = 0;
    for (; n < COUNT(type->edges) && type->edges[n] != NULL; n++) {
        values[n] = type->edges[n];
    }
    values[n++] = NULL;
    bool edges_only = strcmp(type->name, "numeric(10,2)") == 0;
    while (!edges_only && n < VALUES) {
        type->make(texts[n]);
        values[n] = value_below(20) == 0 ? NULL : texts[n];
        n++;
    }
    return n;
}

static bool fits(const Type *type, const char *value) {
    return strcmp(type->name, "oid") != 0 || value == NULL || strlen(value) < 10 ||
           value == type->edges[1];
}

/* ---- the ways -------------------------------------------------------------------------------- */

static void query(BdSession *session, const BdBuf *sql, const char *const *params, uint32_t count,
                  const char *what) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    if (bd_session_query(session, sql->p, params, count, &answer, &err) != 0) {
        fail_msg("%s: %s", what == NULL ? "NULL" : what, err.msg);
    }
    bd_answer_free(answer);
}

/* All values by each way, each into a table of its own. */
typedef struct Ways {
    BdTarget *row, *unnest, *text, *binary;
    BdBuf sql, arrays[2], lines, tuples;
} Ways;

static void add_value(Ways *ways, BdSession *session, const char *number, const char *value) {
    const char *const row[] = {number, value};
    Row spans;
    const BdSeries *columns = row_init(&spans, row, 2);
    BdErr err = BD_ERR_INIT;
    query(session, &ways->sql, row, 2, value);
    assert_int_equal(bd_array_text_add(&ways->arrays[0], number, ','), 0);
    assert_int_equal(bd_array_text_add(&ways->arrays[1], value, ways->binary->columns[1].delimiter),
                     0);
    assert_int_equal(bd_copy_text_row(&ways->lines, columns, 2, 0), 0);
    if (bd_copy_binary_row(&ways->tuples, ways->binary, columns, 0, &err) != 0) {
        fail_msg("%s", err.msg);
    }
}

static void send_rest(Ways *ways, BdSession *session) {
    assert_int_equal(bd_array_text_end(&ways->arrays[0]), 0);
    assert_int_equal(bd_array_text_end(&ways->arrays[1]), 0);
    const char *const arrays[] = {ways->arrays[0].p, ways->arrays[1].p};
    bd_buf_reset(&ways->sql);
    assert_int_equal(bd_target_unnest_sql(ways->unnest, &ways->sql), 0);
    query(session, &ways->sql, arrays, 2, ways->sql.p);
    bd_buf_reset(&ways->sql);
    assert_int_equal(bd_target_copy_sql(ways->text, false, &ways->sql), 0);
    copy_in(session, &ways->sql, &ways->lines, false);
    bd_buf_reset(&ways->sql);
    assert_int_equal(bd_target_copy_sql(ways->binary, true, &ways->sql), 0);
    copy_in(session, &ways->sql, &ways->tuples, true);
}

static void check_same(BdSession *session, const Type *type) {
    static const char *const others[] = {"by_unnest", "by_copy", "by_binary"};
    for (size_t i = 0; i < COUNT(others); i++) {
        char sql[512];
        snprintf(
            sql, sizeof(sql),
            "select '%s, %s: ' || coalesce(string_agg(concat_ws('|', a.n, a.v::text, b.v::text),"
            " ', '), 'same') from by_row a full join %s b on a.n = b.n"
            " where (a.v::text, a.n) is distinct from (b.v::text, b.n)",
            type->name, others[i], others[i]);
        char expected[128];
        snprintf(expected, sizeof(expected), "%s, %s: same", type->name, others[i]);
        database_check(session, sql, expected);
    }
}

static void check_type(BdSession *session, const Type *type) {
    char sql[512];
    snprintf(sql, sizeof(sql),
             "drop table if exists by_row, by_unnest, by_copy, by_binary;"
             "create temp table by_row (n int, v %s); create temp table by_unnest (like by_row);"
             "create temp table by_copy (like by_row); create temp table by_binary (like by_row)",
             type->name);
    bd_answer_free(database_run(session, sql));
    Ways ways = {.row = target_of(session, "by_row"),
                 .unnest = target_of(session, "by_unnest"),
                 .text = target_of(session, "by_copy"),
                 .binary = target_of(session, "by_binary")};
    assert_int_equal(bd_target_insert_sql(ways.row, 1, &ways.sql), 0);
    uint32_t count = make_values(type);
    for (uint32_t i = 0; i < count; i++) {
        char number[16];
        snprintf(number, sizeof(number), "%u", i);
        add_value(&ways, session, number, fits(type, values[i]) ? values[i] : "7");
    }
    send_rest(&ways, session);
    check_same(session, type);
    bd_target_free(ways.row);
    bd_target_free(ways.unnest);
    bd_target_free(ways.text);
    bd_target_free(ways.binary);
    BdBuf *const bufs[] = {&ways.sql, &ways.arrays[0], &ways.arrays[1], &ways.lines, &ways.tuples};
    for (size_t i = 0; i < COUNT(bufs); i++) {
        bd_buf_deinit(bufs[i]);
    }
}

static void all_ways_store_the_same(void **state) {
    (void)state;
    BdSession *session = open_session();
    for (size_t i = 0; i < VALUE_TYPES; i++) {
        check_type(session, &value_types[i]);
    }
    bd_session_free(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(all_ways_store_the_same),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
