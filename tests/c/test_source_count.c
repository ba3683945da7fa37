/*
 * test_source_count.c - the source that counts.
 */
#include "input/source.h"

#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static BdSource *open_count(int64_t n) {
    BdSource *source = NULL;
    assert_int_equal(bd_source_open_count(&source, n, NULL), 0);
    return source;
}

static BdBatch *new_batch(void) {
    BdBatch *batch = NULL;
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    return batch;
}

static int fill(BdSource *source, BdBatch *batch, uint32_t max_records) {
    return bd_source_fill(source, batch, max_records, (BdRejectSink){0}, NULL);
}

/* The batch must hold the numbers after *last, which moves on. */
static void expect_numbers(const BdBatch *batch, int64_t *last) {
    for (uint32_t i = 0; i < bd_batch_size(batch); i++) {
        BdRecord record = bd_batch_record(batch, i);
        char number[32];
        ++*last;
        int n = snprintf(number, sizeof(number), "%lld", (long long)*last);
        assert_int_equal(record.fields, 1);
        assert_int_equal(record.line, *last);
        assert_string_equal(record.file, "count");
        assert_string_equal(bd_record_field(&record, 0), number);
        assert_int_equal(bd_record_length(&record, 0), n);
    }
}

static void numbers_come_up_to_the_last(void **state) {
    (void)state;
    for (int64_t n = 0; n < 30; n++) {
        BdSource *source = open_count(n);
        BdBatch *batch = new_batch();
        int64_t last = 0;
        int more = 0;
        while ((more = fill(source, batch, 4)) > 0) {
            assert_in_range(bd_batch_size(batch), 1, 4);
            expect_numbers(batch, &last);
        }
        assert_int_equal(more, 0);
        assert_int_equal(bd_batch_size(batch), 0);
        assert_int_equal(last, n);
        assert_int_equal(fill(source, batch, 4), 0);
        bd_batch_free(batch);
        bd_source_close(source);
    }
}

static void there_is_nothing_to_open_and_no_total(void **state) {
    (void)state;
    BdSource *source = open_count(3);
    assert_int_equal(bd_source_check(source, NULL), 0);
    assert_int_equal(bd_source_total_bytes(source), -1);
    assert_string_equal(bd_source_ending(source), "none");
    BdBatch *batch = new_batch();
    assert_int_equal(fill(source, batch, 4), 1);
    assert_int_equal(bd_source_bytes(source), strlen("1") + strlen("2") + strlen("3") + 3);
    bd_batch_free(batch);
    bd_source_close(source);
}

static void batches_stay_small_however_much_is_to_come(void **state) {
    (void)state;
    BdSource *source = open_count(INT64_MAX);
    BdBatch *batch = new_batch();
    int64_t last = 0;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(fill(source, batch, UINT32_MAX), 1);
        assert_in_range(bd_batch_size(batch), 1000, 64 * 1024);
        expect_numbers(batch, &last);
    }
    assert_true(last > 100000);
    bd_batch_free(batch);
    bd_source_close(source);
}

static int count_to_one(void *context, BdErr *err) {
    (void)context;
    BdSource *source = NULL;
    BdBatch *batch = NULL;
    int rc = bd_source_open_count(&source, 1, err);
    if (rc == 0) {
        rc = bd_batch_new(&batch, err);
    }
    if (rc == 0) {
        rc = bd_source_fill(source, batch, 2, (BdRejectSink){0}, err) == 1 ? 0 : -1;
    }
    bd_batch_free(batch);
    bd_source_close(source);
    return rc;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(count_to_one, NULL), 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(numbers_come_up_to_the_last),
        CASE(there_is_nothing_to_open_and_no_total),
        CASE(batches_stay_small_however_much_is_to_come),
        CASE(every_failing_allocation_is_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
