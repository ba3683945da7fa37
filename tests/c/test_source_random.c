/*
 * test_source_random.c - the source that draws its values by chance.
 */
#include "input/source.h"

#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const BdDraw draws[] = {
    {.kind = BD_DRAW_SEQUENCE, .low = 1, .high = 1000, .exponent = 1},
    {.kind = BD_DRAW_ZIPFIAN, .low = 1, .high = INT64_C(1) << 40, .exponent = 1.1},
    {.kind = BD_DRAW_TEXT, .low = 0, .high = 20, .exponent = 1},
};

#define FIELDS (uint32_t)(sizeof(draws) / sizeof(draws[0]))

static int open_fill_close(void *context, BdErr *err) {
    (void)context;
    BdSource *source = NULL;
    BdBatch *batch = NULL;
    int status = bd_source_open_random(&source, draws, FIELDS, 100, 1, err);
    if (status == 0) {
        status = bd_batch_new(&batch, err);
    }
    if (status == 0) {
        status = bd_source_fill(source, batch, 100, (BdRejectSink){0}, err) == 1 ? 0 : -1;
    }
    bd_batch_free(batch);
    bd_source_close(source);
    return status;
}

static void records_are_whole_up_to_the_last(void **state) {
    (void)state;
    enum { RECORDS = 5000 };
    BdSource *source = NULL;
    BdBatch *batch = NULL;
    assert_int_equal(bd_source_open_random(&source, draws, FIELDS, RECORDS, 3, NULL), 0);
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    int64_t seen = 0;
    while (bd_source_fill(source, batch, 4096, (BdRejectSink){0}, NULL) == 1) {
        for (uint32_t i = 0; i < bd_batch_size(batch); i++) {
            BdRecord record = bd_batch_record(batch, i);
            assert_int_equal(record.fields, FIELDS);
            assert_int_equal(record.line, ++seen);
            assert_int_equal(strtoll(bd_record_field(&record, 0), NULL, 10), (seen - 1) % 1000 + 1);
            assert_in_range(strtoll(bd_record_field(&record, 1), NULL, 10), 1, INT64_C(1) << 40);
            assert_int_equal(strlen(bd_record_field(&record, 2)), bd_record_length(&record, 2));
            assert_in_range(bd_record_length(&record, 2), 0, 20);
        }
    }
    assert_int_equal(seen, RECORDS);
    bd_batch_free(batch);
    bd_source_close(source);
}

/* What tells the source apart, as text that lasts until the next call. */
static const char *describe(const BdDraw *list, uint32_t fields, int64_t n, uint64_t seed) {
    static char text[512];
    BdBuf buf = {0};
    BdSource *source = NULL;
    assert_int_equal(bd_source_open_random(&source, list, fields, n, seed, NULL), 0);
    assert_int_equal(bd_source_describe(source, &buf, NULL), 0);
    assert_int_equal(bd_buf_end(&buf), 0);
    snprintf(text, sizeof(text), "%s", buf.p);
    bd_buf_deinit(&buf);
    bd_source_close(source);
    return text;
}

static void whoever_gives_other_records_is_described_otherwise(void **state) {
    (void)state;
    BdDraw others[FIELDS];
    char known[512];
    snprintf(known, sizeof(known), "%s", describe(draws, FIELDS, 100, 7));
    assert_string_equal(known, "random, seed 7, sequence 1 to 1000 by 1, "
                               "zipfian 1 to 1099511627776 by 1.1, "
                               "text 0 to 20 by 1\n");
    assert_string_equal(describe(draws, FIELDS, 101, 7), known);
    assert_string_not_equal(describe(draws, FIELDS, 100, 8), known);
    assert_string_not_equal(describe(draws, FIELDS - 1, 100, 7), known);
    for (uint32_t i = 0; i < FIELDS; i++) {
        memcpy(others, draws, sizeof(draws));
        others[i].high--;
        assert_string_not_equal(describe(others, FIELDS, 100, 7), known);
        others[i] = draws[i];
        others[i].kind = BD_DRAW_UNIFORM;
        assert_string_not_equal(describe(others, FIELDS, 100, 7), known);
    }
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    memory_fail_each(open_fill_close, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(records_are_whole_up_to_the_last),
        CASE(whoever_gives_other_records_is_described_otherwise),
        CASE(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
