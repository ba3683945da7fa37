#include "run/worker_impl.h"

#include "core/clock.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define SLICE_NS (100 * BD_NS_PER_MS) /* of waiting for a moment */

int bd_worker_init(BdWorker *worker, uint32_t number, BdTask *task, BdCrew *crew,
                   const BdWorkerOpts *opts, BdErr *err) {
    *worker = (BdWorker){.state = BD_WORKER_RECORD,
                         .opts = opts,
                         .number = number,
                         .session = bd_pool_session(opts->pool, number),
                         .task = task};
    bd_timing_init(&worker->timing, &crew->times);
    if (bd_unit_init(&worker->unit, opts->queue, err) != 0 ||
        bd_arrival_init(&worker->arrival, opts->manifest, &crew->recents, err) != 0) {
        bd_worker_deinit(worker);
        return -1;
    }
    task->arrival = opts->manifest != NULL ? &worker->arrival : NULL;
    return 0;
}

void bd_worker_deinit(BdWorker *worker) {
    if (worker->task != NULL) {
        bd_worker_quit(worker);
        bd_task_free(worker->task);
    }
    bd_unit_deinit(&worker->unit);
    bd_arrival_deinit(&worker->arrival);
    bd_session_free(worker->reopen.session);
    bd_buf_deinit(&worker->text);
    bd_buf_deinit(&worker->saved_rows);
    *worker = (BdWorker){.state = BD_WORKER_ENDED};
}

void bd_worker_give(BdWorker *worker, const BdItem *item) {
    assert(worker->state == BD_WORKER_RECORD);
    const BdWorkerOpts *opts = worker->opts;
    if (opts->marker != NULL && bd_marker_has(opts->marker, &item->record)) {
        BdItem known = *item;
        bd_queue_done(opts->queue, &known);
        bd_timing_skipped(&worker->timing);
        bd_counter_add(&worker->skipped, 1);
        return;
    }
    if (opts->schedule == NULL) {
        bd_unit_push(&worker->unit, item);
        return;
    }
    worker->coming = *item;
    worker->has_coming = true;
    worker->timing.due_ns = bd_schedule_draw(opts->schedule);
}

/* The record that waits for its moment is not to begin any more. */
static void give_back_coming(BdWorker *worker) {
    if (worker->has_coming) {
        worker->has_coming = false;
        bd_queue_done(worker->opts->queue, &worker->coming);
    }
}

void bd_worker_end(BdWorker *worker) {
    worker->no_more = true;
}

/* What is under way is given up, and with it a transaction that is open: rolled back unless its
 * COMMIT was sent. One that is only to settle a doubt has no rows. */
static void give_up_rows(BdWorker *worker) {
    bool rolled_back =
        worker->begun ? worker->state != BD_WORKER_COMMIT : worker->in_block && !worker->committed;
    if (rolled_back && !worker->in_doubt) {
        bd_arrival_drop(&worker->arrival);
    } else {
        bd_arrival_doubt(&worker->arrival);
    }
}

void bd_worker_quit(BdWorker *worker) {
    give_up_rows(worker);
    if (worker->under_way) {
        worker->task->ops->reset(worker->task);
        worker->under_way = false;
    }
    bd_unit_reset(&worker->unit);
    give_back_coming(worker);
    worker->state = BD_WORKER_ENDED;
}

int bd_worker_fd(const BdWorker *worker) {
    return bd_session_fd(worker->session);
}

bool bd_worker_drained(const BdWorker *worker) {
    return bd_session_drained(worker->session);
}

/* ---- talking to the server ---- */

bool bd_worker_receive(BdWorker *worker, BdAnswer **answer, BdWant *want, BdErr *err) {
    *answer = NULL;
    switch (bd_session_step(worker->session, answer, err)) {
    case BD_IO_READ:
        *want = BD_WANT_READ;
        return false;
    case BD_IO_WRITE:
        *want = BD_WANT_WRITE;
        return false;
    case BD_IO_DONE:
        bd_counter_add(&worker->counters.statements, bd_answer_executed(*answer) ? 1 : 0);
        return true;
    default:
        return true;
    }
}

BdMove bd_worker_send_text(BdWorker *worker, const char *text, BdWorkerState then) {
    BdErr *err = &worker->err;
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = text};
    worker->state = then;
    if (bd_session_send(worker->session, &request, err) != 0) {
        return err->code == BD_E_CONN ? bd_worker_lose_session(worker, err)
                                      : bd_worker_fail_run(worker, err);
    }
    bd_timing_sent(&worker->timing, false);
    return BD_MOVE_ON;
}

/* ---- waiting for a moment ---- */

