/*
 * test_stream.c - bytes from plain files, gzip files, zip members and memory, in good order and
 * damaged in every way.
 */
#include "input/stream.h"

#include "support/files.h"
#include "support/memory.h"
#include "support/stream_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char text[] = "one,1\ntwo,2\nthree,3\nand so on, and so on, and so on, and so on\n";
enum { TEXT_BYTES = sizeof(text) - 1 };

static Folder folder;
static char path[PATH_BYTES];

static int set_up(void **state) {
    folder_init(&folder);
    return memory_note_live(state);
}

static int tear_down(void **state) {
    folder_deinit(&folder);
    return memory_check_live(state);
}

/* The file must give the bytes, however few are read at a time. */
static void expect_bytes(const char *member, const char *p, size_t n) {
    BdBuf out = {0};
    for (size_t cap = 1; cap <= n + 1 && cap < 2000; cap++) {
        BdErr err = BD_ERR_INIT;
        bd_buf_reset(&out);
        if (file_stream(path, member, cap, &out, &err) != 0) {
            fail_msg("%s", err.msg);
        }
        assert_int_equal(out.len, n);
        assert_true(n == 0 || memcmp(out.p, p, n) == 0);
    }
    bd_buf_deinit(&out);
}

/* Reading the file must fail, with the words in the message, and the path. */
static void expect_error(const char *member, BdErrCode code, const char *words) {
    BdErr err = BD_ERR_INIT;
    BdBuf out = {0};
    assert_int_equal(file_stream(path, member, 7, &out, &err), -1);
    if (err.code != code || strstr(err.msg, words) == NULL || strstr(err.msg, path) == NULL) {
        fail_msg("unexpected error %d: %s", (int)err.code, err.msg);
    }
    bd_buf_deinit(&out);
}

/* Whatever happened to the file: reading it fails with BD_E_FORMAT, or it gives the text. */
static bool expect_error_or_text(size_t cap) {
    BdErr err = BD_ERR_INIT;
    BdBuf out = {0};
    int rc = file_stream(path, NULL, cap, &out, &err);
    if (rc == 0) {
        assert_int_equal(out.len, TEXT_BYTES);
        assert_memory_equal(out.p, text, TEXT_BYTES);
    } else {
        assert_int_equal(err.code, BD_E_FORMAT);
        assert_non_null(strstr(err.msg, path));
    }
    bd_buf_deinit(&out);
    return rc == 0;
}

/* ---- files of every kind ---- */

static void plain_files_are_read(void **state) {
    (void)state;
    file_write(folder_path(&folder, "a.csv", path), text, TEXT_BYTES);
    expect_bytes(NULL, text, TEXT_BYTES);
}

static void gzip_files_are_read(void **state) {
    (void)state;
    file_write_gzip(folder_path(&folder, "a.gz", path), "wb", text, TEXT_BYTES);
    expect_bytes(NULL, text, TEXT_BYTES);
}

static void the_only_member_of_a_zip_is_read(void **state) {
    (void)state;
    file_write_zip(folder_path(&folder, "a.zip", path), "a.csv", text, TEXT_BYTES);
    expect_bytes(NULL, text, TEXT_BYTES);
    expect_bytes("a.csv", text, TEXT_BYTES);
}

static void the_first_bytes_tell_the_kind_not_the_name(void **state) {
    (void)state;
    file_write_zip(folder_path(&folder, "zip.dat", path), "a.csv", text, TEXT_BYTES);
    expect_bytes(NULL, text, TEXT_BYTES);
    file_write_gzip(folder_path(&folder, "gzip.csv", path), "wb", text, TEXT_BYTES);
    expect_bytes(NULL, text, TEXT_BYTES);
    file_write_gzip(folder_path(&folder, "gzip.zip", path), "wb", text, TEXT_BYTES);
    expect_bytes(NULL, text, TEXT_BYTES);
}

