/*
 * timing.h - where a worker's time goes, and how long its units and statements take.
 *
 * The engine says when the worker begins to wait and when it goes on; the clock is read there, and
 * when a unit is stored or a record passed over. The worker says what happened; anything else that
 * it says costs no look at the clock.
 *
 * A unit takes from when its first record was there until it is stored, or from when the one before
 * was stored, if it did not have to wait for its record; where records have their moments (see
 * schedule.h), from its first one's moment, and what it took from its begin is kept beside it. A
 * statement takes from when it had been sent until the worker could look at its answer; of
 * pipelines only the whole is in the unit's time. What fails is not counted.
 *
 * Ownership: embedded in the worker; the times it counts are its crew's.
 * Threads:   one at a time.
 */
#ifndef BD_TIMING_H
#define BD_TIMING_H

#include "pg/session.h"
#include "run/times.h"
#include "stats/shares.h"

#include <stdbool.h>

typedef struct BdTiming {
    BdShares shares;
    int64_t unit_ns;     /* from when the unit under way counts; 0: there is none */
    int64_t begun_ns;    /* when it began */
    int64_t due_ns;      /* the moment of the record to come; 0: it has none, or has begun */
    BdTimes *times;      /* where units and statements are counted */
    int64_t sent_ns;     /* when the request under way had been sent; 0: not yet waited for */
    bool single;         /* it is not part of a pipeline */
    int64_t round_trips; /* how often an answer was waited for; twice for a COPY, which may send its
                            data after the first */
    int64_t paced_ns;    /* how long the worker has waited for the moments of records */
    int64_t lag_ns;      /* how long after their moments the stored units began, in all */
    int64_t most_lag_ns; /* and the longest */
} BdTiming;

/* times: of the worker's crew. */
void bd_timing_init(BdTiming *timing, BdTimes *times);

/* ---- the engine ---- */

/* The worker has begun. */
void bd_timing_begin(BdTiming *timing, int64_t now_ns);

/* It waits from now on, for what `share` says; one that has ended, for a record. */
void bd_timing_wait(BdTiming *timing, BdShare share, int64_t now_ns);

/* It goes on now. What it waited for was there since ready_ns; that it did not go on then is its
 * turn's share. Without a delay, ready_ns is now_ns. */
void bd_timing_go_on(BdTiming *timing, int64_t ready_ns, int64_t now_ns);

/* How long it has waited so far. */
int64_t bd_timing_waited_ns(const BdTiming *timing);

/* ---- the worker ---- */

/* It passes over a record: a unit that begins next counts from now on. */
void bd_timing_skipped(BdTiming *timing);

/* It starts a record. */
void bd_timing_started(BdTiming *timing);

/* A request was sent. pipelined: it belongs to a pipeline. */
void bd_timing_sent(BdTiming *timing, bool pipelined);

/* The answer to it is here. */
void bd_timing_answered(BdTiming *timing, const BdRequest *request);

/* The unit is stored: returns how long it took; or it is over without. */
int64_t bd_timing_stored(BdTiming *timing);
void bd_timing_given_up(BdTiming *timing);

#endif
