/*
 * test_feeder.c - the feeder: what it pushes, how it ends, what it says about it.
 */
#include "core/interrupt.h"
#include "core/mem.h"
#include "flow/feeder.h"
#include "support/files.h"
#include "support/numbers.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MISSING "/nonexistent/numbers.csv"

/* What the callbacks were told; they run in the feeder's thread, and are read after its end. */
typedef struct Told {
    BdQueue *queue;
    int fed;                 /* calls */
    BdQueueStats when_fed;   /* the queue then */
    int rejected;            /* calls */
    int stop_at;             /* the sink says stop at this call; 0: never */
    int64_t rejected_line;   /* of the last call */
    char rejected_file[256]; /* of the last call */
} Told;

static void note_fed(void *context) {
    Told *told = context;
    told->fed++;
    told->when_fed = bd_queue_stats(told->queue);
}

static int note_reject(void *context, const char *file, int64_t line, const char *reason) {
    Told *told = context;
    (void)reason;
    told->rejected++;
    told->rejected_line = line;
    snprintf(told->rejected_file, sizeof(told->rejected_file), "%s", file);
    return told->rejected == told->stop_at ? -1 : 0;
}

static BdFeederOpts options(Told *told, int64_t limit) {
    return (BdFeederOpts){
        .limit = limit,
        .rejects = {.reject = note_reject, .context = told},
        .fed = note_fed,
        .context = told,
    };
}

static BdSource *count_source(int64_t n) {
    BdErr err = BD_ERR_INIT;
    BdSource *source = NULL;
    assert_int_equal(bd_source_open_count(&source, n, &err), 0);
    return source;
}

/* Files of one number per line. */
static BdSource *file_source(const char *const *paths, size_t count) {
    static const BdDelimited format = {
        .delimiter = ',', .min_fields = 1, .max_fields = 1, .number_from = 0};
    BdSourceFile files[2] = {{.path = NULL}, {.path = NULL}};
    for (size_t i = 0; i < count; i++) {
        files[i].path = paths[i];
    }
    BdErr err = BD_ERR_INIT;
    BdSource *source = NULL;
    assert_int_equal(bd_source_open_delimited(&source, files, count, &format, &err), 0);
    return source;
}

/* A file with this text. */
static void write_file(char path[TEMPORARY_BYTES], const char *text) {
    temporary_name("bd-feeder", path);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static BdFeeder *open_feeder(BdSource *source, Told *told, int64_t limit) {
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = NULL;
    BdFeederOpts opts = options(told, limit);
    assert_int_equal(bd_feeder_open(&feeder, source, told->queue, &opts, &err), 0);
    return feeder;
}

/* Pop everything, which must be the numbers first .. last, and the end. */
static void expect_numbers(BdQueue *queue, int64_t first, int64_t last) {
    BdItem item = {0};
    for (int64_t i = first; i <= last; i++) {
        assert_int_equal(bd_queue_pop(queue, &item, NULL), BD_POP_RECORD);
        assert_int_equal(number_of(&item), i);
        bd_queue_done(queue, &item);
    }
    assert_int_equal(bd_queue_pop(queue, &item, NULL), BD_POP_END);
}

static void all_records_are_fed_in_order(void **state) {
    (void)state;
    Told told = {.queue = numbers_queue(100)};
    BdSource *source = count_source(1000);
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = open_feeder(source, &told, 0);
    expect_numbers(told.queue, 1, 1000);
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    assert_int_equal(told.rejected, 0);
    bd_queue_free(told.queue);
    bd_source_close(source);
}

static void the_owner_is_told_once_before_the_queue_is_closed(void **state) {
    (void)state;
    Told told = {.queue = numbers_queue(0)};
    BdSource *source = count_source(200);
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = open_feeder(source, &told, 0);
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    assert_int_equal(told.fed, 1);
    assert_int_equal(told.when_fed.pushed, 200);
    assert_int_equal(told.when_fed.closed_ns, 0);
    assert_true(bd_queue_stats(told.queue).closed_ns > 0);
    expect_numbers(told.queue, 1, 200);
    bd_queue_free(told.queue);
    bd_source_close(source);
}

static void an_owner_need_not_be_told(void **state) {
    (void)state;
    BdQueue *queue = numbers_queue(0);
    BdSource *source = count_source(3);
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = NULL;
    BdFeederOpts opts = {.limit = 0};
    assert_int_equal(bd_feeder_open(&feeder, source, queue, &opts, &err), 0);
    expect_numbers(queue, 1, 3);
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    assert_int_equal(bd_feeder_close(NULL, &err), 0);
    bd_queue_free(queue);
    bd_source_close(source);
}

static void nothing_is_read_beyond_the_limit(void **state) {
    (void)state;
    static const int64_t limits[] = {1, 63, 64, 65, 500};
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        Told told = {.queue = numbers_queue(0)};
        BdSource *source = count_source(1000);
        BdErr err = BD_ERR_INIT;
        BdFeeder *feeder = open_feeder(source, &told, limits[i]);
        assert_int_equal(bd_feeder_close(feeder, &err), 0);
        expect_numbers(told.queue, 1, limits[i]);

        /* The source stands at the next record. */
        BdBatch *batch = NULL;
        BdRejectSink sink = {.reject = NULL};
        assert_int_equal(bd_batch_new(&batch, &err), 0);
        assert_int_equal(bd_source_fill(source, batch, 1, sink, &err), 1);
        BdItem next = {.record = bd_batch_record(batch, 0)};
        assert_int_equal(number_of(&next), limits[i] + 1);
        bd_batch_free(batch);
        bd_queue_free(told.queue);
        bd_source_close(source);
    }
}

