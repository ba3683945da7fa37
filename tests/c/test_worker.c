/*
 * test_worker.c - the state machine of a worker, step by step. Its session and its task are
 * made up: they do what the test says, and write down in a log what they were asked for.
 */
#include "core/clock.h"
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/worker_kit.h" /* needs cmocka.h */

/* ---- records that are done ---- */

static void a_record_is_carried_through(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(2), DONE(3)};
    Stage stage;
    set_up(&stage, false, 3, happens);
    expect_want(&stage, BD_WANT_RECORD);
    expect_want(&stage, BD_WANT_RECORD); /* still */
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 request answer request answer request answer reset");
    expect_totals(&stage, 1, 0, 5, 3);
    take_down(&stage);
}

static void one_record_follows_another(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(1), DONE(1), DONE(1)};
    Stage stage;
    set_up(&stage, false, 1, happens);
    for (int i = 0; i < 3; i++) {
        expect_want(&stage, BD_WANT_RECORD);
        give(&stage);
    }
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 request answer reset start:2 request answer reset "
               "start:3 request answer reset");
    expect_totals(&stage, 3, 0, 3, 3);
    take_down(&stage);
}

static void a_worker_wants_what_its_session_waits_for(void **state) {
    (void)state;
    static const Happens happens[] = {WRITE, WRITE, READ, READ, DONE(1), READ, DONE(1)};
    static const BdWant wants[] = {BD_WANT_WRITE, BD_WANT_WRITE, BD_WANT_READ,
                                   BD_WANT_READ,  BD_WANT_READ,  BD_WANT_RECORD};
    Stage stage;
    set_up(&stage, false, 2, happens);
    give(&stage);
    for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
        expect_want(&stage, wants[i]);
    }
    assert_int_equal(bd_worker_fd(&stage.worker), 42);
    expect_log("start:1 request answer request answer reset");
    expect_totals(&stage, 1, 0, 2, 2);
    take_down(&stage);
}

static void rows_of_a_transaction_count_when_it_is_committed(void **state) {
    (void)state;
    static const Happens happens[] = {READ, DONE(0), READ, DONE(4), READ, DONE(0)};
    Stage stage;
    set_up(&stage, true, 1, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_READ);
    expect_log("start:1 begin");
    expect_want(&stage, BD_WANT_READ);
    expect_log("request");
    expect_want(&stage, BD_WANT_READ);
    expect_log("answer reset commit");
    expect_totals(&stage, 0, 0, 0, 2);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("");
    expect_totals(&stage, 1, 0, 4, 3);
    take_down(&stage);
}

static void a_worker_ends_when_there_are_no_more_records(void **state) {
    (void)state;
    Stage stage;
    set_up(&stage, false, 1, NULL);
    expect_want(&stage, BD_WANT_RECORD);
    bd_worker_end(&stage.worker);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_log("");
    take_down(&stage);
}

/* ---- records that fail ---- */

static void a_refused_request_fails_its_record_alone(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(1), FAILED(BD_E_SQL), DONE(1), DONE(1)};
    Stage stage;
    set_up(&stage, false, 2, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 request answer request refused reset");
    expect_totals(&stage, 0, 1, 1, 1); /* the server keeps the row of the first */
    expect_reject(&stage, "23505", "x.lua:1: no");
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 1, 3, 3);
    take_down(&stage);
}

static void a_refused_request_undoes_its_transaction(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(4), FAILED(BD_E_SQL), READ,   DONE(0),
                                      DONE(0), DONE(1), DONE(1),          DONE(0)};
    Stage stage;
    set_up(&stage, true, 2, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_READ);
    expect_log("start:1 begin request answer request refused reset rollback");
    expect_want(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 0, 1, 0, 3);
    expect_reject(&stage, "23505", "x.lua:1: no");
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:2 begin request answer request answer reset commit");
    expect_totals(&stage, 1, 1, 2, 7);
    take_down(&stage);
}

