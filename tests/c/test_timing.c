/*
 * test_timing.c - where a worker's time goes, told with a clock that the test sets; and how the
 * workers' times are added up.
 */
#include "run/accounts.h"
#include "run/timing.h"

#include "core/clock.h"
#include "core/mem.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int64_t clock_ns; /* what bd_now_ns() says */

int64_t bd_now_ns(void) {
    return clock_ns;
}

int bd_timeout_ms(int64_t deadline_ns, int64_t now_ns) {
    return deadline_ns == 0 ? -1 : (int)((deadline_ns - now_ns) / BD_NS_PER_MS);
}

static const BdStatement insert = {.sql = (char[]){"insert"}};
static const BdRequest request = {.kind = BD_REQUEST_EXECUTE, .statement = &insert};

static BdTimes times;

/* A worker that begins; records have their moments where that is said. */
static BdTiming begun_with(bool scheduled, int64_t now_ns) {
    BdErr err = BD_ERR_INIT;
    BdTiming timing;
    assert_int_equal(bd_times_init(&times, scheduled, &err), 0);
    bd_timing_init(&timing, &times);
    bd_timing_begin(&timing, now_ns);
    return timing;
}

static BdTiming begun(int64_t now_ns) {
    return begun_with(false, now_ns);
}

static void expect_shares(const int64_t *ns, int64_t source, int64_t client, int64_t send,
                          int64_t server, int64_t turn) {
    assert_int_equal(ns[BD_SHARE_SOURCE], source);
    assert_int_equal(ns[BD_SHARE_CLIENT], client);
    assert_int_equal(ns[BD_SHARE_SEND], send);
    assert_int_equal(ns[BD_SHARE_SERVER], server);
    assert_int_equal(ns[BD_SHARE_TURN], turn);
}

static void all_time_goes_to_what_went_on(void **state) {
    (void)state;
    BdTiming timing = begun(100);
    bd_timing_wait(&timing, BD_SHARE_SOURCE, 110);
    bd_timing_go_on(&timing, 150, 150);
    bd_timing_sent(&timing, false);
    bd_timing_wait(&timing, BD_SHARE_SEND, 153);
    bd_timing_go_on(&timing, 160, 160);
    bd_timing_wait(&timing, BD_SHARE_SERVER, 162);
    bd_timing_go_on(&timing, 190, 200); /* the answer was there ten before */
    bd_timing_wait(&timing, BD_SHARE_SOURCE, 205);
    expect_shares(timing.shares.ns, 40, 10 + 3 + 2 + 5, 7, 28, 10);
    assert_int_equal(bd_timing_waited_ns(&timing), 40 + 7 + 28);
    bd_times_deinit(&times);
}

static void an_answer_cannot_have_been_there_before_the_wait(void **state) {
    (void)state;
    BdTiming timing = begun(0);
    bd_timing_wait(&timing, BD_SHARE_SERVER, 50);
    bd_timing_go_on(&timing, 20, 60);
    expect_shares(timing.shares.ns, 0, 50, 0, 0, 10);
    bd_times_deinit(&times);
}

static void a_unit_takes_from_its_record_to_the_store(void **state) {
    (void)state;
    BdTiming timing = begun(0);
    bd_timing_wait(&timing, BD_SHARE_SOURCE, 5);
    bd_timing_go_on(&timing, 20, 20);
    bd_timing_started(&timing);
    bd_timing_wait(&timing, BD_SHARE_SERVER, 25);
    bd_timing_go_on(&timing, 60, 60);
    bd_timing_started(&timing); /* another record of the unit */
    clock_ns = 70;
    bd_timing_stored(&timing);
    bd_timing_started(&timing); /* begins when the one before was stored */
    clock_ns = 73;
    bd_timing_stored(&timing);
    bd_times_settle(&times);
    assert_int_equal(times.units->count, 2);
    assert_int_equal(times.units_so_far.cells[bd_spread_cell(50)], 1);
    assert_int_equal(times.units->most_ns, 50);
    assert_int_equal(times.units->least_ns, 3);
    bd_times_deinit(&times);
}

