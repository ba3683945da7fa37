/*
 * test_worker_lost.c - sessions that are lost and opened again, and markers that tell what is
 * stored. Session, task and pool are made up, as in test_worker.c; a session is opened again at the
 * second try.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/worker_kit.h" /* needs cmocka.h */

#include "core/clock.h"

#define LOST FAILED(BD_E_CONN)

/* Because another process of the server has crashed. */
#define CRASHED                                                                                    \
    { .io = BD_IO_FAILED, .code = BD_E_CONN, .sqlstate = "57P02" }

static const BdMarker nothing_done = {.load = "l", .step = "s"};

/* A worker that opens lost sessions again. Without units: no transactions. */
static void set_up_lost(Stage *stage, uint32_t unit, const Happens *happens) {
    set_up(stage, unit > 0, 1, happens);
    stage->opts.unit_records = unit > 0 ? unit : 1;
    stage->opts.reconnect_ns = 60 * BD_NS_PER_S;
    stage->task->noting_units = true;
}

/* Let time pass until the worker wants something else; what it wants at last. */
static BdWant let_time_pass(Stage *stage) {
    BdWant now = BD_WANT_TIME;
    for (int i = 0; i < 10000 && now == BD_WANT_TIME; i++) {
        now = bd_worker_step(&stage->worker);
        stage->worker.reopen.next_ns = 0;
        stage->worker.again_ns = 0;
    }
    return now;
}

/* Another session can be opened, and the load's claim taken again. */
static void expect_want_later(Stage *stage, BdWant want) {
    stage->control.claims_taken = INT64_MAX;
    assert_int_equal(let_time_pass(stage), want);
}

static void give_first(Stage *stage) {
    expect_want(stage, BD_WANT_RECORD);
    give(stage);
}

/* One without transactions, whose task sends these texts itself (NULL: a statement), with its first
 * record. */
static void set_up_own(Stage *stage, const Happens *happens, const char *const *texts,
                       int requests) {
    set_up_lost(stage, 0, happens);
    stage->task->texts = texts;
    stage->task->requests = requests;
    give_first(stage);
}

#define FIRST "start:1 begin request answer reset"

static void a_transaction_is_done_again(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST, DONE(0), DONE(0), DONE(2), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    assert_true(stage.worker.until_ns > 0);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_log("start:1 begin request reset undone prepare reopened " FIRST " commit stored");
    expect_totals(&stage, 1, 0, 2, 5);
    assert_int_equal(stage.worker.reconnects, 1);
    assert_false(stage.control.failed);
    take_down(&stage);
}

static void a_unit_that_is_done_again_takes_from_its_first_try(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST, DONE(0), DONE(0), DONE(2), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    bd_timing_begin(&stage.worker.timing, 1);
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    int64_t lost_ns = bd_now_ns();
    bd_timing_wait(&stage.worker.timing, BD_SHARE_SERVER, lost_ns);
    bd_timing_go_on(&stage.worker.timing, lost_ns, lost_ns);
    expect_want_later(&stage, BD_WANT_RECORD);
    bd_times_settle(&stage.crew.times);
    assert_int_equal(stage.crew.times.units->count, 1);
    assert_true(stage.crew.times.units->most_ns >= lost_ns - 1);
    take_down(&stage);
}

static void a_unit_that_waits_for_records_is_done_again_whole(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), LOST,    DONE(0),
                                      DONE(0), DONE(1), DONE(1), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 2, happens);
    give_first(&stage);
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_log(FIRST " start:2 request reset undone prepare reopened " FIRST
                     " start:2 request answer reset commit stored");
    expect_totals(&stage, 2, 0, 2, 7);
    take_down(&stage);
}

static void a_lost_commit_fails_all_records_of_the_unit(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), DONE(1), LOST, DONE(0)};
    Stage stage;
    set_up_lost(&stage, 2, happens);
    give_first(&stage);
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    expect_totals(&stage, 0, 2, 0, 3);
    assert_int_equal(bd_rejects_count(&stage.control.rejects), 2);
    assert_string_equal(stage.control.rejects.samples[1].reason,
                        "whether its transaction is committed cannot be known (no)");
    take_down(&stage);
}

