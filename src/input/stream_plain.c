/* Plain files. */
#include "input/stream_impl.h"

#include "core/mem.h"

#include <unistd.h>

typedef struct PlainStream {
    BdStream base;
    int fd;
} PlainStream;

static int64_t plain_read(BdStream *stream, char *p, size_t cap, BdErr *err) {
    PlainStream *plain = (PlainStream *)stream;
    return bd_stream_read_fd(plain->fd, p, cap, stream->name, err);
}

static void plain_close(BdStream *stream) {
    PlainStream *plain = (PlainStream *)stream;
    close(plain->fd);
}

static const BdStreamKind plain_kind = {.read = plain_read, .close = plain_close};

int bd_stream_open_plain(BdStream **out, const BdStreamFile *file, BdErr *err) {
    PlainStream *plain = bd_alloc(sizeof(*plain));
    char *name = bd_strdup(file->path);
    if (plain == NULL || name == NULL) {
        bd_free(plain);
        bd_free(name);
        close(file->fd);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory to open %s", file->path);
    }
    plain->base = (BdStream){.kind = &plain_kind, .name = name, .size = file->bytes};
    plain->fd = file->fd;
    *out = &plain->base;
    return 0;
}
