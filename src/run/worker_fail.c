/* How units fail: what is done again, what is split, and which record is named at last. */
#include "run/worker_impl.h"

#include "core/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Before another try: the first time, and at most. */
#define FIRST_DELAY_NS BD_NS_PER_MS
#define MOST_DELAY_NS  BD_NS_PER_S

BdMove bd_worker_fail_run(BdWorker *worker, const BdErr *err) {
    bd_control_fail(worker->opts->control, err);
    bd_worker_quit(worker);
    return BD_MOVE_ON;
}

/* The server gave up for the sake of other transactions: the same may succeed now. */
static bool may_succeed_now(const BdErr *err) {
    return err->code == BD_E_SQL &&
           (strcmp(err->sqlstate, "40001") == 0 || strcmp(err->sqlstate, "40P01") == 0);
}

bool bd_worker_has_tries(const BdWorker *worker) {
    return worker->tries + 1 < (uint64_t)worker->opts->max_tries + worker->excuses;
}

void bd_worker_forget_tries(BdWorker *worker) {
    worker->tries = 0;
    worker->excuses = 0;
}

/* May the unit be done again, or with `alone` its one statement? */
static bool may_try_again(const BdWorker *worker, const BdErr *err, bool alone) {
    bool safe = alone ? !worker->begun && !worker->in_block && !worker->pipelined
                      : worker->opts->transactions || (worker->in_block && !worker->kept);
    bool left =
        alone ? worker->statement_tries + 1 < worker->opts->max_tries : bd_worker_has_tries(worker);
    return safe && left && may_succeed_now(err);
}

/* It is not done again, though it might succeed: say so. */
static void note_last_try(const BdWorker *worker, BdErr *err) {
    bool tried = worker->tries > 0 || worker->statement_tries > 0;
    size_t n = strlen(err->msg);
    if (tried && may_succeed_now(err)) {
        snprintf(err->msg + n, sizeof(err->msg) - n, " (the last of its tries, %" PRIu32 ")",
                 worker->opts->max_tries);
    }
}

/* What has failed so often before is done again, after a while. */
static void pause_and_count(BdWorker *worker, uint32_t *tries) {
    int64_t delay_ns = FIRST_DELAY_NS;
    for (uint32_t i = 0; i < *tries && delay_ns < MOST_DELAY_NS; i++) {
        delay_ns *= 2;
    }
    delay_ns = delay_ns < MOST_DELAY_NS ? delay_ns : MOST_DELAY_NS;
    worker->again_ns = bd_now_ns() + bd_worker_scatter(worker, delay_ns);
    ++*tries;
}

bool bd_worker_pauses(BdWorker *worker, BdWant *want) {
    if (worker->again_ns == 0) {
        return false;
    }
    if (bd_now_ns() >= worker->again_ns) {
        worker->again_ns = 0;
        return false;
    }
    bd_worker_sleep(worker, worker->again_ns, want);
    return true;
}

BdMove bd_worker_step_again(BdWorker *worker, BdWant *want) {
    if (bd_control_stopped(worker->opts->control) == BD_STOP_NOW) {
        bd_worker_quit(worker);
        return BD_MOVE_ON;
    }
    return bd_worker_pauses(worker, want) ? BD_MOVE_WAIT : bd_worker_send_request(worker);
}

void bd_worker_fail_records(BdWorker *worker, const BdErr *err) {
    uint32_t size = bd_unit_size(&worker->unit);
    bd_counter_add(&worker->counters.failed, size);
    for (uint32_t i = 0; i < size; i++) {
        const BdRecord *record = &worker->unit.items[worker->unit.first + i].record;
        bd_control_reject(worker->opts->control, record->file, record->line, err->sqlstate,
                          err->msg);
    }
    bd_unit_pass(&worker->unit);
    bd_timing_given_up(&worker->timing);
    worker->task->careful = false;
    bd_worker_forget_tries(worker);
}

void bd_worker_redo(BdWorker *worker, bool again, bool known, const BdErr *err) {
    BdUnit *unit = &worker->unit;
    BdTask *task = worker->task;
    if (again) {
        pause_and_count(worker, &worker->tries);
        bd_unit_again(unit);
    } else if (bd_unit_size(unit) > 1) {
        bd_worker_forget_tries(worker);
        bd_unit_split(unit, known);
    } else if (worker->opts->transactions && task->vague && !task->careful) {
        task->careful = true;
        bd_unit_again(unit);
    } else {
        BdErr last = *err;
        if (worker->state == BD_WORKER_COMMIT) {
            /* The task's own requests have this said of them when they are refused. */
            note_last_try(worker, &last);
        }
        bd_worker_fail_records(worker, &last);
    }
    task->vague = false;
}

