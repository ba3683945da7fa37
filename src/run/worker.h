/*
 * worker.h - one connection, the unit of records it is on, and where it stands with it.
 *
 * A worker is a state machine that never waits. Its engine calls bd_worker_step(), which goes on as
 * far as it can and says what it needs next; the engine waits for that in its own way and calls
 * again. Records come from the engine too: bd_worker_give().
 *
 * Records are committed in units. Without transactions a unit is one record, and each of its
 * statements is committed by itself. With them a unit is as many records as the options say; its
 * records are held until COMMIT was answered, and only then counted as done, and their rows as
 * written. A unit of several records that fails is rolled back and split, and its pieces are done
 * again, until a piece is one record, which is the one that has failed.
 *
 * What the server gives up because of others (a serialization failure, a deadlock) is done again:
 * the whole unit in a transaction, or the one statement without. Where a record of a unit without
 * transactions opens a transaction itself, that is done again with the record, if it was the first
 * thing that the record did. A pipeline outside of any transaction is not done again. Before each
 * try it waits, so that those who were in each other's way part: about a millisecond before the
 * second one, then twice as long each time, up to a second, less a random part of up to half.
 *
 * A lost session is opened again, if the options say so (reconnect_ns). What is known not to be
 * stored is done again then: a unit in a transaction; without one, a record of which nothing but
 * reading was done. That counts as a try too, with its pause: what costs its session each time is
 * split at last, until the record that does so is found, and fails. A COMMIT without an answer is
 * decided by the unit's marker (run/marker.h): it is written once more, first of all, and can only
 * be so if the unit is not stored. Where nothing tells, records fail, and are not counted as
 * stored. Sessions that are lost while they are made ready, or before they can settle a doubt, are
 * no more use than none: the time for opening one goes on.
 *
 * When a process of the server crashes, all other sessions are lost with it, and are told so
 * (SQLSTATE 57P02). Their tries do not count then: they are excused. But a unit may have done it
 * all the same, where the process was one that worked for it. So it is excused no more often than
 * all other workers may try what they are on.
 *
 * A record that is cut off (BD_E_STOPPED) while the step drains takes its unit with it, which is
 * neither stored nor failed: it is rolled back, so that the session is fit for the next step.
 *
 * Ownership: the session stays the pool's, the task is the worker's. Records are given back to the
 *            queue by the worker.
 * Threads:   one at a time; the counters may be read by others.
 */
#ifndef BD_WORKER_H
#define BD_WORKER_H

#include "core/attr.h"
#include "flow/queue.h"
#include "pg/session.h"
#include "run/control.h"
#include "run/crew.h"
#include "run/marker.h"
#include "run/pool.h"
#include "run/schedule.h"
#include "run/task.h"
#include "run/timing.h"
#include "run/unit.h"
#include "stats/arrival.h"
#include "stats/counters.h"

#include <stdbool.h>

typedef enum BdWant {
    BD_WANT_RECORD, /* bd_worker_give(), or bd_worker_end() when there are no more */
    BD_WANT_READ,   /* the session's descriptor readable */
    BD_WANT_WRITE,  /* it writable or readable */
    BD_WANT_TIME, /* until_ns; the session's descriptor is not to be waited for any more: it may be
                     closed, and another one used from then on */
    BD_WANT_NOTHING /* the worker has ended */
} BdWant;

typedef enum BdWorkerState {
    BD_WORKER_RECORD, /* between records: waits until it is time to try a unit again; goes to NEXT
                         with the unit's next one, or wants one; to BEGIN with the first one of a
                         transaction; to NEXT at the unit's end; to ENDED when there are no more */
    BD_WORKER_BEGIN,  /* BEGIN was sent; waits for its answer; goes to NEXT */
    BD_WORKER_NEXT,   /* asks the task for a request; goes to ANSWER; to RECORD when the record is
                         done; to COMMIT or RECORD when the unit is */
    BD_WORKER_ANSWER, /* a request was sent; waits for its answer; goes to NEXT, or to CLEAN when
                         refused */
    BD_WORKER_AGAIN,  /* a statement without a transaction is to be sent again: waits until it is
                         time; goes to ANSWER */
    BD_WORKER_MARK,   /* the unit's marker was sent; waits for its answer; goes on to COMMIT, or, if
                       it came first, to RECORD */
    BD_WORKER_COMMIT, /* COMMIT was sent; waits for its answer; goes to RECORD */
    BD_WORKER_CLEAN,  /* something has failed: lets answers pass that are still to come; goes to
                         ROLLBACK or RECORD */
    BD_WORKER_ROLLBACK, /* ROLLBACK was sent; waits for its answer; goes to RECORD */
    BD_WORKER_REOPEN,   /* the session is lost; waits until it can try to open another one, or for
                           that; goes to PREPARE */
    BD_WORKER_PREPARE,  /* prepares the plan's statements on it, and waits for the claim of a load
                           that has markers; goes to RECORD */
    BD_WORKER_ENDED     /* there is nothing more to do, or the session is lost */
} BdWorkerState;

