/*
 * test_lines.c - streams cut into lines: ends of both kinds, at every chunk size, without growing
 * for lines that are too long.
 */
#include "input/lines.h"

#include "core/buf.h"
#include "core/interrupt.h"
#include "core/mem.h"
#include "support/files.h"
#include "support/memory.h"
#include "support/oracle.h"
#include "support/stream_memory.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static BdLines *open_lines(BdStream **stream, const char *p, size_t n, size_t chunk, size_t max) {
    BdLines *lines = NULL;
    assert_int_equal(stream_open_memory(stream, "text", p, n, NULL), 0);
    assert_int_equal(bd_lines_new(&lines, *stream, chunk, max, NULL), 0);
    return lines;
}

static void append_line(BdBuf *out, const BdLine *line) {
    char number[32];
    snprintf(number, sizeof(number), "%lld:", (long long)line->number);
    assert_int_equal(bd_buf_append_str(out, number), 0);
    assert_int_equal(bd_buf_append(out, line->text.p, line->text.n), 0);
    assert_int_equal(bd_buf_append_str(out, line->too_long ? "!;" : ";"), 0);
    assert_true(!line->too_long || line->text.n == 0);
}

/* "1:first;2:second;3:!;" where the third is too long; then the ending and the bytes read. */
static void transcribe(BdBuf *out, const char *p, size_t n, size_t chunk, size_t max) {
    BdStream *stream = NULL;
    BdLines *lines = open_lines(&stream, p, n, chunk, max);
    BdLine line;
    int more = 0;
    bd_buf_reset(out);
    while ((more = bd_lines_next(lines, &line, NULL)) > 0) {
        append_line(out, &line);
    }
    assert_int_equal(more, 0);
    assert_int_equal(bd_lines_next(lines, &line, NULL), 0);
    assert_int_equal(bd_lines_bytes(lines), n);
    assert_int_equal(bd_buf_append_str(out, bd_lines_ending(lines)), 0);
    assert_int_equal(bd_buf_end(out), 0);
    bd_lines_free(lines);
    bd_stream_close(stream);
}

static void expect_bytes(const char *p, size_t n, size_t max, const char *transcript) {
    BdBuf out = {0};
    for (size_t chunk = 1; chunk <= n + 1; chunk++) {
        transcribe(&out, p, n, chunk, max);
        assert_string_equal(out.p, transcript);
    }
    transcribe(&out, p, n, 0, max);
    assert_string_equal(out.p, transcript);
    bd_buf_deinit(&out);
}

static void expect(const char *text, const char *transcript) {
    expect_bytes(text, strlen(text), BD_LINE_MAX_BYTES, transcript);
}

static void lf_ends_lines(void **state) {
    (void)state;
    expect("a\nbc\ndef\n", "1:a;2:bc;3:def;LF");
}

static void crlf_ends_lines(void **state) {
    (void)state;
    expect("a\r\nbc\r\ndef\r\n", "1:a;2:bc;3:def;CRLF");
}

static void the_last_line_may_lack_its_end(void **state) {
    (void)state;
    expect("a\nbc", "1:a;2:bc;LF");
    expect("a\r\nbc", "1:a;2:bc;CRLF");
    expect("a", "1:a;none");
    expect("a\r\nbc\r", "1:a;2:bc\r;CRLF");
    expect("a\r", "1:a\r;none");
}

static void an_empty_stream_has_no_lines(void **state) {
    (void)state;
    expect("", "none");
}

static void empty_lines_are_lines_but_the_last(void **state) {
    (void)state;
    expect("\n", "1:;LF");
    expect("\r\n", "1:;CRLF");
    expect("a\n\n\nb\n\n", "1:a;2:;3:;4:b;5:;LF");
    expect("a\r\n\r\n", "1:a;2:;CRLF");
}

static void lf_in_a_crlf_file_ends_a_line(void **state) {
    (void)state;
    expect("a\r\nb\nc\r\n", "1:a;2:b;3:c;CRLF");
}

