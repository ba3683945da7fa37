/*
 * fuzz_zip.c - any file as a stream: zip, gzip or plain. It is listed and read to its end; as a zip
 * also by the name of its first member. What is given must not exceed what is promised.
 */
#include "input/stream.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define READ_LIMIT (INT64_C(16) * 1024 * 1024) /* of a bomb, this is enough */

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void check_stream(const char *path, const char *member) {
    BdStream *stream = NULL;
    BdErr err = BD_ERR_INIT;
    if (bd_stream_open(&stream, path, member, &err) != 0) {
        check(stream == NULL && err.code != BD_E_NONE && strstr(err.msg, path) != NULL);
        return;
    }
    char chunk[4096];
    int64_t size = bd_stream_size(stream);
    int64_t total = 0;
    int64_t n = 0;
    while (total < READ_LIMIT && (n = bd_stream_read(stream, chunk, sizeof(chunk), &err)) > 0) {
        check(n <= (int64_t)sizeof(chunk));
        total += n;
    }
    check(size < 0 || (n == 0 ? total == size : total <= size));
    check(n >= 0 || err.code != BD_E_NONE);
    bd_stream_close(stream);
}

static void check_members(const char *path) {
    BdZipMember *members = NULL;
    size_t count = 0;
    BdErr err = BD_ERR_INIT;
    if (bd_zip_members(&members, &count, path, &err) != 0) {
        check(members == NULL && count == 0 && err.code != BD_E_NONE);
        return;
    }
    if (count > 0) {
        check_stream(path, members[0].name);
    }
    bd_zip_members_free(members, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *folder = getenv("TMPDIR"); /* one in memory makes fuzzing faster */
    char path[256];
    int length =
        snprintf(path, sizeof(path), "%s/bigdata-fuzz-XXXXXX", folder != NULL ? folder : "/tmp");
    check(length > 0 && length < (int)sizeof(path));
    int fd = mkstemp(path);
    check(fd >= 0);
    check(write(fd, data, size) == (ssize_t)size);
    close(fd);
    check_stream(path, NULL);
    check_stream(path, "m");
    check_members(path);
    unlink(path);
    return 0;
}
