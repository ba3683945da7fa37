/*
 * test_source.c - records from several files, in batches, with the bad lines reported.
 */
#include "input/source.h"

#include "input/lines.h"
#include "support/files.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const BdDelimited pairs = {
    .delimiter = ',', .min_fields = 2, .max_fields = 2, .number_from = 1};
static const BdColumn columns[] = {{0, 2}, {2, 3}};
static const BdFixed five = {.line_bytes = 5, .columns = columns, .count = 2};

static Folder folder;

static int set_up(void **state) {
    folder_init(&folder);
    return memory_note_live(state);
}

static int tear_down(void **state) {
    folder_deinit(&folder);
    return memory_check_live(state);
}

/* ---- what a source gives, as text ---- */

/* A transcript, in which files go by the last part of their names. */
typedef struct Log {
    BdBuf text;
    int rejects;
    int max_rejects; /* then the source is told to stop */
} Log;

static const char *last_part(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static int log_reject(void *context, const char *file, int64_t line, const char *reason) {
    Log *log = context;
    char text[600];
    snprintf(text, sizeof(text), "%s:%lld! %s\n", last_part(file), (long long)line, reason);
    assert_int_equal(bd_buf_append_str(&log->text, text), 0);
    return log->rejects++ < log->max_rejects ? 0 : -1;
}

static void log_batch(Log *log, const BdBatch *batch) {
    for (uint32_t i = 0; i < bd_batch_size(batch); i++) {
        BdRecord record = bd_batch_record(batch, i);
        char head[300];
        snprintf(head, sizeof(head), "%s:%lld", last_part(record.file), (long long)record.line);
        assert_int_equal(bd_buf_append_str(&log->text, head), 0);
        for (uint32_t k = 0; k < record.fields; k++) {
            assert_int_equal(bd_buf_append_str(&log->text, k == 0 ? " " : "|"), 0);
            assert_int_equal(bd_buf_append_str(&log->text, bd_record_field(&record, k)), 0);
        }
        assert_int_equal(bd_buf_append_str(&log->text, "\n"), 0);
    }
}

/* Read all that there is: what the last fill returned. */
static int drain(BdSource *source, uint32_t max_records, Log *log, BdErr *err) {
    BdBatch *batch = NULL;
    BdRejectSink sink = {.reject = log_reject, .context = log};
    int more = 0;
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    while ((more = bd_source_fill(source, batch, max_records, sink, err)) > 0) {
        assert_true(bd_batch_size(batch) <= max_records);
        log_batch(log, batch);
    }
    if (more == 0) {
        assert_int_equal(bd_batch_size(batch), 0);
    }
    assert_int_equal(bd_buf_end(&log->text), 0);
    bd_batch_free(batch);
    return more;
}

/* However many records a batch takes, the same comes out. */
static void expect(const BdSourceFile *files, size_t count, const char *transcript) {
    for (uint32_t max_records = 1; max_records < 6; max_records++) {
        BdSource *source = NULL;
        BdErr err = BD_ERR_INIT;
        Log log = {.max_rejects = 100};
        assert_int_equal(bd_source_open_delimited(&source, files, count, &pairs, NULL), 0);
        if (drain(source, max_records, &log, &err) != 0) {
            fail_msg("%s", err.msg);
        }
        /* Rejects are told during a fill, records after it: only one at a time keeps the order. */
        if (max_records == 1) {
            assert_string_equal(log.text.p, transcript);
        }
        assert_int_equal(log.text.len, strlen(transcript));
        bd_buf_deinit(&log.text);
        bd_source_close(source);
    }
}

static BdSourceFile write_plain(const char *name, const char *text, char path[PATH_BYTES]) {
    file_write(folder_path(&folder, name, path), text, strlen(text));
    return (BdSourceFile){.path = path};
}

static BdSource *open_pairs(const BdSourceFile *files, size_t count) {
    BdSource *source = NULL;
    assert_int_equal(bd_source_open_delimited(&source, files, count, &pairs, NULL), 0);
    return source;
}

/* ---- files ---- */

static void files_follow_one_another(void **state) {
    (void)state;
    char paths[4][PATH_BYTES];
    BdSourceFile files[4] = {
        write_plain("a.csv", "a,1\nb,2", paths[0]),
        write_plain("empty.csv", "", paths[1]),
        {.path = folder_path(&folder, "c.zip", paths[2])},
        {.path = folder_path(&folder, "d.gz", paths[3])},
    };
    file_write_zip(paths[2], "c.csv", "c,3\r\nd,4\r\n", 10);
    file_write_gzip(paths[3], "wb", "e,5\n", 4);
    expect(files, 4,
           "a.csv:1 a|1\na.csv:2 b|2\nc.zip(c.csv):1 c|3\nc.zip(c.csv):2 d|4\nd.gz:1 e|5\n");
}

static void a_file_may_have_lines_of_another_width(void **state) {
    (void)state;
    char paths[3][PATH_BYTES];
    BdSourceFile files[3] = {
        write_plain("a.csv", "a,1\na,1,2\n", paths[0]),
        write_plain("b.csv", "b,1\nb,1,2\nb,1,2,3\n", paths[1]),
        write_plain("c.csv", "c,1\nc,1,2\n", paths[2]),
    };
    files[1].fields = 3;
    expect(files, 3,
           "a.csv:1 a|1\na.csv:2! 3 fields where 2 are wanted\n"
           "b.csv:1! 2 fields where 3 are wanted\nb.csv:2 b|1|2\n"
           "b.csv:3! 4 fields where 3 are wanted\n"
           "c.csv:1 c|1\nc.csv:2! 3 fields where 2 are wanted\n");
}

static void a_member_can_be_named(void **state) {
    (void)state;
    char path[PATH_BYTES];
    const FileMember members[] = {{.name = "a", .text = "a,1\n"}, {.name = "b", .text = "b,2\n"}};
    file_write_zip_members(folder_path(&folder, "two.zip", path), members, 2);
    BdSourceFile files[] = {{.path = path, .member = "b"}, {.path = path, .member = "a"}};
    expect(files, 2, "two.zip(b):1 b|2\ntwo.zip(a):1 a|1\n");
}

static void bad_lines_are_told_and_left_out(void **state) {
    (void)state;
    char paths[2][PATH_BYTES];
    BdSourceFile files[2] = {
        write_plain("a.csv", "a,1\nb\nc,x\nd,4\n", paths[0]),
        write_plain("b.csv", "e,5,6\n", paths[1]),
    };
    expect(files, 2,
           "a.csv:1 a|1\na.csv:2! 1 field where 2 are wanted\n"
           "a.csv:3! field 2 is not a number: 'x'\na.csv:4 d|4\n"
           "b.csv:1! 3 fields where 2 are wanted\n");
}

static void bad_lines_may_go_untold(void **state) {
    (void)state;
    char path[PATH_BYTES];
    BdSourceFile file = write_plain("a.csv", "a\nb,2\n", path);
    BdSource *source = open_pairs(&file, 1);
    BdBatch *batch = NULL;
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    assert_int_equal(bd_source_fill(source, batch, 10, (BdRejectSink){0}, NULL), 1);
    assert_int_equal(bd_batch_size(batch), 1);
    assert_int_equal(bd_batch_record(batch, 0).line, 2);
    bd_batch_free(batch);
    bd_source_close(source);
}

static void the_sink_can_stop_the_source(void **state) {
    (void)state;
    char path[PATH_BYTES];
    BdSourceFile file = write_plain("a.csv", "a,1\nb\nc\nd,4\n", path);
    BdSource *source = open_pairs(&file, 1);
    Log log = {.max_rejects = 1};
    BdErr err = BD_ERR_INIT;
    assert_int_equal(drain(source, 10, &log, &err), -1);
    assert_int_equal(log.rejects, 2);
    assert_int_equal(err.code, BD_E_STOPPED);
    assert_non_null(strstr(err.msg, "a.csv, line 3: 1 field where 2 are wanted"));
    bd_buf_deinit(&log.text);
    bd_source_close(source);
}

static void a_line_of_many_megabytes_is_told_and_left_out(void **state) {
    (void)state;
    size_t n = 5 * 1024 * 1024;
    char *text = malloc(n);
    char path[PATH_BYTES];
    assert_non_null(text);
    memset(text, 'x', n);
    memcpy(text, "a,1\n", 4);
    memcpy(text + n - 5, "\nb,2\n", 5);
    BdSourceFile file = {.path = folder_path(&folder, "a.csv", path)};
    file_write(path, text, n);
    expect(&file, 1, "a.csv:1 a|1\na.csv:2! line of more than 1 MiB\na.csv:3 b|2\n");
    free(text);
}

static void fixed_columns_are_read(void **state) {
    (void)state;
    char path[PATH_BYTES];
    BdSourceFile file = write_plain("geo", "ab 12\nshort\nab123x\nc  \xe9 \n", path);
    BdSource *source = NULL;
    Log log = {.max_rejects = 100};
    BdFixed copy = five;
    BdColumn copied[] = {columns[0], columns[1]};
    copy.columns = copied;
    assert_int_equal(bd_source_open_fixed(&source, &file, 1, &copy, NULL), 0);
    memset(copied, 0xff, sizeof(copied));
    assert_int_equal(drain(source, 1, &log, NULL), 0);
    assert_string_equal(log.text.p, "geo:1 ab|12\ngeo:2 sh|ort\n"
                                    "geo:3! line of 6 bytes where 5 are wanted\ngeo:4 c|\u00e9\n");
    bd_buf_deinit(&log.text);
    bd_source_close(source);
}

static void paths_are_copied_and_names_outlive_their_files(void **state) {
    (void)state;
    char paths[2][PATH_BYTES];
    BdSourceFile files[2] = {write_plain("a.csv", "a,1\n", paths[0]),
                             write_plain("b.csv", "b,2\n", paths[1])};
    BdSource *source = open_pairs(files, 2);
    memset(paths, 0, sizeof(paths));
    BdBatch *batch = NULL;
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    assert_int_equal(bd_source_fill(source, batch, 10, (BdRejectSink){0}, NULL), 1);
    assert_int_equal(bd_batch_size(batch), 2);
    assert_string_equal(last_part(bd_batch_record(batch, 0).file), "a.csv");
    assert_string_equal(last_part(bd_batch_record(batch, 1).file), "b.csv");
    bd_batch_free(batch);
    bd_source_close(source);
}

static void no_files_are_no_records(void **state) {
    (void)state;
    expect(NULL, 0, "");
}

/* ---- batches ---- */

static void a_batch_holds_about_64_kib_of_text(void **state) {
    (void)state;
    size_t lines = 20000;
    char *text = malloc(lines * 10 + 1);
    char path[PATH_BYTES];
    assert_non_null(text);
    for (size_t i = 0; i < lines; i++) {
        snprintf(text + i * 10, 11, "abcd,%04zu\n", i % 10000);
    }
    BdSourceFile file = {.path = folder_path(&folder, "a.csv", path)};
    file_write(path, text, lines * 10);
    BdSource *source = open_pairs(&file, 1);
    BdBatch *batch = NULL;
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    size_t records = 0;
    int batches = 0;
    while (bd_source_fill(source, batch, UINT32_MAX, (BdRejectSink){0}, NULL) > 0) {
        records += bd_batch_size(batch);
        batches++;
        assert_in_range(bd_batch_size(batch), 1, 64 * 1024 / 9 + 1);
    }
    assert_int_equal(records, lines);
    assert_in_range(batches, 2, 4);
    bd_batch_free(batch);
    bd_source_close(source);
    free(text);
}

/* How many batches a file of such lines takes, all of them bad. */
static int batches_of_bad_lines(const char *line, size_t line_bytes, size_t count) {
    char path[PATH_BYTES];
    char *text = malloc(count * line_bytes);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + i * line_bytes, line, line_bytes);
    }
    BdSourceFile file = {.path = folder_path(&folder, "bad.csv", path)};
    file_write(path, text, count * line_bytes);
    BdSource *source = open_pairs(&file, 1);
    BdBatch *batch = NULL;
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    int batches = 0;
    while (bd_source_fill(source, batch, UINT32_MAX, (BdRejectSink){0}, NULL) > 0) {
        assert_int_equal(bd_batch_size(batch), 0);
        batches++;
    }
    bd_batch_free(batch);
    bd_source_close(source);
    free(text);
    return batches;
}