static void cr_in_an_lf_file_is_data(void **state) {
    (void)state;
    expect("a\nb\r\nc\r\n", "1:a;2:b\r;3:c\r;LF");
    expect("a\rb\n\r\n", "1:a\rb;2:\r;LF");
}

static void only_one_cr_belongs_to_the_end(void **state) {
    (void)state;
    expect("a\r\r\nb\r\r\n", "1:a\r;2:b\r;CRLF");
}

static void nul_bytes_are_data(void **state) {
    (void)state;
    BdStream *stream = NULL;
    BdLines *lines = open_lines(&stream, "a\0b\nc", 5, 0, 100);
    BdLine line;
    assert_int_equal(bd_lines_next(lines, &line, NULL), 1);
    assert_int_equal(line.text.n, 3);
    assert_memory_equal(line.text.p, "a\0b", 3);
    bd_lines_free(lines);
    bd_stream_close(stream);
}

static void long_lines_are_skipped(void **state) {
    (void)state;
    const char *lf = "abc\nabcd\nab\nabcdefgh\nabc\n";
    expect_bytes(lf, strlen(lf), 3, "1:abc;2:!;3:ab;4:!;5:abc;LF");
    const char *crlf = "abc\r\nabcd\r\nab\r\nabcdefgh\r\nabc\r\n";
    expect_bytes(crlf, strlen(crlf), 3, "1:abc;2:!;3:ab;4:!;5:abc;CRLF");
}

static void a_long_line_may_be_the_last_or_the_only_one(void **state) {
    (void)state;
    expect_bytes("a\nabcd", 6, 3, "1:a;2:!;LF");
    expect_bytes("abcdefghi", 9, 3, "1:!;none");
    expect_bytes("abcdefghi", 9, 9, "1:abcdefghi;none");
}

static void the_ending_is_told_from_a_long_first_line_too(void **state) {
    (void)state;
    expect_bytes("abcdefg\r\na\r\n", 12, 3, "1:!;2:a;CRLF");
    expect_bytes("abcdefg\na\r\n", 11, 3, "1:!;2:a\r;LF");
}

static void agrees_with_the_oracle(void **state) {
    (void)state;
    static const char alphabet[] = "ab\r\n\n\r\nab";
    char text[48];
    unsigned seed = 1;
    BdBuf ours = {0};
    BdBuf theirs = {0};
    for (int round = 0; round < 3000; round++) {
        seed = seed * 1103515245 + 12345;
        size_t n = seed / 65536 % sizeof(text);
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1103515245 + 12345;
            text[i] = alphabet[seed / 65536 % (sizeof(alphabet) - 1)];
        }
        OracleLines oracle = {.p = text, .n = n, .max_bytes = seed % 9};
        BdLine line;
        transcribe(&ours, text, n, 1 + seed % 13, oracle.max_bytes);
        bd_buf_reset(&theirs);
        while (oracle_next_line(&oracle, &line)) {
            append_line(&theirs, &line);
        }
        assert_true(ours.len >= theirs.len);
        assert_memory_equal(ours.p, theirs.p, theirs.len);
        assert_null(memchr(ours.p + theirs.len, ';', ours.len - theirs.len));
    }
    bd_buf_deinit(&ours);
    bd_buf_deinit(&theirs);
}

static void a_line_of_many_megabytes_takes_no_more_memory(void **state) {
    (void)state;
    size_t n = 32 * 1024 * 1024;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, 'x', n);
    memcpy(text + n - 4, "\nend", 4);
    BdStream *stream = NULL;
    BdLines *lines = open_lines(&stream, text, n, 1024, 4096);
    BdLine line;
    /* The buffer may grow twice: more often, and it would follow the length of the line. */
    bd_mem_fail_at(3);
    assert_int_equal(bd_lines_next(lines, &line, NULL), 1);
    assert_true(line.too_long);
    assert_int_equal(bd_lines_next(lines, &line, NULL), 1);
    assert_int_equal(line.text.n, 3);
    assert_int_equal(line.number, 2);
    bd_mem_fail_at(0);
    bd_lines_free(lines);
    bd_stream_close(stream);
    free(text);
}

