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
#include <sys/socket.h>
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

/* ---- what is told of ---- */

/* Two ends that are connected, one of them in the set. */
typedef struct Pair {
    BdPollset *set;
    int own;
    int other;
} Pair;

static Pair connect_pair(void) {
    Pair pair;
    int ends[2];
    BdErr err = BD_ERR_INIT;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(bd_pollset_new(&pair.set, SLOT + 1, &err), 0);
    pair.own = ends[0];
    pair.other = ends[1];
    return pair;
}

static void disconnect_pair(Pair *pair) {
    bd_pollset_free(pair->set);
    close(pair->own);
    close(pair->other);
}

static void expect_ready(Pair *pair, int count) {
    uint32_t ready[2] = {0};
    BdErr err = BD_ERR_INIT;
    refusal = ENOSYS;
    assert_int_equal(bd_pollset_wait(pair->set, ready, 2, 0, &err), count);
    assert_int_equal(ready[0], count == 0 ? 0 : SLOT);
}

static void set_to(Pair *pair, BdInterest interest) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_pollset_set(pair->set, SLOT, pair->own, interest, &err), 0);
}

static void put(Pair *pair) {
    assert_int_equal(write(pair->other, "x", 1), 1);
}

static void get(Pair *pair) {
    char byte = 0;
    assert_int_equal(read(pair->own, &byte, 1), 1);
}

static void what_was_not_read_is_told_of_when_it_is_set_again(void **state) {
    (void)state;
    Pair pair = connect_pair();
    put(&pair);
    put(&pair);
    set_to(&pair, BD_INTEREST_READ);
    expect_ready(&pair, 1);
    get(&pair);
    expect_ready(&pair, 0);
    set_to(&pair, BD_INTEREST_READ);
    expect_ready(&pair, 1);
    set_to(&pair, BD_INTEREST_WRITE);
    expect_ready(&pair, 1);
    disconnect_pair(&pair);
}

static void news_are_what_comes_later(void **state) {
    (void)state;
    Pair pair = connect_pair();
    set_to(&pair, BD_INTEREST_READ);
    put(&pair);
    expect_ready(&pair, 1);
    set_to(&pair, BD_INTEREST_NEWS);
    expect_ready(&pair, 0);
    get(&pair);
    put(&pair);
    expect_ready(&pair, 1);
    put(&pair); /* without being set again */
    expect_ready(&pair, 1);
    disconnect_pair(&pair);
}

static void the_first_news_are_what_is_there(void **state) {
    (void)state;
    Pair pair = connect_pair();
    put(&pair);
    set_to(&pair, BD_INTEREST_NEWS);
    expect_ready(&pair, 1);
    set_to(&pair, BD_INTEREST_NONE);
    put(&pair);
    expect_ready(&pair, 0);
    set_to(&pair, BD_INTEREST_NEWS);
    expect_ready(&pair, 1);
    disconnect_pair(&pair);
}

/* It was told of together with the last answer, which alone was read. */
static void the_end_of_a_connection_stays_news(void **state) {
    (void)state;
    Pair pair = connect_pair();
    set_to(&pair, BD_INTEREST_NEWS);
    put(&pair);
    assert_int_equal(shutdown(pair.other, SHUT_RDWR), 0);
    expect_ready(&pair, 1);
    get(&pair);
    for (int i = 0; i < 2; i++) {
        set_to(&pair, BD_INTEREST_NEWS);
        expect_ready(&pair, 1);
    }
    disconnect_pair(&pair);
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
        CASE(what_was_not_read_is_told_of_when_it_is_set_again),
        CASE(news_are_what_comes_later),
        CASE(the_first_news_are_what_is_there),
        CASE(the_end_of_a_connection_stays_news),
        CASE(other_failures_are_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