BdMove bd_worker_sleep(BdWorker *worker, int64_t until_ns, BdWant *want) {
    int64_t slice_ns = bd_now_ns() + SLICE_NS;
    worker->until_ns = slice_ns < until_ns ? slice_ns : until_ns;
    worker->until_share = BD_SHARE_SERVER;
    *want = BD_WANT_TIME;
    return BD_MOVE_WAIT;
}

int64_t bd_worker_scatter(const BdWorker *worker, int64_t delay_ns) {
    uint64_t mixed = (uint64_t)(bd_now_ns() + worker->number) * UINT64_C(0x9E3779B97F4A7C15);
    return delay_ns / 2 + (int64_t)((mixed >> 32) % (uint64_t)(delay_ns / 2));
}

/* ---- between records ---- */

static bool wants_record(BdWorker *worker) {
    const BdWorkerOpts *opts = worker->opts;
    BdUnit *unit = &worker->unit;
    if (unit->closed || unit->count >= opts->unit_records || worker->no_more ||
        bd_control_stopped(opts->control) != BD_STOP_NOT) {
        return false;
    }
    if (unit->count > 0 && opts->unit_rows > 0 &&
        (worker->task->held_rows == 0 || worker->task->held_rows >= opts->unit_rows)) {
        return false;
    }
    return bd_unit_has_room(unit);
}

/* Ask for a record, and then for its moment. In this order: where there are no more records, the
 * step is not to wait for moments that nothing begins at. */
static BdMove want_record(BdWorker *worker, BdWant *want) {
    if (!worker->has_coming) {
        *want = BD_WANT_RECORD;
        return BD_MOVE_WAIT;
    }
    int64_t now_ns = bd_now_ns();
    if (worker->timing.due_ns > now_ns) {
        bd_worker_sleep(worker, worker->timing.due_ns, want);
        worker->until_share = BD_SHARE_SOURCE;
        worker->timing.paced_ns += worker->until_ns - now_ns;
        return BD_MOVE_WAIT;
    }
    bd_unit_push(&worker->unit, &worker->coming);
    worker->has_coming = false;
    return BD_MOVE_ON;
}

static BdMove start_record(BdWorker *worker, const BdRecord *record) {
    BdErr *err = &worker->err;
    worker->under_way = true;
    worker->kept = false;
    bd_timing_started(&worker->timing);
    if (worker->task->ops->start(worker->task, record, err) != 0) {
        return bd_worker_fail_unit(worker, err);
    }
    if (worker->opts->transactions && !worker->begun) {
        return bd_worker_send_text(worker, BD_TRANSACTION_BEGIN, BD_WORKER_BEGIN);
    }
    worker->state = BD_WORKER_NEXT;
    return BD_MOVE_ON;
}

static BdMove step_record(BdWorker *worker, BdWant *want) {
    if (bd_control_stopped(worker->opts->control) == BD_STOP_NOW) {
        bd_worker_quit(worker);
        return BD_MOVE_ON;
    }
    if (worker->again_ns != 0 && bd_worker_pauses(worker, want)) {
        return BD_MOVE_WAIT;
    }
    if (worker->in_doubt && !worker->begun) {
        return bd_worker_send_text(worker, BD_TRANSACTION_BEGIN, BD_WORKER_BEGIN);
    }
    const BdRecord *record = bd_unit_next(&worker->unit);
    if (record != NULL) {
        return start_record(worker, record);
    }
    if (wants_record(worker)) {
        return want_record(worker, want);
    }
    give_back_coming(worker);
    if (worker->unit.count == 0) {
        bd_worker_quit(worker);
        return BD_MOVE_ON;
    }
    bd_unit_close(&worker->unit);
    worker->state = BD_WORKER_NEXT;
    return BD_MOVE_ON;
}

/* ---- the task's requests ---- */

bool bd_worker_only_reads(const BdRequest *request) {
    return request->kind == BD_REQUEST_PREPARE || request->kind == BD_REQUEST_DESCRIBE ||
           (request->kind == BD_REQUEST_EXECUTE && request->statement != NULL &&
            request->statement->reads);
}

static bool is_own_commit(const BdRequest *request) {
    return request->kind == BD_REQUEST_TEXT && strcmp(request->text, BD_TRANSACTION_COMMIT) == 0;
}

bool bd_worker_commits(const BdRequest *request) {
    return is_own_commit(request) || (request->kind == BD_REQUEST_EXECUTE &&
                                      request->statement != NULL && request->statement->commits);
}

bool bd_worker_all_answered(const BdWorker *worker) {
    return !bd_session_in_pipeline(worker->session) && !bd_session_busy(worker->session);
}