static void an_interrupt_ends_a_line_that_does_not_end(void **state) {
    (void)state;
    static char text[100000];
    BdStream *stream = NULL;
    BdErr err = BD_ERR_INIT;
    BdLine line;
    memset(text, 'x', sizeof(text));
    memcpy(text, "a\nb\n", 4);
    BdLines *lines = open_lines(&stream, text, sizeof(text), 1024, 4096);
    assert_int_equal(bd_interrupt_install(&err), 0);
    assert_int_equal(raise(SIGINT), 0);
    assert_int_equal(bd_lines_next(lines, &line, &err), 1); /* whoever reads looks up after these */
    assert_int_equal(bd_lines_next(lines, &line, &err), 1);
    assert_int_equal(bd_lines_next(lines, &line, &err), -1);
    assert_int_equal(err.code, BD_E_STOPPED);
    assert_string_equal(err.msg, "text, line 3: interrupted");
    bd_interrupt_reset();
    bd_lines_free(lines);
    bd_stream_close(stream);
}

static int read_all(void *context, BdErr *err) {
    const char *text = context;
    BdStream *stream = NULL;
    BdLines *lines = NULL;
    BdLine line;
    int rc = -1;
    if (stream_open_memory(&stream, "text", text, strlen(text), err) == 0 &&
        bd_lines_new(&lines, stream, 4, 100, err) == 0) {
        while ((rc = bd_lines_next(lines, &line, err)) > 0) {
        }
    }
    bd_lines_free(lines);
    bd_stream_close(stream);
    return rc;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    char text[] = "a\nthis line is longer than the chunks\nb\nand this one even more so, "
                  "by far and away\nc";
    assert_true(memory_fail_each(read_all, text) >= 6);
}

static void a_failing_stream_is_a_failure(void **state) {
    (void)state;
    Folder folder;
    char path[PATH_BYTES];
    BdBuf bytes = {0};
    folder_init(&folder);
    folder_path(&folder, "cut.gz", path);
    file_write_gzip(path, "wb", "a\nb\nc\n", 6);
    file_read(path, &bytes);
    file_write(path, bytes.p, bytes.len - 3);
    BdStream *stream = NULL;
    BdLines *lines = NULL;
    BdLine line;
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_stream_open(&stream, path, NULL, NULL), 0);
    assert_int_equal(bd_lines_new(&lines, stream, 0, 100, NULL), 0);
    int more = 0;
    int count = 0;
    while ((more = bd_lines_next(lines, &line, &err)) > 0) {
        count++;
    }
    assert_int_equal(count, 3);
    assert_int_equal(more, -1);
    assert_int_equal(err.code, BD_E_FORMAT);
    assert_int_equal(bd_lines_next(lines, &line, &err), -1);
    bd_lines_free(lines);
    bd_lines_free(NULL);
    bd_stream_close(stream);
    bd_buf_deinit(&bytes);
    folder_deinit(&folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(lf_ends_lines),
        CASE(crlf_ends_lines),
        CASE(the_last_line_may_lack_its_end),
        CASE(an_empty_stream_has_no_lines),
        CASE(empty_lines_are_lines_but_the_last),
        CASE(lf_in_a_crlf_file_ends_a_line),
        CASE(cr_in_an_lf_file_is_data),
        CASE(only_one_cr_belongs_to_the_end),
        CASE(nul_bytes_are_data),
        CASE(long_lines_are_skipped),
        CASE(a_long_line_may_be_the_last_or_the_only_one),
        CASE(the_ending_is_told_from_a_long_first_line_too),
        CASE(agrees_with_the_oracle),
        CASE(a_line_of_many_megabytes_takes_no_more_memory),
        CASE(an_interrupt_ends_a_line_that_does_not_end),
        CASE(every_failing_allocation_is_reported),
        CASE(a_failing_stream_is_a_failure),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
