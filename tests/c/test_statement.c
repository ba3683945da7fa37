/*
 * test_statement.c - parameters found in SQL text, and text that only looks like them.
 */
#include "pg/statement.h"
#include "pg/target.h"

#include "core/mem.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The statement with its parameters shown as {n}, as far as it was split. */
static void show(const BdStatement *statement, char *text, size_t size) {
    size_t used = 0;
    for (uint32_t i = 0; i <= statement->count; i++) {
        const BdSpan *piece = &statement->pieces[i];
        used += (size_t)snprintf(text + used, size - used, "%.*s", (int)piece->n, piece->p);
        if (i < statement->count) {
            used += (size_t)snprintf(text + used, size - used, "{%u}", statement->numbers[i] + 1);
        }
    }
    assert_true(used < size);
}

typedef struct Found {
    const char *sql;
    const char *shown;
    uint32_t params;
} Found;

static void check_found(const Found *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        BdErr err = BD_ERR_INIT;
        BdStatement *statement = NULL;
        char shown[512] = "";
        if (bd_statement_new(&statement, 3, cases[i].sql, &err) != 0) {
            fail_msg("%s: %s", cases[i].sql, err.msg);
        }
        show(statement, shown, sizeof(shown));
        assert_string_equal(shown, cases[i].shown);
        assert_int_equal(statement->params, cases[i].params);
        assert_string_equal(statement->sql, cases[i].sql);
        bd_statement_free(statement);
    }
}

#define CHECK_FOUND(cases) check_found(cases, sizeof(cases) / sizeof((cases)[0]))

static void parameters_are_found(void **state) {
    (void)state;
    static const Found cases[] = {
        {"select 1", "select 1", 0},
        {"select $1", "select {1}", 1},
        {"$1", "{1}", 1},
        {"values ($1,$2,$3)", "values ({1},{2},{3})", 3},
        {"select $2 + $1 + $2", "select {2} + {1} + {2}", 2},
        {"select $1::int", "select {1}::int", 1},
        {"select $1$2", "select {1}{2}", 2},
        {"select -$1", "select -{1}", 1},
        {"select $1and", "select {1}and", 1},
        {"select a[$1]", "select a[{1}]", 1},
        {"select 1$1", "select 1{1}", 1},
        {"select $01", "select {1}", 1},
        {"select $1,$2,$3,$4,$5,$6,$7,$8,$9,$10", "select {1},{2},{3},{4},{5},{6},{7},{8},{9},{10}",
         10},
    };
    CHECK_FOUND(cases);
}

static void strings_hold_none(void **state) {
    (void)state;
    static const Found cases[] = {
        {"select '$1', $1", "select '$1', {1}", 1},
        {"select 'it''s $1', $1", "select 'it''s $1', {1}", 1},
        {"select '\\', $1, '$2'", "select '\\', {1}, '$2'", 1},
        {"select E'\\'$1', $1", "select E'\\'$1', {1}", 1},
        {"select e'\\\\', $1", "select e'\\\\', {1}", 1},
        {"select E'\\''\n  '\\'$1', $1", "select E'\\''\n  '\\'$1', {1}", 1},
        {"select E'\\' $1'  '$1', $1", "select E'\\' $1'  '$1', {1}", 1},
        {"select E'a' '\\', $1, '$2'", "select E'a' '\\', {1}, '$2'", 1},
        {"select '' '$1', $1", "select '' '$1', {1}", 1},
        {"select ''''$1", "select ''''{1}", 1},
        {"select date'$1',$1", "select date'$1',{1}", 1},
        {"select typE'\\',$1", "select typE'\\',{1}", 1},
        {"select U&'\\0041$1', $1", "select U&'\\0041$1', {1}", 1},
        {"select B'01', X'1F', $1", "select B'01', X'1F', {1}", 1},
    };
    CHECK_FOUND(cases);
}

