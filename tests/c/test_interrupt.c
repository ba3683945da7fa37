/*
 * test_interrupt.c - signals that are noted. Each case is a process of its own.
 */
#include "core/interrupt.h"
#include "support/files.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WRONG = 99 };

/* Install the handlers in a child process, and call f there: how the process ends. */
static int status_of(int (*f)(void)) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(bd_interrupt_install(NULL) == 0 ? f() : WRONG);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static bool is_readable(void) {
    struct pollfd entry = {.fd = bd_interrupt_fd(), .events = POLLIN};
    return poll(&entry, 1, 0) == 1;
}

static int send_one_and_forget_it(void) {
    if (bd_interrupted() || is_readable()) {
        return WRONG;
    }
    raise(SIGTERM);
    if (!bd_interrupted() || !is_readable()) {
        return WRONG;
    }
    bd_interrupt_reset();
    raise(SIGINT); /* the first one again */
    return bd_interrupted() && is_readable() ? 0 : WRONG;
}

static void the_first_signal_is_noted(void **state) {
    (void)state;
    assert_int_equal(status_of(send_one_and_forget_it), 0);
}

static int send_two(void) {
    raise(SIGINT);
    raise(SIGINT);
    return WRONG;
}

static void a_second_signal_ends_the_process(void **state) {
    (void)state;
    assert_int_equal(status_of(send_two), 130);
}

static int close_the_terminal(void) {
    raise(SIGHUP);
    raise(SIGHUP);
    return bd_interrupted() && is_readable() ? 0 : WRONG;
}

static void a_closed_terminal_is_noted_however_often_it_says_so(void **state) {
    (void)state;
    assert_int_equal(status_of(close_the_terminal), 0);
}

static int install_again_where_the_terminal_does_not_matter(void) {
    signal(SIGHUP, SIG_IGN);
    if (bd_interrupt_install(NULL) != 0) {
        return WRONG;
    }
    raise(SIGHUP);
    return bd_interrupted() ? WRONG : 0;
}

static void a_closed_terminal_is_ignored_where_it_was(void **state) {
    (void)state;
    assert_int_equal(status_of(install_again_where_the_terminal_does_not_matter), 0);
}

static int write_to_nobody(void) {
    int fd[2];
    return pipe(fd) == 0 && close(fd[0]) == 0 && write(fd[1], "x", 1) < 0 ? 0 : WRONG;
}

static void a_broken_pipe_does_not_end_the_process(void **state) {
    (void)state;
    assert_int_equal(status_of(write_to_nobody), 0);
}

static int write_too_much(void) {
    const struct rlimit none = {0, 0};
    char path[TEMPORARY_BYTES];
    temporary_name("too-much", path);
    int fd = mkstemp(path);
    unlink(path);
    return setrlimit(RLIMIT_FSIZE, &none) == 0 && write(fd, "x", 1) < 0 && errno == EFBIG ? 0
                                                                                          : WRONG;
}

static void a_file_that_may_not_grow_does_not_end_the_process(void **state) {
    (void)state;
    assert_int_equal(status_of(write_too_much), 0);
}

static int end_a_child(void) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(7);
    }
    return waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7 ? 0 : WRONG;
}

static int install_again_where_children_are_ignored(void) {
    signal(SIGCHLD, SIG_IGN);
    return bd_interrupt_install(NULL) == 0 ? end_a_child() : WRONG;
}

static void children_can_be_waited_for_though_the_parent_ignored_them(void **state) {
    (void)state;
    assert_int_equal(status_of(install_again_where_children_are_ignored), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_signal_is_noted),
        cmocka_unit_test(a_second_signal_ends_the_process),
        cmocka_unit_test(a_closed_terminal_is_noted_however_often_it_says_so),
        cmocka_unit_test(a_closed_terminal_is_ignored_where_it_was),
        cmocka_unit_test(a_broken_pipe_does_not_end_the_process),
        cmocka_unit_test(a_file_that_may_not_grow_does_not_end_the_process),
        cmocka_unit_test(children_can_be_waited_for_though_the_parent_ignored_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
