/*
 * test_worker_arrival.c - which rows a worker takes for arrived: those of requests that were
 * answered, or committed where they are part of a transaction.
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

static int64_t clock_ns = BD_NS_PER_S; /* what bd_now_ns() says */

int64_t bd_now_ns(void) {
    return clock_ns;
}

/* As the made-up task, but each of its requests ships one row. */
static BdNext next_with_row(BdTask *task, BdRequest *request, BdErr *err) {
    static const BdMark row = {.hash = 5, .cell = 7};
    BdNext next = fake_ops.next(task, request, err);
    if (request->kind == BD_REQUEST_EXECUTE) {
        request->marks = &row;
        request->mark_count = 1;
    }
    return next;
}

typedef struct RowStage {
    Stage stage;
    BdManifest *manifest;
    BdTaskOps ops;
} RowStage;

static void begin(RowStage *rows, bool transactions, int requests, const Happens *happens) {
    BdErr err = BD_ERR_INIT;
    set_up(&rows->stage, transactions, requests, happens);
    rows->ops = fake_ops;
    rows->ops.next = next_with_row;
    rows->stage.task->task.ops = &rows->ops;
    assert_int_equal(bd_manifest_new(&rows->manifest, 1, &err), 0);
    BdRecents *recents = &rows->stage.crew.recents;
    assert_int_equal(bd_recents_init(recents, rows->manifest, &err), 0);
    assert_int_equal(bd_arrival_init(&rows->stage.worker.arrival, rows->manifest, recents, &err),
                     0);
    give(&rows->stage);
}

static void step_until(RowStage *rows, BdWant want) {
    expect_want(&rows->stage, want);
}

/* The worker waits before it tries again: let that time pass. */
static void step_past_pause(RowStage *rows) {
    expect_want(&rows->stage, BD_WANT_TIME);
    clock_ns = rows->stage.worker.again_ns;
}

static void expect_rows(const RowStage *rows, int64_t acknowledged, int64_t doubtful) {
    const BdArrival *arrival = &rows->stage.worker.arrival;
    assert_int_equal(arrival->acknowledged[7].rows, acknowledged);
    assert_int_equal(arrival->acknowledged[7].sum, 5 * acknowledged);
    assert_int_equal(arrival->doubtful[7].rows, doubtful);
}

static void end(RowStage *rows) {
    take_down(&rows->stage);
    bd_manifest_free(rows->manifest);
}

static void an_answer_acknowledges_a_row(void **state) {
    (void)state;
    static const Happens happens[] = {READ, DONE(1), READ, DONE(0)};
    RowStage rows;
    begin(&rows, false, 2, happens);
    step_until(&rows, BD_WANT_READ);
    expect_rows(&rows, 0, 0);
    step_until(&rows, BD_WANT_READ);
    expect_rows(&rows, 1, 0);
    step_until(&rows, BD_WANT_RECORD);
    expect_rows(&rows, 2, 0); /* though the server says that it has written none */
    end(&rows);
}

static void a_refused_row_is_dropped(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(1), FAILED(BD_E_SQL)};
    RowStage rows;
    begin(&rows, false, 2, happens);
    step_until(&rows, BD_WANT_RECORD);
    expect_rows(&rows, 1, 0);
    end(&rows);
}

static void a_statement_that_is_sent_again_counts_once(void **state) {
    (void)state;
    static const Happens happens[] = {REFUSED("40001"), REFUSED("40P01"), DONE(1)};
    RowStage rows;
    begin(&rows, false, 1, happens);
    step_past_pause(&rows);
    step_past_pause(&rows);
    step_until(&rows, BD_WANT_RECORD);
    expect_rows(&rows, 1, 0);
    end(&rows);
}

static void a_transaction_counts_when_it_is_committed(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), DONE(1), READ, DONE(0)};
    RowStage rows;
    begin(&rows, true, 2, happens);
    step_until(&rows, BD_WANT_READ);
    expect_rows(&rows, 0, 0);
    step_until(&rows, BD_WANT_RECORD);
    expect_rows(&rows, 2, 0);
    end(&rows);
}

