/*
 * test_monitor.c - a connection of its own that looks at a server again and again.
 */
#include "pg/monitor.h"

#include "core/clock.h"
#include "core/mem.h"
#include "support/database.h"
#include "support/memory.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PERIOD_NS (5 * BD_NS_PER_MS)

static BdMonitor *opened(void) {
    BdErr err = BD_ERR_INIT;
    BdMonitor *monitor = NULL;
    if (bd_monitor_open(&monitor, database_conninfo(), &err) != 0) {
        fail_msg("%s", err.msg);
    }
    return monitor;
}

static void begin(BdMonitor *monitor, const char *question) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_monitor_begin(monitor, question, PERIOD_NS, &err), 0);
}

static void end(BdMonitor *monitor) {
    BdErr err = BD_ERR_INIT;
    if (bd_monitor_end(monitor, &err) != 0) {
        fail_msg("%s", err.msg);
    }
}

static int64_t seen(const BdMonitor *monitor, const char *name) {
    uint32_t count = 0;
    const BdSighting *sightings = bd_monitor_sightings(monitor, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(sightings[i].name, name) == 0) {
            return sightings[i].count;
        }
    }
    return 0;
}

/* Let the monitor look until the sequence that its question counts with has come so far. */
static void wait_until_asked(BdSession *session, const char *times) {
    char sql[100];
    snprintf(sql, sizeof(sql), "select last_value >= %s from looks", times);
    int64_t deadline_ns = bd_now_ns() + 20 * BD_NS_PER_S;
    for (bool there = false; !there;) {
        BdAnswer *answer = database_run(session, sql);
        there = bd_answer_value(answer, 0, 0)[0] == 't';
        bd_answer_free(answer);
        if (bd_now_ns() > deadline_ns) {
            fail_msg("the monitor does not look");
        }
        poll(NULL, 0, 1);
    }
}

static BdSession *session_with_looks(void) {
    BdSession *session = database_session(BD_PROTOCOL_EXTENDED);
    bd_answer_free(database_run(session, "drop sequence if exists looks"));
    bd_answer_free(database_run(session, "create sequence looks"));
    return session;
}

static void counts_are_added_up_by_name(void **state) {
    (void)state;
    BdSession *session = session_with_looks();
    BdMonitor *monitor = opened();
    begin(monitor, "select 'a', 3 + 0 * nextval('looks') union all select 'b', 1"
                   " union all select null, null");
    wait_until_asked(session, "5");
    end(monitor);
    assert_true(bd_monitor_samples(monitor) >= 4);
    assert_int_equal(seen(monitor, "a"), 3 * bd_monitor_samples(monitor));
    assert_int_equal(seen(monitor, "b"), bd_monitor_samples(monitor));
    assert_int_equal(seen(monitor, ""), 0);
    bd_monitor_close(monitor);
    bd_session_free(session);
}

static void it_can_begin_again_and_forgets_what_was(void **state) {
    (void)state;
    BdSession *session = session_with_looks();
    BdMonitor *monitor = opened();
    begin(monitor, "select 'before', 1");
    end(monitor);
    begin(monitor, "select 'after', nextval('looks')");
    wait_until_asked(session, "2");
    end(monitor);
    assert_int_equal(seen(monitor, "before"), 0);
    assert_true(seen(monitor, "after") > 0);
    bd_monitor_close(monitor);
    bd_session_free(session);
}

static void there_is_room_for_many_names(void **state) {
    (void)state;
    BdSession *session = session_with_looks();
    BdMonitor *monitor = opened();
    begin(monitor, "select 'name ' || n, n from generate_series(1, 100) as n"
                   " union all select 'look', nextval('looks')");
    wait_until_asked(session, "2");
    end(monitor);
    assert_int_equal(seen(monitor, "name 100"), 100 * bd_monitor_samples(monitor));
    bd_monitor_close(monitor);
    bd_session_free(session);
}

static void check_counts(const BdMonitor *monitor, uint32_t intervals) {
    uint32_t count = 0;
    const BdSighting *sightings = bd_monitor_sightings(monitor, &count);
    for (uint32_t i = 0; i < count; i++) {
        int64_t sum = 0;
        for (uint32_t n = 0; n < BD_MONITOR_INTERVALS; n++) {
            sum += sightings[i].counts[n];
            assert_true(n < intervals || sightings[i].counts[n] == 0);
        }
        assert_int_equal(sum, sightings[i].count);
    }
}

static void counts_are_told_by_intervals(void **state) {
    (void)state;
    int64_t interval_ns = 0;
    BdErr err = BD_ERR_INIT;
    BdSession *session = session_with_looks();
    BdMonitor *monitor = opened();
    begin(monitor, "select 'a', 1 + 0 * nextval('looks')");
    wait_until_asked(session, "20");
    end(monitor);
    uint32_t intervals = bd_monitor_intervals(monitor, &interval_ns);
    assert_in_range(intervals, 20 / 4, BD_MONITOR_INTERVALS);
    assert_int_equal(interval_ns % (4 * PERIOD_NS), 0);
    check_counts(monitor, intervals);
    const int64_t long_ns = 60 * BD_NS_PER_S; /* so that it ends before its first look */
    assert_int_equal(bd_monitor_begin(monitor, "select 'a', 1", long_ns, &err), 0);
    end(monitor);
    assert_int_equal(bd_monitor_intervals(monitor, &interval_ns), 0);
    bd_monitor_close(monitor);
    bd_session_free(session);
}