/* The record does not come to its end, and the step is to: its unit is given up. The worker ends
 * when its session is fit for the next step. */
static void cut_off(BdWorker *worker) {
    bd_unit_reset(&worker->unit);
    bd_timing_given_up(&worker->timing);
    worker->no_more = true;
}

BdMove bd_worker_fail_unit(BdWorker *worker, const BdErr *err) {
    if (bd_control_stopped(worker->opts->control) == BD_STOP_NOW) {
        bd_worker_quit(worker); /* cancelled, not failed */
        return BD_MOVE_ON;
    }
    bool known = worker->under_way;
    if (worker->under_way) {
        worker->task->ops->reset(worker->task);
        worker->under_way = false;
    }
    worker->task->ops->settle(worker->task, !worker->opts->transactions && worker->kept);
    if (err->code == BD_E_STOPPED) {
        cut_off(worker);
    } else {
        bool again = may_try_again(worker, err, false);
        worker->retries += again ? 1 : 0;
        bd_worker_redo(worker, again, known, err);
    }
    worker->state = BD_WORKER_CLEAN;
    return BD_MOVE_ON;
}

bool bd_worker_refuse_request(BdWorker *worker, BdErr *err, BdMove *move) {
    if (err->code == BD_E_CONN) {
        *move = bd_worker_lose_session(worker, err);
        return true;
    }
    if (may_try_again(worker, err, true)) {
        pause_and_count(worker, &worker->statement_tries);
        worker->retries++;
        bd_arrival_drop(&worker->arrival);
        worker->state = BD_WORKER_AGAIN;
        *move = BD_MOVE_ON;
        return true;
    }
    worker->refused = true;
    if (may_try_again(worker, err, false)) {
        *move = bd_worker_fail_unit(worker, err);
        worker->task->ops->passed(worker->task, false);
        return true;
    }
    note_last_try(worker, err);
    if (worker->task->ops->refused(worker->task, err) != 0) {
        *move = bd_worker_fail_unit(worker, err);
        return true;
    }
    if (bd_worker_all_answered(worker)) {
        bd_worker_count_rows(worker);
    }
    return false;
}

/* ---- making the session fit for what comes next ---- */

BdMove bd_worker_cleaned(BdWorker *worker) {
    if (!worker->in_doubt) {
        bd_arrival_drop(&worker->arrival);
    }
    worker->begun = false;
    worker->marked = false;
    worker->in_block = false;
    worker->pipelined = false;
    worker->refused = false;
    worker->statement_tries = 0;
    worker->rows = 0;
    bd_buf_reset(&worker->saved_rows);
    worker->state = BD_WORKER_RECORD;
    return BD_MOVE_ON;
}

/* Answers that are still to come pass by. A pipeline that is still open is ended, and undone. */
BdMove bd_worker_step_clean(BdWorker *worker, BdWant *want) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;

    if (bd_session_busy(worker->session)) {
        if (!bd_worker_receive(worker, &answer, want, &err)) {
            return BD_MOVE_WAIT;
        }
        if (answer == NULL && err.code == BD_E_CONN) {
            return bd_worker_lose_session(worker, &err);
        }
        worker->task->ops->passed(worker->task, answer != NULL);
        worker->refused = worker->refused || answer == NULL;
        worker->rows += answer != NULL ? bd_answer_touched(answer) : 0;
        bd_answer_free(answer);
        return BD_MOVE_ON;
    }
    if (bd_session_in_pipeline(worker->session)) {
        worker->refused = true;
        return bd_worker_send_text(worker, BD_TRANSACTION_ROLLBACK, BD_WORKER_CLEAN);
    }
    if (bd_session_in_transaction(worker->session)) {
        return bd_worker_send_text(worker, BD_TRANSACTION_ROLLBACK, BD_WORKER_ROLLBACK);
    }
    bd_worker_count_rows(worker);
    return bd_worker_cleaned(worker);
}

BdMove bd_worker_step_rollback(BdWorker *worker, BdWant *want) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    if (!bd_worker_receive(worker, &answer, want, &err)) {
        return BD_MOVE_WAIT;
    }
    if (answer == NULL) {
        return err.code == BD_E_CONN ? bd_worker_lose_session(worker, &err)
                                     : bd_worker_fail_run(worker, &err);
    }
    bd_answer_free(answer);
    return bd_worker_cleaned(worker);
}
