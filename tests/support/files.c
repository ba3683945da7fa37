#include "support/files.h"

#include "input/stream.h"
#include "input/zip_writer.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>
#include <minizip/zip.h>

void temporary_name(const char *begin, char name[TEMPORARY_BYTES]) {
    const char *base = getenv("TMPDIR");
    snprintf(name, TEMPORARY_BYTES, "%s/%s-XXXXXX",
             base != NULL && strlen(base) < 200 ? base : "/tmp", begin);
}

void folder_init(Folder *folder) {
    temporary_name("bigdata-test", folder->path);
    assert_non_null(mkdtemp(folder->path));
}

const char *folder_path(const Folder *folder, const char *name, char path[PATH_BYTES]) {
    int n = snprintf(path, PATH_BYTES, "%s/%s", folder->path, name);
    assert_true(n > 0 && n < PATH_BYTES);
    return path;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw) {
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

void folder_deinit(Folder *folder) {
    assert_int_equal(nftw(folder->path, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

void file_write(const char *path, const char *p, size_t n) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(p, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

void file_read(const char *path, BdBuf *out) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char chunk[4096];
    for (size_t n = 0; (n = fread(chunk, 1, sizeof(chunk), file)) > 0;) {
        assert_int_equal(bd_buf_append(out, chunk, n), 0);
    }
    assert_int_equal(ferror(file), 0);
    fclose(file);
}

void file_write_byte(const char *path, size_t at, char byte) {
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
}

void file_write_zip(const char *path, const char *member, const char *p, size_t n) {
    BdZipWriter *writer = NULL;
    assert_int_equal(bd_zip_writer_open(&writer, path, member, NULL), 0);
    assert_int_equal(bd_zip_writer_write(writer, p, n, NULL), 0);
    assert_int_equal(bd_zip_writer_close(writer, NULL), 0);
}

void file_write_zip_members(const char *path, const FileMember *members, size_t count) {
    zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);
    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        zip_fileinfo info = {.dosDate = 0x28210000};
        int method = members[i].stored ? 0 : Z_DEFLATED;
        assert_int_equal(zipOpenNewFileInZip(zip, members[i].name, &info, NULL, 0, NULL, 0, NULL,
                                             method, Z_DEFAULT_COMPRESSION),
                         ZIP_OK);
        unsigned n = (unsigned)strlen(members[i].text);
        assert_int_equal(zipWriteInFileInZip(zip, members[i].text, n), ZIP_OK);
        assert_int_equal(zipCloseFileInZip(zip), ZIP_OK);
    }
    assert_int_equal(zipClose(zip, NULL), ZIP_OK);
}

void file_write_gzip(const char *path, const char *mode, const char *p, size_t n) {
    gzFile file = gzopen(path, mode);
    assert_non_null(file);
    if (n > 0) {
        assert_int_equal(gzwrite(file, p, (unsigned)n), n);
    }
    assert_int_equal(gzclose(file), Z_OK);
}

int file_stream(const char *path, const char *member, size_t cap, BdBuf *out, BdErr *err) {
    BdStream *stream = NULL;
    if (bd_stream_open(&stream, path, member, err) != 0) {
        assert_null(stream);
        return -1;
    }
    char *chunk = malloc(cap);
    assert_non_null(chunk);
    int64_t n = 0;
    while ((n = bd_stream_read(stream, chunk, cap, err)) > 0) {
        assert_true((size_t)n <= cap);
        assert_int_equal(bd_buf_append(out, chunk, (size_t)n), 0);
    }
    free(chunk);
    bd_stream_close(stream);
    return (int)n;
}

bool file_census(const char *name, char path[PATH_BYTES]) {
    const char *folder = getenv("BIGDATA_CENSUS_DATA");
    snprintf(path, PATH_BYTES, "%s/%s", folder != NULL ? folder : "../shared/data", name);
    if (access(path, R_OK) == 0) {
        return true;
    }
    print_message("skipped: there is no %s (BIGDATA_CENSUS_DATA names the folder)\n", path);
    return false;
}