/* Whoever reads can look up in between, whatever the file holds. */
static void a_batch_ends_after_64_kib_of_bad_lines(void **state) {
    (void)state;
    static char too_long[BD_LINE_MAX_BYTES + 2];
    memset(too_long, 'x', sizeof(too_long) - 1);
    too_long[sizeof(too_long) - 1] = '\n';
    assert_in_range(batches_of_bad_lines("no fields\n", 10, 20000), 2, 4);
    assert_in_range(batches_of_bad_lines("\n", 1, 200000), 2, 4);
    assert_in_range(batches_of_bad_lines(too_long, sizeof(too_long), 3), 3, 4);
}

/* ---- what cannot be opened ---- */

static void a_missing_file_shows_in_check_and_in_fill(void **state) {
    (void)state;
    char paths[2][PATH_BYTES];
    BdSourceFile files[2] = {write_plain("a.csv", "a,1\n", paths[0]),
                             {.path = folder_path(&folder, "missing.zip", paths[1])}};
    BdSource *source = open_pairs(files, 2);
    Log log = {0};
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_source_check(source, &err), -1);
    assert_int_equal(err.code, BD_E_IO);
    assert_non_null(strstr(err.msg, "missing.zip: No such file"));
    assert_int_equal(bd_source_total_bytes(source), -1);
    assert_int_equal(drain(source, 1, &log, &err), -1);
    assert_string_equal(log.text.p, "a.csv:1 a|1\n");
    assert_non_null(strstr(err.msg, "missing.zip: No such file"));
    bd_buf_deinit(&log.text);
    bd_source_close(source);
}