static void a_lost_commit_may_be_stored_as_the_marker_tells(void **state) {
    (void)state;
    static const Happens happens[] = {
        DONE(0), DONE(3), DONE(0), LOST, DONE(0) /* prepare */, DONE(0), REFUSED("23505"), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    expect_log(FIRST " mark:1:{1} commit");
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_log("prepare reopened begin mark:1:{1} stored rollback");
    expect_totals(&stage, 1, 0, 3, 6);
    take_down(&stage);
}

static void a_lost_commit_is_done_again_if_the_marker_can_be_written(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(3), DONE(0), LOST,   DONE(0) /* prepare */,
                                      DONE(0), DONE(1), DONE(2), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_log(FIRST " mark:1:{1} commit prepare reopened begin mark:1:{1} undone "
                     "start:1 request answer reset commit stored");
    expect_totals(&stage, 1, 0, 2, 8);
    take_down(&stage);
}

static void doubts_outlast_another_loss(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(3),          DONE(0), LOST, DONE(0),
                                      LOST,    DONE(0),          DONE(0), LOST, DONE(0),
                                      DONE(0), REFUSED("23505"), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_log(FIRST " mark:1:{1} commit prepare reopened begin prepare reopened begin mark:1:{1} "
                     "prepare reopened begin mark:1:{1} stored rollback");
    expect_totals(&stage, 1, 0, 3, 9);
    assert_int_equal(stage.worker.reconnects, 3);
    take_down(&stage);
}

static void doubts_that_the_marker_cannot_settle_fail_the_whole_unit(void **state) {
    (void)state;
    static const Happens happens[] = {
        DONE(0), DONE(1),          DONE(1), DONE(0), LOST,    DONE(0) /* prepare */,
        DONE(0), REFUSED("57014"), DONE(0), DONE(0), DONE(1), DONE(0),
        DONE(0)};
    Stage stage;
    set_up_lost(&stage, 2, happens);
    stage.opts.marker = &nothing_done;
    give_first(&stage);
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_NOTHING); /* one reject was allowed */
    expect_totals(&stage, 0, 2, 0, 7);
    assert_string_equal(stage.control.rejects.samples[1].reason,
                        "whether its transaction is committed cannot be known (the marker in "
                        "bigdata_done: no)");
    take_down(&stage);
}

static void doubts_remain_where_the_marker_cannot_be_sent(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(3), DONE(0), LOST, DONE(0) /* prepare */,
                                      READ,    DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_READ); /* for the answer to BEGIN */
    stage.session.send_fails = BD_E_NOMEM;
    expect_want(&stage, BD_WANT_NOTHING); /* ROLLBACK cannot be sent either */
    expect_reject(&stage, "",
                  "whether its transaction is committed cannot be known (the marker in "
                  "bigdata_done: not sent)");
    assert_false(stage.worker.in_doubt);
    take_down(&stage);
}

/* ---- as often as it may be tried ---- */

static void a_record_that_costs_its_connection_each_time_fails(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST, DONE(0), DONE(0), LOST,    DONE(0),
                                      DONE(0), LOST, DONE(0), DONE(0), DONE(1), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 0, 1, 0, 6);
    expect_reject(&stage, "23505", "the connection was lost at the last of its tries, 3 (no)");
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 1, 1, 9);
    assert_int_equal(stage.worker.retries, 0);
    take_down(&stage);
}

static void tries_are_counted_without_a_transaction_too(void **state) {
    (void)state;
    static const char *const own_alone[] = {"begin", NULL, "commit"};
    static const Happens happens[] = {DONE(0), LOST,    DONE(0), DONE(0), LOST,
                                      DONE(0), DONE(0), LOST,    DONE(0)};
    Stage stage;
    set_up_own(&stage, happens, own_alone, 3);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 0, 1, 0, 6);
    expect_reject(&stage, "23505", "the connection was lost at the last of its tries, 3 (no)");
    take_down(&stage);
}

