/*
 * worker.h - one connection, the record it is on, and where it stands with it.
 *
 * A worker is a state machine that never waits. Its engine calls bd_worker_step(), which goes on as
 * far as it can and says what it needs next; the engine waits for that in its own way and calls
 * again. Records come from the engine too: bd_worker_give().
 *
 * Ownership: the session stays the pool's, the task is the worker's. A record is given back to the
 *            queue by the worker.
 * Threads:   one at a time; the counters may be read by others.
 */
#ifndef BD_WORKER_H
#define BD_WORKER_H

#include "flow/queue.h"
#include "pg/session.h"
#include "run/control.h"
#include "run/task.h"
#include "stats/counters.h"

#include <stdbool.h>

typedef enum BdWant {
    BD_WANT_RECORD, /* bd_worker_give(), or bd_worker_end() when there are no more */
    BD_WANT_READ,   /* the session's descriptor readable */
    BD_WANT_WRITE,  /* it writable or readable */
    BD_WANT_NOTHING /* the worker has ended */
} BdWant;

typedef enum BdWorkerState {
    BD_WORKER_IDLE,   /* no record; wants one; goes to BEGIN or NEXT when given one, to ENDED when
                         there are no more */
    BD_WORKER_BEGIN,  /* BEGIN was sent; waits for its answer; goes to NEXT */
    BD_WORKER_NEXT,   /* asks the task for a request; goes to ANSWER, or to COMMIT or IDLE when the
                         record is done */
    BD_WORKER_ANSWER, /* a request was sent; waits for its answer; goes to NEXT, or to ROLLBACK or
                         IDLE when refused */
    BD_WORKER_COMMIT, /* COMMIT was sent; waits for its answer; goes to IDLE */
    BD_WORKER_ROLLBACK, /* ROLLBACK was sent after a failure; waits for its answer; goes to IDLE */
    BD_WORKER_ENDED     /* there is nothing more to do, or the session is lost */
} BdWorkerState;

typedef struct BdWorker {
    BdCounters counters; /* first, so that it stands on lines of its own */
    BdWorkerState state;
    BdSession *session;
    BdTask *task;
    BdQueue *queue;
    BdControl *control;
    bool transactions; /* one per record */
    bool busy;         /* item holds a record that is not yet given back */
    BdItem item;       /* the record under way */
    int64_t rows;      /* written by the transaction or pipeline under way, not yet counted */
    bool pipelined;    /* the requests under way are a pipeline, outside of a transaction */
    bool refused;      /* one of them was refused, so that none of them counts */
    int64_t idle_ns;   /* kept by an engine that waits for records outside of bd_queue_pop() */
} BdWorker;

/* task is taken over, also on failure. transactions: BEGIN and COMMIT around each record. */
void bd_worker_init(BdWorker *worker, BdSession *session, BdTask *task, BdQueue *queue,
                    BdControl *control, bool transactions);
void bd_worker_deinit(BdWorker *worker);

/* Go on. */
BD_MUSTCHECK BdWant bd_worker_step(BdWorker *worker);

/* Take over the record that BD_WANT_RECORD asked for. */
void bd_worker_give(BdWorker *worker, const BdItem *item);

/* There are no more records: the worker ends. */
void bd_worker_end(BdWorker *worker);

/* The descriptor to wait for. */
int bd_worker_fd(const BdWorker *worker);

#endif