static void check_is_silent_about_good_files(void **state) {
    (void)state;
    char path[PATH_BYTES];
    BdSourceFile file = {.path = folder_path(&folder, "a.zip", path)};
    file_write_zip(path, "m", "a,1\n", 4);
    BdSource *source = open_pairs(&file, 1);
    assert_int_equal(bd_source_check(source, NULL), 0);
    bd_source_close(source);
}

static void damage_is_a_failure_not_an_end(void **state) {
    (void)state;
    char path[PATH_BYTES];
    BdBuf bytes = {0};
    BdSourceFile file = {.path = folder_path(&folder, "a.gz", path)};
    file_write_gzip(path, "wb", "a,1\nb,2\n", 8);
    file_read(path, &bytes);
    file_write(path, bytes.p, bytes.len - 5);
    BdSource *source = open_pairs(&file, 1);
    Log log = {0};
    BdErr err = BD_ERR_INIT;
    assert_int_equal(drain(source, 1, &log, &err), -1);
    assert_int_equal(err.code, BD_E_FORMAT);
    assert_string_equal(log.text.p, "a.gz:1 a|1\na.gz:2 b|2\n");
    assert_int_equal(drain(source, 1, &log, &err), -1);
    bd_buf_deinit(&log.text);
    bd_buf_deinit(&bytes);
    bd_source_close(source);
}

