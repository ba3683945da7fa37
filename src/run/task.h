/*
 * task.h - what drives a session through one record: requests out, answers in.
 *
 * A worker holds one task and uses it for record after record. It calls start() with a record, then
 * next() and answer() in turn until next() says that the record is done. It does not know whether a
 * plan or a coroutine is behind, and the task does not know who waits, or how.
 *
 * Ownership: the record stays valid until the record is done or reset() is called. Answers belong
 *            to the task.
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
    BD_NEXT_DONE,    /* the record is done */
    BD_NEXT_FAILED   /* the record has failed */
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

    /* Let go of everything that belongs to the record under way. */
    void (*reset)(BdTask *task);
    void (*free)(BdTask *task);
} BdTaskOps;

struct BdTask {
    const BdTaskOps *ops;
    int64_t turn_ns; /* how long it has waited for its interpreter, ever */
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
