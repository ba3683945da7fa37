/*
 * test_rejects.c - counting and sampling what was left out.
 */
#include "core/mem.h"
#include "stats/rejects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void open_rejects(BdRejects *rejects, int64_t limit) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_rejects_init(rejects, limit, &err), 0);
}

static void the_first_is_too_many_when_none_is_allowed(void **state) {
    (void)state;
    BdRejects rejects;
    open_rejects(&rejects, 0);
    assert_int_equal(bd_rejects_count(&rejects), 0);
    assert_true(bd_rejects_add(&rejects, "f", 1, "", "why"));
    assert_int_equal(bd_rejects_count(&rejects), 1);
    bd_rejects_deinit(&rejects);
}

static void the_limit_itself_is_allowed(void **state) {
    (void)state;
    BdRejects rejects;
    open_rejects(&rejects, 2);
    assert_false(bd_rejects_add(&rejects, "f", 1, "", "why"));
    assert_false(bd_rejects_add(&rejects, "f", 2, "", "why"));
    assert_true(bd_rejects_add(&rejects, "f", 3, "", "why"));
    assert_true(bd_rejects_add(&rejects, "f", 4, "", "why"));
    bd_rejects_deinit(&rejects);
}

static void the_first_are_kept_as_samples(void **state) {
    (void)state;
    BdRejects rejects;
    open_rejects(&rejects, INT64_MAX);
    for (int64_t i = 0; i < BD_REJECT_SAMPLES + 5; i++) {
        char file[16];
        char reason[32];
        snprintf(file, sizeof(file), "file %d", (int)i);
        snprintf(reason, sizeof(reason), "reason %d", (int)i);
        assert_false(bd_rejects_add(&rejects, file, i, i % 2 == 0 ? "" : "23505", reason));
        memset(file, 'x', sizeof(file)); /* they must have been copied */
        memset(reason, 'x', sizeof(reason));
    }
    assert_int_equal(bd_rejects_count(&rejects), BD_REJECT_SAMPLES + 5);
    assert_int_equal(rejects.kept, BD_REJECT_SAMPLES);
    assert_string_equal(rejects.samples[0].file, "file 0");
    assert_string_equal(rejects.samples[0].sqlstate, "");
    assert_string_equal(rejects.samples[9].file, "file 9");
    assert_string_equal(rejects.samples[9].reason, "reason 9");
    assert_string_equal(rejects.samples[9].sqlstate, "23505");
    assert_int_equal(rejects.samples[9].line, 9);
    bd_rejects_deinit(&rejects);
}

static void a_sample_there_is_no_memory_for_is_counted_all_the_same(void **state) {
    (void)state;
    int64_t live = bd_mem_live();
    for (int64_t n = 1; n <= 2; n++) {
        BdRejects rejects;
        open_rejects(&rejects, 1);
        bd_mem_fail_at(n);
        assert_false(bd_rejects_add(&rejects, "lost", 1, "", "why"));
        bd_mem_fail_at(0);
        assert_int_equal(rejects.kept, 0);
        assert_true(bd_rejects_add(&rejects, "kept", 2, "", "why"));
        assert_int_equal(bd_rejects_count(&rejects), 2);
        assert_int_equal(rejects.kept, 1);
        assert_string_equal(rejects.samples[0].file, "kept");
        bd_rejects_deinit(&rejects);
        assert_int_equal(bd_mem_live(), live);
    }
}

static void *reject_many(void *arg) {
    BdRejects *rejects = arg;
    for (int i = 0; i < 1000; i++) {
        bool too_many = bd_rejects_add(rejects, "f", i, "", "why");
        (void)too_many;
    }
    return NULL;
}

static void many_threads_may_add(void **state) {
    (void)state;
    enum { THREADS = 4 };
    int64_t live = bd_mem_live();
    BdRejects rejects;
    pthread_t threads[THREADS];
    open_rejects(&rejects, 10);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, reject_many, &rejects), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_int_equal(bd_rejects_count(&rejects), 1000 * THREADS);
    assert_int_equal(rejects.kept, BD_REJECT_SAMPLES);
    bd_rejects_deinit(&rejects);
    assert_int_equal(bd_mem_live(), live);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_too_many_when_none_is_allowed),
        cmocka_unit_test(the_limit_itself_is_allowed),
        cmocka_unit_test(the_first_are_kept_as_samples),
        cmocka_unit_test(a_sample_there_is_no_memory_for_is_counted_all_the_same),
        cmocka_unit_test(many_threads_may_add),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
