/*
 * Opening: a file is opened once, its first bytes say which kind it is, and the kind takes the
 * descriptor over. A name that ends in .zip or .gz is a promise: what does not hold it is an error,
 * since it would otherwise be read as text.
 */
#include "input/stream.h"

#include "core/mem.h"
#include "input/stream_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Magic {
    const char *bytes;
    size_t n;
    const char *suffix; /* names that end so promise this kind */
    int (*open)(BdStream **out, const BdStreamFile *file, BdErr *err);
} Magic;

static int refuse_empty_zip(BdStream **out, const BdStreamFile *file, BdErr *err) {
    *out = NULL;
    close(file->fd);
    return bd_err_set(err, BD_E_FORMAT, 0, "%s is a zip without members", file->path);
}

static const Magic magics[] = {
    {"PK\003\004", 4, ".zip", bd_stream_open_zip}, /* begins with a member */
    {"PK\005\006", 4, ".zip", refuse_empty_zip},   /* has none: minizip would take it for damaged */
    {"\x1f\x8b", 2, ".gz", bd_stream_open_gzip},
};

enum { MAGICS = sizeof(magics) / sizeof(magics[0]) };

int64_t bd_stream_read_fd(int fd, void *p, size_t cap, const char *name, BdErr *err) {
    for (;;) {
        ssize_t n = read(fd, p, cap);
        if (n >= 0) {
            return n;
        }
        if (errno != EINTR) {
            return bd_err_set_sys(err, BD_E_IO, errno, "cannot read %s", name);
        }
    }
}

/* Open file->path and note its length. */
static int open_regular(BdStreamFile *file, BdErr *err) {
    /* Without O_NONBLOCK a pipe nobody writes to would hold us up here. */
    file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot open %s", file->path);
    }
    struct stat status;
    if (fstat(file->fd, &status) != 0) {
        bd_err_set_sys(err, BD_E_IO, errno, "cannot open %s", file->path);
    } else if (S_ISDIR(status.st_mode)) {
        bd_err_set(err, BD_E_IO, EISDIR, "%s is a directory, not a file", file->path);
    } else if (!S_ISREG(status.st_mode)) {
        bd_err_set(err, BD_E_IO, 0, "%s is not a regular file", file->path);
    } else {
        file->bytes = status.st_size;
        return 0;
    }
    close(file->fd);
    return -1;
}

/* *magic: the kind that the first bytes tell; NULL: plain text. */
static int look(const BdStreamFile *file, const Magic **magic, BdErr *err) {
    char head[4] = {0};
    ssize_t n = pread(file->fd, head, sizeof(head), 0);
    if (n < 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot read %s", file->path);
    }
    *magic = NULL;
    for (int i = 0; i < MAGICS; i++) {
        if ((size_t)n >= magics[i].n && memcmp(head, magics[i].bytes, magics[i].n) == 0) {
            *magic = &magics[i];
        }
    }
    return 0;
}

static bool ends_with(const char *path, const char *suffix) {
    size_t n = strlen(path);
    size_t suffix_n = strlen(suffix);
    return n >= suffix_n && strcasecmp(path + n - suffix_n, suffix) == 0;
}

/* -1 where a file that is plain by its first bytes should not be. */
static int check_plain(const BdStreamFile *file, BdErr *err) {
    for (int i = 0; i < MAGICS; i++) {
        const char *suffix = magics[i].suffix;
        if (ends_with(file->path, suffix)) {
            return bd_err_set(err, BD_E_FORMAT, 0, "%s is %s, not a %s file as its name promises",
                              file->path, file->bytes == 0 ? "empty" : "something else",
                              suffix + 1);
        }
    }
    return 0;
}

int bd_stream_open(BdStream **out, const char *path, const char *member, BdErr *err) {
    *out = NULL;
    BdStreamFile file = {.path = path, .member = member};
    const Magic *magic = NULL;
    if (open_regular(&file, err) != 0) {
        return -1;
    }
    if (look(&file, &magic, err) != 0 || (magic == NULL && check_plain(&file, err) != 0)) {
        goto fail;
    }
    if (member != NULL && (magic == NULL || magic->open == bd_stream_open_gzip)) {
        bd_err_set(err, BD_E_FORMAT, 0, "%s is no zip, so it has no member %s", path, member);
        goto fail;
    }
    return magic == NULL ? bd_stream_open_plain(out, &file, err) : magic->open(out, &file, err);

fail:
    close(file.fd);
    return -1;
}

int64_t bd_stream_read(BdStream *stream, char *p, size_t cap, BdErr *err) {
    return stream->kind->read(stream, p, cap, err);
}

const char *bd_stream_name(const BdStream *stream) {
    return stream->name;
}

int64_t bd_stream_size(const BdStream *stream) {
    return stream->size;
}

void bd_stream_close(BdStream *stream) {
    if (stream != NULL) {
        stream->kind->close(stream);
        bd_free(stream->name);
        bd_free(stream);
    }
}

int bd_zip_members(BdZipMember **out, size_t *count, const char *path, BdErr *err) {
    *out = NULL;
    *count = 0;
    BdStreamFile file = {.path = path};
    const Magic *magic = NULL;
    if (open_regular(&file, err) != 0) {
        return -1;
    }
    int rc = look(&file, &magic, err);
    if (rc == 0 && magic != NULL && magic->open == bd_stream_open_zip) {
        return bd_stream_list_zip(out, count, &file, err);
    }
    close(file.fd);
    return rc;
}

void bd_zip_members_free(BdZipMember *members, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bd_free(members[i].name);
    }
    bd_free(members);
}