static void a_limit_beyond_the_end_is_no_limit(void **state) {
    (void)state;
    Told told = {.queue = numbers_queue(0)};
    BdSource *source = count_source(10);
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = open_feeder(source, &told, 11);
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    expect_numbers(told.queue, 1, 10);
    bd_queue_free(told.queue);
    bd_source_close(source);
}

static void a_source_without_records_is_the_end_at_once(void **state) {
    (void)state;
    Told told = {.queue = numbers_queue(0)};
    BdSource *source = count_source(0);
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = open_feeder(source, &told, 0);
    expect_numbers(told.queue, 1, 0);
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    assert_int_equal(told.fed, 1);
    bd_queue_free(told.queue);
    bd_source_close(source);
}

static void what_was_read_before_a_failure_is_fed(void **state) {
    (void)state;
    char path[TEMPORARY_BYTES];
    write_file(path, "1\n2\n3\n");
    Told told = {.queue = numbers_queue(0)};
    BdSource *source = file_source((const char *const[]){path, MISSING}, 2);
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = open_feeder(source, &told, 0);
    expect_numbers(told.queue, 1, 3);
    assert_int_equal(bd_feeder_close(feeder, &err), -1);
    assert_int_equal(err.code, BD_E_IO);
    assert_non_null(strstr(err.msg, MISSING));
    assert_int_equal(told.fed, 1);
    assert_int_equal(told.when_fed.pushed, 3);
    assert_int_equal(told.when_fed.closed_ns, 0);
    bd_queue_free(told.queue);
    bd_source_close(source);
    unlink(path);
}

static void bad_lines_go_to_the_sink(void **state) {
    (void)state;
    char path[TEMPORARY_BYTES];
    write_file(path, "1\nx\n2\n3,3\n3\n");
    Told told = {.queue = numbers_queue(0)};
    BdSource *source = file_source((const char *const[]){path}, 1);
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = open_feeder(source, &told, 0);
    expect_numbers(told.queue, 1, 3);
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    assert_int_equal(told.rejected, 2);
    assert_int_equal(told.rejected_line, 4);
    assert_non_null(strstr(told.rejected_file, path));
    bd_queue_free(told.queue);
    bd_source_close(source);
    unlink(path);
}

static void a_sink_that_says_stop_ends_the_feeder_without_a_failure(void **state) {
    (void)state;
    char path[TEMPORARY_BYTES];
    write_file(path, "1\nx\n2\ny\n3\nz\n");
    Told told = {.queue = numbers_queue(0), .stop_at = 2};
    BdSource *source = file_source((const char *const[]){path}, 1);
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = open_feeder(source, &told, 0);
    expect_numbers(told.queue, 1, 2);
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    assert_int_equal(told.rejected, 2);
    assert_int_equal(told.fed, 1);
    bd_queue_free(told.queue);
    bd_source_close(source);
    unlink(path);
}

