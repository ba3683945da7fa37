/*
 * test_cache.c - answers are found again by statement and values, and by nothing else.
 */
#include "core/mem.h"
#include "run/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define PLENTY ((size_t)1 << 24)

static BdStatement *statement(uint32_t id) {
    BdErr err = BD_ERR_INIT;
    BdStatement *made = NULL;
    assert_int_equal(bd_statement_new(&made, id, "select $1, $2", &err), 0);
    return made;
}

static BdCache *cache_of(size_t limit_bytes) {
    BdErr err = BD_ERR_INIT;
    BdCache *cache = NULL;
    assert_int_equal(bd_cache_new(&cache, limit_bytes, &err), 0);
    return cache;
}

static BdAnswer *an_answer(void) {
    static const char *const names[] = {"x"};
    static const char *const values[] = {"1"};
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_answer_new(&answer, names, 1, values, 1, &err), 0);
    return answer;
}

#define VALUES(a, b) ((const char *const[]){(a), (b)})

static void answers_are_found_by_statement_and_values(void **state) {
    (void)state;
    static const char *const values[][2] = {{"a", "b"},   {"ab", ""},   {"", "ab"}, {NULL, "ab"},
                                            {"ab", NULL}, {NULL, NULL}, {"", ""}};
    enum { SETS = sizeof(values) / sizeof(values[0]) };
    BdStatement *statements[] = {statement(0), statement(1)};
    BdAnswer *answers[2][SETS];
    BdCache *cache = cache_of(PLENTY);
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < SETS; j++) {
            assert_null(bd_cache_find(cache, statements[i], values[j]));
            answers[i][j] = an_answer();
            assert_true(bd_cache_keep(cache, statements[i], values[j], answers[i][j]));
        }
    }
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < SETS; j++) {
            assert_ptr_equal(bd_cache_find(cache, statements[i], values[j]), answers[i][j]);
        }
        bd_statement_free(statements[i]);
    }
    bd_cache_free(cache);
}

static void many_answers_are_found(void **state) {
    (void)state;
    enum { MANY = 5000 };
    static BdAnswer *answers[MANY];
    char text[16];
    BdStatement *asked = statement(0);
    BdCache *cache = cache_of(PLENTY);
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof(text), "%d", i);
        answers[i] = an_answer();
        assert_true(bd_cache_keep(cache, asked, VALUES(text, NULL), answers[i]));
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof(text), "%d", i);
        assert_ptr_equal(bd_cache_find(cache, asked, VALUES(text, NULL)), answers[i]);
    }
    bd_cache_reset(cache);
    assert_null(bd_cache_find(cache, asked, VALUES("1", NULL)));
    bd_statement_free(asked);
    bd_cache_free(cache);
}

static void a_full_cache_keeps_what_it_has(void **state) {
    (void)state;
    BdStatement *asked = statement(0);
    BdAnswer *first = an_answer();
    BdAnswer *second = an_answer();
    BdCache *cache = cache_of(2 * bd_answer_bytes(first));
    assert_true(bd_cache_keep(cache, asked, VALUES("1", "2"), first));
    assert_false(bd_cache_keep(cache, asked, VALUES("3", "4"), second));
    assert_null(bd_cache_find(cache, asked, VALUES("3", "4")));
    assert_ptr_equal(bd_cache_find(cache, asked, VALUES("1", "2")), first);
    bd_answer_free(second);
    bd_statement_free(asked);
    bd_cache_free(cache);
}

static void without_memory_nothing_is_kept(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    int64_t live = bd_mem_live();
    BdCache *cache = NULL;
    bd_mem_fail_at(1);
    assert_int_equal(bd_cache_new(&cache, PLENTY, &err), -1);
    bd_mem_fail_at(0);
    cache = cache_of(PLENTY);
    BdStatement *asked = statement(0);
    BdAnswer *answer = an_answer();
    for (int n = 1; n <= 2; n++) {
        bd_mem_fail_at(n);
        assert_false(bd_cache_keep(cache, asked, VALUES("1", "2"), answer));
        bd_mem_fail_at(0);
        assert_null(bd_cache_find(cache, asked, VALUES("1", "2")));
    }
    assert_true(bd_cache_keep(cache, asked, VALUES("1", "2"), answer));
    bd_statement_free(asked);
    bd_cache_free(cache);
    assert_int_equal(bd_mem_live(), live);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_found_by_statement_and_values),
        cmocka_unit_test(many_answers_are_found),
        cmocka_unit_test(a_full_cache_keeps_what_it_has),
        cmocka_unit_test(without_memory_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
