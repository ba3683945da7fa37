/*
 * test_fixed.c - fixed-width text: trimming, Latin-1, lengths.
 */
#include "input/fixed.h"

#include "core/mem.h"
#include "support/memory.h"
#include "support/oracle.h"
#include "support/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const BdColumn columns[] = {{0, 3}, {3, 5}, {8, 2}};
static const BdFixed ten = {.line_bytes = 10, .columns = columns, .count = 3};

static void expect(const BdFixed *format, const char *p, size_t n, const char *transcript) {
    replay_expect((ReplayFormat){.fixed = format}, p, n, transcript);
}

static void columns_become_fields(void **state) {
    (void)state;
    expect(&ten, "abcdefghij\n0123456789\n", 22, "1: abc|defgh|ij\n2: 012|34567|89\n");
    expect(&ten, "abcdefghij\r\n0123456789", 22, "1: abc|defgh|ij\n2: 012|34567|89\n");
}

static void blanks_are_left_off_at_both_ends(void **state) {
    (void)state;
    expect(&ten, " b  d f   \n", 11, "1: b|d f|\n");
    expect(&ten, "          \n", 11, "1: ||\n");
    expect(&ten, "\ta     \t  \n", 11, "1: \ta|\t|\n");
}

static void latin_1_becomes_utf_8(void **state) {
    (void)state;
    expect(&ten, "Ca\xf1 \xe9\xff  \x80 \n", 11, "1: Ca\u00f1|\u00e9\u00ff|\xc2\x80\n");
    expect(&ten, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10, "1: ÿÿÿ|ÿÿÿÿÿ|ÿÿ\n");
}

static void a_line_may_take_twice_its_bytes(void **state) {
    (void)state;
    enum { BYTES = 300 };
    const BdColumn whole = {0, BYTES};
    const BdFixed format = {.line_bytes = BYTES, .columns = &whole, .count = 1};
    char line[BYTES];
    char transcript[3 + 2 * BYTES + 2] = "1: ";
    memset(line, '\xe9', BYTES);
    for (size_t i = 0; i < BYTES; i++) {
        memcpy(transcript + 3 + 2 * i, "\u00e9", 2);
    }
    transcript[3 + 2 * BYTES] = '\n';
    expect(&format, line, BYTES, transcript);
}

static void columns_may_overlap_leave_gaps_and_be_empty(void **state) {
    (void)state;
    const BdColumn odd[] = {{0, 10}, {0, 10}, {9, 1}, {2, 0}, {10, 0}};
    BdFixed format = {.line_bytes = 10, .columns = odd, .count = 5};
    expect(&format, "\xe9 23456789", 10, "1: é 23456789|é 23456789|9||\n");
    BdFixed none = {.line_bytes = 10, .columns = odd, .count = 0};
    expect(&none, "0123456789", 10, "1: \n");
}

static void another_length_is_rejected(void **state) {
    (void)state;
    expect(&ten, "123456789\n01234567890\n\n0123456789", 33,
           "1! line of 9 bytes where 10 are wanted\n2! line of 11 bytes where 10 are wanted\n"
           "3! line of 0 bytes where 10 are wanted\n4: 012|34567|89\n");
}

static void a_cr_in_an_lf_file_counts(void **state) {
    (void)state;
    expect(&ten, "0123456789\n0123456789\r\n", 23,
           "1: 012|34567|89\n2! line of 11 bytes where 10 are wanted\n");
}

static void nul_bytes_are_rejected_with_their_column(void **state) {
    (void)state;
    expect(&ten, "012345678\0", 10, "1! NUL byte at column 10\n");
    expect(&ten,
           "\0"
           "12345\0"
           "789",
           10, "1! NUL byte at column 1\n");
}

static void every_byte_agrees_with_the_oracle(void **state) {
    (void)state;
    Guard guard;
    BdBatch *batch = NULL;
    guard_init(&guard, 10);
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    for (unsigned byte = 1; byte < 256; byte++) {
        for (size_t at = 0; at < 10; at++) {
            char text[11] = "  34  7 9 ";
            char reason[BD_REASON_BYTES];
            text[at] = (char)byte;
            BdSpan line = {.p = guard_put(&guard, text, 10), .n = 10};
            bd_batch_reset(batch);
            assert_int_equal(bd_fixed_parse(&ten, line, 1, "f", batch, reason), BD_PARSE_OK);
            BdRecord record = bd_batch_record(batch, 0);
            for (uint32_t i = 0; i < 3; i++) {
                assert_true(oracle_same_column(line, columns[i], bd_record_field(&record, i)));
            }
        }
    }
    bd_batch_free(batch);
    guard_deinit(&guard);
}

static int parse_once(void *context, BdErr *err) {
    (void)context;
    BdBatch *batch = NULL;
    char reason[BD_REASON_BYTES];
    if (bd_batch_new(&batch, err) != 0) {
        return -1;
    }
    BdSpan line = {.p = "0123456789", .n = 10};
    BdParse parse = bd_fixed_parse(&ten, line, 1, "f", batch, reason);
    bd_batch_free(batch);
    return parse == BD_PARSE_OK ? 0 : bd_err_set(err, BD_E_NOMEM, 0, "parse: %d", (int)parse);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(parse_once, NULL), 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(columns_become_fields),
        CASE(blanks_are_left_off_at_both_ends),
        CASE(latin_1_becomes_utf_8),
        CASE(a_line_may_take_twice_its_bytes),
        CASE(columns_may_overlap_leave_gaps_and_be_empty),
        CASE(another_length_is_rejected),
        CASE(a_cr_in_an_lf_file_counts),
        CASE(nul_bytes_are_rejected_with_their_column),
        CASE(every_byte_agrees_with_the_oracle),
        CASE(every_failing_allocation_is_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
