/*
 * Gzip files: one or several members, one after the other. zlib checks the CRC and the length at
 * the end of each; what comes behind the last one must be nothing.
 */
#include "input/stream_impl.h"

#include "core/mem.h"

#include <limits.h>
#include <stdbool.h>
#include <unistd.h>
#include <zlib.h>

enum {
    IN_BYTES = 64 * 1024,
    GZIP_WINDOW = 15 + 16 /* zlib's way to say: the largest window, in gzip's wrapping */
};

typedef struct GzipStream {
    BdStream base;
    int fd;
    z_stream inflater;
    bool inflating;    /* the inflater is set up */
    bool between;      /* a member has ended, none has begun since */
    unsigned char *in; /* IN_BYTES of compressed data */
} GzipStream;

static voidpf gzip_alloc(voidpf opaque, uInt count, uInt size) {
    (void)opaque;
    return bd_alloc_array(count, size);
}

static void gzip_free(voidpf opaque, voidpf p) {
    (void)opaque;
    bd_free(p);
}

/* Get compressed bytes: 1, 0 at the end of the file, -1. */
static int refill(GzipStream *gzip, BdErr *err) {
    int64_t n = bd_stream_read_fd(gzip->fd, gzip->in, IN_BYTES, gzip->base.name, err);
    if (n > 0) {
        gzip->inflater.next_in = gzip->in;
        gzip->inflater.avail_in = (uInt)n;
    }
    return n > 0 ? 1 : (int)n;
}

/* Inflate what there is of input: 0, or -1. */
static int inflate_some(GzipStream *gzip, BdErr *err) {
    z_stream *inflater = &gzip->inflater;
    if (gzip->between) {
        inflateReset(inflater);
        gzip->between = false;
    }
    int code = inflate(inflater, Z_NO_FLUSH);
    switch (code) {
    case Z_STREAM_END:
        gzip->between = true;
        return 0;
    case Z_OK:
    case Z_BUF_ERROR: /* no progress for want of input */
        return 0;
    case Z_MEM_ERROR:
        return bd_err_set(err, BD_E_NOMEM, code, "no memory to unpack %s", gzip->base.name);
    default:
        return bd_err_set(err, BD_E_FORMAT, code, "%s is damaged: %s", gzip->base.name,
                          inflater->msg != NULL ? inflater->msg : "not gzip data");
    }
}

static int64_t gzip_read(BdStream *stream, char *p, size_t cap, BdErr *err) {
    GzipStream *gzip = (GzipStream *)stream;
    z_stream *inflater = &gzip->inflater;
    uInt room = cap > UINT_MAX ? UINT_MAX : (uInt)cap;
    inflater->next_out = (Bytef *)p;
    inflater->avail_out = room;
    while (inflater->avail_out == room && room > 0) {
        if (inflater->avail_in == 0) {
            int got = refill(gzip, err);
            if (got < 0) {
                return -1;
            }
            if (got == 0) {
                return gzip->between ? 0
                                     : bd_err_set(err, BD_E_FORMAT, 0,
                                                  "%s is damaged: it ends too early", stream->name);
            }
        }
        if (inflate_some(gzip, err) != 0) {
            return -1;
        }
    }
    return room - inflater->avail_out;
}

static void gzip_close(BdStream *stream) {
    GzipStream *gzip = (GzipStream *)stream;
    if (gzip->inflating) {
        inflateEnd(&gzip->inflater);
    }
    bd_free(gzip->in);
    close(gzip->fd);
}

static const BdStreamKind gzip_kind = {.read = gzip_read, .close = gzip_close};

int bd_stream_open_gzip(BdStream **out, const BdStreamFile *file, BdErr *err) {
    GzipStream *gzip = bd_alloc(sizeof(*gzip));
    if (gzip == NULL) {
        close(file->fd);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory to open %s", file->path);
    }
    gzip->base = (BdStream){.kind = &gzip_kind, .name = bd_strdup(file->path), .size = -1};
    gzip->fd = file->fd;
    gzip->in = bd_alloc(IN_BYTES);
    gzip->inflater.zalloc = gzip_alloc;
    gzip->inflater.zfree = gzip_free;
    gzip->inflating = inflateInit2(&gzip->inflater, GZIP_WINDOW) == Z_OK;
    if (gzip->base.name == NULL || gzip->in == NULL || !gzip->inflating) {
        bd_stream_close(&gzip->base);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory to open %s", file->path);
    }
    *out = &gzip->base;
    return 0;
}
