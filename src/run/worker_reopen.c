/*
 * What becomes of a unit whose session is lost, and how another session is opened.
 *
 * While that connects its descriptor may change at any step, so no engine is told of it: the worker
 * looks at it from time to time. It also notices a stop in this way.
 */
#include "run/worker_impl.h"

#include "core/clock.h"

#include <poll.h>
#include <string.h>

#define FIRST_DELAY_NS (100 * BD_NS_PER_MS)
#define MOST_DELAY_NS  (5 * BD_NS_PER_S)
#define LOOK_NS        (5 * BD_NS_PER_MS) /* at a session that connects */

/* ---- what was under way ---- */

void bd_worker_give_up(BdWorker *worker, const char *why, const BdErr *err) {
    BdErr reason = BD_ERR_INIT;
    bd_err_set(&reason, BD_E_CONN, 0, "%s (%s)", why, err->msg);
    memcpy(reason.sqlstate, err->sqlstate, sizeof(reason.sqlstate));
    bd_arrival_doubt(&worker->arrival);
    bd_worker_fail_records(worker, &reason);
}

/* The request under way was to change nothing that lasts. */
static bool harmless(const BdWorker *worker) {
    const BdRequest *request = &worker->request;
    if (worker->pipelined) {
        return false;
    }
    if (worker->in_block) {
        return !bd_worker_commits(request);
    }
    return request->kind == BD_REQUEST_TEXT ? strcmp(request->text, BD_TRANSACTION_BEGIN) == 0
                                            : bd_worker_only_reads(request);
}

bool bd_worker_redo_lost(BdWorker *worker, bool known, const BdErr *err) {
    uint32_t max_tries = worker->opts->max_tries;
    bool again = bd_worker_has_tries(worker);
    BdErr reason = BD_ERR_INIT;
    bd_err_set(&reason, BD_E_CONN, 0, "the connection was lost at the last of its tries, %u (%s)",
               max_tries, err->msg);
    memcpy(reason.sqlstate, err->sqlstate, sizeof(reason.sqlstate));
    bd_worker_redo(worker, again, known, &reason);
    return again;
}

/* A record without a transaction around it. */
static void decide_record(BdWorker *worker, const BdErr *err) {
    if (!harmless(worker)) {
        bd_worker_give_up(worker, "whether its last statement is stored cannot be known", err);
    } else if (worker->kept) {
        bd_worker_give_up(worker, "a part of it is stored, so that it is not done again", err);
    } else {
        bd_worker_redo_lost(worker, true, err);
    }
}

/* A session that is lost because another process of the server has crashed is not held against the
 * unit, as long as that may have been the doing of the other workers. */
static void excuse(BdWorker *worker, const BdErr *err) {
    const BdWorkerOpts *opts = worker->opts;
    uint64_t most = (uint64_t)(bd_pool_size(opts->pool) - 1) * opts->max_tries;
    if (strcmp(err->sqlstate, "57P02") == 0 && worker->excuses < most) {
        worker->excuses++;
    }
}

/* The task's records are reset; what is to be done about the part of the unit under way? known: the
 * session was lost with its current record. */
static void decide(BdWorker *worker, bool known, const BdErr *err) {
    BdUnit *unit = &worker->unit;
    if (worker->state == BD_WORKER_CLEAN || worker->state == BD_WORKER_ROLLBACK ||
        unit->count == 0) {
        return; /* that is decided */
    }
    if (!worker->in_doubt) {
        excuse(worker, err);
    }
    if (worker->in_doubt || (worker->state == BD_WORKER_COMMIT && worker->opts->marker != NULL)) {
        worker->in_doubt = true;
        bd_unit_again(unit);
        return; /* the marker will tell */
    }
    worker->task->ops->settle(worker->task, !worker->opts->transactions && worker->kept);
    worker->rows = 0;
    if (worker->state == BD_WORKER_COMMIT) {
        bd_worker_give_up(worker, "whether its transaction is committed cannot be known", err);
    } else if (worker->opts->transactions) {
        bd_worker_redo_lost(worker, known, err);
    } else {
        decide_record(worker, err);
    }
}

/* ---- another session ---- */

/* Would the next try fail in the same way, whenever it is made? */
static bool is_for_good(const BdErr *err) {
    return err->code != BD_E_CONN || strncmp(err->sqlstate, "28", 2) == 0 ||
           strncmp(err->sqlstate, "3D", 2) == 0;
}

/* This try has failed: there was no session, or it was lost before it was of any use. */
static BdMove try_later(BdWorker *worker, const BdErr *err) {
    BdReopen *reopen = &worker->reopen;
    bd_session_free(reopen->session);
    reopen->session = NULL;
    reopen->next_ns = bd_now_ns() + bd_worker_scatter(worker, reopen->delay_ns);
    if (reopen->next_ns > reopen->give_up_ns || is_for_good(err)) {
        BdErr lost = *err;
        bd_err_wrap(&lost, "the connection was lost and could not be opened again within %g s",
                    (double)worker->opts->reconnect_ns / BD_NS_PER_S);
        return bd_worker_fail_run(worker, &lost);
    }
    reopen->delay_ns *= 2;
    if (reopen->delay_ns > MOST_DELAY_NS) {
        reopen->delay_ns = MOST_DELAY_NS;
    }
    worker->state = BD_WORKER_REOPEN;
    return BD_MOVE_ON;
}

