/*
 * test_mem.c - the allocator: zeroed blocks, overflow, counting, failing on demand.
 */
#include "core/mem.h"

#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void blocks_are_zeroed(void **state) {
    (void)state;
    static const char zeros[1000];
    char *p = bd_alloc(1000);
    char *q = bd_alloc_array(100, 10);
    char *r = bd_alloc_lines(10, 100);
    char *pages = bd_alloc_pages(1000);
    assert_memory_equal(p, zeros, 1000);
    assert_memory_equal(q, zeros, 1000);
    assert_memory_equal(r, zeros, 1000);
    assert_memory_equal(pages, zeros, 1000);
    bd_free_pages(pages, 1000);
    bd_free(p);
    bd_free(q);
    bd_free(r);
}

static void empty_blocks_are_blocks(void **state) {
    (void)state;
    char *blocks[] = {bd_alloc(0), bd_alloc_array(0, 8), bd_alloc_array(8, 0), bd_alloc_lines(0, 8),
                      bd_realloc_array(NULL, 0, 8)};
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        assert_non_null(blocks[i]);
        blocks[i][0] = 'x';
        bd_free(blocks[i]);
    }
}

static void lines_are_aligned(void **state) {
    (void)state;
    for (size_t n = 1; n < 300; n += 37) {
        void *p = bd_alloc_lines(1, n);
        assert_int_equal((uintptr_t)p % BD_CACHE_LINE, 0);
        bd_free(p);
    }
}

static void sizes_that_overflow_fail(void **state) {
    (void)state;
    assert_null(bd_alloc_array(SIZE_MAX / 2, 3));
    assert_null(bd_alloc_lines(SIZE_MAX / 2, 3));
    assert_null(bd_alloc_lines(1, SIZE_MAX - 10));
    assert_null(bd_alloc_pages(SIZE_MAX / 2));
    char *p = bd_alloc(1);
    assert_null(bd_realloc_array(p, SIZE_MAX / 2, 3));
    bd_free(p);
}

static void growing_keeps_the_content(void **state) {
    (void)state;
    char *p = bd_realloc_array(NULL, 3, 1);
    memcpy(p, "abc", 3);
    p = bd_realloc_array(p, 100000, 1);
    assert_non_null(p);
    assert_memory_equal(p, "abc", 3);
    p = bd_realloc_array(p, 2, 1);
    assert_memory_equal(p, "ab", 2);
    bd_free(p);
}

static void copies_are_ended_by_zero(void **state) {
    (void)state;
    char *p = bd_strndup("abcdef", 3);
    char *q = bd_strdup("abc");
    char *r = bd_strndup("", 0);
    assert_string_equal(p, "abc");
    assert_string_equal(q, "abc");
    assert_string_equal(r, "");
    bd_free(p);
    bd_free(q);
    bd_free(r);
}

static void live_blocks_are_counted(void **state) {
    (void)state;
    int64_t live = bd_mem_live();
    void *p = bd_alloc(10);
    void *q = bd_realloc_array(NULL, 1, 10);
    void *pages = bd_alloc_pages(10);
    assert_int_equal(bd_mem_live(), live + 3);
    q = bd_realloc_array(q, 2, 10);
    assert_int_equal(bd_mem_live(), live + 3);
    bd_free(p);
    bd_free(q);
    bd_free(NULL);
    bd_free_pages(pages, 10);
    bd_free_pages(NULL, 10);
    assert_int_equal(bd_mem_live(), live);
}

static void only_the_chosen_allocation_fails(void **state) {
    (void)state;
    bd_mem_fail_at(2);
    void *p = bd_alloc(1);
    void *q = bd_alloc_lines(1, 1);
    void *r = bd_strdup("x");
    bd_mem_fail_at(0);
    assert_non_null(p);
    assert_null(q);
    assert_non_null(r);
    bd_mem_fail_at(1);
    assert_null(bd_realloc_array(p, 2, 1));
    assert_non_null(p = bd_realloc_array(p, 2, 1));
    bd_mem_fail_at(1);
    assert_null(bd_strdup("x"));
    bd_mem_fail_at(1);
    assert_null(bd_alloc_pages(10));
    bd_free(p);
    bd_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(blocks_are_zeroed),         CASE(empty_blocks_are_blocks),
        CASE(lines_are_aligned),         CASE(sizes_that_overflow_fail),
        CASE(growing_keeps_the_content), CASE(copies_are_ended_by_zero),
        CASE(live_blocks_are_counted),   CASE(only_the_chosen_allocation_fails),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
