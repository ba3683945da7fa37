/*
 * plan_task_impl.h - the inside of a plan under execution: plan_execute.c goes through the
 * operations, plan_task.c is the task around them.
 */
#ifndef BD_PLAN_TASK_IMPL_H
#define BD_PLAN_TASK_IMPL_H

#include "run/cache.h"
#include "run/cargo.h"
#include "run/plan_impl.h"
#include "run/sent.h"
#include "run/task.h"

typedef struct BdPlanTask {
    BdTask task; /* first: a BdTask * is a BdPlanTask * */
    const BdPlan *plan;
    const BdRecord *record;
    BdPlanTaskOpts opts;
    uint32_t next;      /* operation to execute */
    uint32_t asked;     /* the one of the last request; for BD_REQUEST_SYNC, one without answer */
    uint32_t pipelines; /* that are open, one in the other */
    uint32_t transactions; /* that are open, one in the other, with the worker's if it has one */
    bool started;          /* the record, but nothing was asked for yet */
    bool open;             /* a part of a pipeline was begun and not ended */
    bool inserting;        /* in the rows of an INSERT, which is the next operation */
    bool marked;           /* its rows can be verified */
    BdCargo *cargo;        /* rows of INSERT; NULL where they are sent one by one */
    const char **values;   /* of the last request */
    BdSent sent;           /* the operations answered before `asked`: requests with `more` */
    BdAnswer **slots;      /* what ONE, ALL and CACHED have left; the latter's may be the cache's */
    bool *borrowed;        /* per slot: it is the cache's */
    BdCache *cache;
    uint32_t *positions; /* of each loop */
    uint32_t *lengths;   /* of each loop */
    BdSeries *columns;   /* of the last INSERT's rows */
    BdBuf spans;         /* a BdSpan for each of their values */
    BdBuf marks;         /* a BdMark for each of these rows, where they are sent one by one */
} BdPlanTask;

/* What an operation comes to. */
typedef enum BdOutcome {
    BD_OUTCOME_GO_ON, /* nothing to be sent; run->next is the next operation */
    BD_OUTCOME_SEND,  /* *request; run->next is the one that sends it, but for BD_REQUEST_SYNC */
    BD_OUTCOME_DONE,  /* the record is */
    BD_OUTCOME_FAIL
} BdOutcome;

/* ---- plan_task.c ---- */

/* Put an answer into a slot, and free what was there. borrowed: it is the cache's. */
void bd_plan_task_fill(BdPlanTask *run, uint32_t slot, BdAnswer *answer, bool borrowed);

/* ---- plan_execute.c ---- */

/* The next operation; with all executed, the record's end. */
BdOutcome bd_plan_task_step(BdPlanTask *run, BdRequest *request, BdErr *err);

/* Send the cargo, until nothing is left of it. */
BdOutcome bd_plan_task_ship(BdPlanTask *run, BdRequest *request, BdErr *err);

/* How careful the cargo has to be. */
BdCare bd_plan_task_care(const BdPlanTask *run);

/* Are requests and answers the cargo's? */
static inline bool bd_plan_task_ships(const BdPlanTask *run) {
    return run->cargo != NULL && bd_cargo_sending(run->cargo);
}

#endif