static void formats_that_make_no_sense_are_refused(void **state) {
    (void)state;
    BdSource *source = NULL;
    BdErr err = BD_ERR_INIT;
    const BdDelimited wrong[] = {
        {.delimiter = '\n', .min_fields = 1, .max_fields = 1},
        {.delimiter = '\0', .min_fields = 1, .max_fields = 1},
        {.delimiter = ',', .min_fields = 2, .max_fields = 1},
        {.delimiter = ',', .min_fields = 0, .max_fields = 0},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        err = (BdErr){0};
        assert_int_equal(bd_source_open_delimited(&source, NULL, 0, &wrong[i], &err), -1);
        assert_int_equal(err.code, BD_E_CONFIG);
        assert_null(source);
    }
    const BdColumn beyond[] = {{0, 5}, {3, 3}};
    const BdColumn overflow[] = {{3, UINT32_MAX}};
    const BdFixed bad[] = {
        {.line_bytes = 5, .columns = beyond, .count = 2},
        {.line_bytes = 5, .columns = overflow, .count = 1},
        {.line_bytes = UINT32_MAX, .columns = columns, .count = 2},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        err = (BdErr){0};
        assert_int_equal(bd_source_open_fixed(&source, NULL, 0, &bad[i], &err), -1);
        assert_int_equal(err.code, BD_E_CONFIG);
        assert_null(source);
    }
}

/* ---- progress ---- */

