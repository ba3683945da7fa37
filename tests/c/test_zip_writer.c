/*
 * test_zip_writer.c - zips that we write: other programs read them, and the same content gives the
 * same bytes.
 */
#include "input/zip_writer.h"

#include "input/stream.h"
#include "support/files.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <minizip/unzip.h>

static Folder folder;
static char path[PATH_BYTES];

static int set_up(void **state) {
    folder_init(&folder);
    folder_path(&folder, "a.zip", path);
    return memory_note_live(state);
}

static int tear_down(void **state) {
    folder_deinit(&folder);
    return memory_check_live(state);
}

static void what_was_written_is_read(void **state) {
    (void)state;
    BdZipWriter *writer = NULL;
    BdBuf out = {0};
    assert_int_equal(bd_zip_writer_open(&writer, path, "nygeo.uf1", NULL), 0);
    assert_int_equal(bd_zip_writer_write(writer, "one\n", 4, NULL), 0);
    assert_int_equal(bd_zip_writer_write(writer, "", 0, NULL), 0);
    assert_int_equal(bd_zip_writer_write(writer, "two\n", 4, NULL), 0);
    assert_int_equal(bd_zip_writer_close(writer, NULL), 0);
    assert_int_equal(file_stream(path, "nygeo.uf1", 100, &out, NULL), 0);
    assert_int_equal(out.len, 8);
    assert_memory_equal(out.p, "one\ntwo\n", 8);
    bd_buf_deinit(&out);
}

static void a_member_may_be_empty(void **state) {
    (void)state;
    BdBuf out = {0};
    file_write_zip(path, "m", "", 0);
    assert_int_equal(file_stream(path, NULL, 100, &out, NULL), 0);
    assert_int_equal(out.len, 0);
    bd_buf_deinit(&out);
}

static void megabytes_are_compressed(void **state) {
    (void)state;
    size_t n = 5 * 1000 * 1000;
    char *text = malloc(n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++) {
        text[i] = "0,0,12,0,0\r\n"[i % 12];
    }
    file_write_zip(path, "m", text, n);
    BdZipMember *members = NULL;
    size_t count = 0;
    assert_int_equal(bd_zip_members(&members, &count, path, NULL), 0);
    assert_int_equal(count, 1);
    assert_int_equal(members[0].bytes, n);
    assert_in_range(members[0].compressed_bytes, 1, n / 50);
    bd_zip_members_free(members, count);
    BdBuf out = {0};
    assert_int_equal(file_stream(path, NULL, 65536, &out, NULL), 0);
    assert_int_equal(out.len, n);
    assert_memory_equal(out.p, text, n);
    bd_buf_deinit(&out);
    free(text);
}

static void the_same_content_gives_the_same_bytes(void **state) {
    (void)state;
    BdBuf first = {0};
    BdBuf second = {0};
    file_write_zip(path, "m", "text", 4);
    file_read(path, &first);
    file_write(path, "something longer that was there before, to be replaced", 54);
    file_write_zip(path, "m", "text", 4);
    file_read(path, &second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.p, second.p, first.len);
    bd_buf_deinit(&first);
    bd_buf_deinit(&second);
}

static void the_date_is_constant_and_the_mode_is_0644(void **state) {
    (void)state;
    unz_file_info64 info;
    file_write_zip(path, "m", "text", 4);
    unzFile zip = unzOpen64(path);
    assert_non_null(zip);
    assert_int_equal(unzGetCurrentFileInfo64(zip, &info, NULL, 0, NULL, 0, NULL, 0), UNZ_OK);
    unzClose(zip);
    assert_int_equal(info.tmu_date.tm_year, 2000);
    assert_int_equal(info.tmu_date.tm_mon, 0);
    assert_int_equal(info.tmu_date.tm_mday, 1);
    assert_int_equal(info.tmu_date.tm_hour, 0);
    assert_int_equal(info.external_fa >> 16, 0100644);
    assert_int_equal(info.version >> 8, 3);
}

static void a_file_that_cannot_be_created_is_named(void **state) {
    (void)state;
    BdZipWriter *writer = NULL;
    BdErr err = BD_ERR_INIT;
    folder_path(&folder, "missing/a.zip", path);
    assert_int_equal(bd_zip_writer_open(&writer, path, "m", &err), -1);
    assert_null(writer);
    assert_int_equal(err.code, BD_E_IO);
    assert_non_null(strstr(err.msg, path));
    assert_non_null(strstr(err.msg, "No such file"));
    assert_int_equal(bd_zip_writer_close(NULL, NULL), 0);
}

/* Not later than at the end. */
static void a_full_disk_is_noticed(void **state) {
    (void)state;
    BdZipWriter *writer = NULL;
    BdErr err = BD_ERR_INIT;
    char noise[50000];
    unsigned seed = 5;
    if (access("/dev/full", W_OK) != 0) {
        print_message("skipped: there is no /dev/full\n");
        skip();
    }
    for (size_t i = 0; i < sizeof(noise); i++) {
        seed = seed * 1103515245 + 12345;
        noise[i] = (char)(seed >> 16);
    }
    for (size_t n = 0; n <= sizeof(noise); n += sizeof(noise)) {
        int rc = bd_zip_writer_open(&writer, "/dev/full", "m", &err);
        int write_rc = 0;
        for (int i = 0; i < 20 && rc == 0 && write_rc == 0; i++) {
            write_rc = bd_zip_writer_write(writer, noise, n, &err);
        }
        if (rc == 0) {
            assert_int_equal(bd_zip_writer_close(writer, &err), -1);
        }
        assert_int_equal(err.code, BD_E_IO);
        assert_non_null(strstr(err.msg, "/dev/full"));
    }
}

static int write_one(void *context, BdErr *err) {
    (void)context;
    BdZipWriter *writer = NULL;
    if (bd_zip_writer_open(&writer, path, "m", err) != 0) {
        assert_null(writer);
        return -1;
    }
    return bd_zip_writer_close(writer, err);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    assert_int_equal(memory_fail_each(write_one, NULL), 2);
}

#define FILE_CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        FILE_CASE(what_was_written_is_read),
        FILE_CASE(a_member_may_be_empty),
        FILE_CASE(megabytes_are_compressed),
        FILE_CASE(the_same_content_gives_the_same_bytes),
        FILE_CASE(the_date_is_constant_and_the_mode_is_0644),
        FILE_CASE(a_file_that_cannot_be_created_is_named),
        FILE_CASE(a_full_disk_is_noticed),
        FILE_CASE(every_failing_allocation_is_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
