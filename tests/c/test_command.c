/*
 * test_command.c - running another program. What it prints and takes is in tests/lua.
 */
#include "core/command.h"

#include "core/clock.h"
#include "core/launcher.h"
#include "support/memory.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void memory_is_that_of_the_program_and_not_ours(void **state) {
    (void)state;
    size_t size = (size_t)64 * 1024 * 1024;
    void *ours = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(ours, MAP_FAILED);
    memset(ours, 1, size);
    BdCommandResult result;
    assert_int_equal(run("true", &result, NULL), 0);
    assert_in_range(result.peak_bytes, 100 * 1024, size / 4 * 3);
    bd_command_deinit(&result);
    munmap(ours, size);
    /* tail keeps what it may have to print: a line without end */
    assert_int_equal(run("head -c 67108864 /dev/zero | tail -n 1 >/dev/null", &result, NULL), 0);
    assert_in_range(result.peak_bytes, size, 3 * size);
    bd_command_deinit(&result);
}

static void no_descriptor_is_left(void **state) {
    (void)state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const struct rlimit few = {64, limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    for (int i = 0; i < 100; i++) { /* more than this process may have now */
        const char *const argv[] = {"/no/such/program", NULL};
        const BdCommand command = {.argv = argv, .env = no_variables};
        BdCommandResult result;
        BdErr err = BD_ERR_INIT;
        assert_int_equal(bd_command_run(&command, &result, &err), -1);
        assert_int_equal(err.code, BD_E_CONFIG);
        bd_command_deinit(&result);
    }
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Read a process's number from what a program has printed: does that process live? */
static bool lives(const BdCommandResult *result) {
    long pid = strtol(result->out.p, NULL, 10);
    assert_true(pid > 1);
    return kill((pid_t)pid, 0) == 0;
}

static void what_is_left_in_other_sessions_is_killed(void **state) {
    (void)state;
    /* The program ends when each process is in its session. */
    static const char *const scripts[] = {
        "setsid sleep 1000 & until grep -q \" $! $! \" /proc/$!/stat; do :; done; echo $!",
        /* its parent is gone before the program is, and it has a child in another session */
        "{ setsid sh -c 'setsid sh -c \"echo \\$\\$; exec sleep 1000 >/dev/null\" &"
        "  exec >/dev/null; wait' & } | cat",
    };
    for (size_t i = 0; i < 2; i++) {
        BdCommandResult result;
        assert_int_equal(run(scripts[i], &result, NULL), 0);
        assert_int_equal(result.status, 0);
        assert_true(result.left_behind);
        assert_false(lives(&result));
        bd_command_deinit(&result);
    }
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left, dead or alive */
}

static void what_is_left_when_time_is_up_is_killed(void **state) {
    (void)state;
    const char *const argv[] = {"/bin/sh", "-c", "setsid sleep 1000 & echo $!; wait", NULL};
    const BdCommand command = {.argv = argv, .env = no_variables, .timeout_ns = BD_NS_PER_S};
    BdCommandResult result;
    assert_int_equal(bd_command_run(&command, &result, NULL), 0);
    assert_true(result.timed_out);
    assert_false(result.left_behind);
    assert_false(lives(&result));
    bd_command_deinit(&result);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void what_was_there_before_and_what_has_ended_is_left_alone(void **state) {
    (void)state;
    pid_t before = fork();
    if (before == 0) {
        alarm(60); /* where the test fails */
        pause();
        _exit(0);
    }
    BdCommandResult result;
    /* One that has ended, and that nobody has waited for. */
    assert_int_equal(run("pid=$(setsid sh -c 'echo $$' &)\n"
                         "until grep -q ') Z' /proc/$pid/stat; do :; done",
                         &result, NULL),
                     0);
    assert_int_equal(result.status, 0);
    assert_false(result.left_behind);
    bd_command_deinit(&result);
    assert_int_equal(waitpid(before, NULL, WNOHANG), 0);
    kill(before, SIGKILL);
    assert_int_equal(waitpid(before, NULL, 0), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(int argc, char **argv) {
    (void)argc;
    bd_launcher_main(argv);
    const struct CMUnitTest tests[] = {
        CASE(each_allocation_may_fail),
        CASE(outputs_can_be_read_as_strings),
        CASE(memory_is_that_of_the_program_and_not_ours),
        CASE(no_descriptor_is_left),
        CASE(what_is_left_in_other_sessions_is_killed),
        CASE(what_is_left_when_time_is_up_is_killed),
        CASE(what_was_there_before_and_what_has_ended_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
