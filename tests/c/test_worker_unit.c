/*
 * test_worker_unit.c - units of several records: when they are committed, how they fail, what is
 * done again. Session and task are made up, as in test_worker.c, and so is the clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/clock.h"
#include "support/worker_kit.h" /* needs cmocka.h */

static int64_t clock_ns = BD_NS_PER_S; /* what bd_now_ns() says */

int64_t bd_now_ns(void) {
    return clock_ns;
}

/* A worker that commits every so many records, each of them one request. */
static void set_up_units(Stage *stage, uint32_t records, const Happens *happens) {
    set_up(stage, true, 1, happens);
    stage->opts.unit_records = records;
    stage->task->noting_units = true;
}

static void give_each(Stage *stage, int count) {
    for (int i = 0; i < count; i++) {
        expect_want(stage, BD_WANT_RECORD);
        give(stage);
    }
}

#define FIRST "start:1 begin request answer reset"

/* ---- units that are stored ---- */

static void a_unit_is_committed_when_it_has_its_records(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), DONE(2), READ, DONE(3), DONE(0)};
    Stage stage;
    set_up_units(&stage, 3, happens);
    give_each(&stage, 3);
    expect_want(&stage, BD_WANT_READ);
    expect_totals(&stage, 0, 0, 0, 3);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log(FIRST " start:2 request answer reset start:3 request answer reset commit stored");
    expect_totals(&stage, 3, 0, 6, 5);
    take_down(&stage);
}

/* The worker pauses before it tries again: let that time pass. Returns how long it is, in
 * nanoseconds. */
static int64_t expect_pause(Stage *stage) {
    int64_t begin_ns = clock_ns;
    expect_want(stage, BD_WANT_TIME);
    int64_t again_ns = stage->worker.again_ns;
    assert_in_range(stage->worker.until_ns, begin_ns + 1, again_ns);
    clock_ns = again_ns;
    return again_ns - begin_ns;
}

static void a_unit_is_committed_when_there_are_no_more_records(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), DONE(2), READ, DONE(0)};
    Stage stage;
    set_up_units(&stage, 100, happens);
    give_each(&stage, 2);
    expect_want(&stage, BD_WANT_RECORD);
    bd_worker_end(&stage.worker);
    expect_want(&stage, BD_WANT_READ);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_log(FIRST " start:2 request answer reset commit stored");
    expect_totals(&stage, 2, 0, 3, 4);
    take_down(&stage);
}

static void draining_commits_the_unit_in_hand(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), DONE(0)};
    Stage stage;
    set_up_units(&stage, 100, happens);
    give_each(&stage, 1);
    expect_want(&stage, BD_WANT_RECORD);
    bd_control_stop(&stage.control, BD_STOP_DRAIN);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_log(FIRST " commit stored");
    expect_totals(&stage, 1, 0, 1, 3);
    take_down(&stage);
}

static void stopping_now_gives_the_unit_up(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1)};
    Stage stage;
    set_up_units(&stage, 100, happens);
    give_each(&stage, 1);
    expect_want(&stage, BD_WANT_RECORD);
    bd_control_stop(&stage.control, BD_STOP_NOW);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_log(FIRST);
    expect_totals(&stage, 0, 0, 0, 2);
    take_down(&stage);
}

/* ---- units that end with rows ---- */

static void a_unit_ends_when_enough_rows_are_held(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(0), DONE(0), DONE(0), DONE(6), DONE(0)};
    Stage stage;
    set_up_units(&stage, UINT32_MAX, happens);
    stage.opts.unit_rows = 5;
    stage.task->holds = 2;
    stage.task->last_requests = 1;
    give_each(&stage, 3);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log(FIRST " start:2 request answer reset start:3 request answer reset "
                     "request answer commit stored");
    expect_totals(&stage, 3, 0, 6, 6);
    take_down(&stage);
}

static void a_unit_without_rows_to_hold_is_one_record(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), DONE(0)};
    Stage stage;
    set_up_units(&stage, UINT32_MAX, happens);
    stage.opts.unit_rows = 5;
    give_each(&stage, 1);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log(FIRST " commit stored");
    take_down(&stage);
}

static void what_is_held_may_be_refused_at_the_end(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(0), DONE(0), REFUSED("23505"), DONE(0),
                                      DONE(0), DONE(0), DONE(2), DONE(0), /* the first */
                                      DONE(0), DONE(0), DONE(2), DONE(0)};
    Stage stage;
    set_up_units(&stage, 2, happens);
    stage.task->last_requests = 1;
    give_each(&stage, 2);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log(FIRST " start:2 request answer reset request refused undone rollback "
                     "start:1 begin request answer reset request answer commit stored "
                     "start:2 begin request answer reset request answer commit stored");
    expect_totals(&stage, 2, 0, 4, 12);
    take_down(&stage);
}

/* ---- units that fail ---- */

