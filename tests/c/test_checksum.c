/*
 * test_checksum.c - the hash is the server's, and each spelling is what the server writes.
 */
#include "core/mem.h"
#include "stats/checksum.h"
#include "support/database.h"
#include "support/memory.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static BdSpan span(const char *text) {
    return (BdSpan){text, strlen(text)};
}

static BdSpelling spelling(BdSpellingKind kind, int32_t limit) {
    return (BdSpelling){.kind = kind, .limit = limit};
}

/* ---- without a server ---- */

static void check_spelling(BdSpelling wanted, const char *text, const char *expected) {
    char scratch[BD_SPELLING_SCRATCH];
    BdSpan out = {"", 0};
    Guard guard; /* nothing is read behind the text */
    guard_init(&guard, 4096);
    const BdSpan given = {guard_put(&guard, text, strlen(text)), strlen(text)};
    int status = bd_spelling_apply(wanted, given, scratch, &out);
    if (expected == NULL) {
        assert_int_equal(status, -1);
    } else {
        char *copy = bd_strndup(out.p, out.n);
        assert_int_equal(status, 0);
        assert_string_equal(copy, expected);
        bd_free(copy);
    }
    guard_deinit(&guard);
}

static void numbers_lose_what_they_do_not_need(void **state) {
    (void)state;
    const BdSpelling integer = spelling(BD_SPELLING_INTEGER, BD_SPELLING_NO_LIMIT);
    check_spelling(integer, "5", "5");
    check_spelling(integer, " +0042\n", "42");
    check_spelling(integer, "-0", "0");
    check_spelling(integer, "-9223372036854775808", "-9223372036854775808");
    check_spelling(integer, "", NULL);
    check_spelling(integer, "-", NULL);
    check_spelling(integer, "5.0", NULL);
    check_spelling(integer, "0x1f", NULL);
    check_spelling(integer, "1_000", NULL);
}

static void numbers_get_the_scale_of_their_column(void **state) {
    (void)state;
    const BdSpelling money = spelling(BD_SPELLING_NUMERIC, 2);
    check_spelling(money, "5", "5.00");
    check_spelling(money, "5.1", "5.10");
    check_spelling(money, ".5", "0.50");
    check_spelling(money, "5.", "5.00");
    check_spelling(money, "1.005", "1.01");
    check_spelling(money, "-1.005", "-1.01");
    check_spelling(money, "1.00499999", "1.00");
    check_spelling(money, "99.995", "100.00");
    check_spelling(money, "-9.999", "-10.00");
    check_spelling(money, "-0.004", "0.00");
    check_spelling(money, "-0", "0.00");
    check_spelling(money, "1e3", NULL);
    check_spelling(money, "NaN", NULL);
    check_spelling(money, ".", NULL);
    check_spelling(spelling(BD_SPELLING_NUMERIC, 0), "0.5", "1");
    check_spelling(spelling(BD_SPELLING_NUMERIC, BD_SPELLING_NO_LIMIT), "007.10", "7.10");
    check_spelling(spelling(BD_SPELLING_NUMERIC, BD_SPELLING_NO_LIMIT), "-.0", "0.0");
}

static void a_number_too_long_for_the_scratch_has_no_spelling(void **state) {
    (void)state;
    char digits[BD_SPELLING_SCRATCH + 1];
    memset(digits, '9', sizeof(digits));
    for (size_t n = BD_SPELLING_SCRATCH - 12; n < BD_SPELLING_SCRATCH; n++) {
        char text[BD_SPELLING_SCRATCH + 8];
        char *last = text + 1 + n;
        snprintf(text, sizeof(text), "-%.*s.9", (int)n, digits);
        char scratch[BD_SPELLING_SCRATCH];
        BdSpan out;
        if (bd_spelling_apply(spelling(BD_SPELLING_NUMERIC, 0), span(text), scratch, &out) == 0) {
            assert_true(out.p >= scratch && out.p + out.n <= scratch + sizeof(scratch));
            assert_int_equal(out.n, n + 2); /* the sign, and a 1 in front */
        } else {
            assert_true(n > BD_SPELLING_SCRATCH - 8);
        }
        assert_int_equal(*last, '.');
    }
}

