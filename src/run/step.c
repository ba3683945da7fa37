#include "run/step.h"

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "flow/feeder.h"
#include "flow/queue.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>

#define GRACE_NS    (200 * BD_NS_PER_MS) /* after Ctrl-C, before statements are cancelled */
#define PATIENCE_NS (5 * BD_NS_PER_S)    /* after that, before connections are cut off */
#define AGAIN_NS    (100 * BD_NS_PER_MS) /* before another try to renew the claim */

/* All that a step under way consists of. */
typedef struct Run {
    BdPool *pool;
    const BdPlan *plan;
    BdSource *source;
    const BdStepOpts *opts;
    BdControl control;
    BdQueue *queue;
    BdFeeder *feeder;
    BdEngine *engine;
    BdSchedule schedule;
    BdWorkerOpts worker_opts;
    BdArrival arrival; /* of all workers, in the end */
    BdCrew *crews;
    uint32_t crew_count; /* the engine's threads */
    BdWorker *workers;
    uint32_t count;        /* of workers that are made */
    int64_t begin_ns;      /* when the gate was opened */
    int64_t fed_ns;        /* when the feeder had finished; its thread writes it */
    int64_t fed_rows;      /* rows acknowledged until then; likewise */
    int64_t feeder_cpu_ns; /* likewise */
    int64_t interrupt_ns;  /* when Ctrl-C was noticed */
    int64_t unclaimed_ns;  /* since when the load's claim cannot be renewed; 0: it can */
    bool timed_out;
    bool aborted; /* the queue: nobody takes another record */
    BdAccounts accounts;
    BdUsage usage;
    int64_t peak_bytes;
    bool carried; /* the traffic is known */
    BdTraffic traffic;
} Run;

static BdTotals totals(const Run *run) {
    return bd_counters_sum(&run->workers->counters, run->count, sizeof(BdWorker));
}

static int64_t skipped(const Run *run) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        sum += atomic_load_explicit(&run->workers[i].skipped, memory_order_relaxed);
    }
    return sum;
}

/* ---- in the feeder's thread ---- */

static void on_fed(void *context) {
    Run *run = context;
    run->feeder_cpu_ns = bd_thread_cpu_ns();
    run->fed_ns = bd_now_ns();
    run->fed_rows = totals(run).rows;
}

static int on_reject(void *context, const char *file, int64_t line, const char *reason) {
    Run *run = context;
    int stop = bd_control_reject(&run->control, file, line, "", reason);
    return bd_control_stopped(&run->control) == BD_STOP_NOT ? stop : -1;
}

/* ---- setting up and taking down ---- */

/* The task of the worker that is made next, for a crew. */
static int new_task(Run *run, uint32_t crew, BdTask **out, BdErr *err) {
    const BdStepOpts *opts = run->opts;
    if (opts->new_task == NULL) {
        const BdPlanTaskOpts plan_opts = {.session = bd_pool_session(run->pool, run->count),
                                          .method = opts->method,
                                          .batches = opts->unit_rows > 0};
        return bd_plan_task_new(out, run->plan, &plan_opts, err);
    }
    const BdTaskPlace place = {
        .crew = crew,
        .session = bd_pool_session(run->pool, run->count),
        .control = &run->control,
    };
    return opts->new_task(opts->task_context, &place, out, err);
}

static int make_crews(Run *run, BdErr *err) {
    const BdStepOpts *opts = run->opts;
    run->crew_count = bd_engine_crews(opts->engine, bd_pool_size(run->pool), opts->jobs);
    run->crews = bd_alloc_lines(run->crew_count, sizeof(BdCrew));
    if (run->crews == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for %u threads", run->crew_count);
    }
    for (uint32_t crew = 0; crew < run->crew_count; crew++) {
        if (bd_crew_init(&run->crews[crew], opts->interval_ns > 0, opts->manifest, err) != 0) {
            return -1;
        }
    }
    return 0;
}

static int make_worker(Run *run, BdErr *err) {
    uint32_t number = run->count;
    uint32_t size = bd_pool_size(run->pool);
    uint32_t crew = bd_engine_crew(run->opts->engine, size, run->opts->jobs, number);
    BdTask *task = NULL;
    if (new_task(run, crew, &task, err) != 0 ||
        bd_worker_init(&run->workers[number], number, task, &run->crews[crew], &run->worker_opts,
                       err) != 0) {
        return -1;
    }
    run->count++;
    return 0;
}

