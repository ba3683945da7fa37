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
 * After a request with `more` set next() is called again; answers come in the order of the
 * requests, some of them maybe before the pipeline ends, the others before next() is called after
 * that.
 *
 * Ownership: the record stays where it is, and valid, until reset(). Answers belong to the task.
 *            What a request points to stays valid until it was answered or refused: it may be sent
 *            again; in a pipeline only until next() is called.
 * Threads:   one at a time.
 * Errors:    a failing call fails the record: *err says why, with the place in the scenario; with
 *            BD_E_STOPPED it is cut off instead, because the step is to end. reset() follows.
 */
#ifndef BD_TASK_H
#define BD_TASK_H

#include "core/err.h"
#include "input/record.h"
#include "pg/session.h"
#include "run/control.h"
#include "run/method.h"
#include "run/plan.h"

#include <stdbool.h>

/* What begins and ends a transaction, and one within another: a savepoint, whose name may be used
 * again while it is there. */
#define BD_TRANSACTION_BEGIN    "begin"
#define BD_TRANSACTION_COMMIT   "commit"
#define BD_TRANSACTION_ROLLBACK "rollback"
#define BD_SAVEPOINT_BEGIN      "savepoint bigdata"
#define BD_SAVEPOINT_COMMIT     "release savepoint bigdata"
#define BD_SAVEPOINT_ROLLBACK   "rollback to savepoint bigdata; release savepoint bigdata"

/* Why db:pipeline is refused with BD_PROTOCOL_SIMPLE. */
#define BD_NO_PIPELINES                                                                            \
    "the simple protocol has no pipelines: use --protocol prepared or extended, or leave out "     \
    "db:pipeline"

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

    /* After that: a request of the record that was still under way has been answered or refused. */
    void (*passed)(BdTask *task, bool answered);

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
    int64_t turn_ns;    /* how long it has waited for its interpreter, ever */
    int64_t lua_ns;     /* how long it has run in the interpreter, ever */
    int64_t held_rows;  /* collected and not yet sent */
    BdArrival *arrival; /* set by the worker: what marks its rows; NULL: nothing does */

    /* Set by the task: the last failure does not say which row is at fault, and doing the record
     * carefully would. */
    bool vague;

    /* Set by the worker: the record has failed and is done once more only to say which row is at
     * fault. */
    bool careful;
};

/* Where a task will be used. */
typedef struct BdTaskPlace {
    uint32_t crew;      /* the worker runs in the engine's thread of that number, from 0 */
    BdSession *session; /* the worker's, idle */
    const BdControl *control;
} BdTaskPlace;

/* Makes the task of a worker. Called before any thread is started; it may wait. */
typedef int BdTaskFn(void *context, const BdTaskPlace *place, BdTask **out, BdErr *err);

/* How a task executes its plan. */
typedef struct BdPlanTaskOpts {
    const BdSession *session; /* to see whether the worker has begun a transaction; NULL: it never
                                 does */
    BdMethod method;          /* of INSERT; for others than ROW and PIPELINE there is a session */
    bool batches;             /* the rows of a unit's records travel together */
    bool one_by_one;          /* without pipelines: an answer is wanted after each request */
} BdPlanTaskOpts;

/* A task that executes a plan, which must outlive it. After this it only allocates for answers that
 * are kept, and where a pipeline is longer than any before; libpq allocates its own. */
BD_MUSTCHECK int bd_plan_task_new(BdTask **out, const BdPlan *plan, const BdPlanTaskOpts *opts,
                                  BdErr *err);

/*
 * For a task made by bd_plan_task_new(): the slot that the answer to its last request stays in;
 * false if it does not stay.
 */
bool bd_plan_task_slot(BdTask *task, uint32_t *slot);

/* For such a task, between two records: let go of the answers to db:cached. */
void bd_plan_task_forget(BdTask *task);

/* NULL is allowed. */
void bd_task_free(BdTask *task);

#endif