static void the_record_that_fails_is_set_apart_and_the_others_are_stored(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1),          REFUSED("23505"),
                                      DONE(0),                            /* rollback */
                                      DONE(0), DONE(1),          DONE(0), /* the first */
                                      DONE(0), REFUSED("23505"), DONE(0)};
    Stage stage;
    set_up_units(&stage, 3, happens);
    give_each(&stage, 2);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log(FIRST " start:2 request refused reset undone rollback "
                     "start:1 begin request answer reset commit stored "
                     "start:2 begin request refused reset undone rollback");
    expect_totals(&stage, 1, 1, 1, 8);
    expect_reject_at(&stage, 2, "23505", "x.lua:1: no");
    take_down(&stage);
}

static void a_unit_that_fails_at_commit_is_halved(void **state) {
    (void)state;
    static const Happens happens[] = {
        DONE(0), DONE(1),          DONE(1),          DONE(1),
        DONE(1), REFUSED("23514"),                                     /* all four */
        DONE(0), DONE(1),          DONE(1),          DONE(0),          /* 1, 2 */
        DONE(0), DONE(1),          DONE(1),          REFUSED("23514"), /* 3, 4 */
        DONE(0), DONE(1),          REFUSED("23514"),                   /* 3 */
        DONE(0), DONE(1),          DONE(0)};                           /* 4 */
    Stage stage;
    set_up_units(&stage, 4, happens);
    stage.task->noting_units = false;
    give_each(&stage, 4);
    expect_want(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 3, 1, 3, 17);
    expect_reject_at(&stage, 3, "23514", "no");
    take_down(&stage);
}

static void a_record_is_done_carefully_before_it_fails(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), REFUSED("23505"), DONE(0),
                                      DONE(0), REFUSED("23505"), DONE(0)};
    Stage stage;
    set_up_units(&stage, 1, happens);
    stage.task->vague = true;
    give_each(&stage, 1);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 begin request refused reset undone rollback "
               "start:1 begin request refused:careful reset undone rollback");
    expect_totals(&stage, 0, 1, 0, 4);
    assert_false(stage.task->task.careful);
    take_down(&stage);
}

/* ---- tries ---- */

static void a_deadlock_has_the_whole_unit_done_again(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), REFUSED("40P01"), DONE(0),
                                      DONE(0), DONE(1), DONE(1),          DONE(0)};
    Stage stage;
    set_up_units(&stage, 2, happens);
    give_each(&stage, 2);
    expect_pause(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log(FIRST " start:2 request reset undone rollback " FIRST
                     " start:2 request answer reset commit stored");
    expect_totals(&stage, 2, 0, 2, 7);
    assert_int_equal(stage.worker.retries, 1);
    take_down(&stage);
}

static void a_serialization_failure_may_come_with_commit(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), REFUSED("40001"),
                                      DONE(0), DONE(1), REFUSED("40001"),
                                      DONE(0), DONE(1), REFUSED("40001")};
    Stage stage;
    set_up_units(&stage, 1, happens);
    give_each(&stage, 1);
    expect_pause(&stage);
    expect_pause(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log(FIRST " commit undone " FIRST " commit undone " FIRST " commit undone");
    expect_totals(&stage, 0, 1, 0, 6);
    assert_int_equal(stage.worker.retries, 2);
    expect_reject(&stage, "40001", "no (the last of its tries, 3)");
    take_down(&stage);
}

static void without_a_transaction_the_statement_alone_is_sent_again(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(1),          REFUSED("40P01"), READ,
                                      REFUSED("40001"), DONE(1),          DONE(1)};
    Stage stage;
    set_up(&stage, false, 3, happens);
    give(&stage);
    expect_pause(&stage);
    expect_want(&stage, BD_WANT_READ);
    expect_pause(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 request answer request request request answer request answer reset");
    expect_totals(&stage, 1, 0, 3, 3);
    assert_int_equal(stage.worker.retries, 2);
    take_down(&stage);
}

static void the_last_try_is_the_one_that_fails(void **state) {
    (void)state;
    static const Happens happens[] = {REFUSED("40001"), REFUSED("40001"), REFUSED("40001")};
    Stage stage;
    set_up(&stage, false, 1, happens);
    give(&stage);
    expect_pause(&stage);
    expect_pause(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 request request request refused reset");
    expect_reject(&stage, "40001", "x.lua:1: no (the last of its tries, 3)");
    take_down(&stage);
}

static void the_pause_before_a_try_grows_up_to_a_second(void **state) {
    (void)state;
    enum { TRIES = 14 };
    Happens happens[TRIES + 1];
    for (int i = 0; i < TRIES; i++) {
        happens[i] = (Happens)REFUSED("40001");
    }
    happens[TRIES] = (Happens)DONE(1);
    Stage stage;
    set_up(&stage, false, 1, happens);
    stage.opts.max_tries = TRIES + 1;
    give(&stage);
    int64_t most_ns = BD_NS_PER_MS;
    for (int i = 0; i < TRIES; i++) {
        int64_t pause_ns = expect_pause(&stage);
        assert_in_range(pause_ns, most_ns / 2, most_ns);
        most_ns = most_ns * 2 < BD_NS_PER_S ? most_ns * 2 : BD_NS_PER_S;
    }
    expect_want(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 0, 1, 1);
    assert_int_equal(stage.worker.retries, TRIES);
    take_down(&stage);
}

static void a_worker_that_pauses_can_be_stopped(void **state) {
    (void)state;
    static const Happens happens[] = {REFUSED("40001")};
    Stage stage;
    set_up(&stage, false, 1, happens);
    give(&stage);
    expect_want(&stage, BD_WANT_TIME);
    bd_control_stop(&stage.control, BD_STOP_NOW);
    expect_want(&stage, BD_WANT_NOTHING);
    expect_log("start:1 request reset");
    take_down(&stage);
}

/* ---- transactions that the task opens ---- */

static const char *const own[] = {"begin", NULL, "commit", NULL};

static void rows_of_the_tasks_own_transaction_count_when_it_commits(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(4), READ, DONE(0), DONE(1)};
    Stage stage;
    set_up(&stage, false, 4, happens);
    stage.task->texts = own;
    give(&stage);
    expect_want(&stage, BD_WANT_READ);
    expect_totals(&stage, 0, 0, 0, 2);
    expect_want(&stage, BD_WANT_RECORD);
    expect_totals(&stage, 1, 0, 5, 4);
    take_down(&stage);
}