static int make_workers(Run *run, BdErr *err) {
    uint32_t size = bd_pool_size(run->pool);
    run->workers = bd_alloc_lines(size, sizeof(BdWorker));
    if (run->workers == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for %u workers", size);
    }
    run->worker_opts =
        (BdWorkerOpts){.queue = run->queue,
                       .control = &run->control,
                       .pool = run->pool,
                       .marker = run->opts->marker,
                       .reconnect_ns = run->opts->reconnect_ns,
                       .transactions = run->opts->transactions,
                       .unit_records = run->opts->unit_records,
                       .unit_rows = run->opts->unit_rows,
                       .max_tries = run->opts->max_tries,
                       .manifest = run->opts->manifest,
                       .schedule = run->opts->interval_ns > 0 ? &run->schedule : NULL};
    while (run->count < size) {
        if (make_worker(run, err) != 0) {
            return -1;
        }
    }
    return 0;
}

static int set_up(Run *run, BdErr *err) {
    const BdStepOpts *opts = run->opts;
    const BdFeederOpts feeding = {.limit = opts->limit,
                                  .rejects = {.reject = on_reject, .context = run},
                                  .fed = on_fed,
                                  .context = run};
    if (bd_arrival_init(&run->arrival, opts->manifest, NULL, err) != 0 ||
        bd_queue_new(&run->queue, opts->queue, err) != 0 || make_crews(run, err) != 0 ||
        make_workers(run, err) != 0 ||
        bd_accounts_init(&run->accounts, run->crew_count, opts->interval_ns > 0, err) != 0 ||
        bd_engine_open(&run->engine, opts->engine, run->workers, run->count, opts->jobs,
                       run->accounts.threads, err) != 0) {
        return -1;
    }
    return bd_feeder_open(&run->feeder, run->source, run->queue, &feeding, err);
}

static void take_down(Run *run) {
    for (uint32_t i = 0; i < run->count; i++) {
        bd_worker_deinit(&run->workers[i]);
    }
    bd_free(run->workers);
    for (uint32_t crew = 0; run->crews != NULL && crew < run->crew_count; crew++) {
        bd_crew_deinit(&run->crews[crew]);
    }
    bd_free(run->crews);
    bd_arrival_deinit(&run->arrival);
    bd_accounts_deinit(&run->accounts);
    bd_queue_free(run->queue);
}

/* ---- while it runs ---- */

static bool wants_progress(const Run *run) {
    return run->opts->progress != NULL && run->opts->progress_ns > 0;
}

static void report_progress(Run *run, int64_t now_ns, bool ended) {
    BdQueueStats queue = bd_queue_stats(run->queue);
    BdProgress progress = {.elapsed_ns = now_ns - run->begin_ns,
                           .totals = totals(run),
                           .skipped = skipped(run),
                           .rejects = bd_rejects_count(&run->control.rejects),
                           .queued = queue.records,
                           .capacity = queue.capacity,
                           .pushed = queue.pushed,
                           .fed = queue.closed_ns != 0,
                           .ended = ended,
                           .bytes = bd_source_bytes(run->source),
                           .total_bytes = bd_source_total_bytes(run->source)};
    for (uint32_t crew = 0; crew < run->crew_count; crew++) {
        bd_spread_sum(&run->crews[crew].times.units_so_far, progress.units_by_time);
    }
    if (run->opts->progress(run->opts->context, &progress) != 0) {
        bd_control_stop(&run->control, BD_STOP_DRAIN);
    }
}

/* Ctrl-C: first the flag alone, then cancel what is under way, at last cut off. */
static int64_t interrupt(Run *run, int64_t now_ns) {
    if (run->interrupt_ns == 0) {
        run->interrupt_ns = now_ns;
        bd_control_stop(&run->control, BD_STOP_NOW);
        return now_ns + GRACE_NS;
    }
    if (now_ns < run->interrupt_ns + GRACE_NS) {
        return run->interrupt_ns + GRACE_NS;
    }
    if (now_ns < run->interrupt_ns + GRACE_NS + PATIENCE_NS) {
        bd_pool_cancel(run->pool);
    } else {
        bd_pool_cut_off(run->pool);
    }
    return now_ns + GRACE_NS;
}

/* Renew the load's claim where workers wait for that. While the server cannot be reached, try again
 * for as long as lost sessions are opened again. */
