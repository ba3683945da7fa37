#include "run/worker.h"

#include <assert.h>

/* What a state's function says: go on with the (new) state at once, or wait for *want. */
typedef enum Move { GO_ON, WAIT } Move;

typedef Move StateFn(BdWorker *worker, BdWant *want);

void bd_worker_init(BdWorker *worker, BdSession *session, BdTask *task, BdQueue *queue,
                    BdControl *control, bool transactions) {
    *worker = (BdWorker){.state = BD_WORKER_IDLE,
                         .session = session,
                         .task = task,
                         .queue = queue,
                         .control = control,
                         .transactions = transactions};
}

/* Let go of the record under way, whatever came of it. */
static void drop_record(BdWorker *worker) {
    if (worker->busy) {
        worker->task->ops->reset(worker->task);
        bd_queue_done(worker->queue, &worker->item);
        worker->busy = false;
    }
    worker->rows = 0;
    worker->pipelined = false;
    worker->refused = false;
}

void bd_worker_deinit(BdWorker *worker) {
    if (worker->task != NULL) {
        drop_record(worker);
        bd_task_free(worker->task);
    }
    *worker = (BdWorker){.state = BD_WORKER_ENDED};
}

void bd_worker_give(BdWorker *worker, const BdItem *item) {
    assert(worker->state == BD_WORKER_IDLE && !worker->busy);
    worker->item = *item;
    worker->busy = true;
}

void bd_worker_end(BdWorker *worker) {
    drop_record(worker);
    worker->state = BD_WORKER_ENDED;
}

int bd_worker_fd(const BdWorker *worker) {
    return bd_session_fd(worker->session);
}

/* ---- how records end ---- */

static Move end_worker(BdWorker *worker) {
    bd_worker_end(worker);
    return GO_ON;
}

/* The session is lost: the run cannot go on. */
static Move fail_run(BdWorker *worker, const BdErr *err) {
    bd_control_fail(worker->control, err);
    return end_worker(worker);
}

static Move finish_record(BdWorker *worker) {
    bd_counter_add(&worker->counters.rows, worker->rows);
    bd_counter_add(&worker->counters.records, 1);
    drop_record(worker);
    worker->state = BD_WORKER_IDLE;
    return GO_ON;
}

static Move send_text(BdWorker *worker, const char *text, BdWorkerState then) {
    BdErr err = BD_ERR_INIT;
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = text};
    if (bd_session_send(worker->session, &request, &err) != 0) {
        return fail_run(worker, &err);
    }
    worker->state = then;
    return GO_ON;
}

/* The record has failed: note it, and leave the session fit for the next one. */
static Move fail_record(BdWorker *worker, const BdErr *err) {
    if (bd_control_stopped(worker->control) == BD_STOP_NOW || err->code == BD_E_STOPPED) {
        return end_worker(worker); /* cancelled, not failed */
    }
    bd_counter_add(&worker->counters.failed, 1);
    bd_control_reject(worker->control, worker->item.record.file, worker->item.record.line,
                      err->sqlstate, err->msg);
    drop_record(worker);
    if (bd_session_in_transaction(worker->session)) {
        return send_text(worker, "rollback", BD_WORKER_ROLLBACK);
    }
    worker->state = BD_WORKER_IDLE;
    return GO_ON;
}

/* COMMIT would end a failed transaction too, with a rollback that looks like success. */
static Move commit_record(BdWorker *worker) {
    if (bd_session_transaction_failed(worker->session)) {
        BdErr err = BD_ERR_INIT;
        bd_err_set(&err, BD_E_SQL, 0, "a statement of its transaction had failed");
        return fail_record(worker, &err);
    }
    return send_text(worker, "commit", BD_WORKER_COMMIT);
}

/* ---- the states ---- */

/*
 * Go on with the request under way. True when it is over: *answer is there, or NULL with *err when
 * the server refused it or the session is lost. False: wait for *want.
 */