void bd_worker_count_rows(BdWorker *worker) {
    if (!worker->begun && !bd_session_in_transaction(worker->session)) {
        bool stored = !worker->refused && (!worker->in_block || worker->committed);
        if (stored) {
            bd_arrival_acknowledge(&worker->arrival);
            bd_counter_add(&worker->counters.rows, worker->rows);
            worker->kept =
                worker->kept || worker->pipelined || !bd_worker_only_reads(&worker->request);
        }
        bd_arrival_drop(&worker->arrival);
        worker->rows = 0;
    }
    worker->pipelined = false;
    worker->refused = false;
    worker->statement_tries = 0;
}

/* A request was sent, an answer or a refusal dealt with: wait for the next answer, or let the task
 * go on, also in a pipeline that is still open. */
static BdMove go_on(BdWorker *worker) {
    worker->state = bd_session_busy(worker->session) ? BD_WORKER_ANSWER : BD_WORKER_NEXT;
    return BD_MOVE_ON;
}

static BdMove refused(BdWorker *worker, BdErr *err) {
    BdMove move = BD_MOVE_ON;
    return bd_worker_refuse_request(worker, err, &move) ? move : go_on(worker);
}

/* Follow the savepoints that the task sets. */
static void follow_text(BdArrival *arrival, const char *text) {
    if (strcmp(text, BD_SAVEPOINT_BEGIN) == 0) {
        bd_arrival_save(arrival);
    } else if (strcmp(text, BD_SAVEPOINT_COMMIT) == 0) {
        bd_arrival_release(arrival);
    } else if (strcmp(text, BD_SAVEPOINT_ROLLBACK) == 0) {
        bd_arrival_undo(arrival);
    }
}

/* The rows of a request are on their way. */
static void add_rows(BdWorker *worker, const BdRequest *request) {
    if (worker->arrival.manifest == NULL) {
        return; /* nothing is verified */
    }
    if (request->marks != NULL) {
        bd_arrival_add(&worker->arrival, request->marks, request->mark_count);
    } else if (request->kind == BD_REQUEST_EXECUTE) {
        const BdStatement *statement = request->statement;
        bd_arrival_send(&worker->arrival, statement->id, statement->sql, request->values);
    } else if (request->kind == BD_REQUEST_COPY) {
        bd_arrival_stray(&worker->arrival, request->text);
    } else if (request->kind == BD_REQUEST_TEXT) {
        follow_text(&worker->arrival, request->text);
    }
}

/* What was sent before it in the same pipeline is undone, though nothing was refused. */
static bool undoes_pipeline(const BdWorker *worker) {
    const BdRequest *request = &worker->request;
    return worker->pipelined && request->kind == BD_REQUEST_TEXT &&
           strcmp(request->text, BD_TRANSACTION_ROLLBACK) == 0;
}

BdMove bd_worker_send_request(BdWorker *worker) {
    BdErr *err = &worker->err;
    add_rows(worker, &worker->request);
    if (bd_session_send(worker->session, &worker->request, err) != 0) {
        return refused(worker, err);
    }
    bd_timing_sent(&worker->timing, bd_session_in_pipeline(worker->session));
    worker->pipelined = worker->pipelined || (worker->request.more && !worker->begun);
    worker->committed = worker->committed || bd_worker_commits(&worker->request);
    worker->refused = worker->refused || undoes_pipeline(worker);
    return go_on(worker);
}

/* Its unit has no transaction, and the record has begun one without ending it: what was done in it
 * would be lost. */
static BdMove leaves_open(BdWorker *worker) {
    BdErr *err = &worker->err;
    bd_err_set(
        err, BD_E_CONFIG, 0,
        "it leaves a transaction open, whose work is not stored: use db:transaction in place "
        "of begin");
    return bd_worker_fail_unit(worker, err);
}

/* It has ended the transaction of its unit. What is stored of the unit is not known any more, so
 * nothing can be done again. */
static BdMove ends_early(BdWorker *worker) {
    BdErr *err = &worker->err;
    const BdRecord *record = &worker->unit.items[worker->unit.next - 1].record;
    bd_err_set(err, BD_E_CONFIG, 0,
               "%s:%" PRId64 ": the record ends the transaction that it lies in", record->file,
               record->line);
    bd_err_hint(err, "leave out commit and rollback: there is a transaction with --no-autocommit, "
                     "--commit-every, --insert-batch and --resume");
    return bd_worker_fail_run(worker, err);
}

static BdMove done(BdWorker *worker) {
    if (worker->under_way) {
        bool open = bd_session_in_transaction(worker->session);
        if (open != worker->begun) {
            return open ? leaves_open(worker) : ends_early(worker);
        }
        worker->task->ops->reset(worker->task);
        worker->under_way = false;
        worker->state = BD_WORKER_RECORD;
        return BD_MOVE_ON;
    }
    return worker->begun ? bd_worker_commit_unit(worker) : bd_worker_store_unit(worker);
}

