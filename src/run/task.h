/*
 * task.h - what drives a session through one record: requests out, answers in.
 *
 * A worker holds one task and uses it for record after record. It calls start() with a record, then
 * next() and answer() in turn until next() says that the record is done; reset() follows, also
 * after a failure. Records are committed in units (run/worker.h): after the last record of a unit
 * come finish() and answer() in turn, then settle(). A unit may be given up at any time, and its
 * records started once more. A task does not know who waits, or how, and the worker does not know
 * whether a plan or a coroutine is behind.
 *
 * Ownership: the record stays valid until reset(). Answers belong to the task. What a request
 *            points to stays valid until it was answered or refused: it may be sent again.
 * Threads:   one at a time.
 * Errors:    a failing call fails the record: *err says why, with the place in the scenario.
 *            reset() follows.
 */
#ifndef BD_TASK_H
#define BD_TASK_H

#include "core/err.h"
#include "input/record.h"
#include "pg/session.h"
#include "run/control.h"
#include "run/plan.h"

#include <stdbool.h>

typedef struct BdTask BdTask;

typedef enum BdNext {
    BD_NEXT_REQUEST, /* *request is to be sent; if it says `more`, another one follows at once */
    BD_NEXT_DONE,    /* the record is done, or nothing is left to be finished */
    BD_NEXT_FAILED   /* the record, or its unit, has failed */
} BdNext;

typedef struct BdTaskOps {
    int (*start)(BdTask *task, const BdRecord *record, BdErr *err);
    BdNext (*next)(BdTask *task, BdRequest *request, BdErr *err);

    /* Take the answer to the last request: -1 fails the record. */
    int (*answer)(BdTask *task, BdAnswer *answer, BdErr *err);

    /*
     * The server refused the last request: *err says why. 0: the task knows, and goes on with
     * next(). -1: the record fails; the place in the scenario was added to *err.
     */
    int (*refused)(BdTask *task, BdErr *err);

    /* Let go of everything that belongs to the record under way, but not of rows that were
     * collected from it for later. */
    void (*reset)(BdTask *task);

    /* The unit's last record is done: as next(), for what was collected and not sent. */
    BdNext (*finish)(BdTask *task, BdRequest *request, BdErr *err);

    /* The unit is over. What was answered since the last call is stored for good; or nothing of it,
     * and collected rows are to be forgotten. (Outside of a worker's transactions it is always the
     * former, although a refused pipeline has stored nothing.) */
    void (*settle)(BdTask *task, bool stored);

    /* The session is a new one, in the place of one that was lost: nothing is prepared on it but
     * the plan's statements. */
    void (*reopened)(BdTask *task, BdSession *session);

    void (*free)(BdTask *task);
} BdTaskOps;

struct BdTask {
    const BdTaskOps *ops;
    int64_t turn_ns;   /* how long it has waited for its interpreter, ever */
    int64_t held_rows; /* collected and not yet sent */
    bool vague; /* set by the task: the last failure does not say which row is at fault, and doing
                   the record carefully would */
    bool
        careful; /* set by the worker: the record has failed and is done once more only to say which
                     row is at fault */
};

/* Where a task will be used. */
typedef struct BdTaskPlace {
    uint32_t crew;      /* the worker runs in the engine's thread of that number, from 0 */
    BdSession *session; /* the worker's, idle */
    const BdControl *control;
} BdTaskPlace;

/* Makes the task of a worker. Called before any thread is started; it may wait. */
typedef int BdTaskFn(void *context, const BdTaskPlace *place, BdTask **out, BdErr *err);

/* A task that executes a plan, which must outlive it. No allocation after this, but for libpq's
 * own. */
BD_MUSTCHECK int bd_plan_task_new(BdTask **out, const BdPlan *plan, BdErr *err);

/*
 * For a task made by bd_plan_task_new(): the slot that the answer to its last request stays in;
 * false if it does not stay.
 */
bool bd_plan_task_slot(BdTask *task, uint32_t *slot);

/* NULL is allowed. */
void bd_task_free(BdTask *task);

#endif