BdMove bd_worker_lose_session(BdWorker *worker, const BdErr *err) {
    if (worker->opts->reconnect_ns == 0) {
        return bd_worker_fail_run(worker, err);
    }
    if (bd_control_stopped(worker->opts->control) == BD_STOP_NOW) {
        bd_worker_quit(worker);
        return BD_MOVE_ON;
    }
    bool known = worker->under_way;
    bool in_vain = worker->state == BD_WORKER_PREPARE || worker->in_doubt;
    if (worker->under_way) {
        worker->task->ops->reset(worker->task);
        worker->under_way = false;
    }
    if (worker->state != BD_WORKER_PREPARE) {
        int64_t rows = worker->rows;
        decide(worker, known, err);
        bd_worker_cleaned(worker);
        worker->rows = worker->in_doubt ? rows : 0;
    }
    if (in_vain) {
        return try_later(worker, err);
    }
    int64_t now_ns = bd_now_ns();
    worker->reopen = (BdReopen){.give_up_ns = now_ns + worker->opts->reconnect_ns,
                                .next_ns = now_ns,
                                .delay_ns = FIRST_DELAY_NS};
    worker->state = BD_WORKER_REOPEN;
    return BD_MOVE_ON;
}

static bool is_ready(const BdReopen *reopen) {
    struct pollfd fd = {.fd = bd_session_fd(reopen->session),
                        .events = reopen->io == BD_IO_READ ? POLLIN : POLLIN | POLLOUT};
    return poll(&fd, 1, 0) > 0;
}

/* It is connected: it takes the place of the lost one. */
static BdMove take_over(BdWorker *worker) {
    BdReopen *reopen = &worker->reopen;
    bd_pool_replace(worker->opts->pool, worker->number, reopen->session);
    worker->session = reopen->session;
    reopen->session = NULL;
    reopen->prepared = 0;
    reopen->claim = 0;
    worker->state = BD_WORKER_PREPARE;
    return BD_MOVE_ON;
}

/* Begin to connect, or go on. */
static BdIo connect_on(BdWorker *worker, BdErr *err) {
    BdReopen *reopen = &worker->reopen;
    if (reopen->session == NULL && bd_pool_reopen(worker->opts->pool, &reopen->session, err) != 0) {
        reopen->session = NULL;
        return BD_IO_FAILED;
    }
    return bd_session_connect(reopen->session, err);
}

BdMove bd_worker_step_reopen(BdWorker *worker, BdWant *want) {
    BdErr err = BD_ERR_INIT;
    BdReopen *reopen = &worker->reopen;
    int64_t now_ns = bd_now_ns();
    if (bd_control_stopped(worker->opts->control) == BD_STOP_NOW) {
        bd_worker_quit(worker);
        return BD_MOVE_ON;
    }
    if (reopen->session == NULL && now_ns < reopen->next_ns) {
        return bd_worker_sleep(worker, reopen->next_ns, want);
    }
    if (reopen->session != NULL && !is_ready(reopen)) {
        if (now_ns < reopen->give_up_ns) {
            return bd_worker_sleep(worker, now_ns + LOOK_NS, want);
        }
        bd_err_set(&err, BD_E_CONN, 0, "the server does not answer");
        return try_later(worker, &err);
    }
    reopen->io = connect_on(worker, &err);
    if (reopen->io == BD_IO_DONE) {
        return take_over(worker);
    }
    return reopen->io == BD_IO_FAILED ? try_later(worker, &err)
                                      : bd_worker_sleep(worker, now_ns + BD_NS_PER_MS, want);
}

/* Is the load still this run's? Only after that may anything be stored. */
static bool is_claimed(BdWorker *worker) {
    BdControl *control = worker->opts->control;
    BdReopen *reopen = &worker->reopen;
    if (worker->opts->marker == NULL) {
        return true;
    }
    if (reopen->claim == 0) {
        reopen->claim = bd_control_want_claim(control);
    }
    return bd_control_claimed(control, reopen->claim);
}

/* All is prepared: go on when all is as it was before the loss, unless it cannot be. */
static BdMove go_on(BdWorker *worker, BdWant *want) {
    if (!is_claimed(worker)) {
        const BdControl *control = worker->opts->control;
        if (!control->failed && bd_control_stopped(control) != BD_STOP_NOW) {
            return bd_worker_sleep(worker, bd_now_ns() + LOOK_NS, want);
        }
        bd_worker_quit(worker);
        return BD_MOVE_ON;
    }
    worker->task->ops->reopened(worker->task, worker->session);
    worker->reconnects++;
    worker->state = BD_WORKER_RECORD;
    return BD_MOVE_ON;
}

BdMove bd_worker_step_prepare(BdWorker *worker, BdWant *want) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    if (bd_session_busy(worker->session)) {
        if (!bd_worker_receive(worker, &answer, want, &err)) {
            return BD_MOVE_WAIT;
        }
        if (answer != NULL) {
            bd_answer_free(answer);
            worker->reopen.prepared++;
            return BD_MOVE_ON;
        }
    } else {
        const BdRequest request = {
            .kind = BD_REQUEST_PREPARE,
            .statement = bd_pool_statement(worker->opts->pool, worker->reopen.prepared)};
        if (request.statement == NULL) {
            return go_on(worker, want);
        }
        if (bd_session_send(worker->session, &request, &err) == 0) {
            bd_timing_sent(&worker->timing, true); /* it does not count */
            return BD_MOVE_ON;
        }
    }
    return err.code == BD_E_CONN ? bd_worker_lose_session(worker, &err)
                                 : bd_worker_fail_run(worker, &err);
}
