/*
 * clock.h - the monotonic clock. All times in C are int64_t nanoseconds; only reports speak of
 * seconds.
 */
#ifndef BD_CLOCK_H
#define BD_CLOCK_H

#include <stdint.h>
#include <time.h>

#define BD_NS_PER_S  INT64_C(1000000000)
#define BD_NS_PER_MS INT64_C(1000000)

int64_t bd_now_ns(void);

/* The time left until deadline_ns as a timeout for poll(2) and epoll_wait(2): rounded up, -1 where
 * deadline_ns is 0. */
int bd_timeout_ms(int64_t deadline_ns, int64_t now_ns);

/* A number of nanoseconds as POSIX has it. */
struct timespec bd_timespec(int64_t ns);

/* Sleep until then, or until a signal comes. */
void bd_sleep_until(int64_t until_ns);

#endif