static void closing_the_queue_ends_the_feeder(void **state) {
    (void)state;
    Told told = {.queue = numbers_queue(100)};
    BdSource *source = count_source(INT64_MAX);
    BdErr err = BD_ERR_INIT;
    BdFeeder *feeder = open_feeder(source, &told, 0);
    bd_queue_wait_full(told.queue);
    bd_queue_abort(told.queue);
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    assert_int_equal(told.fed, 1);
    expect_numbers(told.queue, 1, 0);
    bd_queue_free(told.queue);
    bd_source_close(source);
}

static void an_interrupt_ends_the_feeder(void **state) {
    (void)state;
    Told told = {.queue = numbers_queue(0)};
    BdSource *source = count_source(INT64_MAX);
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_interrupt_install(&err), 0);
    assert_int_equal(raise(SIGINT), 0);
    BdFeeder *feeder = open_feeder(source, &told, 0);
    bd_queue_wait_full(told.queue);
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    assert_int_equal(told.fed, 1);
    bd_interrupt_reset();
    bd_queue_free(told.queue);
    bd_source_close(source);
}

static void many_threads_pop_what_is_fed(void **state) {
    (void)state;
    enum { THREADS = 4, RECORDS = 20000 };
    static _Atomic uint8_t seen[RECORDS + 1];
    memset(seen, 0, sizeof(seen));
    Told told = {.queue = numbers_queue(128)};
    BdSource *source = count_source(RECORDS);
    BdErr err = BD_ERR_INIT;
    Drain drains[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        drains[i] = (Drain){.queue = told.queue, .seen = seen};
        threads[i] = numbers_start(i % 2 == 0 ? numbers_drain : numbers_drain_loop, &drains[i]);
    }
    BdFeeder *feeder = open_feeder(source, &told, 0);
    int64_t records = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(drains[i].over_bound, 0);
        records += drains[i].records;
    }
    assert_int_equal(bd_feeder_close(feeder, &err), 0);
    assert_int_equal(records, RECORDS);
    for (int64_t i = 1; i <= RECORDS; i++) {
        assert_int_equal(seen[i], 1);
    }
    bd_queue_free(told.queue);
    bd_source_close(source);
}

/* Whichever allocation fails, the queue ends and the feeder says why. */
static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    int64_t live = bd_mem_live();
    bool done = false;
    for (int64_t n = 1; !done; n++) {
        Told told = {.queue = numbers_queue(0)};
        BdSource *source = count_source(300);
        BdErr err = BD_ERR_INIT;
        BdFeeder *feeder = NULL;
        BdFeederOpts opts = options(&told, 0);
        bd_mem_fail_at(n);
        bool opened = bd_feeder_open(&feeder, source, told.queue, &opts, &err) == 0;
        done = opened && bd_feeder_close(feeder, &err) == 0;
        bd_mem_fail_at(0);
        assert_int_equal(err.code, done ? BD_E_NONE : BD_E_NOMEM);
        assert_int_equal(told.fed, opened ? 1 : 0);
        if (opened) {
            expect_numbers(told.queue, 1, bd_queue_stats(told.queue).pushed);
        }
        bd_queue_free(told.queue);
        bd_source_close(source);
        assert_int_equal(bd_mem_live(), live);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(all_records_are_fed_in_order),
        CASE(the_owner_is_told_once_before_the_queue_is_closed),
        CASE(an_owner_need_not_be_told),
        CASE(nothing_is_read_beyond_the_limit),
        CASE(a_limit_beyond_the_end_is_no_limit),
        CASE(a_source_without_records_is_the_end_at_once),
        CASE(what_was_read_before_a_failure_is_fed),
        CASE(bad_lines_go_to_the_sink),
        CASE(a_sink_that_says_stop_ends_the_feeder_without_a_failure),
        CASE(closing_the_queue_ends_the_feeder),
        CASE(an_interrupt_ends_the_feeder),
        CASE(many_threads_pop_what_is_fed),
        CASE(every_failing_allocation_is_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