static int64_t renew_claim(Run *run, int64_t now_ns) {
    const BdStepOpts *opts = run->opts;
    BdControl *control = &run->control;
    int64_t wanted = atomic_load(&control->claims_wanted);
    BdErr err = BD_ERR_INIT;
    if (bd_control_claimed(control, wanted) || control->failed || bd_interrupted()) {
        return 0;
    }
    if (opts->renew_claim(opts->context, &err) == 0) {
        atomic_store(&control->claims_taken, wanted);
        run->unclaimed_ns = 0;
        return 0;
    }
    run->unclaimed_ns = run->unclaimed_ns == 0 ? now_ns : run->unclaimed_ns;
    if (err.code == BD_E_CONN && now_ns < run->unclaimed_ns + opts->reconnect_ns) {
        return now_ns + AGAIN_NS;
    }
    bd_control_fail(control, &err);
    return 0;
}

/* The earlier one of two moments; 0 is none. */
static int64_t earlier(int64_t one_ns, int64_t other_ns) {
    return one_ns == 0 || (other_ns != 0 && other_ns < one_ns) ? other_ns : one_ns;
}

/* See to whatever is due at now_ns, and return when to look again: 0 is when somebody wakes us. */
static int64_t attend(Run *run, int64_t now_ns, int64_t *next_progress_ns) {
    const BdStepOpts *opts = run->opts;
    int64_t again_ns = 0;
    if (opts->time_ns > 0 && !run->timed_out) {
        again_ns = run->begin_ns + opts->time_ns;
        if (now_ns >= again_ns) {
            run->timed_out = true;
            again_ns = 0;
            bd_control_stop(&run->control, BD_STOP_DRAIN);
        }
    }
    if (wants_progress(run)) {
        if (now_ns >= *next_progress_ns) {
            report_progress(run, now_ns, false);
            *next_progress_ns = now_ns + opts->progress_ns;
        }
        again_ns = earlier(again_ns, *next_progress_ns);
    }
    again_ns = earlier(again_ns, renew_claim(run, now_ns));
    if (bd_interrupted()) {
        again_ns = earlier(again_ns, interrupt(run, now_ns));
    }
    if (bd_control_stopped(&run->control) != BD_STOP_NOT && !run->aborted) {
        run->aborted = true;
        bd_queue_abort(run->queue);
    }
    return again_ns;
}

/* What the sessions have carried so far; false if that is not known of all. */
static bool sum_traffic(const Run *run, BdTraffic *sum) {
    *sum = (BdTraffic){.sent_bytes = 0};
    for (uint32_t i = 0; i < run->count; i++) {
        BdTraffic one = {.sent_bytes = 0};
        if (!bd_traffic_of(bd_session_fd(bd_pool_session(run->pool, i)), &one)) {
            return false;
        }
        sum->sent_bytes += one.sent_bytes;
        sum->received_bytes += one.received_bytes;
    }
    return true;
}

static void note_traffic(Run *run, bool known, const BdTraffic *before) {
    BdTraffic after = {.sent_bytes = 0};
    run->carried = known && sum_traffic(run, &after);
    run->traffic = (BdTraffic){.sent_bytes = after.sent_bytes - before->sent_bytes,
                               .received_bytes = after.received_bytes - before->received_bytes};
}

/* Open the gate and wait until every worker has ended. Returns how long it took. */
static int64_t drive(Run *run) {
    BdTraffic carried = {.sent_bytes = 0};
    bool known = sum_traffic(run, &carried);
    bd_peak_restart();
    BdUsage before = bd_usage_now();
    int64_t begin_ns = bd_now_ns();
    int64_t next_progress_ns = begin_ns + run->opts->progress_ns;
    run->begin_ns = begin_ns;
    bd_queue_count_waits(run->queue);
    bd_schedule_begin(&run->schedule, run->opts->interval_ns, begin_ns);
    bd_engine_go(run->engine);
    while (atomic_load(&run->control.active) > 0) {
        int64_t again_ns = attend(run, bd_now_ns(), &next_progress_ns);
        bool noticed = run->interrupt_ns != 0; /* the descriptor stays readable from then on */
        struct pollfd fds[2] = {
            {.fd = bd_wake_fd(&run->control.wake), .events = POLLIN},
            {.fd = noticed ? -1 : bd_interrupt_fd(), .events = POLLIN},
        };
        poll(fds, 2, bd_timeout_ms(again_ns, bd_now_ns()));
        bd_wake_clear(&run->control.wake);
    }
    int64_t elapsed_ns = bd_now_ns() - begin_ns;
    BdUsage after = bd_usage_now();
    run->usage = (BdUsage){.user_ns = after.user_ns - before.user_ns,
                           .system_ns = after.system_ns - before.system_ns,
                           .voluntary = after.voluntary - before.voluntary,
                           .involuntary = after.involuntary - before.involuntary};
    run->peak_bytes = bd_peak_bytes();
    note_traffic(run, known, &carried);
    if (wants_progress(run)) {
        report_progress(run, begin_ns + elapsed_ns, true);
    }
    return elapsed_ns;
}