static void the_tasks_own_transaction_is_done_again_with_its_record(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), REFUSED("40001"), DONE(0), DONE(0),
                                      DONE(4), DONE(0),          DONE(1)};
    Stage stage;
    set_up(&stage, false, 4, happens);
    stage.task->texts = own;
    give(&stage);
    expect_pause(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 begin answer request reset rollback "
               "start:1 begin answer request answer commit answer request answer reset");
    expect_totals(&stage, 1, 0, 5, 6);
    assert_int_equal(stage.worker.retries, 1);
    take_down(&stage);
}

/* As the made-up task, but the first request of each record only reads. */
static BdNext next_after_reading(BdTask *task, BdRequest *request, BdErr *err) {
    bool reads = fake(task)->asked == 0;
    BdNext next = fake_ops.next(task, request, err);
    request->kind = reads ? BD_REQUEST_PREPARE : request->kind;
    return next;
}

static void reading_before_its_transaction_gives_a_record_no_more_tries(void **state) {
    (void)state;
    static const char *const after[] = {NULL, "begin", NULL, "commit"};
    static const Happens happens[] = {DONE(0), DONE(0), REFUSED("40001"), DONE(0),
                                      DONE(0), DONE(0), REFUSED("40001"), DONE(0),
                                      DONE(0), DONE(0), REFUSED("40001"), DONE(0)};
    BdTaskOps ops = fake_ops;
    Stage stage;
    set_up(&stage, false, 4, happens);
    ops.next = next_after_reading;
    stage.task->task.ops = &ops;
    stage.task->texts = after;
    give(&stage);
    expect_pause(&stage);
    assert_in_range(expect_pause(&stage), BD_NS_PER_MS, 2 * BD_NS_PER_MS);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 prepare answer begin answer request reset rollback "
               "start:1 prepare answer begin answer request reset rollback "
               "start:1 prepare answer begin answer request refused reset rollback");
    expect_reject(&stage, "40001", "x.lua:1: no (the last of its tries, 3)");
    assert_int_equal(stage.worker.retries, 2);
    take_down(&stage);
}

static void what_is_stored_already_is_not_done_again(void **state) {
    (void)state;
    static const char *const after[] = {NULL, "begin", NULL, "commit"};
    static const Happens happens[] = {DONE(2), DONE(0), REFUSED("40001"), DONE(0)};
    Stage stage;
    set_up(&stage, false, 4, happens);
    stage.task->texts = after;
    give(&stage);
    expect_want(&stage, BD_WANT_RECORD);
    expect_log("start:1 request answer begin answer request refused reset rollback");
    expect_totals(&stage, 0, 1, 2, 3);
    expect_reject(&stage, "40001", "x.lua:1: no");
    take_down(&stage);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_unit_is_committed_when_it_has_its_records),
        CASE(a_unit_is_committed_when_there_are_no_more_records),
        CASE(draining_commits_the_unit_in_hand),
        CASE(stopping_now_gives_the_unit_up),
        CASE(a_unit_ends_when_enough_rows_are_held),
        CASE(a_unit_without_rows_to_hold_is_one_record),
        CASE(what_is_held_may_be_refused_at_the_end),
        CASE(the_record_that_fails_is_set_apart_and_the_others_are_stored),
        CASE(a_unit_that_fails_at_commit_is_halved),
        CASE(a_record_is_done_carefully_before_it_fails),
        CASE(a_deadlock_has_the_whole_unit_done_again),
        CASE(a_serialization_failure_may_come_with_commit),
        CASE(without_a_transaction_the_statement_alone_is_sent_again),
        CASE(the_last_try_is_the_one_that_fails),
        CASE(the_pause_before_a_try_grows_up_to_a_second),
        CASE(a_worker_that_pauses_can_be_stopped),
        CASE(rows_of_the_tasks_own_transaction_count_when_it_commits),
        CASE(the_tasks_own_transaction_is_done_again_with_its_record),
        CASE(reading_before_its_transaction_gives_a_record_no_more_tries),
        CASE(what_is_stored_already_is_not_done_again),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