static void memory_is_read(void **state) {
    (void)state;
    char copy[TEXT_BYTES];
    Guard guard;
    guard_init(&guard, TEXT_BYTES);
    for (size_t cap = 1; cap <= TEXT_BYTES + 1; cap++) {
        BdStream *stream = NULL;
        const char *p = guard_put(&guard, text, TEXT_BYTES);
        assert_int_equal(stream_open_memory(&stream, "mem", p, TEXT_BYTES, NULL), 0);
        assert_string_equal(bd_stream_name(stream), "mem");
        assert_int_equal(bd_stream_size(stream), TEXT_BYTES);
        size_t used = 0;
        int64_t n = 0;
        while ((n = bd_stream_read(stream, copy + used,
                                   cap < TEXT_BYTES - used ? cap : TEXT_BYTES - used, NULL)) > 0) {
            used += (size_t)n;
        }
        assert_int_equal(used, TEXT_BYTES);
        assert_memory_equal(copy, text, TEXT_BYTES);
        bd_stream_close(stream);
    }
    bd_stream_close(NULL);
    guard_deinit(&guard);
}

static void names_and_sizes_are_known(void **state) {
    (void)state;
    BdStream *stream = NULL;
    file_write(folder_path(&folder, "a.csv", path), text, TEXT_BYTES);
    assert_int_equal(bd_stream_open(&stream, path, NULL, NULL), 0);
    assert_string_equal(bd_stream_name(stream), path);
    assert_int_equal(bd_stream_size(stream), TEXT_BYTES);
    bd_stream_close(stream);

    file_write_gzip(folder_path(&folder, "a.gz", path), "wb", text, TEXT_BYTES);
    assert_int_equal(bd_stream_open(&stream, path, NULL, NULL), 0);
    assert_string_equal(bd_stream_name(stream), path);
    assert_int_equal(bd_stream_size(stream), -1);
    bd_stream_close(stream);

    char name[PATH_BYTES + 16];
    file_write_zip(folder_path(&folder, "a.zip", path), "a.csv", text, TEXT_BYTES);
    snprintf(name, sizeof(name), "%s(a.csv)", path);
    assert_int_equal(bd_stream_open(&stream, path, NULL, NULL), 0);
    assert_string_equal(bd_stream_name(stream), name);
    assert_int_equal(bd_stream_size(stream), TEXT_BYTES);
    bd_stream_close(stream);
}

static void what_does_not_compress_is_read(void **state) {
    (void)state;
    size_t n = 300 * 1000;
    char *noise = malloc(n);
    assert_non_null(noise);
    unsigned seed = 3;
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1103515245 + 12345;
        noise[i] = (char)(seed >> 16);
    }
    const char *names[] = {"noise.gz", "noise.zip", "noise"};
    file_write_gzip(folder_path(&folder, names[0], path), "wb", noise, n);
    file_write_zip(folder_path(&folder, names[1], path), "noise", noise, n);
    file_write(folder_path(&folder, names[2], path), noise, n);
    const size_t caps[] = {997, 65536, 1000000};
    for (size_t i = 0; i < 9; i++) {
        BdBuf out = {0};
        folder_path(&folder, names[i / 3], path);
        assert_int_equal(file_stream(path, NULL, caps[i % 3], &out, NULL), 0);
        assert_int_equal(out.len, n);
        assert_memory_equal(out.p, noise, n);
        bd_buf_deinit(&out);
    }
    free(noise);
}

static void the_end_is_given_again(void **state) {
    (void)state;
    const char *names[] = {"a.csv", "a.gz", "a.zip"};
    file_write(folder_path(&folder, names[0], path), text, TEXT_BYTES);
    file_write_gzip(folder_path(&folder, names[1], path), "wb", text, TEXT_BYTES);
    file_write_zip(folder_path(&folder, names[2], path), "m", text, TEXT_BYTES);
    for (int i = 0; i < 3; i++) {
        BdStream *stream = NULL;
        char copy[200];
        assert_int_equal(bd_stream_open(&stream, folder_path(&folder, names[i], path), NULL, NULL),
                         0);
        while (bd_stream_read(stream, copy, sizeof(copy), NULL) > 0) {
        }
        assert_int_equal(bd_stream_read(stream, copy, sizeof(copy), NULL), 0);
        bd_stream_close(stream);
    }
}