static void a_refused_commit_fails_the_record(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(4), FAILED(BD_E_SQL)};
    Stage stage;
    set_up(&stage, true, 1, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 begin request answer reset commit");
    expect_totals(&stage, 0, 1, 0, 2);
    expect_reject(&stage, "23505", "no");
    take_down(&stage);
}

static void a_task_that_gives_up_fails_the_record(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(0)};
    static const char *const logs[] = {"start:1 reset", "start:1 begin reset rollback"};
    static const char *const reasons[] = {"start failed", "next failed"};
    for (int i = 0; i < 2; i++) {
        Stage stage;
        set_up(&stage, true, 1, happens);
        stage.task->start_fails = i == 0;
        stage.task->next_fails = i == 1;
        give(&stage);
        expect_want(&stage, BD_WANT_RECORD);
        expect_log(logs[i]);
        expect_totals(&stage, 0, 1, 0, 2 * i);
        expect_reject(&stage, "", reasons[i]);
        take_down(&stage);
    }
}

static void an_answer_that_the_task_refuses_fails_the_record(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(2)};
    Stage stage;
    set_up(&stage, false, 2, happens);
    stage.task->answer_fails = true;
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 request answer reset");
    expect_totals(&stage, 0, 1, 2, 1);
    expect_reject(&stage, "", "answer failed");
    take_down(&stage);
}

static void too_many_failed_records_end_the_worker(void **state) {
    (void)state;
    static const Happens happens[] = {FAILED(BD_E_SQL), FAILED(BD_E_SQL)};
    Stage stage;
    set_up(&stage, false, 1, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    assert_int_equal(bd_control_stopped(&stage.control), BD_STOP_NOT);
    give(&stage);
    expect_want(&stage, BD_WANT_NOTHING);
    assert_int_equal(bd_control_stopped(&stage.control), BD_STOP_DRAIN);
    assert_false(stage.control.failed);
    expect_totals(&stage, 0, 2, 0, 0);
    take_down(&stage);
}

/* ---- sessions that are lost ---- */

/* The worker ends, and with it the run, after such answers. */
static void expect_the_end(bool transactions, const Happens *happens, BdErrCode code,
                           const char *log) {
    Stage stage;
    set_up(&stage, transactions, 1, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_log(log);
    expect_fatal(&stage, code, "no");
    BdTotals totals = bd_counters_sum(&stage.worker.counters, 1, sizeof(BdWorker));
    assert_int_equal(totals.records, 0); /* what became of the record is not known */
    assert_int_equal(totals.rows, 0);
    take_down(&stage);
}

static void a_session_may_be_lost_at_any_answer(void **state) {
    (void)state;
    static const Happens at_once[] = {FAILED(BD_E_CONN)};
    static const Happens at_commit[] = {DONE(0), DONE(1), FAILED(BD_E_CONN)};
    static const Happens at_rollback[] = {DONE(0), FAILED(BD_E_SQL), FAILED(BD_E_CONN)};
    expect_the_end(false, at_once, BD_E_CONN, "start:1 request reset");
    expect_the_end(true, at_once, BD_E_CONN, "start:1 begin reset");
    expect_the_end(true, at_commit, BD_E_CONN, "start:1 begin request answer reset commit");
    expect_the_end(true, at_rollback, BD_E_CONN, "start:1 begin request refused reset rollback");
}

static void a_server_that_does_not_begin_or_roll_back_is_fatal(void **state) {
    (void)state;
    static const Happens no_begin[] = {FAILED(BD_E_SQL)};
    static const Happens no_rollback[] = {DONE(0), FAILED(BD_E_SQL), FAILED(BD_E_SQL)};
    expect_the_end(true, no_begin, BD_E_SQL, "start:1 begin reset");
    expect_the_end(true, no_rollback, BD_E_SQL, "start:1 begin request refused reset rollback");
}

static void a_session_may_be_lost_while_sending(void **state) {
    (void)state;
    for (int transactions = 0; transactions <= 1; transactions++) {
        Stage stage;
        set_up(&stage, transactions == 1, 1, NULL);
        stage.session.send_fails = BD_E_CONN;
        give(&stage);
        expect_want(&stage, BD_WANT_NOTHING);
        expect_log(transactions == 1 ? "start:1 begin reset" : "start:1 request reset");
        expect_fatal(&stage, BD_E_CONN, "not sent");
        expect_totals(&stage, 0, 0, 0, 0);
        take_down(&stage);
    }
}

static void a_request_that_cannot_be_sent_fails_its_record(void **state) {
    (void)state;
    Stage stage;
    set_up(&stage, false, 1, NULL);
    stage.session.send_fails = BD_E_NOMEM;
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 request refused reset");
    expect_totals(&stage, 0, 1, 0, 0);
    take_down(&stage);
}

/* ---- records that have their moments ---- */

/* The first record's moment has come, that of the second is an hour away. */
static void set_up_schedule(Stage *stage, BdSchedule *schedule, const Happens *happens) {
    set_up(stage, false, 1, happens);
    bd_schedule_begin(schedule, 3600 * BD_NS_PER_S, bd_now_ns());
    stage->opts.schedule = schedule;
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_histogram_new(&stage->crew.times.services, &err), 0);
    expect_want(stage, BD_WANT_RECORD);
    give(stage);
    expect_want(stage, BD_WANT_RECORD);
    expect_totals(stage, 1, 0, 1, 1);
}

static void where_there_are_no_more_records_no_moment_is_waited_for(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(1)};
    Stage stage;
    BdSchedule schedule;
    set_up_schedule(&stage, &schedule, happens);
    bd_worker_end(&stage.worker);
    expect_want(&stage, BD_WANT_NOTHING);
    take_down(&stage);
}

