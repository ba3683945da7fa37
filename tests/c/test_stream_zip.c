/*
 * test_stream_zip.c - zips: choosing a member, listing them, and damage of every kind.
 */
#include "input/stream.h"

#include "support/files.h"
#include "support/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = "one,1\ntwo,2\nthree,3\nand so on, and so on, and so on, and so on\n";
enum { TEXT_BYTES = sizeof(text) - 1 };

static const FileMember three[] = {
    {.name = "folder/", .text = ""},
    {.name = "folder/a.csv", .text = "a"},
    {.name = "b.csv", .text = text},
    {.name = "c.csv", .text = "cc", .stored = true},
};

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

static void expect_text(const char *member, const char *expected) {
    BdErr err = BD_ERR_INIT;
    BdBuf out = {0};
    if (file_stream(path, member, 7, &out, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    assert_int_equal(out.len, strlen(expected));
    assert_memory_equal(out.p, expected, out.len);
    bd_buf_deinit(&out);
}

static void expect_error(const char *member, const char *words) {
    BdErr err = BD_ERR_INIT;
    BdBuf out = {0};
    assert_int_equal(file_stream(path, member, 7, &out, &err), -1);
    if (err.code != BD_E_FORMAT || strstr(err.msg, words) == NULL ||
        strstr(err.msg, path) == NULL) {
        fail_msg("unexpected error %d: %s", (int)err.code, err.msg);
    }
    bd_buf_deinit(&out);
}

/* Reading fails with BD_E_FORMAT (0), or gives the text (1); anything else fails the case. */
static int read_damaged(size_t cap, BdErr *err) {
    BdBuf out = {0};
    int rc = file_stream(path, NULL, cap, &out, err);
    if (rc == 0) {
        assert_int_equal(out.len, TEXT_BYTES);
        assert_memory_equal(out.p, text, TEXT_BYTES);
    } else {
        assert_int_equal(err->code, BD_E_FORMAT);
        assert_non_null(strstr(err->msg, path));
    }
    bd_buf_deinit(&out);
    return rc + 1;
}

/* Where the n-th occurrence of a zip structure begins: "PK" and two bytes. */
static size_t find(const BdBuf *zip, const char *signature) {
    for (size_t i = 0; i + 4 <= zip->len; i++) {
        if (memcmp(zip->p + i, signature, 4) == 0) {
            return i;
        }
    }
    fail_msg("the zip lacks a structure");
    return 0;
}

#define LOCAL_HEADER     "PK\003\004"
#define DIRECTORY_HEADER "PK\001\002"

/* Overwrite the same field of the local header and of the directory, and write the file. */
static void patch(BdBuf *zip, size_t local, size_t directory, const char *bytes, size_t n) {
    memcpy(zip->p + find(zip, LOCAL_HEADER) + local, bytes, n);
    memcpy(zip->p + find(zip, DIRECTORY_HEADER) + directory, bytes, n);
    file_write(path, zip->p, zip->len);
}

/* A zip of one member that holds the text. */
static void make_zip(BdBuf *zip, bool stored) {
    FileMember member = {.name = "m.csv", .text = text, .stored = stored};
    file_write_zip_members(path, &member, 1);
    file_read(path, zip);
}

/* ---- members ---- */

static void members_are_chosen_by_name(void **state) {
    (void)state;
    file_write_zip_members(path, three, 4);
    expect_text("folder/a.csv", "a");
    expect_text("b.csv", text);
    expect_text("c.csv", "cc");
}

static void of_members_with_one_name_the_first_is_taken(void **state) {
    (void)state;
    const FileMember twins[] = {{.name = "m", .text = "first"}, {.name = "m", .text = "second"}};
    file_write_zip_members(path, twins, 2);
    expect_text("m", "first");
}

static void a_choice_is_asked_for_where_there_are_several(void **state) {
    (void)state;
    file_write_zip_members(path, three, 4);
    expect_error(NULL, "has 3 members, say which: folder/a.csv, b.csv, c.csv");
}

static void a_member_that_is_not_there_is_refused_with_a_list(void **state) {
    (void)state;
    file_write_zip_members(path, three, 4);
    expect_error("d.csv", "has no member d.csv, it has folder/a.csv, b.csv, c.csv");
    expect_error("B.CSV", "has no member B.CSV");
    expect_error("folder", "has no member folder");
}

static void a_long_list_of_members_is_cut(void **state) {
    (void)state;
    FileMember many[40];
    char names[40][101];
    for (int i = 0; i < 40; i++) {
        memset(names[i], 'n', 100);
        names[i][100] = '\0';
        snprintf(names[i], 12, "%d", i);
        names[i][strlen(names[i])] = '-';
        many[i] = (FileMember){.name = names[i], .text = ""};
    }
    file_write_zip_members(path, many, 40);
    expect_error(NULL, "has 40 members");
    expect_error(NULL, ", ...");
}

static void folders_do_not_count_as_members(void **state) {
    (void)state;
    file_write_zip_members(path, three, 2);
    expect_text(NULL, "a");
    file_write_zip_members(path, three, 1);
    expect_error(NULL, "zip without members");
}

static void a_zip_without_members_is_refused(void **state) {
    (void)state;
    file_write_zip_members(path, three, 0);
    expect_error(NULL, "zip without members");
    expect_error("a", "zip without members");
}

static void members_are_listed_in_order(void **state) {
    (void)state;
    BdZipMember *members = NULL;
    size_t count = 0;
    file_write_zip_members(path, three, 4);
    assert_int_equal(bd_zip_members(&members, &count, path, NULL), 0);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(members[i].name, three[i + 1].name);
        assert_int_equal(members[i].bytes, strlen(three[i + 1].text));
    }
    assert_true(members[1].compressed_bytes < members[1].bytes);
    assert_int_equal(members[2].compressed_bytes, 2);
    bd_zip_members_free(members, count);
}

static void only_a_zip_has_members(void **state) {
    (void)state;
    BdZipMember *members = NULL;
    size_t count = 7;
    BdErr err = BD_ERR_INIT;
    file_write(path, text, TEXT_BYTES);
    assert_int_equal(bd_zip_members(&members, &count, path, &err), 0);
    assert_int_equal(count, 0);
    assert_null(members);
    folder_path(&folder, "missing", path);
    assert_int_equal(bd_zip_members(&members, &count, path, &err), -1);
    assert_int_equal(err.code, BD_E_IO);
    file_write(path, "PK\003\004 and no more", 16);
    assert_int_equal(bd_zip_members(&members, &count, path, &err), -1);
    assert_int_equal(err.code, BD_E_FORMAT);
    bd_zip_members_free(NULL, 0);
}

/* ---- damage ---- */

static void a_cut_zip_is_an_error_at_every_length(void **state) {
    (void)state;
    BdBuf zip = {0};
    BdErr err = BD_ERR_INIT;
    file_write_zip(path, "m.csv", text, TEXT_BYTES);
    file_read(path, &zip);
    for (size_t n = 0; n < zip.len; n++) {
        file_write(path, zip.p, n);
        /* The last four bytes, a comment's length among them, tell nothing about members. */
        assert_true(read_damaged(1 + n % 70, &err) == 0 || n + 4 >= zip.len);
    }
    bd_buf_deinit(&zip);
}

static void a_cut_zip_says_so(void **state) {
    (void)state;
    BdBuf zip = {0};
    BdErr err = BD_ERR_INIT;
    make_zip(&zip, false);
    file_write(path, zip.p, zip.len / 2);
    assert_int_equal(read_damaged(10, &err), 0);
    assert_non_null(strstr(err.msg, "is damaged: the directory at the end of a zip is missing"));
    assert_non_null(strstr(err.hint, "cut short"));
    bd_buf_deinit(&zip);
}

static void a_flipped_byte_never_changes_the_content(void **state) {
    (void)state;
    for (int stored = 0; stored <= 1; stored++) {
        BdBuf zip = {0};
        make_zip(&zip, stored != 0);
        size_t data = find(&zip, LOCAL_HEADER) + 30 + strlen("m.csv");
        size_t directory = find(&zip, DIRECTORY_HEADER);
        for (size_t i = 4; i < zip.len; i++) {
            for (int bit = 0; bit < 8; bit++) {
                BdErr err = BD_ERR_INIT;
                file_write_byte(path, i, (char)(zip.p[i] ^ 1 << bit));
                int same = read_damaged(33, &err);
                /* Of compressed data, the marks of their end can be spared. */
                assert_true(!same || !stored || i < data || i >= directory);
            }
            file_write_byte(path, i, zip.p[i]);
        }
        bd_buf_deinit(&zip);
    }
}

static void a_wrong_crc_is_named(void **state) {
    (void)state;
    BdBuf zip = {0};
    make_zip(&zip, true);
    size_t data = find(&zip, LOCAL_HEADER) + 30 + strlen("m.csv");
    zip.p[data + 5] ^= 1;
    file_write(path, zip.p, zip.len);
    expect_error(NULL, "a.zip(m.csv) is damaged: its CRC is wrong");
    zip.p[data + 5] ^= 1;
    patch(&zip, 14, 16, "\0\0\0\0", 4);
    expect_error(NULL, "its CRC is wrong");
    bd_buf_deinit(&zip);
}

static void an_encrypted_member_is_refused(void **state) {
    (void)state;
    BdBuf zip = {0};
    make_zip(&zip, false);
    patch(&zip, 6, 8, "\1\0", 2);
    expect_error(NULL, "a.zip(m.csv) is encrypted");
    bd_buf_deinit(&zip);
}

static void an_unknown_compression_is_refused(void **state) {
    (void)state;
    BdBuf zip = {0};
    make_zip(&zip, false);
    patch(&zip, 8, 10, "\x0c\0", 2);
    expect_error(NULL, "compressed by method 12, which is not supported");
    bd_buf_deinit(&zip);
}

static void a_member_shorter_than_promised_is_an_error(void **state) {
    (void)state;
    BdBuf zip = {0};
    make_zip(&zip, false);
    const char size[] = {TEXT_BYTES + 9, 0, 0, 0};
    patch(&zip, 22, 24, size, 4);
    expect_error(NULL, "it ends after");
    bd_buf_deinit(&zip);
}

static void a_member_longer_than_promised_is_an_error(void **state) {
    (void)state;
    BdBuf zip = {0};
    make_zip(&zip, false);
    const char size[] = {TEXT_BYTES - 9, 0, 0, 0};
    patch(&zip, 22, 24, size, 4);
    expect_error(NULL, "its CRC is wrong");
    bd_buf_deinit(&zip);
}

static void a_failure_is_not_followed_by_an_end(void **state) {
    (void)state;
    BdBuf zip = {0};
    make_zip(&zip, true);
    patch(&zip, 14, 16, "\0\0\0\0", 4);
    BdStream *stream = NULL;
    char chunk[200];
    assert_int_equal(bd_stream_open(&stream, path, NULL, NULL), 0);
    assert_int_equal(bd_stream_read(stream, chunk, sizeof(chunk), NULL), TEXT_BYTES);
    assert_int_equal(bd_stream_read(stream, chunk, sizeof(chunk), NULL), -1);
    assert_int_equal(bd_stream_read(stream, chunk, sizeof(chunk), NULL), -1);
    bd_stream_close(stream);
    bd_buf_deinit(&zip);
}

/* ---- allocations ---- */

static int list_members(void *context, BdErr *err) {
    (void)context;
    BdZipMember *members = NULL;
    size_t count = 0;
    int rc = bd_zip_members(&members, &count, path, err);
    bd_zip_members_free(members, count);
    return rc;
}

static int refuse(void *context, BdErr *err) {
    (void)context;
    BdStream *stream = NULL;
    assert_int_equal(bd_stream_open(&stream, path, NULL, err), -1);
    return err->code == BD_E_NOMEM ? -1 : 0;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    file_write_zip_members(path, three, 4);
    assert_true(memory_fail_each(list_members, NULL) >= 5);
    assert_true(memory_fail_each(refuse, NULL) >= 9);
}

#define FILE_CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        FILE_CASE(members_are_chosen_by_name),
        FILE_CASE(of_members_with_one_name_the_first_is_taken),
        FILE_CASE(a_choice_is_asked_for_where_there_are_several),
        FILE_CASE(a_member_that_is_not_there_is_refused_with_a_list),
        FILE_CASE(a_long_list_of_members_is_cut),
        FILE_CASE(folders_do_not_count_as_members),
        FILE_CASE(a_zip_without_members_is_refused),
        FILE_CASE(members_are_listed_in_order),
        FILE_CASE(only_a_zip_has_members),
        FILE_CASE(a_cut_zip_is_an_error_at_every_length),
        FILE_CASE(a_cut_zip_says_so),
        FILE_CASE(a_flipped_byte_never_changes_the_content),
        FILE_CASE(a_wrong_crc_is_named),
        FILE_CASE(an_encrypted_member_is_refused),
        FILE_CASE(an_unknown_compression_is_refused),
        FILE_CASE(a_member_shorter_than_promised_is_an_error),
        FILE_CASE(a_member_longer_than_promised_is_an_error),
        FILE_CASE(a_failure_is_not_followed_by_an_end),
        FILE_CASE(every_failing_allocation_is_reported),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