/* What all workers of a step have in common. It must outlive them. */
typedef struct BdWorkerOpts {
    BdQueue *queue;
    BdControl *control;
    BdPool *pool;           /* the session is one of its */
    const BdMarker *marker; /* of the units; NULL: none. Wants transactions */
    int64_t reconnect_ns;   /* how long to try to open a lost session again; 0: the run fails */
    bool transactions;      /* one for each unit; without, a unit is one record */
    uint32_t unit_records;  /* a unit ends with so many records, at least 1, */
    int64_t unit_rows;      /* or, unless this is 0, when its task holds so many rows, or none */
    uint32_t max_tries;     /* how often a unit or a statement is tried in all, at least 1 */
    const BdManifest *manifest; /* what is to be verified; NULL: nothing */
    BdSchedule *schedule;       /* when units begin; NULL: as soon as a worker is free */
} BdWorkerOpts;

/* Opening a lost session again. */
typedef struct BdReopen {
    BdSession *session; /* connecting; NULL between two tries */
    BdIo io;            /* what it waits for */
    int64_t give_up_ns; /* when to try no more; 0 while no session is lost */
    int64_t next_ns;    /* when to try again */
    int64_t delay_ns;   /* from one try to the next: it grows */
    uint32_t prepared;  /* statements */
    int64_t claim;      /* the number of its wish for the load's claim; 0: not asked for */
} BdReopen;

/* What every record needs comes first, and so lies on few cache lines: when it is a worker's turn,
 * others have had the processor meanwhile, and its cache. */
typedef struct BdWorker {
    _Alignas(BD_CACHE_LINE) BdCounters counters; /* first, for bd_counters_sum() */
    BdTiming timing;                             /* where the time goes */
    const BdWorkerOpts *opts;
    BdSession *session;
    BdTask *task;
    BdRequest request; /* the last one that was sent for the task */
    int64_t rows;      /* written, but not yet committed and counted */
    int64_t again_ns;  /* when to try what has failed again; 0: at once */
    BdWorkerState state;
    uint32_t tries;           /* that have failed of the unit's part, */
    uint32_t excuses;         /* so many of which do not count, */
    uint32_t statement_tries; /* and of the statement under way */
    bool has_coming;          /* see `coming` */
    bool no_more;             /* records */
    bool under_way;           /* the unit's current record is: the task is to be reset */
    bool marked;              /* the marker is written in it */
    bool in_doubt;            /* the unit's COMMIT was not answered */
    bool begun;               /* the unit's transaction is open */
    bool pipelined;  /* the requests under way are a pipeline, outside of the unit's transaction */
    bool refused;    /* one of them was refused, or rolls back: none of them counts */
    bool in_block;   /* they were sent inside of a transaction that the task has opened, */
    bool committed;  /* and its COMMIT with them */
    bool kept;       /* something of the record is committed, or may be, before the unit is over */
    uint32_t number; /* of its session in the pool */
    BdArrival arrival; /* the rows that were sent, and those of them that are acknowledged */
    BdUnit unit;
    BdItem coming;       /* the record that waits for its moment */
    int64_t until_ns;    /* for BD_WANT_TIME, */
    BdShare until_share; /* and what that wait is */
    BdBuf saved_rows;    /* an int64_t for each savepoint: rows before it, the last at the end */
    int64_t retries;     /* units and statements that were done again */
    int64_t reconnects;  /* sessions that were opened again */
    _Atomic int64_t skipped; /* records that were stored before; anybody may read it */
    int64_t idle_ns; /* kept by an engine that waits for records outside of bd_queue_pop() */
    BdReopen reopen;
    BdBuf text; /* of the marker */
    BdErr err;  /* of the last call that failed: clearing one for each call takes time */
} BdWorker;

/* For the session of that number in the pool. task is taken over, also on failure. */
BD_MUSTCHECK int bd_worker_init(BdWorker *worker, uint32_t number, BdTask *task, BdCrew *crew,
                                const BdWorkerOpts *opts, BdErr *err);

/* May be called on a zeroed struct. */
void bd_worker_deinit(BdWorker *worker);

/* Go on. */
BD_MUSTCHECK BdWant bd_worker_step(BdWorker *worker);

/* Take over the record that BD_WANT_RECORD asked for. */
void bd_worker_give(BdWorker *worker, const BdItem *item);

/* There are no more records: the worker ends when it has stored what it has. */
void bd_worker_end(BdWorker *worker);

/* End at once: the unit under way is given up. */
void bd_worker_quit(BdWorker *worker);

/* The descriptor to wait for. */
int bd_worker_fd(const BdWorker *worker);

/* After BD_WANT_READ: is there nothing to be read from it before something comes? */
bool bd_worker_drained(const BdWorker *worker);

#endif
