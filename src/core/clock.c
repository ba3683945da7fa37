#include "core/clock.h"

#include <limits.h>
#include <time.h>

int64_t bd_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * BD_NS_PER_S + now.tv_nsec;
}

struct timespec bd_timespec(int64_t ns) {
    return (struct timespec){.tv_sec = ns / BD_NS_PER_S, .tv_nsec = ns % BD_NS_PER_S};
}

void bd_sleep_until(int64_t until_ns) {
    struct timespec until = bd_timespec(until_ns);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

int bd_timeout_ms(int64_t deadline_ns, int64_t now_ns) {
    if (deadline_ns == 0) {
        return -1;
    }
    if (deadline_ns <= now_ns) {
        return 0;
    }
    int64_t ms = (deadline_ns - now_ns - 1) / BD_NS_PER_MS + 1;
    return ms > INT_MAX ? INT_MAX : (int)ms;
}