static void a_record_waits_for_its_moment(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(1), DONE(1)};
    Stage stage;
    BdSchedule schedule;
    set_up_schedule(&stage, &schedule, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_TIME);
    expect_want(&stage, BD_WANT_TIME);
    assert_int_equal(stage.worker.until_share, BD_SHARE_SOURCE);
    stage.worker.timing.due_ns = 1; /* it has come */
    expect_want(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 2, 0, 2, 2);
    take_down(&stage);
}

static void a_record_that_waits_for_its_moment_is_left_where_the_step_ends(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(1)};
    Stage stage;
    BdSchedule schedule;
    set_up_schedule(&stage, &schedule, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_TIME);
    bd_control_stop(&stage.control, BD_STOP_DRAIN);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_totals(&stage, 1, 0, 1, 1);
    take_down(&stage);
}

/* ---- stopping ---- */

static void draining_finishes_the_record_in_hand(void **state) {
    (void)state;
    static const Happens happens[] = {READ, DONE(1), DONE(1)};
    Stage stage;
    set_up(&stage, false, 2, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_READ);
    bd_control_stop(&stage.control, BD_STOP_DRAIN);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_log("start:1 request answer request answer reset");
    expect_totals(&stage, 1, 0, 2, 2);
    take_down(&stage);
}

static void stopping_now_gives_the_record_up_at_its_next_answer(void **state) {
    (void)state;
    static const Happens happens[] = {READ, READ, DONE(1)};
    Stage stage;
    set_up(&stage, false, 2, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_READ);
    bd_control_stop(&stage.control, BD_STOP_NOW);
    expect_want(&stage, BD_WANT_READ);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_log("start:1 request answer reset");
    expect_totals(&stage, 0, 0, 1, 1); /* the server has the row */
    take_down(&stage);
}

static void what_a_given_up_transaction_wrote_is_not_counted(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), READ, DONE(1)};
    Stage stage;
    set_up(&stage, true, 2, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_READ);
    bd_control_stop(&stage.control, BD_STOP_NOW);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_totals(&stage, 0, 0, 0, 2);
    take_down(&stage);
}