static void names_hold_none(void **state) {
    (void)state;
    static const Found cases[] = {
        {"select \"$1\", $1", "select \"$1\", {1}", 1},
        {"select \"a\"\"$1\", $1", "select \"a\"\"$1\", {1}", 1},
        {"select \"it's\", $1", "select \"it's\", {1}", 1},
        {"select a$1, $1", "select a$1, {1}", 1},
        {"select _$1, $1", "select _$1, {1}", 1},
        {"select \xc3\xa4$1, $1", "select \xc3\xa4$1, {1}", 1},
        {"select a1$b$1, $1", "select a1$b$1, {1}", 1},
        {"select a$$, $1, b$$", "select a$$, {1}, b$$", 1},
    };
    CHECK_FOUND(cases);
}

static void comments_hold_none(void **state) {
    (void)state;
    static const Found cases[] = {
        {"select 1 -- $1\n, $1", "select 1 -- $1\n, {1}", 1},
        {"select 1 -- it's\r, $1", "select 1 -- it's\r, {1}", 1},
        {"select $1 -- $2", "select {1} -- $2", 1},
        {"select /* $1 */ $1", "select /* $1 */ {1}", 1},
        {"select /* /* */ $1 */ $1", "select /* /* */ $1 */ {1}", 1},
        {"select /**/$1", "select /**/{1}", 1},
        {"select /*/ $1 */$1", "select /*/ $1 */{1}", 1},
        {"select 4 / $1 * 2 - $2", "select 4 / {1} * 2 - {2}", 2},
        {"select '--', $1", "select '--', {1}", 1},
        {"select /* ' */ $1 /* ' */", "select /* ' */ {1} /* ' */", 1},
    };
    CHECK_FOUND(cases);
}

static void dollar_quotes_hold_none(void **state) {
    (void)state;
    static const Found cases[] = {
        {"select $$ $1 ' $$, $1", "select $$ $1 ' $$, {1}", 1},
        {"select $a$ $1 $$ $b$ $a$, $1", "select $a$ $1 $$ $b$ $a$, {1}", 1},
        {"select $a1$ $a$ $1 $a1$, $1", "select $a1$ $a$ $1 $a1$, {1}", 1},
        {"select $$$a$$, $1", "select $$$a$$, {1}", 1},
        {"select $a$ $ax$ $1 $a$, $1", "select $a$ $ax$ $1 $a$, {1}", 1},
        {"select $ $1", "select $ {1}", 1},
        {"select $1 $", "select {1} $", 1},
        {"select $\xc3\xa4$ $1 $\xc3\xa4$, $1", "select $\xc3\xa4$ $1 $\xc3\xa4$, {1}", 1},
    };
    CHECK_FOUND(cases);
}

static void a_statement_knows_its_name(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdStatement *statement = NULL;
    assert_int_equal(bd_statement_new(&statement, UINT32_MAX, "select 1", &err), 0);
    assert_int_equal(statement->id, UINT32_MAX);
    assert_string_equal(statement->name, "bd_4294967295");
    bd_statement_free(statement);
    bd_statement_free(NULL);
}

static void expect_reads(const char *sql, bool reads) {
    BdErr err = BD_ERR_INIT;
    BdStatement *statement = NULL;
    assert_int_equal(bd_statement_new(&statement, 0, sql, &err), 0);
    assert_int_equal(statement->reads, reads);
    bd_statement_free(statement);
}

static void statements_that_do_nothing_but_read_are_known(void **state) {
    (void)state;
    static const char *const reading[] = {"select 1", "  SELECT id from t where n = $1"};
    static const char *const writing[] = {"insert into t values ($1)",
                                          "select f($1)",
                                          "select * into u from t",
                                          "select * INTO u from t",
                                          "with x as (delete from t) select 1",
                                          "select 1; drop"};
    for (size_t i = 0; i < sizeof(reading) / sizeof(reading[0]); i++) {
        expect_reads(reading[i], true);
    }
    BdErr err = BD_ERR_INIT;
    BdLookup lookup;
    assert_int_equal(bd_lookup_begin(&lookup, "t", &err), 0);
    expect_reads(lookup.sql, true);
    bd_lookup_end(&lookup);
    for (size_t i = 0; i < sizeof(writing) / sizeof(writing[0]); i++) {
        expect_reads(writing[i], false);
    }
}

