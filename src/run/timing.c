#include "run/timing.h"

#include "core/clock.h"

void bd_timing_init(BdTiming *timing, BdTimes *times) {
    *timing = (BdTiming){.shares = {.now = BD_SHARE_SOURCE}, .times = times};
}

void bd_timing_begin(BdTiming *timing, int64_t now_ns) {
    timing->shares.now = BD_SHARE_CLIENT;
    timing->shares.since_ns = now_ns;
}

void bd_timing_wait(BdTiming *timing, BdShare share, int64_t now_ns) {
    bd_shares_enter(&timing->shares, share, now_ns);
    if (share != BD_SHARE_SOURCE && timing->sent_ns == 0) {
        timing->sent_ns = now_ns;
        timing->round_trips++;
    }
}

void bd_timing_go_on(BdTiming *timing, int64_t ready_ns, int64_t now_ns) {
    int64_t since_ns = timing->shares.since_ns;
    bd_shares_enter(&timing->shares, BD_SHARE_TURN, ready_ns > since_ns ? ready_ns : since_ns);
    bd_shares_enter(&timing->shares, BD_SHARE_CLIENT, now_ns);
}

int64_t bd_timing_waited_ns(const BdTiming *timing) {
    const int64_t *ns = timing->shares.ns;
    return ns[BD_SHARE_SOURCE] + ns[BD_SHARE_SEND] + ns[BD_SHARE_SERVER];
}

void bd_timing_skipped(BdTiming *timing) {
    bd_shares_enter(&timing->shares, timing->shares.now, bd_now_ns());
}

void bd_timing_started(BdTiming *timing) {
    if (timing->unit_ns == 0) {
        timing->unit_ns = timing->begun_ns = timing->shares.since_ns;
        if (timing->due_ns != 0 && timing->due_ns < timing->begun_ns) {
            timing->unit_ns = timing->due_ns;
        }
    }
    timing->due_ns = 0;
}

void bd_timing_sent(BdTiming *timing, bool pipelined) {
    timing->sent_ns = 0;
    timing->single = !pipelined;
}

static bool runs_statement(const BdRequest *request) {
    return request->kind != BD_REQUEST_PREPARE && request->kind != BD_REQUEST_DESCRIBE;
}

void bd_timing_answered(BdTiming *timing, const BdRequest *request) {
    timing->round_trips += request->kind == BD_REQUEST_COPY ? 1 : 0;
    if (timing->single && timing->sent_ns != 0 && runs_statement(request)) {
        const char *sql = request->statement != NULL ? request->statement->sql : request->text;
        const void *key = request->statement != NULL ? (const void *)request->statement : sql;
        BdTimes *times = timing->times;
        BdHistogram *histogram = bd_latencies_times(&times->statements, key, sql);
        if (histogram != NULL) {
            bd_histogram_note(&times->notes, histogram, timing->shares.since_ns - timing->sent_ns);
        }
    }
}

/* A unit that has its moment is stored. */
static void note_schedule(BdTiming *timing, int64_t now_ns) {
    int64_t lag_ns = timing->begun_ns - timing->unit_ns;
    timing->lag_ns += lag_ns;
    if (lag_ns > timing->most_lag_ns) {
        timing->most_lag_ns = lag_ns;
    }
    BdTimes *times = timing->times;
    bd_histogram_note(&times->notes, times->services, now_ns - timing->begun_ns);
}

int64_t bd_timing_stored(BdTiming *timing) {
    int64_t now_ns = bd_now_ns();
    int64_t took_ns = now_ns - timing->unit_ns;
    BdTimes *times = timing->times;
    bd_spread_add(&times->units_so_far, took_ns);
    bd_histogram_note(&times->notes, times->units, took_ns);
    if (times->services != NULL) {
        note_schedule(timing, now_ns);
    }
    bd_shares_enter(&timing->shares, BD_SHARE_CLIENT, now_ns);
    timing->unit_ns = 0;
    return took_ns;
}

void bd_timing_given_up(BdTiming *timing) {
    timing->unit_ns = 0;
}