static void a_cancelled_request_has_not_failed(void **state) {
    (void)state;
    static const Happens happens[] = {READ, FAILED(BD_E_SQL)};
    Stage stage;
    set_up(&stage, false, 1, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_READ);
    bd_control_stop(&stage.control, BD_STOP_NOW);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_totals(&stage, 0, 0, 0, 0);
    assert_int_equal(bd_rejects_count(&stage.control.rejects), 0);
    take_down(&stage);
}

/* As the made-up task, but what it would ask for after its first request does not come. */
static BdNext next_is_cut_off(BdTask *task, BdRequest *request, BdErr *err) {
    if (fake(task)->asked == 1) {
        bd_err_set(err, BD_E_STOPPED, 0, "the function was stopped");
        return BD_NEXT_FAILED;
    }
    return fake_ops.next(task, request, err);
}

static void a_record_that_is_cut_off_leaves_no_transaction_open(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), READ, DONE(0)};
    BdTaskOps ops = fake_ops;
    Stage stage;
    set_up(&stage, true, 2, happens);
    ops.next = next_is_cut_off;
    stage.task->task.ops = &ops;
    stage.opts.unit_records = 2;
    give(&stage);
    bd_control_stop(&stage.control, BD_STOP_DRAIN);
    expect_want(&stage, BD_WANT_READ);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_log("start:1 begin request answer reset rollback");
    expect_totals(&stage, 0, 0, 0, 3);
    assert_int_equal(bd_rejects_count(&stage.control.rejects), 0);
    assert_false(stage.session.in_transaction);
    take_down(&stage);
}

static void a_worker_without_a_record_ends_at_once(void **state) {
    (void)state;
    Stage stage;
    set_up(&stage, false, 1, NULL);
    bd_control_stop(&stage.control, BD_STOP_DRAIN);
    expect_want(&stage, BD_WANT_NOTHING);
    take_down(&stage);
}

static void a_worker_gives_its_record_back_when_it_is_taken_down(void **state) {
    (void)state;
    static const Happens happens[] = {READ};
    Stage stage;
    set_up(&stage, false, 1, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_READ);
    take_down(&stage);
    expect_log("start:1 request reset");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_record_is_carried_through),
        CASE(one_record_follows_another),
        CASE(a_worker_wants_what_its_session_waits_for),
        CASE(rows_of_a_transaction_count_when_it_is_committed),
        CASE(a_worker_ends_when_there_are_no_more_records),
        CASE(a_refused_request_fails_its_record_alone),
        CASE(a_refused_request_undoes_its_transaction),
        CASE(a_refused_commit_fails_the_record),
        CASE(a_task_that_gives_up_fails_the_record),
        CASE(an_answer_that_the_task_refuses_fails_the_record),
        CASE(too_many_failed_records_end_the_worker),
        CASE(a_session_may_be_lost_at_any_answer),
        CASE(a_session_may_be_lost_while_sending),
        CASE(a_request_that_cannot_be_sent_fails_its_record),
        CASE(a_server_that_does_not_begin_or_roll_back_is_fatal),
        CASE(where_there_are_no_more_records_no_moment_is_waited_for),
        CASE(a_record_waits_for_its_moment),
        CASE(a_record_that_waits_for_its_moment_is_left_where_the_step_ends),
        CASE(draining_finishes_the_record_in_hand),
        CASE(stopping_now_gives_the_record_up_at_its_next_answer),
        CASE(what_a_given_up_transaction_wrote_is_not_counted),
        CASE(a_cancelled_request_has_not_failed),
        CASE(a_record_that_is_cut_off_leaves_no_transaction_open),
        CASE(a_worker_without_a_record_ends_at_once),
        CASE(a_worker_gives_its_record_back_when_it_is_taken_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
