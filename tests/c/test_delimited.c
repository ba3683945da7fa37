/*
 * test_delimited.c - delimited text: fields, numbers, reasons, and both forms of the block scanner.
 */
#include "input/delimited.h"

#include "core/mem.h"
#include "input/block.h"
#include "support/memory.h"
#include "support/oracle.h"
#include "support/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const BdDelimited any_text = {
    .delimiter = ',', .min_fields = 1, .max_fields = UINT32_MAX, .number_from = UINT32_MAX};
static const BdDelimited three = {
    .delimiter = ',', .min_fields = 3, .max_fields = 3, .number_from = UINT32_MAX};
static const BdDelimited numbers = {
    .delimiter = ',', .min_fields = 1, .max_fields = UINT32_MAX, .number_from = 0};
static const BdDelimited one_then_numbers = {
    .delimiter = ',', .min_fields = 2, .max_fields = 5, .number_from = 1};

static void expect(const BdDelimited *format, const char *text, const char *transcript) {
    replay_expect((ReplayFormat){.delimited = format}, text, strlen(text), transcript);
}

/* The reason for which a line of n bytes is rejected. */
static void expect_reason(const BdDelimited *format, const char *p, size_t n, const char *reason) {
    char transcript[BD_REASON_BYTES + 8];
    snprintf(transcript, sizeof(transcript), "1! %s\n", reason);
    replay_expect((ReplayFormat){.delimited = format}, p, n, transcript);
}

static void delimiters_separate_fields(void **state) {
    (void)state;
    expect(&three, "a,b,c\nd,ee,fff\n", "1: a|b|c\n2: d|ee|fff\n");
    expect(&three, "a,b,c\r\nd,ee,fff", "1: a|b|c\n2: d|ee|fff\n");
    expect(&any_text, "alone", "1: alone\n");
    expect(&any_text, "uSF1,NY,000,01,0000001,18976457,18976457,0,0,0,0",
           "1: uSF1|NY|000|01|0000001|18976457|18976457|0|0|0|0\n");
}

static void fields_may_be_empty(void **state) {
    (void)state;
    expect(&three, ",,\na,,\n,b,\n,,c\n", "1: ||\n2: a||\n3: |b|\n4: ||c\n");
    expect(&any_text, "\n", "1: \n");
}

static void any_byte_can_be_the_delimiter(void **state) {
    (void)state;
    const char delimiters[] = "\t;|0.-\xff";
    for (const char *delimiter = delimiters; *delimiter != '\0'; delimiter++) {
        BdDelimited format = three;
        format.delimiter = *delimiter;
        char text[32];
        snprintf(text, sizeof(text), "a%cb,%cc\n", *delimiter, *delimiter);
        expect(&format, text, "1: a|b,|c\n");
    }
}

static void blocks_may_end_anywhere_in_a_line(void **state) {
    (void)state;
    char text[64];
    char transcript[80];
    for (size_t n = 1; n < 50; n++) {
        memset(text, '7', n);
        text[n] = '\0';
        snprintf(transcript, sizeof(transcript), "1: %s\n", text);
        expect(&numbers, text, transcript);
        for (size_t i = 1; i < n; i += 2) {
            text[i] = ',';
        }
        bool ends_in_delimiter = text[n - 1] == ',';
        snprintf(transcript, sizeof(transcript), "1: %s\n", text);
        for (char *p = transcript + 3; *p != '\0'; p++) {
            *p = *p == ',' ? '|' : *p;
        }
        expect(&any_text, text, transcript);
        if (!ends_in_delimiter) {
            expect(&numbers, text, transcript);
        }
    }
}

static void too_few_fields_are_counted(void **state) {
    (void)state;
    expect(&three, "a,b\n", "1! 2 fields where 3 are wanted\n");
    expect(&three, "a\n", "1! 1 field where 3 are wanted\n");
    expect(&three, "\n", "1! 1 field where 3 are wanted\n");
    expect(&one_then_numbers, "a\n", "1! 1 field where at least 2 are wanted\n");
}

static void too_many_fields_are_counted(void **state) {
    (void)state;
    expect(&three, "a,b,c,d\n", "1! 4 fields where 3 are wanted\n");
    expect(&three, "a,b,c,\n", "1! 4 fields where 3 are wanted\n");
    expect(&one_then_numbers, "a,1,2,3,4,5\n", "1! 6 fields where at most 5 are wanted\n");
    char commas[200];
    memset(commas, ',', sizeof(commas));
    expect_reason(&three, commas, sizeof(commas), "201 fields where 3 are wanted");
}

static void a_bad_line_does_not_stop_the_next(void **state) {
    (void)state;
    expect(&three, "a,b\nc,d,e\n,\nf,g,h\n",
           "1! 2 fields where 3 are wanted\n2: c|d|e\n3! 2 fields where 3 are wanted\n4: f|g|h\n");
}

static void numbers_are_taken(void **state) {
    (void)state;
    expect(&numbers, "0,007,-1,+1,3.5,-0.25,18976457,123456789012345678901234567890\n",
           "1: 0|007|-1|+1|3.5|-0.25|18976457|123456789012345678901234567890\n");
}

