/*
 * test_batch.c - the batch: records stay where they are while it grows.
 */
#include "input/batch.h"

#include "core/mem.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Add a record of the given number of fields, "f0", "f1", ... with the line's number in front. */
static int add(BdBatch *batch, uint32_t fields, int64_t line, BdErr *err) {
    enum { FIELD_BYTES = 40 };
    char *text = NULL;
    uint32_t *offsets = NULL;
    if (bd_batch_begin(batch, (size_t)fields * FIELD_BYTES, fields, &text, &offsets, err) != 0) {
        return -1;
    }
    offsets[0] = 0;
    for (uint32_t i = 0; i < fields; i++) {
        int n = snprintf(text + offsets[i], FIELD_BYTES, "%lld.f%u", (long long)line, i);
        offsets[i + 1] = offsets[i] + (uint32_t)n + 1;
    }
    bd_batch_end(batch, fields, line, "file");
    return 0;
}

static void expect(const BdBatch *batch, uint32_t index, uint32_t fields, int64_t line) {
    BdRecord record = bd_batch_record(batch, index);
    assert_int_equal(record.fields, fields);
    assert_int_equal(record.line, line);
    assert_string_equal(record.file, "file");
    for (uint32_t i = 0; i < fields; i++) {
        char field[40];
        snprintf(field, sizeof(field), "%lld.f%u", (long long)line, i);
        assert_string_equal(bd_record_field(&record, i), field);
        assert_int_equal(bd_record_length(&record, i), strlen(field));
    }
}

static BdBatch *new_batch(void) {
    BdBatch *batch = NULL;
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    return batch;
}

static void a_new_batch_is_empty(void **state) {
    (void)state;
    BdBatch *batch = new_batch();
    assert_int_equal(bd_batch_size(batch), 0);
    bd_batch_free(batch);
    bd_batch_free(NULL);
}

static void records_stay_while_the_batch_grows(void **state) {
    (void)state;
    BdBatch *batch = new_batch();
    for (uint32_t i = 0; i < 300; i++) {
        assert_int_equal(add(batch, i % 7, i + 1, NULL), 0);
    }
    assert_int_equal(bd_batch_size(batch), 300);
    for (uint32_t i = 0; i < 300; i++) {
        expect(batch, i, i % 7, i + 1);
    }
    bd_batch_free(batch);
}

static void a_record_may_turn_out_shorter(void **state) {
    (void)state;
    BdBatch *batch = new_batch();
    char *text = NULL;
    uint32_t *offsets = NULL;
    assert_int_equal(bd_batch_begin(batch, 1000, 100, &text, &offsets, NULL), 0);
    memcpy(text, "a\0b", 4);
    offsets[0] = 0;
    offsets[1] = 2;
    offsets[2] = 4;
    bd_batch_end(batch, 2, 1, "file");
    assert_int_equal(add(batch, 3, 2, NULL), 0);
    BdRecord record = bd_batch_record(batch, 0);
    assert_string_equal(bd_record_field(&record, 1), "b");
    expect(batch, 1, 3, 2);
    bd_batch_free(batch);
}

static void a_record_that_is_not_ended_is_forgotten(void **state) {
    (void)state;
    BdBatch *batch = new_batch();
    char *text = NULL;
    uint32_t *offsets = NULL;
    assert_int_equal(add(batch, 1, 1, NULL), 0);
    assert_int_equal(bd_batch_begin(batch, 10, 2, &text, &offsets, NULL), 0);
    memset(text, 'x', 10);
    offsets[0] = offsets[1] = offsets[2] = 9;
    assert_int_equal(bd_batch_size(batch), 1);
    assert_int_equal(add(batch, 2, 3, NULL), 0);
    assert_int_equal(bd_batch_size(batch), 2);
    expect(batch, 0, 1, 1);
    expect(batch, 1, 2, 3);
    bd_batch_free(batch);
}

static void a_batch_that_is_used_again_allocates_nothing(void **state) {
    (void)state;
    BdBatch *batch = new_batch();
    for (int round = 0; round < 3; round++) {
        bd_mem_fail_at(round == 0 ? 0 : 1);
        bd_batch_reset(batch);
        assert_int_equal(bd_batch_size(batch), 0);
        for (uint32_t i = 0; i < 100; i++) {
            assert_int_equal(add(batch, 5, i, NULL), 0);
        }
        bd_mem_fail_at(0);
        expect(batch, 99, 5, 99);
    }
    bd_batch_free(batch);
}

static void a_record_beyond_four_gigabytes_is_refused(void **state) {
    (void)state;
    BdBatch *batch = new_batch();
    BdErr err = BD_ERR_INIT;
    char *text = NULL;
    uint32_t *offsets = NULL;
    size_t bytes = (size_t)UINT32_MAX + 1;
    assert_int_equal(bd_batch_begin(batch, bytes, 1, &text, &offsets, &err), -1);
    assert_int_equal(err.code, BD_E_NOMEM);
    bd_batch_free(batch);
}

static int fill_hundred(void *context, BdErr *err) {
    (void)context;
    BdBatch *batch = NULL;
    if (bd_batch_new(&batch, err) != 0) {
        return -1;
    }
    int rc = 0;
    uint32_t i = 0;
    for (; i < 100 && rc == 0; i++) {
        rc = add(batch, 5, i, err);
    }
    uint32_t complete = rc == 0 ? i : i - 1;
    assert_int_equal(bd_batch_size(batch), complete);
    for (uint32_t k = 0; k < complete; k++) {
        expect(batch, k, 5, k);
    }
    bd_batch_free(batch);
    return rc;
}

static void complete_records_survive_a_failing_allocation(void **state) {
    (void)state;
    assert_true(memory_fail_each(fill_hundred, NULL) > 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_new_batch_is_empty),
        CASE(records_stay_while_the_batch_grows),
        CASE(a_record_may_turn_out_shorter),
        CASE(a_record_that_is_not_ended_is_forgotten),
        CASE(a_batch_that_is_used_again_allocates_nothing),
        CASE(a_record_beyond_four_gigabytes_is_refused),
        CASE(complete_records_survive_a_failing_allocation),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
