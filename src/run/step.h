/*
 * step.h - run one step: feeder, queue, workers and engine put together, and measured.
 *
 * Threads:   from one thread, which waits here; others are started and ended inside. The callbacks
 *            run in the calling thread.
 * Errors:    -1 with *err when the step could not be started (nothing was sent) or failed fatally
 *            under way. *result is filled in either case: what was acknowledged until then.
 */
#ifndef BD_STEP_H
#define BD_STEP_H

#include "input/source.h"
#include "run/accounts.h"
#include "run/control.h"
#include "run/engine.h"
#include "run/marker.h"
#include "run/method.h"
#include "run/plan.h"
#include "run/pool.h"
#include "stats/arrival.h"
#include "stats/counters.h"
#include "stats/spread.h"
#include "stats/traffic.h"
#include "stats/usage.h"

#include <stdbool.h>
#include <stdint.h>

/* How a step stands while it runs. */
typedef struct BdProgress {
    int64_t elapsed_ns;
    BdTotals totals;
    int64_t units_by_time[BD_SPREAD_CELLS]; /* how many took how long */
    int64_t skipped;                        /* records that were stored before */
    int64_t rejects;                        /* bad lines and failed records */
    int64_t queued;                         /* records in the queue now */
    int64_t capacity;                       /* of the queue; 0: unbounded */
    int64_t pushed;                         /* records read so far */
    bool fed;            /* the feeder has finished: pushed is all there will be */
    bool ended;          /* the step has, so that this is the last call */
    int64_t bytes;       /* text read so far */
    int64_t total_bytes; /* -1: unknown */
} BdProgress;

typedef struct BdStepOpts {
    BdEngineKind engine;
    uint32_t jobs;              /* event loops of the poll engine */
    bool transactions;          /* one for each unit: see run/worker.h */
    uint32_t unit_records;      /* --commit-every: a unit has at most so many records; at least 1 */
    BdMethod method;            /* of db:insert */
    int64_t unit_rows;          /* rows of several records that are sent together; 0: none */
    const BdManifest *manifest; /* what is to be verified; NULL: nothing */
    const BdMarker *marker;     /* --resume: of the units; NULL: none. Wants renew_claim */
    int64_t reconnect_ns; /* --reconnect: how long to try; 0: a lost connection ends the run */
    uint32_t max_tries;   /* of a unit or a statement; at least 1 */
    int64_t interval_ns;  /* --rate: from one record to the next; 0: as fast as they go */
    int64_t queue;        /* records; 0 is unbounded */
    bool preload;         /* fill the queue before the clock starts */
    int64_t limit;        /* records; 0: all */
    int64_t time_ns;      /* 0: until the source ends */
    int64_t max_errors;
    int64_t progress_ns; /* between two calls of progress; one more is made at the end; 0: none */
    /* These two return 0, or -1 to end the step: what is under way is finished, nothing begun. */
    int (*progress)(void *context, const BdProgress *progress);
    int (*ready)(void *context);                   /* called before the clock starts; may be NULL */
    int (*renew_claim)(void *context, BdErr *err); /* sessions were opened again: see to it that the
                                                      load is still this run's, or again */
    void *context;                                 /* for progress, ready and renew_claim */
    BdTaskFn *new_task; /* makes the workers' tasks; NULL: they execute the plan */
    void *task_context; /* for new_task */
} BdStepOpts;

typedef enum BdEnded {
    BD_ENDED_DONE,       /* the source or the limit was reached */
    BD_ENDED_TIME,       /* the time was up */
    BD_ENDED_ERRORS,     /* more rejects than allowed */
    BD_ENDED_FAILED,     /* a fatal error */
    BD_ENDED_INTERRUPTED /* Ctrl-C */
} BdEnded;

typedef struct BdStepResult {
    BdEnded ended;
    BdTotals totals;
    int64_t elapsed_ns;     /* from the gate to the last answer */
    int64_t fed_ns;         /* from the gate until the feeder had finished; 0 with preload of all,
                               elapsed_ns if it never did */
    int64_t fed_rows;       /* rows acknowledged until then */
    int64_t pushed;         /* records read */
    int64_t bytes;          /* text read */
    int64_t queue_full_ns;  /* the feeder waited for room */
    int64_t queue_empty_ns; /* workers waited for records, summed over them */
    int64_t reconnects;     /* sessions that were lost and opened again */
    int64_t feeder_cpu_ns;  /* CPU time of the feeder, from its start: with preload most of it was
                               before the gate */
    int64_t skipped;        /* records that were stored before */
    int64_t round_trips;    /* how often the workers waited for the server */
    int64_t retries;        /* units and statements that were done again */
    int64_t turn_ns;        /* workers waited for their interpreter, summed over them */
    BdAccounts accounts;    /* where the workers' time went, and how long what they did took */
    bool carried;           /* traffic is known: see there, and no session was lost */
    BdTraffic traffic;      /* of all sessions */
    BdUsage usage;          /* of the process between gate and end */
    int64_t peak_bytes;     /* likewise, the most memory that it held */
    BdArrival arrival;      /* of all workers; owned */
    int64_t rejects;
    int samples;                        /* in use */
    BdReject sample[BD_REJECT_SAMPLES]; /* owned: bd_step_result_deinit() */
} BdStepResult;

/*
 * Run a step on the pool's sessions. The plan, which may be NULL where there is a new_task, is
 * checked against the server and prepared first.
 * After a step that ended with FAILED or INTERRUPTED the pool must be closed.
 */
BD_MUSTCHECK int bd_step_run(BdPool *pool, BdPlan *plan, BdSource *source, const BdStepOpts *opts,
                             BdStepResult *result, BdErr *err);
void bd_step_result_deinit(BdStepResult *result);

#endif