static void the_record_that_costs_the_connection_is_set_apart(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), LOST,    DONE(0), /* both */
                                      DONE(0), DONE(1), DONE(0),          /* the first */
                                      DONE(0), LOST,    DONE(0)};
    Stage stage;
    set_up_lost(&stage, 2, happens);
    stage.opts.max_tries = 1;
    give_first(&stage);
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 1, 1, 8);
    expect_reject_at(&stage, 2, "23505",
                     "the connection was lost at the last of its tries, 1 (no)");
    take_down(&stage);
}

static void between_two_tries_a_worker_pauses(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST, DONE(0), DONE(0), DONE(1), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    assert_true(stage.worker.again_ns > bd_now_ns() - BD_NS_PER_S);
    take_down(&stage);
}

static void a_unit_that_loses_its_commit_each_time_fails(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(3), DONE(0), LOST, DONE(0) /* prepare */,
                                      DONE(0), DONE(1), DONE(2), LOST, DONE(0) /* prepare */,
                                      DONE(0), DONE(1), DONE(0) /* rollback */};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    stage.opts.max_tries = 2;
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_log(FIRST " mark:1:{1} commit prepare reopened begin mark:1:{1} undone "
                     "start:1 request answer reset commit prepare reopened begin mark:1:{1} "
                     "undone rollback");
    expect_totals(&stage, 0, 1, 0, 11);
    expect_reject(&stage, "", "the connection was lost at the last of its tries, 2 (at COMMIT)");
    take_down(&stage);
}

static void what_another_process_has_cost_is_no_try(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), CRASHED, DONE(0), DONE(0), DONE(2), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.pool.size = 2;
    stage.opts.max_tries = 1;
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 0, 2, 5);
    take_down(&stage);
}

static void nor_is_a_commit_that_it_has_cost(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(3), DONE(0), CRASHED, DONE(0) /* prepare */,
                                      DONE(0), DONE(1), DONE(2), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    stage.pool.size = 2;
    stage.opts.max_tries = 1;
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 0, 2, 8);
    take_down(&stage);
}

/* So many crashes that they are its own doing in the end; then a record that has nothing to do with
 * them, and may be excused again. */
static void another_process_is_an_excuse_for_so_long(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), CRASHED, DONE(0), DONE(0), CRASHED, DONE(0),
                                      DONE(0), CRASHED, DONE(0), DONE(0), CRASHED, DONE(0),
                                      DONE(0), CRASHED, DONE(0), DONE(0), CRASHED, DONE(0),
                                      DONE(0), CRASHED, DONE(0), DONE(0), DONE(1), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.pool.size = 3;
    stage.opts.max_tries = 2; /* and each of the two others has as many */
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 0, 1, 0, 12);
    expect_reject(&stage, "57P02", "the connection was lost at the last of its tries, 2 (no)");
    give(&stage);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 1, 1, 17);
    take_down(&stage);
}

/* With one connection there is nobody else. */
static void alone_there_is_no_excuse(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), CRASHED, DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.max_tries = 1;
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 0, 1, 0, 2);
    take_down(&stage);
}

/* ---- the load's claim ---- */

static void a_load_goes_on_when_its_claim_is_taken_again(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST, DONE(0), DONE(0), DONE(2), DONE(1), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    give_first(&stage);
    assert_int_equal(let_time_pass(&stage), BD_WANT_TIME);
    expect_log("start:1 begin request reset undone prepare");
    assert_int_equal(stage.control.claims_wanted, 1);
    stage.control.claims_taken = 1;
    assert_int_equal(let_time_pass(&stage), BD_WANT_RECORD);
    expect_log("reopened " FIRST " mark:1:{1} commit stored");
    take_down(&stage);
}

