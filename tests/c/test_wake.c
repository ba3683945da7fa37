/*
 * test_wake.c - the descriptor that wakes another thread.
 */
#include "core/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

enum { DEADLINE_MS = 20000 };

static bool readable(const BdWake *wake, int timeout_ms) {
    struct pollfd entry = {.fd = bd_wake_fd(wake), .events = POLLIN};
    return poll(&entry, 1, timeout_ms) == 1;
}

static void many_signals_are_one(void **state) {
    (void)state;
    BdWake wake;
    assert_int_equal(bd_wake_init(&wake, NULL), 0);
    assert_false(readable(&wake, 0));
    for (int i = 0; i < 1000; i++) {
        bd_wake_signal(&wake);
    }
    assert_true(readable(&wake, 0));
    bd_wake_clear(&wake);
    assert_false(readable(&wake, 0));
    bd_wake_signal(&wake);
    assert_true(readable(&wake, 0));
    bd_wake_deinit(&wake);
}

static void more_signals_than_a_pipe_holds_do_not_block(void **state) {
    (void)state;
    BdWake wake;
    assert_int_equal(bd_wake_init(&wake, NULL), 0);
    for (int i = 0; i < 100000; i++) {
        bd_wake_signal(&wake);
    }
    bd_wake_clear(&wake);
    assert_false(readable(&wake, 0));
    bd_wake_clear(&wake);
    bd_wake_deinit(&wake);
}

static void signalling_keeps_errno(void **state) {
    (void)state;
    BdWake wake;
    assert_int_equal(bd_wake_init(&wake, NULL), 0);
    bd_wake_deinit(&wake);
    errno = ENOENT;
    bd_wake_signal(&wake);
    assert_int_equal(errno, ENOENT);
}

static void descriptors_are_closed_on_exec(void **state) {
    (void)state;
    BdWake wake;
    assert_int_equal(bd_wake_init(&wake, NULL), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_not_equal(fcntl(wake.fd[i], F_GETFD) & FD_CLOEXEC, 0);
        assert_int_not_equal(fcntl(wake.fd[i], F_GETFL) & O_NONBLOCK, 0);
    }
    bd_wake_deinit(&wake);
    bd_wake_deinit(&wake);
    assert_int_equal(bd_wake_fd(&wake), -1);
}

static void *signal_once(void *wake) {
    bd_wake_signal(wake);
    return NULL;
}

static void another_thread_wakes_a_poll(void **state) {
    (void)state;
    BdWake wake;
    pthread_t thread;
    assert_int_equal(bd_wake_init(&wake, NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, signal_once, &wake), 0);
    assert_true(readable(&wake, DEADLINE_MS));
    assert_int_equal(pthread_join(thread, NULL), 0);
    bd_wake_deinit(&wake);
}

static void want_of_descriptors_is_an_error(void **state) {
    (void)state;
    struct rlimit limit;
    BdErr err = BD_ERR_INIT;
    BdWake wake;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int rc = bd_wake_init(&wake, &err);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(rc, -1);
    assert_int_equal(err.code, BD_E_IO);
    assert_int_equal(err.sys, EMFILE);
    bd_wake_deinit(&wake);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_signals_are_one),
        cmocka_unit_test(more_signals_than_a_pipe_holds_do_not_block),
        cmocka_unit_test(signalling_keeps_errno),
        cmocka_unit_test(descriptors_are_closed_on_exec),
        cmocka_unit_test(another_thread_wakes_a_poll),
        cmocka_unit_test(want_of_descriptors_is_an_error),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