static bool receive(BdWorker *worker, BdAnswer **answer, BdWant *want, BdErr *err) {
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

static Move step_idle(BdWorker *worker, BdWant *want) {
    if (!worker->busy) {
        if (bd_control_stopped(worker->control) != BD_STOP_NOT) {
            return end_worker(worker);
        }
        *want = BD_WANT_RECORD;
        return WAIT;
    }
    BdErr err = BD_ERR_INIT;
    if (worker->task->ops->start(worker->task, &worker->item.record, &err) != 0) {
        return fail_record(worker, &err);
    }
    if (worker->transactions) {
        return send_text(worker, "begin", BD_WORKER_BEGIN);
    }
    worker->state = BD_WORKER_NEXT;
    return GO_ON;
}

/* An answer was dealt with: wait for the next one of the pipeline, or let the task go on. */
static Move answered(BdWorker *worker) {
    if (bd_session_busy(worker->session)) {
        worker->state = BD_WORKER_ANSWER;
        return GO_ON;
    }
    if (worker->pipelined) {
        bd_counter_add(&worker->counters.rows, worker->refused ? 0 : worker->rows);
        worker->rows = 0;
        worker->pipelined = false;
    }
    worker->refused = false;
    worker->state = BD_WORKER_NEXT;
    return GO_ON;
}

/* The task's request could not be sent, or was refused. */
static Move refuse_request(BdWorker *worker, BdErr *err) {
    if (err->code == BD_E_CONN) {
        return fail_run(worker, err);
    }
    worker->refused = true;
    if (worker->task->ops->refused(worker->task, err) != 0) {
        return fail_record(worker, err);
    }
    return answered(worker);
}

static Move step_next(BdWorker *worker, BdWant *want) {
    (void)want;
    BdErr err = BD_ERR_INIT;
    BdRequest request;
    switch (worker->task->ops->next(worker->task, &request, &err)) {
    case BD_NEXT_DONE:
        return worker->transactions ? commit_record(worker) : finish_record(worker);
    case BD_NEXT_FAILED:
        return fail_record(worker, &err);
    default:
        break;
    }
    if (bd_control_stopped(worker->control) == BD_STOP_NOW) {
        return end_worker(worker);
    }
    if (bd_session_send(worker->session, &request, &err) != 0) {
        return refuse_request(worker, &err);
    }
    if (request.more) {
        worker->pipelined = !worker->transactions;
        return GO_ON; /* to the next request of the pipeline */
    }
    worker->state = BD_WORKER_ANSWER;
    return GO_ON;
}

static Move step_answer(BdWorker *worker, BdWant *want) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    if (!receive(worker, &answer, want, &err)) {
        return WAIT;
    }
    if (answer == NULL) {
        return refuse_request(worker, &err);
    }
    int64_t touched = bd_answer_touched(answer);
    if (worker->transactions || worker->pipelined) {
        worker->rows += touched;
    } else {
        bd_counter_add(&worker->counters.rows, touched);
    }
    if (worker->task->ops->answer(worker->task, answer, &err) != 0) {
        return fail_record(worker, &err);
    }
    return answered(worker);
}

/* BEGIN, COMMIT, ROLLBACK: wait for the answer, then go on with `then`, or `refused` if it was. */
static Move step_text(BdWorker *worker, BdWant *want, Move (*then)(BdWorker *),
                      Move (*refused)(BdWorker *, const BdErr *)) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    if (!receive(worker, &answer, want, &err)) {
        return WAIT;
    }
    if (answer == NULL) {
        return err.code == BD_E_CONN ? fail_run(worker, &err) : refused(worker, &err);
    }
    bd_answer_free(answer);
    return then(worker);
}

static Move begun(BdWorker *worker) {
    worker->state = BD_WORKER_NEXT;
    return GO_ON;
}

static Move rolled_back(BdWorker *worker) {
    worker->state = BD_WORKER_IDLE;
    return GO_ON;
}

static Move step_begin(BdWorker *worker, BdWant *want) {
    return step_text(worker, want, begun, fail_run);
}

static Move step_commit(BdWorker *worker, BdWant *want) {
    return step_text(worker, want, finish_record, fail_record);
}

static Move step_rollback(BdWorker *worker, BdWant *want) {
    return step_text(worker, want, rolled_back, fail_run);
}

static Move step_ended(BdWorker *worker, BdWant *want) {
    (void)worker;
    *want = BD_WANT_NOTHING;
    return WAIT;
}

static StateFn *const states[] = {
    [BD_WORKER_IDLE] = step_idle,     [BD_WORKER_BEGIN] = step_begin,
    [BD_WORKER_NEXT] = step_next,     [BD_WORKER_ANSWER] = step_answer,
    [BD_WORKER_COMMIT] = step_commit, [BD_WORKER_ROLLBACK] = step_rollback,
    [BD_WORKER_ENDED] = step_ended,
};

BdWant bd_worker_step(BdWorker *worker) {
    BdWant want = BD_WANT_NOTHING;
    while (states[worker->state](worker, &want) == GO_ON) {
    }
    return want;
}
