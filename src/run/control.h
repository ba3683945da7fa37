/*
 * control.h - what the workers of a step share: whether to go on, what was rejected, the first
 * fatal error.
 *
 * Threads:   every function from any thread. The stop flag is an atomic that only ever rises; the
 *            error is set once.
 */
#ifndef BD_CONTROL_H
#define BD_CONTROL_H

#include "core/err.h"
#include "core/wake.h"
#include "stats/rejects.h"

#include <stdatomic.h>

/* How far to stop; each includes the ones before. */
typedef enum BdStop {
    BD_STOP_NOT,   /* go on */
    BD_STOP_DRAIN, /* finish the record in hand, take no other */
    BD_STOP_NOW    /* send nothing more for the record in hand */
} BdStop;

typedef struct BdControl {
    _Atomic int stop;    /* a BdStop */
    _Atomic bool failed; /* fatal holds an error */
    BdErr fatal; /* the first error that ended the step; written once, read after the workers have
                    ended */
    BdRejects rejects; /* bad lines and failed records */
    BdWake wake; /* wakes the step's own thread when a stop was asked for or a worker has ended */
    _Atomic int64_t active;        /* engine threads still running */
    _Atomic int64_t claims_wanted; /* how often workers have asked for the load's claim, */
    _Atomic int64_t claims_taken;  /* and how many of these times it is known to be held since */
} BdControl;

BD_MUSTCHECK int bd_control_init(BdControl *control, int64_t max_errors, BdErr *err);
void bd_control_deinit(BdControl *control);

/* Ask everybody to stop, that far at least. */
void bd_control_stop(BdControl *control, BdStop stop);

static inline BdStop bd_control_stopped(const BdControl *control) {
    return (BdStop)atomic_load_explicit(&control->stop, memory_order_relaxed);
}

/* The step cannot go on: keep the error if it is the first, and stop (drain). */
void bd_control_fail(BdControl *control, const BdErr *err);

/*
 * A worker whose session was opened again must not go on with a load that can be continued before
 * the load's claim, which may be lost as well, is taken again by the step's own thread. Returns the
 * number to ask bd_control_claimed() with.
 */
int64_t bd_control_want_claim(BdControl *control);
bool bd_control_claimed(const BdControl *control, int64_t number);

/* Count a bad line or a failed record; stops (drain) when there are more than allowed. 0 to go on,
 * -1 when stopped so. */
int bd_control_reject(BdControl *control, const char *file, int64_t line, const char *sqlstate,
                      const char *reason);

#endif
