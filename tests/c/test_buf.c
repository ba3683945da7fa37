/*
 * test_buf.c - the growing buffer.
 */
#include "core/buf.h"

#include "core/mem.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void bytes_are_kept_while_it_grows(void **state) {
    (void)state;
    BdBuf buf = {0};
    for (int i = 0; i < 1000; i++) {
        char byte = (char)('a' + i % 26);
        assert_int_equal(bd_buf_append(&buf, &byte, 1), 0);
    }
    assert_int_equal(buf.len, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(buf.p[i], 'a' + i % 26);
    }
    bd_buf_deinit(&buf);
    assert_null(buf.p);
    assert_int_equal(buf.cap, 0);
}

static void the_end_is_not_counted(void **state) {
    (void)state;
    BdBuf buf = {0};
    assert_int_equal(bd_buf_append_str(&buf, "ab"), 0);
    assert_int_equal(bd_buf_append(&buf, NULL, 0), 0);
    assert_int_equal(bd_buf_end(&buf), 0);
    assert_int_equal(buf.len, 2);
    assert_string_equal(buf.p, "ab");
    assert_int_equal(bd_buf_append_str(&buf, "c"), 0);
    assert_int_equal(bd_buf_end(&buf), 0);
    assert_string_equal(buf.p, "abc");
    bd_buf_deinit(&buf);
}

static void an_empty_buffer_can_be_ended(void **state) {
    (void)state;
    BdBuf buf = {0};
    assert_int_equal(bd_buf_end(&buf), 0);
    assert_string_equal(buf.p, "");
    bd_buf_deinit(&buf);
    bd_buf_deinit(&buf);
}

static void the_end_fits_behind_a_full_buffer(void **state) {
    (void)state;
    BdBuf buf = {0};
    assert_int_equal(bd_buf_reserve(&buf, 1), 0);
    size_t cap = buf.cap;
    for (size_t i = 0; i < cap; i++) {
        assert_int_equal(bd_buf_append(&buf, "x", 1), 0);
    }
    assert_int_equal(bd_buf_end(&buf), 0);
    assert_true(buf.cap > cap);
    assert_int_equal(strlen(buf.p), cap);
    bd_buf_deinit(&buf);
}

static void resetting_keeps_the_memory(void **state) {
    (void)state;
    BdBuf buf = {0};
    assert_int_equal(bd_buf_reserve(&buf, 5000), 0);
    char *p = buf.p;
    size_t cap = buf.cap;
    assert_true(cap >= 5000);
    bd_buf_reset(&buf);
    assert_int_equal(buf.len, 0);
    assert_int_equal(bd_buf_reserve(&buf, 5000), 0);
    assert_ptr_equal(buf.p, p);
    assert_int_equal(buf.cap, cap);
    bd_buf_deinit(&buf);
}

static void the_content_survives_a_failing_allocation(void **state) {
    (void)state;
    BdBuf buf = {0};
    char more[500] = {0};
    assert_int_equal(bd_buf_append_str(&buf, "abc"), 0);
    bd_mem_fail_at(1);
    assert_int_equal(bd_buf_append(&buf, more, sizeof(more)), -1);
    bd_mem_fail_at(0);
    assert_int_equal(buf.len, 3);
    assert_memory_equal(buf.p, "abc", 3);
    assert_int_equal(bd_buf_reserve(&buf, SIZE_MAX - 1), -1);
    assert_int_equal(bd_buf_reserve(&buf, SIZE_MAX - 3), -1);
    assert_memory_equal(buf.p, "abc", 3);
    bd_buf_deinit(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(bytes_are_kept_while_it_grows), CASE(the_end_is_not_counted),
        CASE(an_empty_buffer_can_be_ended),  CASE(the_end_fits_behind_a_full_buffer),
        CASE(resetting_keeps_the_memory),    CASE(the_content_survives_a_failing_allocation),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
