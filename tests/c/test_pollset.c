/*
 * test_pollset.c - descriptors waited for with epoll, on a kernel that has none but the old calls.
 */
#define _GNU_SOURCE /* epoll_pwait2() */

#include "core/clock.h"
#include "run/pollset.h"
#include "support/memory.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

#define SLOT 3

static int refusal; /* the errno with which the kernel, or who filters its calls, knows none */
static int tries;

/* In the place of the C library's. */
int epoll_pwait2(int epoll, struct epoll_event *events, int most, const struct timespec *timeout,
                 const sigset_t *mask) {
    (void)epoll, (void)events, (void)most, (void)timeout, (void)mask;
    tries++;
    errno = refusal;
    return -1;
}

static void check_waiting(int refused_with) {
    BdPollset *set = NULL;
    BdErr err = BD_ERR_INIT;
    uint32_t ready[2] = {0};
    int ends[2];
    refusal = refused_with;
    tries = 0;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(bd_pollset_new(&set, SLOT + 1, &err), 0);
    assert_int_equal(bd_pollset_set(set, SLOT, ends[0], BD_INTEREST_READ, &err), 0);

    int64_t begin_ns = bd_now_ns();
    assert_int_equal(bd_pollset_wait(set, ready, 2, 3 * BD_NS_PER_MS / 2, &err), 0);
    assert_true(bd_now_ns() - begin_ns >= 3 * BD_NS_PER_MS / 2); /* it does not wake too early */
    assert_int_equal(bd_pollset_wait(set, ready, 2, 0, &err), 0);

    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(bd_pollset_wait(set, ready, 2, INT64_MAX, &err), 1);
    assert_int_equal(ready[0], SLOT);
    assert_int_equal(tries, 1); /* it is not asked again and again */
    bd_pollset_free(set);
    close(ends[0]);
    close(ends[1]);
}

static void a_kernel_without_fine_timeouts_waits_for_milliseconds(void **state) {
    (void)state;
    check_waiting(ENOSYS);
}

static void so_it_does_where_the_call_is_filtered(void **state) {
    (void)state;
    check_waiting(EPERM);
}

static void other_failures_are_reported(void **state) {
    (void)state;
    BdPollset *set = NULL;
    BdErr err = BD_ERR_INIT;
    uint32_t ready = 0;
    refusal = EBADF;
    assert_int_equal(bd_pollset_new(&set, 1, &err), 0);
    assert_int_equal(bd_pollset_wait(set, &ready, 1, 0, &err), -1);
    assert_int_equal(err.code, BD_E_IO);
    bd_pollset_free(set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_kernel_without_fine_timeouts_waits_for_milliseconds),
        CASE(so_it_does_where_the_call_is_filtered),
        CASE(other_failures_are_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
