#include "input/zip_writer.h"

#include "core/mem.h"

#include <errno.h>
#include <limits.h>
#include <minizip/zip.h>
#include <stdbool.h>

enum {
    LEVEL = 6,
    MADE_BY_UNIX = 3 << 8 | 45,                    /* of zip version 4.5, which has zip64 */
    DATE_2000_01_01 = (20 << 9 | 1 << 5 | 1) << 16 /* years since 1980, month, day; midnight */
};

#define MODE_0644 (0100644UL << 16) /* a regular file that its owner may write to */

struct BdZipWriter {
    zipFile zip;
    char *path;
    bool failed;
};

static int fail(BdZipWriter *writer, int code, BdErr *err) {
    writer->failed = true;
    if (code == ZIP_ERRNO && errno != 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot write %s", writer->path);
    }
    return bd_err_set(err, BD_E_IO, code, "cannot write %s", writer->path);
}

static int begin_member(BdZipWriter *writer, const char *member, BdErr *err) {
    zip_fileinfo info = {.dosDate = DATE_2000_01_01, .external_fa = MODE_0644};
    /* Always zip64: how long the member gets is not known yet. */
    int code = zipOpenNewFileInZip4_64(writer->zip, member, &info, NULL, 0, NULL, 0, NULL,
                                       Z_DEFLATED, LEVEL, 0, -MAX_WBITS, DEF_MEM_LEVEL,
                                       Z_DEFAULT_STRATEGY, NULL, 0, MADE_BY_UNIX, 0, 1);
    return code == ZIP_OK ? 0 : fail(writer, code, err);
}

int bd_zip_writer_open(BdZipWriter **out, const char *path, const char *member, BdErr *err) {
    *out = NULL;
    BdZipWriter *writer = bd_alloc(sizeof(*writer));
    char *path_copy = bd_strdup(path);
    if (writer == NULL || path_copy == NULL) {
        bd_free(writer);
        bd_free(path_copy);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory to write %s", path);
    }
    writer->path = path_copy;
    errno = 0;
    writer->zip = zipOpen64(path, APPEND_STATUS_CREATE);
    if (writer->zip == NULL) {
        bd_err_set_sys(err, BD_E_IO, errno != 0 ? errno : EIO, "cannot create %s", path);
        bd_free(path_copy);
        bd_free(writer);
        return -1;
    }
    if (begin_member(writer, member, err) != 0) {
        bd_zip_writer_close(writer, NULL);
        return -1;
    }
    *out = writer;
    return 0;
}

int bd_zip_writer_write(BdZipWriter *writer, const char *p, size_t n, BdErr *err) {
    while (n > 0) {
        unsigned part = n > INT_MAX ? INT_MAX : (unsigned)n;
        errno = 0;
        int code = zipWriteInFileInZip(writer->zip, p, part);
        if (code != ZIP_OK) {
            return fail(writer, code, err);
        }
        p += part;
        n -= part;
    }
    return 0;
}

int bd_zip_writer_close(BdZipWriter *writer, BdErr *err) {
    if (writer == NULL) {
        return 0;
    }
    errno = 0;
    bool failed_before = writer->failed;
    int code = zipCloseFileInZip(writer->zip);
    int close_code = zipClose(writer->zip, NULL);
    int rc = 0;
    if (code != ZIP_OK || close_code != ZIP_OK) {
        rc = fail(writer, code != ZIP_OK ? code : close_code, err);
    } else if (failed_before) {
        rc = bd_err_set(err, BD_E_IO, 0, "%s is incomplete: a write had failed", writer->path);
    }
    bd_free(writer->path);
    bd_free(writer);
    return rc;
}