static void text_is_left_alone_but_for_blanks_that_the_column_has_no_room_for(void **state) {
    (void)state;
    check_spelling(spelling(BD_SPELLING_TEXT, BD_SPELLING_NO_LIMIT), " a ", " a ");
    check_spelling(spelling(BD_SPELLING_VARCHAR, BD_SPELLING_NO_LIMIT), "abc ", "abc ");
    check_spelling(spelling(BD_SPELLING_VARCHAR, 3), "abc  ", "abc");
    check_spelling(spelling(BD_SPELLING_VARCHAR, 4), "abc  ", "abc ");
    check_spelling(spelling(BD_SPELLING_VARCHAR, 3), "\xc3\xa4\xe2\x82\xac\xc3\xb6  ",
                   "\xc3\xa4\xe2\x82\xac\xc3\xb6");
    check_spelling(spelling(BD_SPELLING_CHAR, BD_SPELLING_NO_LIMIT), "ab  ", "ab");
    check_spelling(spelling(BD_SPELLING_CHAR, BD_SPELLING_NO_LIMIT), "   ", "");
}

static void truth_and_identity_have_one_spelling(void **state) {
    (void)state;
    const BdSpelling truth = spelling(BD_SPELLING_BOOL, BD_SPELLING_NO_LIMIT);
    const BdSpelling uuid = spelling(BD_SPELLING_UUID, BD_SPELLING_NO_LIMIT);
    check_spelling(truth, " T ", "true");
    check_spelling(truth, "on", "true");
    check_spelling(truth, "of", "false");
    check_spelling(truth, "0", "false");
    check_spelling(truth, "o", NULL);
    check_spelling(truth, "trues", NULL);
    check_spelling(truth, "", NULL);
    check_spelling(uuid, "{A0EEBC99-9C0B4EF8-BB6D6BB9-BD380A11}",
                   "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    check_spelling(uuid, "a0eebc999c0b4ef8bb6d6bb9bd380a1", NULL);
    check_spelling(uuid, "a0eebc999c0b4ef8bb6d6bb9bd380a11f", NULL);
}

static void dates_have_the_spelling_that_every_setting_reads_alike(void **state) {
    (void)state;
    const BdSpelling date = spelling(BD_SPELLING_DATE, BD_SPELLING_NO_LIMIT);
    const BdSpelling time = spelling(BD_SPELLING_TIMESTAMP, BD_SPELLING_NO_LIMIT);
    check_spelling(date, "2000-04-01", "2000-04-01");
    check_spelling(date, "4/1/2000", NULL);
    check_spelling(date, "tomorrow", NULL);
    check_spelling(time, "2000-04-01T12:00:00", "2000-04-01 12:00:00");
    check_spelling(time, "2000-04-01 12:00:00.500", "2000-04-01 12:00:00.5");
    check_spelling(time, "2000-04-01 12:00:00.000", "2000-04-01 12:00:00");
    check_spelling(time, "2000-04-01 12:00:00.", "2000-04-01 12:00:00");
    check_spelling(time, "2000-04-01 12:00:00.1234567", NULL);
    check_spelling(time, "2000-04-01 12:00:00+02", NULL);
    check_spelling(time, "2000-04-01 24:00:00", NULL);
    check_spelling(time, "2000-04-01 12:00:60", NULL);
    check_spelling(time, "2000-04-01", NULL);
}

static void nothing_behind_a_text_is_hashed(void **state) {
    (void)state;
    assert_int_equal(bd_checksum_text((BdSpan){"abcdef", 3}, 0),
                     bd_checksum_text((BdSpan){"abcxyz", 3}, 0));
    assert_int_not_equal(bd_checksum_text(span("abc"), 1), bd_checksum_text(span("abc"), 2));
}

/* ---- against the server ---- */

static void check_hash(BdSession *session, const char *text, const char *seed) {
    const char *const values[] = {text, seed};
    BdAnswer *answer = NULL;
    BdErr err = BD_ERR_INIT;
    char expected[24];
    snprintf(expected, sizeof(expected), "%" PRId64,
             (int64_t)bd_checksum_text(span(text), strtoull(seed, NULL, 10)));
    assert_int_equal(bd_session_query(session,
                                      "select hashtextextended($1::text collate \"C\", $2::bigint)",
                                      values, 2, &answer, &err),
                     0);
    assert_string_equal(bd_answer_value(answer, 0, 0), expected);
    bd_answer_free(answer);
}

static void texts_of_every_length_hash_as_on_the_server(void **state) {
    (void)state;
    BdSession *session = database_session(BD_PROTOCOL_EXTENDED);
    char text[64] = "";
    for (size_t n = 0; n < sizeof(text) - 1; n++) {
        static const char *const seeds[] = {"0", "1", "2", "4294967297", "9223372036854775807"};
        for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
            check_hash(session, text, seeds[i]);
        }
        text[n] = (char)('!' + (n * 37) % 90);
    }
    check_hash(session, "\xc3\xb1\xe2\x82\xac\xf0\x9f\x98\x80 and more of it", "3");
    bd_session_free(session);
}