static void intervals_become_longer_not_more(void **state) {
    (void)state;
    const int64_t period_ns = BD_NS_PER_MS / 10;
    int64_t interval_ns = 0;
    BdErr err = BD_ERR_INIT;
    BdSession *session = session_with_looks();
    BdMonitor *monitor = opened();
    const char *question = "select 'a', 1 + 0 * nextval('looks') union all select 'b', 2";
    assert_int_equal(bd_monitor_begin(monitor, question, period_ns, &err), 0);
    wait_until_asked(session, "400");
    end(monitor);
    uint32_t intervals = bd_monitor_intervals(monitor, &interval_ns);
    assert_in_range(intervals, BD_MONITOR_INTERVALS / 2, BD_MONITOR_INTERVALS);
    assert_true(interval_ns >= 8 * period_ns);
    assert_true(seen(monitor, "b") >= 2 * 398);
    check_counts(monitor, intervals);
    bd_monitor_close(monitor);
    bd_session_free(session);
}

static void its_session_can_be_used_when_it_does_not_look(void **state) {
    (void)state;
    BdMonitor *monitor = opened();
    database_check(bd_monitor_session(monitor), "select 1", "1");
    begin(monitor, "select 'a', 1");
    end(monitor);
    database_check(bd_monitor_session(monitor), "select 2", "2");
    bd_monitor_close(monitor);
}

static void a_round_trip_takes_some_time(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    int64_t median_ns = 0;
    BdMonitor *monitor = opened();
    assert_int_equal(bd_monitor_round_trip(monitor, 11, &median_ns, &err), 0);
    assert_true(median_ns > 0);
    bd_monitor_close(monitor);
}

static void a_question_that_is_refused_is_not_begun_with(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdMonitor *monitor = opened();
    assert_int_equal(bd_monitor_begin(monitor, "select 'a', 1 from nowhere", PERIOD_NS, &err), -1);
    assert_int_equal(err.code, BD_E_SQL);
    assert_non_null(strstr(err.msg, "nowhere"));
    database_check(bd_monitor_session(monitor), "select 1", "1");
    bd_monitor_close(monitor);
}

static void a_question_that_is_refused_later_ends_the_looking(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdSession *session = session_with_looks();
    BdMonitor *monitor = opened();
    begin(monitor, "select 'a', 1 / (4 - nextval('looks'))");
    wait_until_asked(session, "4");
    assert_int_equal(bd_monitor_end(monitor, &err), -1);
    assert_int_equal(err.code, BD_E_SQL);
    assert_int_equal(bd_monitor_samples(monitor), 2); /* the first one does not count */
    database_check(bd_monitor_session(monitor), "select 1", "1");
    bd_monitor_close(monitor);
    bd_session_free(session);
}

static void a_monitor_killed_keeps_what_it_has_seen(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdSession *session = session_with_looks();
    BdMonitor *monitor = opened();
    begin(monitor, "select 'a', case when nextval('looks') < 4 then 1"
                   " else pg_terminate_backend(pg_backend_pid())::integer end");
    wait_until_asked(session, "4");
    assert_int_equal(bd_monitor_end(monitor, &err), -1);
    assert_int_equal(err.code, BD_E_CONN);
    assert_int_equal(seen(monitor, "a"), 2);
    bd_monitor_close(monitor);
    bd_session_free(session);
}

static void a_server_that_does_not_answer_is_given_up(void **state) {
    (void)state;
    BdErr err = BD_ERR_INIT;
    BdMonitor *monitor = opened();
    BdSession *session = session_with_looks();
    begin(monitor,
          "select 'a', 1 from pg_sleep(case when nextval('looks') < 2 then 0 else 1000 end)");
    wait_until_asked(session, "2");
    assert_int_equal(bd_monitor_end(monitor, &err), -1);
    assert_non_null(strstr(err.msg, "does not answer"));
    bd_monitor_close(monitor);
    bd_session_free(session);
}

static void closing_ends_the_looking(void **state) {
    (void)state;
    BdMonitor *monitor = opened();
    begin(monitor, "select 'a', 1");
    bd_monitor_close(monitor);
}

static int open_and_look(void *context, BdErr *err) {
    (void)context;
    BdMonitor *monitor = NULL;
    if (bd_monitor_open(&monitor, database_conninfo(), err) != 0) {
        return -1;
    }
    int status = bd_monitor_begin(monitor, "select 'a', 1", 1000 * BD_NS_PER_S, err);
    bd_monitor_close(monitor);
    return status;
}

static void running_out_of_memory_is_said(void **state) {
    (void)state;
    assert_true(memory_fail_each(open_and_look, NULL) >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(counts_are_added_up_by_name),
        CASE(it_can_begin_again_and_forgets_what_was),
        CASE(there_is_room_for_many_names),
        CASE(counts_are_told_by_intervals),
        CASE(intervals_become_longer_not_more),
        CASE(its_session_can_be_used_when_it_does_not_look),
        CASE(a_round_trip_takes_some_time),
        CASE(a_question_that_is_refused_is_not_begun_with),
        CASE(a_question_that_is_refused_later_ends_the_looking),
        CASE(a_monitor_killed_keeps_what_it_has_seen),
        CASE(a_server_that_does_not_answer_is_given_up),
        CASE(closing_ends_the_looking),
        CASE(running_out_of_memory_is_said),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, database_open, database_close);
}