static BdMove step_next(BdWorker *worker, BdWant *want) {
    (void)want;
    BdErr *err = &worker->err;
    const BdTaskOps *ops = worker->task->ops;
    BdRequest *request = &worker->request;
    switch (worker->under_way ? ops->next(worker->task, request, err)
                              : ops->finish(worker->task, request, err)) {
    case BD_NEXT_DONE:
        return done(worker);
    case BD_NEXT_FAILED:
        return bd_worker_fail_unit(worker, err);
    default:
        break;
    }
    if (bd_control_stopped(worker->opts->control) == BD_STOP_NOW) {
        bd_worker_quit(worker);
        return BD_MOVE_ON;
    }
    if (!worker->begun && !bd_session_in_pipeline(worker->session)) {
        worker->in_block = bd_session_in_transaction(worker->session);
        worker->committed = false;
        if (!worker->in_block && is_own_commit(request)) {
            bd_err_set(err, BD_E_CONFIG, 0,
                       "its transaction has ended before db:transaction would commit it: leave out "
                       "commit and rollback");
            return bd_worker_fail_unit(worker, err);
        }
    }
    return bd_worker_send_request(worker);
}

static bool undoes_savepoint(const BdRequest *request) {
    return request->kind == BD_REQUEST_TEXT && strcmp(request->text, BD_SAVEPOINT_ROLLBACK) == 0;
}

/* Count the rows that were written: those since a savepoint that is gone back to do not count. That
 * is never done in a pipeline, so that its answer is that to the last request. */
static int count_written(BdWorker *worker, const BdAnswer *answer, BdErr *err) {
    BdBuf *saved = &worker->saved_rows;
    const char *command = bd_answer_command(answer);
    worker->rows += bd_answer_touched(answer);
    if (!worker->begun && !worker->in_block && !worker->pipelined) {
        return 0; /* there is no transaction to have savepoints, or to be ended */
    }
    if (bd_worker_commits(&worker->request) && strcmp(command, "ROLLBACK") == 0) {
        worker->committed = false; /* the transaction had failed before */
    }
    if (strcmp(command, "SAVEPOINT") == 0) {
        return bd_buf_append(saved, (const char *)&worker->rows, sizeof(worker->rows)) == 0
                   ? 0
                   : bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a savepoint");
    }
    if (strcmp(command, "RELEASE") == 0 && saved->len > 0) {
        saved->len -= sizeof(worker->rows);
        if (undoes_savepoint(&worker->request)) {
            memcpy(&worker->rows, saved->p + saved->len, sizeof(worker->rows));
        }
    }
    return 0;
}

static BdMove step_answer(BdWorker *worker, BdWant *want) {
    BdErr *err = &worker->err;
    BdAnswer *answer = NULL;
    if (!bd_worker_receive(worker, &answer, want, err)) {
        return BD_MOVE_WAIT;
    }
    if (answer == NULL) {
        return refused(worker, err);
    }
    bd_timing_answered(&worker->timing, &worker->request);
    int counted = count_written(worker, answer, err);
    if (bd_worker_all_answered(worker)) {
        bd_worker_count_rows(worker);
    }
    if (worker->task->ops->answer(worker->task, answer, err) != 0 || counted != 0) {
        return bd_worker_fail_unit(worker, err);
    }
    return go_on(worker);
}

static BdMove step_ended(BdWorker *worker, BdWant *want) {
    (void)worker;
    *want = BD_WANT_NOTHING;
    return BD_MOVE_WAIT;
}

static BdStateFn *const states[] = {
    [BD_WORKER_RECORD] = step_record,
    [BD_WORKER_BEGIN] = bd_worker_step_begin,
    [BD_WORKER_NEXT] = step_next,
    [BD_WORKER_ANSWER] = step_answer,
    [BD_WORKER_AGAIN] = bd_worker_step_again,
    [BD_WORKER_MARK] = bd_worker_step_mark,
    [BD_WORKER_COMMIT] = bd_worker_step_commit,
    [BD_WORKER_CLEAN] = bd_worker_step_clean,
    [BD_WORKER_ROLLBACK] = bd_worker_step_rollback,
    [BD_WORKER_REOPEN] = bd_worker_step_reopen,
    [BD_WORKER_PREPARE] = bd_worker_step_prepare,
    [BD_WORKER_ENDED] = step_ended,
};

BdWant bd_worker_step(BdWorker *worker) {
    BdWant want = BD_WANT_NOTHING;
    while (states[worker->state](worker, &want) == BD_MOVE_ON) {
    }
    return want;
}