static void a_unit_with_a_moment_takes_from_there(void **state) {
    (void)state;
    BdTiming timing = begun_with(true, 100);
    timing.due_ns = 60; /* 40 late */
    bd_timing_started(&timing);
    clock_ns = 130;
    bd_timing_stored(&timing);
    timing.due_ns = 150;
    bd_timing_wait(&timing, BD_SHARE_SOURCE, 130);
    bd_timing_go_on(&timing, 155, 155); /* 5 late */
    bd_timing_started(&timing);
    clock_ns = 160;
    bd_timing_stored(&timing);
    bd_times_settle(&times);
    assert_int_equal(times.units->sum_ns, 70 + 10);
    assert_int_equal(times.services->sum_ns, 30 + 5);
    assert_int_equal(timing.lag_ns, 45);
    assert_int_equal(timing.most_lag_ns, 40);
    bd_times_deinit(&times);
}

static void how_late_a_unit_began_counts_when_it_is_stored(void **state) {
    (void)state;
    BdTiming timing = begun_with(true, 100);
    timing.due_ns = 30;
    bd_timing_started(&timing);
    bd_timing_given_up(&timing);
    timing.due_ns = 60;
    bd_timing_started(&timing);
    assert_int_equal(timing.lag_ns, 0);
    clock_ns = 120;
    bd_timing_stored(&timing);
    assert_int_equal(timing.lag_ns, 40);
    assert_int_equal(timing.most_lag_ns, 40);
    bd_times_deinit(&times);
}

static void records_that_are_passed_over_take_no_time_of_a_unit(void **state) {
    (void)state;
    BdTiming timing = begun(0);
    clock_ns = 50;
    bd_timing_skipped(&timing);
    bd_timing_started(&timing);
    clock_ns = 53;
    bd_timing_stored(&timing);
    bd_times_settle(&times);
    assert_int_equal(times.units->sum_ns, 3);
    expect_shares(timing.shares.ns, 0, 53, 0, 0, 0);
    bd_times_deinit(&times);
}

static void a_unit_that_is_given_up_is_not_counted(void **state) {
    (void)state;
    BdTiming timing = begun(0);
    bd_timing_started(&timing);
    bd_timing_given_up(&timing);
    bd_timing_wait(&timing, BD_SHARE_SOURCE, 5);
    bd_timing_go_on(&timing, 30, 30);
    bd_timing_started(&timing);
    clock_ns = 40;
    bd_timing_stored(&timing);
    bd_times_settle(&times);
    assert_int_equal(times.units->count, 1);
    assert_int_equal(times.units->sum_ns, 10);
    bd_times_deinit(&times);
}

static void a_statement_takes_until_its_answer_can_be_looked_at(void **state) {
    (void)state;
    BdTiming timing = begun(0);
    bd_timing_sent(&timing, false);
    bd_timing_wait(&timing, BD_SHARE_SERVER, 10);
    bd_timing_go_on(&timing, 25, 30);
    bd_timing_wait(&timing, BD_SHARE_SERVER, 31); /* a part of it only */
    bd_timing_go_on(&timing, 45, 45);
    bd_timing_answered(&timing, &request);
    bd_times_settle(&times);
    assert_int_equal(times.statements.count, 1);
    assert_string_equal(times.statements.list[0].name, "insert");
    assert_int_equal(times.statements.list[0].times->sum_ns, 35);
    bd_times_deinit(&times);
}

static void making_a_statement_ready_does_not_count_as_running_it(void **state) {
    (void)state;
    const BdRequest kinds[] = {{.kind = BD_REQUEST_PREPARE, .statement = &insert},
                               {.kind = BD_REQUEST_DESCRIBE, .statement = &insert}};
    BdTiming timing = begun(0);
    for (int i = 0; i < 2; i++) {
        bd_timing_sent(&timing, false);
        bd_timing_wait(&timing, BD_SHARE_SERVER, 10);
        bd_timing_go_on(&timing, 20, 20);
        bd_timing_answered(&timing, &kinds[i]);
    }
    assert_int_equal(times.statements.count, 0);
    assert_int_equal(timing.round_trips, 2);
    bd_times_deinit(&times);
}

static void statements_of_a_pipeline_have_no_time_of_their_own(void **state) {
    (void)state;
    BdTiming timing = begun(0);
    bd_timing_sent(&timing, true);
    bd_timing_sent(&timing, true);
    bd_timing_wait(&timing, BD_SHARE_SERVER, 10);
    bd_timing_go_on(&timing, 25, 30);
    bd_timing_answered(&timing, &request);
    bd_timing_answered(&timing, &request);
    assert_int_equal(times.statements.count, 0);
    bd_times_deinit(&times);
}

