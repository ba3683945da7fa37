/* How a unit is stored: in a transaction with its marker, or without. */
#include "run/worker_impl.h"

#include <string.h>

BdMove bd_worker_store_unit(BdWorker *worker) {
    worker->task->ops->settle(worker->task, true);
    worker->task->careful = false;
    bd_arrival_acknowledge(&worker->arrival);
    bd_counter_add(&worker->counters.rows, worker->rows);
    bd_counter_add(&worker->counters.records, bd_unit_size(&worker->unit));
    int64_t took_ns = bd_timing_stored(&worker->timing);
    bd_counters_stored(&worker->counters, took_ns, &worker->timing.shares);
    bd_counter_set(&worker->counters.lag_ns, worker->timing.lag_ns);
    bd_unit_pass(&worker->unit);
    worker->begun = false;
    worker->marked = false;
    worker->in_doubt = false;
    bd_worker_forget_tries(worker);
    worker->rows = 0;
    worker->state = BD_WORKER_RECORD;
    return BD_MOVE_ON;
}

/* ---- its marker ---- */

/* Neither is the marker there, nor can it be written: the doubt remains. */
static BdMove leave_in_doubt(BdWorker *worker, const BdErr *err) {
    worker->in_doubt = false;
    worker->task->ops->settle(worker->task, false);
    worker->rows = 0;
    bd_worker_give_up(worker, "whether its transaction is committed cannot be known", err);
    worker->state = BD_WORKER_CLEAN;
    return BD_MOVE_ON;
}

/* The marker is refused if the unit turns out to be stored, or if somebody else stores it. */
static BdMove refuse_mark(BdWorker *worker, const BdErr *err) {
    bool exists = strcmp(err->sqlstate, "23505") == 0;
    if (exists && worker->in_doubt) {
        bd_worker_store_unit(worker);
        worker->begun = true; /* a transaction that has to be rolled back */
        worker->state = BD_WORKER_CLEAN;
        return BD_MOVE_ON;
    }
    if (exists) {
        BdErr twice = BD_ERR_INIT;
        bd_err_set(&twice, BD_E_CONFIG, 0, "another run loads the same into this database");
        bd_err_hint(&twice, "end one of the two");
        return bd_worker_fail_run(worker, &twice);
    }
    BdErr wrapped = *err;
    bd_err_wrap(&wrapped, "the marker in bigdata_done");
    bool cancelled = bd_control_stopped(worker->opts->control) == BD_STOP_NOW;
    return worker->in_doubt && !cancelled ? leave_in_doubt(worker, &wrapped)
                                          : bd_worker_fail_unit(worker, &wrapped);
}

static BdMove send_mark(BdWorker *worker) {
    BdErr err = BD_ERR_INIT;
    worker->state = BD_WORKER_MARK;
    if (bd_marker_send(worker->opts->marker, worker->session, &worker->unit, &worker->text, &err) ==
        0) {
        bd_timing_sent(&worker->timing, false);
        return BD_MOVE_ON;
    }
    return err.code == BD_E_CONN ? bd_worker_lose_session(worker, &err) : refuse_mark(worker, &err);
}

/* COMMIT would end a failed transaction too, with a rollback that looks like success. */
BdMove bd_worker_commit_unit(BdWorker *worker) {
    if (bd_session_transaction_failed(worker->session)) {
        BdErr err = BD_ERR_INIT;
        bd_err_set(&err, BD_E_SQL, 0, "a statement of its transaction had failed");
        return bd_worker_fail_unit(worker, &err);
    }
    if (worker->opts->marker != NULL && !worker->marked) {
        return send_mark(worker);
    }
    return bd_worker_send_text(worker, BD_TRANSACTION_COMMIT, BD_WORKER_COMMIT);
}

/* ---- its transaction ---- */

/* Wait for the answer to BEGIN, the marker or COMMIT: true when it is there; false with the move
 * where it is not, or was refused. */
static bool agreed(BdWorker *worker, const char *text, BdWant *want, BdMove *move,
                   BdMove (*fail)(BdWorker *, const BdErr *)) {
    const BdRequest request = {.kind = BD_REQUEST_TEXT, .text = text};
    BdErr *err = &worker->err;
    BdAnswer *answer = NULL;
    *move = BD_MOVE_WAIT;
    if (!bd_worker_receive(worker, &answer, want, err)) {
        return false;
    }
    if (answer == NULL) {
        *move = err->code == BD_E_CONN ? bd_worker_lose_session(worker, err) : fail(worker, err);
        return false;
    }
    bd_timing_answered(&worker->timing, &request);
    bd_answer_free(answer);
    return true;
}

BdMove bd_worker_step_begin(BdWorker *worker, BdWant *want) {
    BdMove move = BD_MOVE_ON;
    if (!agreed(worker, BD_TRANSACTION_BEGIN, want, &move, bd_worker_fail_run)) {
        return move;
    }
    worker->begun = true;
    worker->state = BD_WORKER_NEXT;
    return worker->in_doubt ? send_mark(worker) : BD_MOVE_ON;
}

BdMove bd_worker_step_mark(BdWorker *worker, BdWant *want) {
    BdMove move = BD_MOVE_ON;
    if (!agreed(worker, "marker", want, &move, refuse_mark)) {
        return move;
    }
    worker->marked = true;
    if (!worker->in_doubt) {
        return bd_worker_commit_unit(worker);
    }
    worker->in_doubt = false; /* what was in doubt is not stored, and cannot be any more */
    bd_arrival_drop(&worker->arrival);
    worker->task->ops->settle(worker->task, false);
    worker->rows = 0;
    BdErr lost = BD_ERR_INIT;
    bd_err_set(&lost, BD_E_CONN, 0, "at COMMIT");
    bool again = bd_worker_redo_lost(worker, false, &lost);
    worker->state = again ? BD_WORKER_RECORD : BD_WORKER_CLEAN; /* a part needs its own marker */
    return BD_MOVE_ON;
}

BdMove bd_worker_step_commit(BdWorker *worker, BdWant *want) {
    BdMove move = BD_MOVE_ON;
    return agreed(worker, BD_TRANSACTION_COMMIT, want, &move, bd_worker_fail_unit)
               ? bd_worker_store_unit(worker)
               : move;
}