static void a_transaction_that_is_done_again_counts_once(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(0), DONE(1), REFUSED("40001"), DONE(0),
                                      DONE(0), DONE(1), DONE(1),          DONE(0)};
    RowStage rows;
    begin(&rows, true, 2, happens);
    step_past_pause(&rows);
    step_until(&rows, BD_WANT_RECORD);
    expect_rows(&rows, 2, 0);
    end(&rows);
}

static void a_row_whose_answer_is_lost_is_in_doubt(void **state) {
    (void)state;
    static const Happens happens[] = {DONE(1), FAILED(BD_E_CONN)};
    RowStage rows;
    begin(&rows, false, 2, happens);
    step_until(&rows, BD_WANT_NOTHING);
    expect_rows(&rows, 1, 1);
    end(&rows);
}

static void a_transaction_is_in_doubt_only_when_its_commit_is_lost(void **state) {
    (void)state;
    static const Happens before[] = {DONE(0), DONE(1), FAILED(BD_E_CONN)};
    static const Happens commit[] = {DONE(0), DONE(1), DONE(1), FAILED(BD_E_CONN)};
    RowStage rows;
    begin(&rows, true, 2, before);
    step_until(&rows, BD_WANT_NOTHING);
    expect_rows(&rows, 0, 0);
    end(&rows);
    begin(&rows, true, 2, commit);
    step_until(&rows, BD_WANT_NOTHING);
    expect_rows(&rows, 0, 2);
    end(&rows);
}

/* The marker that is to tell what became of it is waited for. */
static void a_lost_commit_is_in_doubt_to_the_end(void **state) {
    (void)state;
    static const BdMarker marker = {.load = "l", .step = "s"};
    static const Happens happens[] = {
        DONE(0), DONE(1), DONE(0),         FAILED(BD_E_CONN), DONE(0) /* prepare */,
        DONE(0), READ,    REFUSED("57014")};
    RowStage rows;
    begin(&rows, true, 1, happens);
    rows.stage.opts.marker = &marker;
    rows.stage.opts.reconnect_ns = 60 * BD_NS_PER_S;
    rows.stage.control.claims_taken = INT64_MAX;
    step_until(&rows, BD_WANT_TIME);
    clock_ns = rows.stage.worker.reopen.next_ns;
    step_until(&rows, BD_WANT_READ);
    bd_control_stop(&rows.stage.control, BD_STOP_NOW);
    step_until(&rows, BD_WANT_NOTHING);
    expect_rows(&rows, 0, 1);
    end(&rows);
}

static void a_transaction_of_the_tasks_own_counts_at_its_commit(void **state) {
    (void)state;
    static const char *const kept[] = {"begin", NULL, "commit"};
    static const char *const undone[] = {"begin", NULL, "rollback"};
    static const Happens happens[] = {DONE(0), READ, DONE(1), READ, DONE(0)};
    RowStage rows;
    for (int i = 0; i < 2; i++) {
        begin(&rows, false, 3, happens);
        rows.stage.task->texts = i == 0 ? kept : undone;
        step_until(&rows, BD_WANT_READ);
        step_until(&rows, BD_WANT_READ);
        expect_rows(&rows, 0, 0);
        step_until(&rows, BD_WANT_RECORD);
        expect_rows(&rows, i == 0 ? 1 : 0, 0);
        end(&rows);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_acknowledges_a_row),
        cmocka_unit_test(a_refused_row_is_dropped),
        cmocka_unit_test(a_statement_that_is_sent_again_counts_once),
        cmocka_unit_test(a_transaction_counts_when_it_is_committed),
        cmocka_unit_test(a_transaction_that_is_done_again_counts_once),
        cmocka_unit_test(a_row_whose_answer_is_lost_is_in_doubt),
        cmocka_unit_test(a_transaction_is_in_doubt_only_when_its_commit_is_lost),
        cmocka_unit_test(a_lost_commit_is_in_doubt_to_the_end),
        cmocka_unit_test(a_transaction_of_the_tasks_own_counts_at_its_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