/* The value put into a column of the type, and read again, is what its spelling is. */
static void check_stored(BdSession *session, const char *type, BdSpelling wanted,
                         const char *text) {
    char sql[256];
    char scratch[BD_SPELLING_SCRATCH];
    BdSpan out = {"", 0};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    bd_answer_free(database_run(session, "drop table if exists stored"));
    snprintf(sql, sizeof(sql), "create table stored (v %s)", type);
    bd_answer_free(database_run(session, sql));
    assert_int_equal(
        bd_session_query(session, "insert into stored values ($1)", &text, 1, &answer, &err), 0);
    bd_answer_free(answer);
    assert_int_equal(bd_spelling_apply(wanted, span(text), scratch, &out), 0);
    char *copy = bd_strndup(out.p, out.n);
    database_check(session, "select v::text collate \"C\" from stored", copy);
    bd_free(copy);
}

static void spellings_are_what_the_server_stores(void **state) {
    (void)state;
    static const struct {
        const char *type;
        BdSpelling spelling;
        const char *texts[8];
    } cases[] = {
        {"bigint", {BD_SPELLING_INTEGER, -1}, {" 0007 ", "-0", "+12", "9223372036854775807"}},
        {"numeric(10,2)",
         {BD_SPELLING_NUMERIC, 2},
         {"5", "-.5", "1.005", "-1.005", "99.995", "-0.004", "0.00499", "12345678.994"}},
        {"numeric(5,0)", {BD_SPELLING_NUMERIC, 0}, {"0.5", "-1.5", "2.5", "9999.5", "00"}},
        {"numeric", {BD_SPELLING_NUMERIC, -1}, {"5.", ".10", "-0.0", "00012.500", "+3"}},
        {"varchar(3)", {BD_SPELLING_VARCHAR, 3}, {"ab", "abc   ", "\xc3\xa4\xc3\xb6  ", ""}},
        {"char(4)", {BD_SPELLING_CHAR, -1}, {"ab", "ab   ", "", "abcd   "}},
        {"boolean", {BD_SPELLING_BOOL, -1}, {" YES", "n", "tru", "OFF", "1"}},
        {"uuid", {BD_SPELLING_UUID, -1}, {"{A0EEBC999C0B4EF8BB6D6BB9BD380A11}"}},
        {"date", {BD_SPELLING_DATE, -1}, {"2000-02-29", " 0001-01-01"}},
        {"timestamp",
         {BD_SPELLING_TIMESTAMP, -1},
         {"2000-04-01T12:00:00.120", "1999-12-31 23:59:59", "2000-04-01 00:00:00.000001"}},
        {"json", {BD_SPELLING_TEXT, -1}, {"{\"b\" : 1,  \"a\":2}"}},
    };
    BdSession *session = database_session(BD_PROTOCOL_EXTENDED);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t j = 0; j < 8 && cases[i].texts[j] != NULL; j++) {
            check_stored(session, cases[i].type, cases[i].spelling, cases[i].texts[j]);
        }
    }
    bd_session_free(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(numbers_lose_what_they_do_not_need),
        CASE(numbers_get_the_scale_of_their_column),
        CASE(a_number_too_long_for_the_scratch_has_no_spelling),
        CASE(text_is_left_alone_but_for_blanks_that_the_column_has_no_room_for),
        CASE(truth_and_identity_have_one_spelling),
        CASE(dates_have_the_spelling_that_every_setting_reads_alike),
        CASE(nothing_behind_a_text_is_hashed),
        CASE(texts_of_every_length_hash_as_on_the_server),
        CASE(spellings_are_what_the_server_stores),
    };
    return cmocka_run_group_tests_name("checksum", tests, database_open, database_close);
}