/* ---- the result ---- */

static BdEnded how_ended(const Run *run) {
    if (run->interrupt_ns != 0) {
        return BD_ENDED_INTERRUPTED;
    }
    if (atomic_load(&run->control.failed)) {
        return BD_ENDED_FAILED;
    }
    if (run->control.rejects.count > run->control.rejects.limit) {
        return BD_ENDED_ERRORS;
    }
    return run->timed_out ? BD_ENDED_TIME : BD_ENDED_DONE;
}

/* After all threads have ended. */
static void fill_result(Run *run, int64_t elapsed_ns, BdStepResult *result) {
    BdQueueStats queue = bd_queue_stats(run->queue);
    int64_t fed_ns = run->fed_ns - run->begin_ns;
    *result = (BdStepResult){.ended = how_ended(run),
                             .totals = totals(run),
                             .elapsed_ns = elapsed_ns,
                             .fed_ns = fed_ns < 0 ? 0 : fed_ns,
                             .fed_rows = run->fed_rows,
                             .feeder_cpu_ns = run->feeder_cpu_ns,
                             .pushed = queue.pushed,
                             .bytes = bd_source_bytes(run->source),
                             .skipped = skipped(run),
                             .queue_full_ns = queue.full_wait_ns,
                             .queue_empty_ns = queue.empty_wait_ns,
                             .usage = run->usage,
                             .peak_bytes = run->peak_bytes,
                             .traffic = run->traffic,
                             .rejects = run->control.rejects.count,
                             .samples = run->control.rejects.kept,
                             .arrival = run->arrival};
    run->arrival = (BdArrival){.manifest = NULL}; /* the result's now */
    if (result->fed_ns > elapsed_ns) {
        result->fed_ns = elapsed_ns;
    }
    for (uint32_t i = 0; i < run->count; i++) {
        result->queue_empty_ns += run->workers[i].idle_ns;
        result->reconnects += run->workers[i].reconnects;
        result->retries += run->workers[i].retries;
        result->round_trips += run->workers[i].timing.round_trips;
        bd_arrival_merge(&result->arrival, &run->workers[i].arrival);
        result->turn_ns += run->workers[i].task->turn_ns;
    }
    result->carried = run->carried && result->reconnects == 0;
    const BdCrewing crewing = {.kind = run->opts->engine, .jobs = run->opts->jobs};
    bd_accounts_fill(&run->accounts, run->workers, run->count, crewing, run->crews, elapsed_ns);
    result->accounts = run->accounts; /* as are the samples */
    run->accounts = (BdAccounts){.thread_count = 0};
    memcpy(result->sample, run->control.rejects.samples, sizeof(result->sample));
    run->control.rejects.kept = 0; /* they are the result's now */
}

void bd_step_result_deinit(BdStepResult *result) {
    for (int i = 0; i < result->samples; i++) {
        bd_free(result->sample[i].file);
        bd_free(result->sample[i].reason);
    }
    bd_arrival_deinit(&result->arrival);
    bd_accounts_deinit(&result->accounts);
    *result = (BdStepResult){.samples = 0};
}

int bd_step_run(BdPool *pool, BdPlan *plan, BdSource *source, const BdStepOpts *opts,
                BdStepResult *result, BdErr *err) {
    Run run = {.pool = pool, .plan = plan, .source = source, .opts = opts};
    *result = (BdStepResult){.samples = 0};
    if (bd_pool_prepare(pool, plan, err) != 0 ||
        bd_control_init(&run.control, opts->max_errors, err) != 0) {
        return -1;
    }
    int status = set_up(&run, err);
    int64_t elapsed_ns = 0;
    if (status == 0) {
        if (opts->preload) {
            bd_queue_wait_full(run.queue); /* Ctrl-C ends the feeder, and with it the wait */
        }
        if (opts->ready == NULL || opts->ready(opts->context) == 0) {
            elapsed_ns = drive(&run);
        }
    }
    if (run.queue != NULL) {
        bd_queue_abort(run.queue);
    }
    bd_engine_close(run.engine);
    BdErr feeding = BD_ERR_INIT;
    if (bd_feeder_close(run.feeder, &feeding) != 0) {
        bd_control_fail(&run.control, &feeding);
    }
    if (status == 0) {
        fill_result(&run, elapsed_ns, result);
        if (result->ended == BD_ENDED_FAILED) {
            *err = run.control.fatal;
            status = -1;
        }
    }
    take_down(&run);
    bd_control_deinit(&run.control);
    return status;
}