static void empty_content_is_an_empty_stream(void **state) {
    (void)state;
    file_write(folder_path(&folder, "a.csv", path), "", 0);
    expect_bytes(NULL, "", 0);
    file_write_gzip(folder_path(&folder, "a.gz", path), "wb", "", 0);
    expect_bytes(NULL, "", 0);
    file_write_zip(folder_path(&folder, "a.zip", path), "m", "", 0);
    expect_bytes(NULL, "", 0);
}

/* ---- what cannot be opened ---- */

static void a_missing_file_is_named(void **state) {
    (void)state;
    folder_path(&folder, "missing.zip", path);
    expect_error(NULL, BD_E_IO, "No such file");
}

static void a_folder_is_no_file(void **state) {
    (void)state;
    snprintf(path, sizeof(path), "%s", folder.path);
    expect_error(NULL, BD_E_IO, "is a directory");
}

static void a_pipe_is_no_file_and_does_not_hold_up(void **state) {
    (void)state;
    assert_int_equal(mkfifo(folder_path(&folder, "pipe", path), 0600), 0);
    expect_error(NULL, BD_E_IO, "not a regular file");
}

static void an_unreadable_file_is_named(void **state) {
    (void)state;
    uid_t self = geteuid();
    file_write(folder_path(&folder, "secret", path), text, TEXT_BYTES);
    assert_int_equal(chmod(path, 0), 0);
    assert_true(self != 0 || seteuid(65534) == 0);
    BdStream *stream = NULL;
    BdErr err = BD_ERR_INIT;
    int rc = bd_stream_open(&stream, path, NULL, &err);
    assert_int_equal(seteuid(self), 0);
    assert_int_equal(rc, -1);
    assert_int_equal(err.code, BD_E_IO);
    assert_non_null(strstr(err.msg, path));
    assert_non_null(strstr(err.msg, "Permission denied"));
}

static void a_name_that_promises_a_zip_is_held_to_it(void **state) {
    (void)state;
    file_write(folder_path(&folder, "empty.zip", path), "", 0);
    expect_error(NULL, BD_E_FORMAT, "is empty, not a zip file");
    file_write(folder_path(&folder, "garbage.ZIP", path), text, TEXT_BYTES);
    expect_error(NULL, BD_E_FORMAT, "not a zip file");
    file_write(folder_path(&folder, "short.zip", path), "PK\003", 3);
    expect_error(NULL, BD_E_FORMAT, "not a zip file");
    file_write(folder_path(&folder, "empty.gz", path), "", 0);
    expect_error(NULL, BD_E_FORMAT, "is empty, not a gz file");
}

static void other_files_have_no_members(void **state) {
    (void)state;
    file_write(folder_path(&folder, "a.csv", path), text, TEXT_BYTES);
    expect_error("a.csv", BD_E_FORMAT, "is no zip");
    file_write_gzip(folder_path(&folder, "a.gz", path), "wb", text, TEXT_BYTES);
    expect_error("a.csv", BD_E_FORMAT, "is no zip");
}

/* ---- gzip ---- */

static void gzip_members_are_joined(void **state) {
    (void)state;
    folder_path(&folder, "two.gz", path);
    file_write_gzip(path, "wb", "first;", 6);
    file_write_gzip(path, "ab", "", 0);
    file_write_gzip(path, "ab", "second", 6);
    expect_bytes(NULL, "first;second", 12);
}

static void a_cut_gzip_file_is_never_a_short_one(void **state) {
    (void)state;
    BdBuf whole = {0};
    file_write_gzip(folder_path(&folder, "a.gz", path), "wb", text, TEXT_BYTES);
    file_read(path, &whole);
    for (size_t n = 0; n < whole.len; n++) {
        file_write(path, whole.p, n);
        assert_false(expect_error_or_text(1 + n % 50));
    }
    bd_buf_deinit(&whole);
}

static void a_cut_second_gzip_member_is_noticed(void **state) {
    (void)state;
    BdBuf whole = {0};
    file_write_gzip(folder_path(&folder, "a.gz", path), "wb", "", 0);
    file_read(path, &whole);
    size_t first = whole.len;
    bd_buf_reset(&whole);
    file_write_gzip(path, "wb", text, TEXT_BYTES);
    file_write_gzip(path, "ab", "", 0);
    file_read(path, &whole);
    for (size_t n = whole.len - first + 1; n < whole.len; n++) {
        file_write(path, whole.p, n);
        expect_error(NULL, BD_E_FORMAT, "damaged");
    }
    bd_buf_deinit(&whole);
}