static void round_trips_are_waits_for_the_server(void **state) {
    (void)state;
    const BdRequest copy = {.kind = BD_REQUEST_COPY, .text = "copy t from stdin"};
    BdTiming timing = begun(0);
    bd_timing_sent(&timing, true);
    bd_timing_sent(&timing, true);
    bd_timing_wait(&timing, BD_SHARE_SERVER, 10);
    bd_timing_go_on(&timing, 20, 20);
    bd_timing_wait(&timing, BD_SHARE_SERVER, 21); /* still for the same answers */
    bd_timing_go_on(&timing, 30, 30);
    bd_timing_answered(&timing, &request);
    bd_timing_answered(&timing, &request);
    assert_int_equal(timing.round_trips, 1);
    bd_timing_wait(&timing, BD_SHARE_SOURCE, 40);
    bd_timing_go_on(&timing, 50, 50);
    assert_int_equal(timing.round_trips, 1);
    bd_timing_sent(&timing, false);
    bd_timing_wait(&timing, BD_SHARE_SERVER, 60);
    bd_timing_go_on(&timing, 70, 70);
    bd_timing_answered(&timing, &copy);
    assert_int_equal(timing.round_trips, 3);
    bd_times_deinit(&times);
}

/* ---- the sums ---- */

static BdTask task;

static BdWorker worker_with(int64_t source, int64_t client, int64_t server, int64_t turn) {
    BdWorker worker = {.task = &task};
    bd_timing_init(&worker.timing, NULL);
    int64_t *ns = worker.timing.shares.ns;
    ns[BD_SHARE_SOURCE] = source;
    ns[BD_SHARE_CLIENT] = client;
    ns[BD_SHARE_SERVER] = server;
    ns[BD_SHARE_TURN] = turn;
    return worker;
}

static BdAccounts accounts_of(BdWorker *workers, uint32_t count, BdCrewing crewing,
                              const BdThreadUse *uses) {
    BdErr err = BD_ERR_INIT;
    BdAccounts accounts;
    BdCrew crews[2];
    uint32_t crew_count = bd_engine_crews(crewing.kind, count, crewing.jobs);
    assert_int_equal(bd_accounts_init(&accounts, crew_count, false, &err), 0);
    memcpy(accounts.threads, uses, crew_count * sizeof(*uses));
    for (uint32_t i = 0; i < crew_count; i++) {
        assert_int_equal(bd_crew_init(&crews[i], false, NULL, &err), 0);
        bd_histogram_note(&crews[i].times.notes, crews[i].times.units, 10 + i);
    }
    bd_accounts_fill(&accounts, workers, count, crewing, crews, 1000);
    for (uint32_t i = 0; i < crew_count; i++) {
        bd_crew_deinit(&crews[i]);
    }
    return accounts;
}

static const BdCrewing threads = {.kind = BD_ENGINE_THREADS};
static const BdCrewing one_loop = {.kind = BD_ENGINE_POLL, .jobs = 1};

static void shares_add_up_to_all_the_workers_time(void **state) {
    (void)state;
    task = (BdTask){.turn_ns = 0};
    BdWorker workers[] = {worker_with(100, 300, 600, 0), worker_with(0, 200, 500, 0)};
    const BdThreadUse uses[] = {{.user_ns = 300, .delay_ns = -1}, {.user_ns = 200, .delay_ns = -1}};
    BdAccounts accounts = accounts_of(workers, 2, threads, uses);
    expect_shares(accounts.shares_ns, 400, 500, 0, 1100, 0); /* one has ended 300 before the end */
    assert_int_equal(accounts.units->sum_ns, 10 + 11);
    bd_accounts_deinit(&accounts);
}

static void the_interpreters_lock_is_a_matter_of_turns(void **state) {
    (void)state;
    task = (BdTask){.turn_ns = 150, .lua_ns = 90};
    BdWorker workers[] = {worker_with(0, 300, 700, 0)};
    const BdThreadUse uses[] = {{.user_ns = 150, .delay_ns = -1}};
    BdAccounts accounts = accounts_of(workers, 1, threads, uses);
    expect_shares(accounts.shares_ns, 0, 150, 0, 700, 150);
    assert_int_equal(accounts.lock_ns, 150);
    assert_int_equal(accounts.lua_ns, 90);
    bd_accounts_deinit(&accounts);
}