static void bytes_add_up_to_the_total(void **state) {
    (void)state;
    char paths[2][PATH_BYTES];
    BdSourceFile files[2] = {write_plain("a.csv", "a,1\r\nb,2\r\n", paths[0]),
                             {.path = folder_path(&folder, "b.zip", paths[1])}};
    file_write_zip(paths[1], "b", "b,2\n", 4);
    BdSource *source = open_pairs(files, 2);
    Log log = {0};
    assert_int_equal(bd_source_total_bytes(source), 14);
    assert_int_equal(bd_source_bytes(source), 0);
    assert_string_equal(bd_source_ending(source), "none");
    BdBatch *batch = NULL;
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    assert_int_equal(bd_source_fill(source, batch, 1, (BdRejectSink){0}, NULL), 1);
    assert_string_equal(bd_source_ending(source), "CRLF");
    assert_int_equal(bd_source_bytes(source), 10);
    assert_int_equal(drain(source, 1, &log, NULL), 0);
    assert_int_equal(bd_source_bytes(source), 14);
    assert_string_equal(bd_source_ending(source), "LF");
    bd_batch_free(batch);
    bd_buf_deinit(&log.text);
    bd_source_close(source);
}

static void the_total_of_a_gzip_file_is_unknown(void **state) {
    (void)state;
    char path[PATH_BYTES];
    BdSourceFile file = {.path = folder_path(&folder, "a.gz", path)};
    file_write_gzip(path, "wb", "a,1\n", 4);
    BdSource *source = open_pairs(&file, 1);
    assert_int_equal(bd_source_total_bytes(source), -1);
    bd_source_close(source);
}

/* ---- allocations ---- */

typedef struct Try {
    const BdSourceFile *files;
    size_t count;
    bool fixed;
} Try;

static int read_all(void *context, BdErr *err) {
    const Try *try = context;
    BdSource *source = NULL;
    BdBatch *batch = NULL;
    int rc = try->fixed ? bd_source_open_fixed(&source, try->files, try->count, &five, err)
                        : bd_source_open_delimited(&source, try->files, try->count, &pairs, err);
    if (rc != 0) {
        assert_null(source);
        return -1;
    }
    rc = bd_source_check(source, err);
    if (rc == 0) {
        rc = bd_batch_new(&batch, err);
    }
    int more = rc == 0;
    while (more > 0) {
        more = bd_source_fill(source, batch, 2, (BdRejectSink){0}, err);
    }
    bd_batch_free(batch);
    bd_source_close(source);
    return rc == 0 ? more : rc;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    char paths[2][PATH_BYTES];
    BdSourceFile files[2] = {{.path = folder_path(&folder, "a.zip", paths[0]), .member = "m"},
                             write_plain("b.csv", "aa,12\n", paths[1])};
    file_write_zip(paths[0], "m", "aa,34\nbb,56\n", 12);
    Try try = {.files = files, .count = 2};
    assert_true(memory_fail_each(read_all, &try) >= 20);
    try.fixed = true;
    assert_true(memory_fail_each(read_all, &try) >= 20);
}

#define FILE_CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        FILE_CASE(files_follow_one_another),
        FILE_CASE(a_file_may_have_lines_of_another_width),
        FILE_CASE(a_member_can_be_named),
        FILE_CASE(bad_lines_are_told_and_left_out),
        FILE_CASE(bad_lines_may_go_untold),
        FILE_CASE(the_sink_can_stop_the_source),
        FILE_CASE(a_line_of_many_megabytes_is_told_and_left_out),
        FILE_CASE(fixed_columns_are_read),
        FILE_CASE(paths_are_copied_and_names_outlive_their_files),
        FILE_CASE(no_files_are_no_records),
        FILE_CASE(a_batch_holds_about_64_kib_of_text),
        FILE_CASE(a_batch_ends_after_64_kib_of_bad_lines),
        FILE_CASE(a_missing_file_shows_in_check_and_in_fill),
        FILE_CASE(check_is_silent_about_good_files),
        FILE_CASE(damage_is_a_failure_not_an_end),
        FILE_CASE(formats_that_make_no_sense_are_refused),
        FILE_CASE(bytes_add_up_to_the_total),
        FILE_CASE(the_total_of_a_gzip_file_is_unknown),
        FILE_CASE(every_failing_allocation_is_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
