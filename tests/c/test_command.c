/*
 * test_command.c - running another program. What it prints and takes is in tests/lua.
 */
#include "core/command.h"

#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const no_variables[] = {NULL};

static int run(const char *script, BdCommandResult *result, BdErr *err) {
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    const BdCommand command = {.argv = argv, .env = no_variables};
    return bd_command_run(&command, result, err);
}

static int run_and_free(void *context, BdErr *err) {
    (void)context;
    BdCommandResult result;
    int status = run("echo out; echo err >&2", &result, err);
    bd_command_deinit(&result);
    return status;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
    assert_in_range(memory_fail_each(run_and_free, NULL), 3, 100);
}

static void outputs_can_be_read_as_strings(void **state) {
    (void)state;
    BdCommandResult result;
    assert_int_equal(run("true", &result, NULL), 0);
    assert_string_equal(result.out.p, "");
    bd_command_deinit(&result);
    assert_int_equal(run("echo a; echo b >&2", &result, NULL), 0);
    assert_string_equal(result.out.p, "a\n");
    assert_string_equal(result.err.p, "b\n");
    assert_int_equal(result.status, 0);
    bd_command_deinit(&result);
}

static void no_descriptor_is_left(void **state) {
    (void)state;
    for (int i = 0; i < 2000; i++) { /* more than a process may have */
        const char *const argv[] = {"/no/such/program", NULL};
        const BdCommand command = {.argv = argv, .env = no_variables};
        BdCommandResult result;
        BdErr err = BD_ERR_INIT;
        assert_int_equal(bd_command_run(&command, &result, &err), -1);
        assert_int_equal(err.code, BD_E_CONFIG);
        bd_command_deinit(&result);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(each_allocation_may_fail),
        CASE(outputs_can_be_read_as_strings),
        CASE(no_descriptor_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