static void what_is_no_number_is_rejected(void **state) {
    (void)state;
    const char *bad[] = {"x",  "-",   "+",  ".",  ".5",  "5.", "1.2.3", "--1",
                         "1-", "1e5", " 1", "1 ", "0x1", "1,", ",1",    "1,,2"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        BdBatch *batch = NULL;
        char reason[BD_REASON_BYTES] = "";
        assert_int_equal(bd_batch_new(&batch, NULL), 0);
        BdSpan line = {.p = bad[i], .n = strlen(bad[i])};
        assert_int_equal(bd_delimited_parse(&numbers, line, 1, "f", batch, reason),
                         BD_PARSE_REJECT);
        assert_non_null(strstr(reason, "number"));
        bd_batch_free(batch);
    }
    expect(&numbers, "1,12x4,3\n", "1! field 2 is not a number: '12x4'\n");
    expect(&numbers, "1,2,\n", "1! field 3 is empty, not a number\n");
    expect(&numbers, ",2\n", "1! field 1 is empty, not a number\n");
    expect(&numbers, "\n", "1! field 1 is empty, not a number\n");
}

static void only_the_numeric_fields_must_be_numbers(void **state) {
    (void)state;
    expect(&one_then_numbers, "a-b,1,2\n,1\n1,a\nab,,1\n",
           "1: a-b|1|2\n2: |1\n3! field 2 is not a number: 'a'\n"
           "4! field 2 is empty, not a number\n");
    BdDelimited late = {.delimiter = ',', .min_fields = 1, .max_fields = 9, .number_from = 7};
    expect(&late, "a,b,,d\n", "1: a|b||d\n");
}

/* One byte that does not belong, at every place of a long line of numbers. */
static void a_wrong_byte_is_found_wherever_it_is(void **state) {
    (void)state;
    char text[100];
    BdBatch *batch = NULL;
    char reason[BD_REASON_BYTES];
    Guard guard;
    guard_init(&guard, sizeof(text));
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    for (size_t at = 0; at < sizeof(text); at++) {
        for (size_t i = 0; i < sizeof(text); i++) {
            text[i] = i % 3 == 2 ? ',' : '5';
        }
        text[at] = 'x';
        BdDelimited format = numbers;
        for (format.number_from = 0; format.number_from <= 34; format.number_from++) {
            BdSpan line = {.p = guard_put(&guard, text, sizeof(text)), .n = sizeof(text)};
            BdParse parse = bd_delimited_parse(&format, line, 1, "f", batch, reason);
            assert_int_equal(parse,
                             oracle_delimited(&format, line) ? BD_PARSE_OK : BD_PARSE_REJECT);
        }
    }
    bd_batch_free(batch);
    guard_deinit(&guard);
}

static void rejected_text_is_cut_and_made_printable(void **state) {
    (void)state;
    expect(&numbers, "1,abcdefghijklmnopqrstuvwxyz\n",
           "1! field 2 is not a number: 'abcdefghijklmnopqrst...'\n");
    expect(&numbers, "\x1b[2J\xc3\xa9'\n", "1! field 1 is not a number: '\\x1b[2J\\xc3\\xa9''\n");
    char text[64];
    memset(text, 1, sizeof(text));
    char reason[256] = "field 1 is not a number: '";
    for (int i = 0; i < 20; i++) {
        memcpy(reason + strlen(reason), "\\x01", 5);
    }
    memcpy(reason + strlen(reason), "...'", 5);
    expect_reason(&numbers, text, sizeof(text), reason);
}

static void nul_bytes_are_rejected_with_their_column(void **state) {
    (void)state;
    expect_reason(&three, "a,b\0,c", 6, "NUL byte at column 4");
    expect_reason(&three, "\0,b,c", 5, "NUL byte at column 1");
    expect_reason(&any_text, "\0", 1, "NUL byte at column 1");
    expect_reason(&numbers, "1,2,3\0", 6, "NUL byte at column 6");
    char text[65];
    for (size_t at = 0; at < sizeof(text); at++) {
        char reason[64];
        memset(text, 'a', sizeof(text));
        text[at] = '\0';
        snprintf(reason, sizeof(reason), "NUL byte at column %zu", at + 1);
        expect_reason(&any_text, text, sizeof(text), reason);
    }
}

static void lines_that_are_too_long_come_as_such(void **state) {
    (void)state;
    replay_expect((ReplayFormat){.delimited = &three, .max_bytes = 5}, "a,b,c\na,b,cc\na,b,d\n", 19,
                  "1: a|b|c\n2! too long\n3: a|b|d\n");
}