static void a_thread_without_a_processor_waits_for_its_turn(void **state) {
    (void)state;
    task = (BdTask){.turn_ns = 0};
    BdWorker workers[] = {worker_with(0, 300, 700, 0)};
    /* 300 in our code, but only 180 of them running; 200 ready to run in all. */
    const BdThreadUse uses[] = {{.user_ns = 100, .system_ns = 80, .delay_ns = 200}};
    BdAccounts accounts = accounts_of(workers, 1, threads, uses);
    expect_shares(accounts.shares_ns, 0, 180, 0, 620, 200);
    bd_accounts_deinit(&accounts);
}

static void the_interpreter_did_not_run_without_a_processor(void **state) {
    (void)state;
    task = (BdTask){.lua_ns = 250};
    BdWorker workers[] = {worker_with(0, 300, 700, 0)};
    const BdThreadUse uses[] = {{.user_ns = 180, .delay_ns = 120}};
    BdAccounts accounts = accounts_of(workers, 1, threads, uses);
    expect_shares(accounts.shares_ns, 0, 180, 0, 700, 120);
    assert_int_equal(accounts.lua_ns, 150);
    bd_accounts_deinit(&accounts);
}

static void without_the_kernels_word_it_is_what_our_code_did_not_run(void **state) {
    (void)state;
    task = (BdTask){.turn_ns = 0};
    BdWorker workers[] = {worker_with(0, 300, 700, 0)};
    const BdThreadUse uses[] = {{.user_ns = 180, .delay_ns = -1}};
    BdAccounts accounts = accounts_of(workers, 1, threads, uses);
    expect_shares(accounts.shares_ns, 0, 180, 0, 700, 120);
    bd_accounts_deinit(&accounts);
}

static void a_loops_delay_is_not_taken_from_the_server(void **state) {
    (void)state;
    task = (BdTask){.turn_ns = 0};
    BdWorker workers[] = {worker_with(0, 100, 800, 100), worker_with(0, 200, 700, 100)};
    const BdThreadUse uses[] = {{.user_ns = 250, .delay_ns = 400}};
    BdAccounts accounts = accounts_of(workers, 2, one_loop, uses);
    expect_shares(accounts.shares_ns, 0, 250, 0, 1500, 250);
    assert_int_equal(accounts.units->count, 1); /* those of the crew, once */
    bd_accounts_deinit(&accounts);
}

static int init_both(void *context, BdErr *err) {
    (void)context;
    BdAccounts accounts;
    int status = bd_accounts_init(&accounts, 3, true, err);
    if (status == 0) {
        status = bd_times_init(&times, true, err);
        bd_times_deinit(&times);
    }
    bd_accounts_deinit(&accounts);
    return status;
}

static void running_out_of_memory_is_said(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(init_both, NULL), 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(all_time_goes_to_what_went_on),
        CASE(an_answer_cannot_have_been_there_before_the_wait),
        CASE(a_unit_takes_from_its_record_to_the_store),
        CASE(a_unit_with_a_moment_takes_from_there),
        CASE(how_late_a_unit_began_counts_when_it_is_stored),
        CASE(records_that_are_passed_over_take_no_time_of_a_unit),
        CASE(a_unit_that_is_given_up_is_not_counted),
        CASE(a_statement_takes_until_its_answer_can_be_looked_at),
        CASE(making_a_statement_ready_does_not_count_as_running_it),
        CASE(statements_of_a_pipeline_have_no_time_of_their_own),
        CASE(round_trips_are_waits_for_the_server),
        CASE(shares_add_up_to_all_the_workers_time),
        CASE(the_interpreters_lock_is_a_matter_of_turns),
        CASE(a_thread_without_a_processor_waits_for_its_turn),
        CASE(the_interpreter_did_not_run_without_a_processor),
        CASE(without_the_kernels_word_it_is_what_our_code_did_not_run),
        CASE(a_loops_delay_is_not_taken_from_the_server),
        CASE(running_out_of_memory_is_said),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