static void bytes_behind_a_gzip_member_are_noticed(void **state) {
    (void)state;
    BdBuf whole = {0};
    file_write_gzip(folder_path(&folder, "a.gz", path), "wb", text, TEXT_BYTES);
    file_read(path, &whole);
    assert_int_equal(bd_buf_append_str(&whole, "garbage"), 0);
    file_write(path, whole.p, whole.len);
    expect_error(NULL, BD_E_FORMAT, "incorrect header check");
    bd_buf_deinit(&whole);
}

static void a_flipped_gzip_byte_is_noticed(void **state) {
    (void)state;
    BdBuf whole = {0};
    file_write_gzip(folder_path(&folder, "a.dat", path), "wb", text, TEXT_BYTES);
    file_read(path, &whole);
    for (size_t i = 2; i < whole.len; i++) {
        whole.p[i] = (char)(whole.p[i] ^ 0x55);
        file_write(path, whole.p, whole.len);
        bool same = expect_error_or_text(64);
        assert_true(!same || i < 10); /* a time, say, in the header */
        whole.p[i] = (char)(whole.p[i] ^ 0x55);
    }
    bd_buf_deinit(&whole);
}

/* ---- allocations ---- */

static int read_file(void *context, BdErr *err) {
    (void)context;
    BdStream *stream = NULL;
    if (bd_stream_open(&stream, path, NULL, err) != 0) {
        assert_null(stream);
        return -1;
    }
    char chunk[32];
    int64_t n = 0;
    while ((n = bd_stream_read(stream, chunk, sizeof(chunk), err)) > 0) {
    }
    bd_stream_close(stream);
    return (int)n;
}

static int read_memory(void *context, BdErr *err) {
    (void)context;
    BdStream *stream = NULL;
    int rc = stream_open_memory(&stream, "mem", text, TEXT_BYTES, err);
    bd_stream_close(stream);
    return rc;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    file_write(folder_path(&folder, "a.csv", path), text, TEXT_BYTES);
    assert_int_equal(memory_fail_each(read_file, NULL), 2);
    file_write_zip(folder_path(&folder, "a.zip", path), "m", text, TEXT_BYTES);
    assert_true(memory_fail_each(read_file, NULL) >= 4);
    file_write_gzip(folder_path(&folder, "a.gz", path), "wb", text, TEXT_BYTES);
    assert_true(memory_fail_each(read_file, NULL) >= 4);
    assert_int_equal(memory_fail_each(read_memory, NULL), 2);
}

#define FILE_CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        FILE_CASE(plain_files_are_read),
        FILE_CASE(gzip_files_are_read),
        FILE_CASE(the_only_member_of_a_zip_is_read),
        FILE_CASE(the_first_bytes_tell_the_kind_not_the_name),
        FILE_CASE(memory_is_read),
        FILE_CASE(names_and_sizes_are_known),
        FILE_CASE(what_does_not_compress_is_read),
        FILE_CASE(the_end_is_given_again),
        FILE_CASE(empty_content_is_an_empty_stream),
        FILE_CASE(a_missing_file_is_named),
        FILE_CASE(a_folder_is_no_file),
        FILE_CASE(a_pipe_is_no_file_and_does_not_hold_up),
        FILE_CASE(an_unreadable_file_is_named),
        FILE_CASE(a_name_that_promises_a_zip_is_held_to_it),
        FILE_CASE(other_files_have_no_members),
        FILE_CASE(gzip_members_are_joined),
        FILE_CASE(a_cut_gzip_file_is_never_a_short_one),
        FILE_CASE(a_cut_second_gzip_member_is_noticed),
        FILE_CASE(bytes_behind_a_gzip_member_are_noticed),
        FILE_CASE(a_flipped_gzip_byte_is_noticed),
        FILE_CASE(every_failing_allocation_is_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