static void a_line_of_a_megabyte_is_split(void **state) {
    (void)state;
    size_t n = 1024 * 1024;
    char *text = malloc(n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++) {
        text[i] = i % 2 == 0 ? '1' : ',';
    }
    text[n - 1] = '1';
    BdBatch *batch = NULL;
    char reason[BD_REASON_BYTES];
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    BdSpan line = {.p = text, .n = n};
    assert_int_equal(bd_delimited_parse(&numbers, line, 9, "f", batch, reason), BD_PARSE_OK);
    BdRecord record = bd_batch_record(batch, 0);
    assert_int_equal(record.fields, n / 2);
    assert_string_equal(bd_record_field(&record, record.fields - 1), "11");
    assert_int_equal(record.line, 9);
    bd_batch_free(batch);
    free(text);
}

static void agrees_with_the_oracle(void **state) {
    (void)state;
    static const char alphabet[] = "0123456789,,,,,,,,,,0000000000.-+x";
    char text[70];
    unsigned seed = 7;
    BdBatch *batch = NULL;
    Guard guard;
    int good = 0;
    guard_init(&guard, sizeof(text));
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    for (int round = 0; round < 200000; round++) {
        seed = seed * 1103515245 + 12345;
        size_t n = seed / 65536 % sizeof(text);
        size_t letters = seed / 65536 % 4 == 0 ? sizeof(alphabet) - 1 : 30;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1103515245 + 12345;
            text[i] = alphabet[seed / 65536 % letters];
            if (i > 0 && text[i] == ',' && text[i - 1] == ',' && seed % 64 != 0) {
                text[i] = '8';
            }
        }
        BdDelimited format = {.delimiter = ',',
                              .min_fields = 1 + seed % 3,
                              .max_fields = 10 + seed % 40,
                              .number_from = seed / 65536 % 7};
        char reason[BD_REASON_BYTES];
        BdSpan line = {.p = guard_put(&guard, text, n), .n = n};
        bd_batch_reset(batch);
        BdParse parse = bd_delimited_parse(&format, line, 1, "f", batch, reason);
        assert_int_equal(parse, oracle_delimited(&format, line) ? BD_PARSE_OK : BD_PARSE_REJECT);
        if (parse == BD_PARSE_OK) {
            good++;
            assert_true(oracle_same_fields(line, ',', bd_batch_record(batch, 0)));
        }
    }
    assert_in_range(good, 20000, 180000);
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
    BdSpan line = {.p = "1,2,3", .n = 5};
    BdParse parse = bd_delimited_parse(&numbers, line, 1, "f", batch, reason);
    bd_batch_free(batch);
    return parse == BD_PARSE_OK ? 0 : bd_err_set(err, BD_E_NOMEM, 0, "parse: %d", (int)parse);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(parse_once, NULL), 4);
}

/* ---- blocks ---- */

static void expect_block(const char *bytes, char delimiter, BdBlock block, const char *written) {
    uint32_t delimiters = 0;
    uint32_t plain = 0;
    uint32_t nuls = 0;
    for (uint32_t i = 0; i < BD_BLOCK_BYTES; i++) {
        bool is_delimiter = bytes[i] == delimiter;
        delimiters |= (uint32_t)is_delimiter << i;
        plain |= (uint32_t)(is_delimiter || oracle_is_digit(bytes[i])) << i;
        nuls |= (uint32_t)(bytes[i] == '\0') << i;
        assert_int_equal(written[i], is_delimiter ? '\0' : bytes[i]);
    }
    assert_int_equal(block.delimiters, delimiters);
    assert_int_equal(block.plain, plain);
    assert_int_equal(block.nuls, nuls);
}

/* Every byte, at every place of a block, with delimiters of all sorts, in each form. */
static void both_forms_of_the_scanner_see_the_same(void **state) {
    (void)state;
    const char delimiters[] = ",\t|\x80\xff/:";
    for (const char *delimiter = delimiters; *delimiter != '\0'; delimiter++) {
        for (unsigned byte = 0; byte < 256 * BD_BLOCK_BYTES; byte++) {
            char from[BD_BLOCK_BYTES] = "12,456|89,1\t3/:";
            char to[BD_BLOCK_BYTES];
            from[byte / 256] = (char)(byte % 256);
            expect_block(from, *delimiter, bd_block_scan_portable(from, to, *delimiter), to);
#if BD_BLOCK_SSE2
            expect_block(from, *delimiter, bd_block_scan_sse2(from, to, *delimiter), to);
#endif
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(delimiters_separate_fields),
        CASE(fields_may_be_empty),
        CASE(any_byte_can_be_the_delimiter),
        CASE(blocks_may_end_anywhere_in_a_line),
        CASE(too_few_fields_are_counted),
        CASE(too_many_fields_are_counted),
        CASE(a_bad_line_does_not_stop_the_next),
        CASE(numbers_are_taken),
        CASE(what_is_no_number_is_rejected),
        CASE(only_the_numeric_fields_must_be_numbers),
        CASE(a_wrong_byte_is_found_wherever_it_is),
        CASE(rejected_text_is_cut_and_made_printable),
        CASE(nul_bytes_are_rejected_with_their_column),
        CASE(lines_that_are_too_long_come_as_such),
        CASE(a_line_of_a_megabyte_is_split),
        CASE(agrees_with_the_oracle),
        CASE(every_failing_allocation_is_reported),
        CASE(both_forms_of_the_scanner_see_the_same),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
