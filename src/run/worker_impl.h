/*
 * worker_impl.h - what the files of the worker's state machine share.
 *
 * A state's function goes on as far as it can; what it calls last sets the state to go on with.
 */
#ifndef BD_WORKER_IMPL_H
#define BD_WORKER_IMPL_H

#include "run/worker.h"

/* What a state's function says. */
typedef enum BdMove {
    BD_MOVE_ON,  /* go on with the (new) state at once */
    BD_MOVE_WAIT /* wait for *want */
} BdMove;

typedef BdMove BdStateFn(BdWorker *worker, BdWant *want);

/* ---- worker.c ---- */

/*
 * Go on with the request under way. True when it is over: *answer is there, or NULL with *err when
 * the server refused it or the session is lost. False: wait for *want.
 */
bool bd_worker_receive(BdWorker *worker, BdAnswer **answer, BdWant *want, BdErr *err);

/* Send text without parameters, and go on with `then`. */
BdMove bd_worker_send_text(BdWorker *worker, const char *text, BdWorkerState then);

/* Send the task's request. */
BdMove bd_worker_send_request(BdWorker *worker);

/* The request changes nothing in the database. */
bool bd_worker_only_reads(const BdRequest *request);

/* It ends a transaction of the task's own, or one begun by hand, to store it. */
bool bd_worker_commits(const BdRequest *request);

/* Is no answer awaited any more, and no pipeline open? */
bool bd_worker_all_answered(const BdWorker *worker);

/* An answer is dealt with: count the rows of a pipeline or of the task's own transaction if that
 * was the end of it. */
void bd_worker_count_rows(BdWorker *worker);

/* Wait for the moment, but come back now and then, to look whether the run has been stopped. */
BdMove bd_worker_sleep(BdWorker *worker, int64_t until_ns, BdWant *want);

/* The delay, less up to half of it, so that not all workers try at the same time. */
int64_t bd_worker_scatter(const BdWorker *worker, int64_t delay_ns);

/* ---- worker_store.c ---- */

/* The unit, or the part of it under way, is stored for good. */
BdMove bd_worker_store_unit(BdWorker *worker);

/* End its transaction: with its marker, unless that is written, and COMMIT. */
BdMove bd_worker_commit_unit(BdWorker *worker);

BdStateFn bd_worker_step_begin;
BdStateFn bd_worker_step_mark;
BdStateFn bd_worker_step_commit;

/* ---- worker_fail.c ---- */

/* The session does what it must not, or is lost for good: the run cannot go on. */
BdMove bd_worker_fail_run(BdWorker *worker, const BdErr *err);

/* What is under way of the unit has failed: try it again, split it, or fail the record. */
BdMove bd_worker_fail_unit(BdWorker *worker, const BdErr *err);

/* May the part under way be tried again? */
bool bd_worker_has_tries(const BdWorker *worker);

/* Another part is under way, or none: it has not been tried. */
void bd_worker_forget_tries(BdWorker *worker);

/*
 * Nothing of the part under way is stored. It is done again as it is, after a pause, if it may be
 * tried again; else it is split; or its one record is done carefully, or fails. known: the current
 * record is the one to blame.
 */
void bd_worker_redo(BdWorker *worker, bool again, bool known, const BdErr *err);

/* The task's request could not be sent, or was refused. False: the task knows, and goes on. */
bool bd_worker_refuse_request(BdWorker *worker, BdErr *err, BdMove *move);

/* Fail every record of the part under way, and let go of them. */
void bd_worker_fail_records(BdWorker *worker, const BdErr *err);

/* Is it too early to do again what has failed? Then wait. */
bool bd_worker_pauses(BdWorker *worker, BdWant *want);

/* Nothing is under way any more. */
BdMove bd_worker_cleaned(BdWorker *worker);

BdStateFn bd_worker_step_again;
BdStateFn bd_worker_step_clean;
BdStateFn bd_worker_step_rollback;

/* ---- worker_reopen.c ---- */

/* The session is lost. */
BdMove bd_worker_lose_session(BdWorker *worker, const BdErr *err);

/* Fail the records of the part under way, which are not done again: nobody knows what is stored of
 * them, or some of it is. why: which of the two. */
void bd_worker_give_up(BdWorker *worker, const char *why, const BdErr *err);

/* As bd_worker_redo(), after the loss of a session, as often as the options say. True: it is done
 * again as it is. */
bool bd_worker_redo_lost(BdWorker *worker, bool known, const BdErr *err);

BdStateFn bd_worker_step_reopen;
BdStateFn bd_worker_step_prepare;

#endif
