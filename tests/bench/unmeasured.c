/*
 * unmeasured.c - the program without what measures it, for `tests/bench/run measuring`: linked
 * before the library, in place of run/timing.c, of what counts units, and of the clock.
 *
 * What a run needs stays: rows and records are counted, the poll engine knows who waits for a
 * record, and the clock is the coarse one, which moves a few times in a hundredth of a second and
 * takes a fraction of the time to read.
 */
#include "core/clock.h"
#include "run/timing.h"
#include "stats/counters.h"

#include <time.h>

int64_t bd_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec * BD_NS_PER_S + now.tv_nsec;
}

void bd_counters_stored(BdCounters *counters, int64_t ns, const BdShares *shares) {
    (void)counters;
    (void)ns;
    (void)shares;
}

void bd_timing_init(BdTiming *timing, BdTimes *times) {
    *timing = (BdTiming){.shares = {.now = BD_SHARE_SOURCE}, .times = times};
}

void bd_timing_begin(BdTiming *timing, int64_t now_ns) {
    (void)now_ns;
    timing->shares.now = BD_SHARE_CLIENT;
}

void bd_timing_wait(BdTiming *timing, BdShare share, int64_t now_ns) {
    (void)now_ns;
    timing->shares.now = share;
}

void bd_timing_go_on(BdTiming *timing, int64_t ready_ns, int64_t now_ns) {
    (void)ready_ns;
    (void)now_ns;
    timing->shares.now = BD_SHARE_CLIENT;
}

int64_t bd_timing_waited_ns(const BdTiming *timing) {
    (void)timing;
    return 0;
}

void bd_timing_skipped(BdTiming *timing) {
    (void)timing;
}

void bd_timing_started(BdTiming *timing) {
    (void)timing;
}

void bd_timing_sent(BdTiming *timing, bool pipelined) {
    (void)timing;
    (void)pipelined;
}

void bd_timing_answered(BdTiming *timing, const BdRequest *request) {
    (void)timing;
    (void)request;
}

int64_t bd_timing_stored(BdTiming *timing) {
    (void)timing;
    return 0;
}

void bd_timing_given_up(BdTiming *timing) {
    (void)timing;
}