static void a_load_whose_claim_is_gone_ends(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST, DONE(0)};
    const BdErr taken = {.code = BD_E_CONFIG, .msg = "another run loads the same"};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    give_first(&stage);
    assert_int_equal(let_time_pass(&stage), BD_WANT_TIME);
    bd_control_fail(&stage.control, &taken);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_totals(&stage, 0, 0, 0, 2);
    take_down(&stage);
}

static void without_a_transaction_what_may_be_stored_fails(void **state) {
    (void)state;
    static const Happens happens[] = {LOST, DONE(0), DONE(1)};
    Stage stage;
    set_up_lost(&stage, 0, happens);
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    expect_reject(&stage, "23505", "whether its last statement is stored cannot be known (no)");
    expect_want_later(&stage, BD_WANT_RECORD);
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 1, 1, 2);
    take_down(&stage);
}

static const char *const own[] = {"begin", NULL, "commit", NULL};

static void the_tasks_own_transaction_is_done_again(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST, DONE(0), DONE(0), DONE(4), DONE(0), DONE(1)};
    Stage stage;
    set_up_own(&stage, happens, own, 4);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 0, 5, 6);
    take_down(&stage);
}

static void the_tasks_own_commit_cannot_be_known(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(4), LOST, DONE(0)};
    Stage stage;
    set_up_own(&stage, happens, own, 4);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 0, 1, 0, 3);
    expect_reject(&stage, "23505", "whether its last statement is stored cannot be known (no)");
    take_down(&stage);
}

static void a_commit_by_hand_cannot_be_known(void **state) {
    (void)state;
    static const char *const by_hand[] = {"begin", NULL};
    static const Happens happens[] = {DONE(0), LOST, DONE(0)};
    const BdStatement commit = {.commits = true};
    Stage stage;
    set_up_own(&stage, happens, by_hand, 2);
    stage.task->statement = &commit;
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 0, 1, 0, 2);
    expect_reject(&stage, "23505", "whether its last statement is stored cannot be known (no)");
    take_down(&stage);
}

static void what_is_stored_in_part_is_not_done_again(void **state) {
    (void)state;
    static const char *const after[] = {NULL, "begin", NULL, "commit"};
    static const Happens happens[] = {DONE(2), DONE(0), LOST, DONE(0)};
    Stage stage;
    set_up_own(&stage, happens, after, 4);
    expect_want_later(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 0, 1, 2, 3);
    expect_reject(&stage, "23505", "a part of it is stored, so that it is not done again (no)");
    take_down(&stage);
}

static void a_session_is_given_up_when_the_time_is_over(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.reconnect_ns = BD_NS_PER_MS;
    give_first(&stage);
    expect_want_later(&stage, BD_WANT_NOTHING);
    expect_fatal(&stage, BD_E_CONN,
                 "the connection was lost and could not be opened again within 0.001 s: not yet");
    take_down(&stage);
}

/* The session that the second try opens is lost before it was of any use: the worker waits, longer
 * than before, and not for ever. */
static void expect_patience_with(Stage *stage) {
    BdReopen *reopen = &stage->worker.reopen;
    int64_t give_up_ns = reopen->give_up_ns;
    int64_t delay_ns = reopen->delay_ns;
    stage->control.claims_taken = INT64_MAX;
    reopen->next_ns = 0;
    expect_want(stage, BD_WANT_TIME);
    assert_int_equal(stage->pool.tries, 2);
    assert_int_equal(stage->worker.state, BD_WORKER_REOPEN);
    assert_int_equal(reopen->give_up_ns, give_up_ns);
    assert_int_equal(reopen->delay_ns, 2 * delay_ns);
    assert_true(reopen->next_ns > bd_now_ns());
    reopen->give_up_ns = 1;
    reopen->next_ns = 0;
    expect_want(stage, BD_WANT_NOTHING);
    assert_true(stage->control.failed);
    assert_int_equal(stage->control.fatal.code, BD_E_CONN);
}