static void expect_commits(const char *sql, bool commits) {
    BdErr err = BD_ERR_INIT;
    BdStatement *statement = NULL;
    assert_int_equal(bd_statement_new(&statement, 0, sql, &err), 0);
    assert_int_equal(statement->commits, commits);
    bd_statement_free(statement);
}

static void statements_that_commit_are_known(void **state) {
    (void)state;
    expect_commits("commit", true);
    expect_commits(" COMMIT work;", true);
    expect_commits("end", true);
    expect_commits("rollback", false);
    expect_commits("select 'commit'", false);
}

static void what_is_no_statement_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *sql, *message;
    } cases[] = {
        {"", "the statement is empty"},
        {" \t\r\n;; ", "the statement is empty"},
        {"-- nothing", "the statement is empty"},
        {"/* nothing */ ;", "the statement is empty"},
        {"select $0", "there is no parameter $0: they are counted from 1"},
        {"select $00", "there is no parameter $0: they are counted from 1"},
        {"select $65536", "a parameter's number is greater than 65535"},
        {"select $99999999999999999999", "a parameter's number is greater than 65535"},
        {"select $2", "the statement has a parameter $2, but no $1"},
        {"select $1, $4, $2", "the statement has a parameter $4, but no $3"},
        {"select '$1", "a string is not closed"},
        {"select 'a''", "a string is not closed"},
        {"select '", "a string is not closed"},
        {"select E'\\'", "a string is not closed"},
        {"select E'\\", "a string is not closed"},
        {"select 'a'\n'b", "a string is not closed"},
        {"select \"a", "a quoted name is not closed"},
        {"select \"", "a quoted name is not closed"},
        {"select /* a", "a comment is not closed"},
        {"select /* /* */", "a comment is not closed"},
        {"select /*", "a comment is not closed"},
        {"select /*/", "a comment is not closed"},
        {"select $$ a", "a dollar-quoted string is not closed"},
        {"select $a$ $b$", "a dollar-quoted string is not closed"},
        {"select $a$ $a", "a dollar-quoted string is not closed"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        BdErr err = BD_ERR_INIT;
        BdStatement *statement = (void *)&err;
        assert_int_equal(bd_statement_new(&statement, 0, cases[i].sql, &err), -1);
        assert_null(statement);
        assert_int_equal(err.code, BD_E_CONFIG);
        assert_string_equal(err.msg, cases[i].message);
    }
}

/* Every text cut off anywhere is read no further than to its end. */
static void cut_text_is_not_read_past_its_end(void **state) {
    (void)state;
    static const char sql[] =
        "select E'\\'a' '\n', \"b\"\"c\", $a$ $ $a$, $1 -- d\n /* /* e */ */ , f$1, $2 'g'\n'h'";
    Guard guard;
    guard_init(&guard, sizeof(sql));
    for (size_t n = 0; n < sizeof(sql); n++) {
        char cut[sizeof(sql)] = "";
        BdErr err = BD_ERR_INIT;
        BdStatement *statement = NULL;
        memcpy(cut, sql, n);
        if (bd_statement_new(&statement, 0, guard_put(&guard, cut, n + 1), &err) != 0) {
            assert_int_equal(err.code, BD_E_CONFIG);
        }
        bd_statement_free(statement);
    }
    guard_deinit(&guard);
}

static int try_new(void *context, BdErr *err) {
    BdStatement *statement = NULL;
    int status = bd_statement_new(&statement, 1, context, err);
    bd_statement_free(statement);
    return status;
}

static void running_out_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    char sql[] = "select $1, $2";
    assert_int_equal(memory_fail_each(try_new, sql), 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(parameters_are_found),
        CASE(strings_hold_none),
        CASE(names_hold_none),
        CASE(comments_hold_none),
        CASE(dollar_quotes_hold_none),
        CASE(a_statement_knows_its_name),
        CASE(statements_that_do_nothing_but_read_are_known),
        CASE(statements_that_commit_are_known),
        CASE(what_is_no_statement_is_refused),
        CASE(cut_text_is_not_read_past_its_end),
        CASE(running_out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