static void sessions_that_are_lost_before_they_are_prepared_are_given_up(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST, LOST, LOST};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME); /* the first try has failed */
    expect_patience_with(&stage);
    take_down(&stage);
}

static void doubts_that_no_session_can_settle_end_the_run(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(3), DONE(0), LOST,
                                      DONE(0), LOST,    DONE(0), LOST};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    expect_patience_with(&stage);
    take_down(&stage);
}

static void a_session_is_given_up_when_the_run_is_stopped(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), LOST};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    give_first(&stage);
    expect_want(&stage, BD_WANT_TIME);
    bd_control_stop(&stage.control, BD_STOP_NOW);
    expect_want(&stage, BD_WANT_NOTHING);
    assert_false(stage.control.failed);
    take_down(&stage);
}

static void records_that_are_stored_are_skipped(void **state) {
    (void)state;
    static const BdRange ranges[] = {{1, 2}, {4, 4}};
    const BdMarker some_done = {.load = "l", .step = "s", .done = ranges, .done_count = 2};
    static const Happens happens[] = {DONE(0), DONE(1), DONE(1), DONE(0), DONE(0)};
    Stage stage;
    set_up_lost(&stage, 2, happens);
    stage.opts.marker = &some_done;
    for (int i = 0; i < 5; i++) {
        give_first(&stage);
    }
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:3 begin request answer reset start:5 request answer reset mark:3:{3,5} "
               "commit stored");
    assert_int_equal(stage.worker.skipped, 3);
    expect_totals(&stage, 2, 0, 2, 5);
    take_down(&stage);
}

static void a_marker_of_somebody_else_ends_the_run(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), REFUSED("23505")};
    Stage stage;
    set_up_lost(&stage, 1, happens);
    stage.opts.marker = &nothing_done;
    give_first(&stage);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_fatal(&stage, BD_E_CONFIG, "another run loads the same into this database");
    take_down(&stage);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_transaction_is_done_again),
        CASE(a_unit_that_is_done_again_takes_from_its_first_try),
        CASE(a_unit_that_waits_for_records_is_done_again_whole),
        CASE(a_lost_commit_fails_all_records_of_the_unit),
        CASE(a_lost_commit_may_be_stored_as_the_marker_tells),
        CASE(a_lost_commit_is_done_again_if_the_marker_can_be_written),
        CASE(doubts_outlast_another_loss),
        CASE(doubts_that_the_marker_cannot_settle_fail_the_whole_unit),
        CASE(doubts_remain_where_the_marker_cannot_be_sent),
        CASE(a_record_that_costs_its_connection_each_time_fails),
        CASE(tries_are_counted_without_a_transaction_too),
        CASE(the_record_that_costs_the_connection_is_set_apart),
        CASE(between_two_tries_a_worker_pauses),
        CASE(a_unit_that_loses_its_commit_each_time_fails),
        CASE(what_another_process_has_cost_is_no_try),
        CASE(nor_is_a_commit_that_it_has_cost),
        CASE(another_process_is_an_excuse_for_so_long),
        CASE(alone_there_is_no_excuse),
        CASE(a_load_goes_on_when_its_claim_is_taken_again),
        CASE(a_load_whose_claim_is_gone_ends),
        CASE(without_a_transaction_what_may_be_stored_fails),
        CASE(the_tasks_own_transaction_is_done_again),
        CASE(the_tasks_own_commit_cannot_be_known),
        CASE(a_commit_by_hand_cannot_be_known),
        CASE(what_is_stored_in_part_is_not_done_again),
        CASE(a_session_is_given_up_when_the_time_is_over),
        CASE(sessions_that_are_lost_before_they_are_prepared_are_given_up),
        CASE(doubts_that_no_session_can_settle_end_the_run),
        CASE(a_session_is_given_up_when_the_run_is_stopped),
        CASE(records_that_are_stored_are_skipped),
        CASE(a_marker_of_somebody_else_ends_the_run),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
