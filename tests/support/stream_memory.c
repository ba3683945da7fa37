#include "support/stream_memory.h"

#include "core/mem.h"
#include "input/stream_impl.h"

#include <string.h>

typedef struct MemoryStream {
    BdStream base;
    const char *p;
    size_t left;
} MemoryStream;

static int64_t memory_read(BdStream *stream, char *p, size_t cap, BdErr *err) {
    (void)err;
    MemoryStream *memory = (MemoryStream *)stream;
    size_t n = cap < memory->left ? cap : memory->left;
    if (n > 0) {
        memcpy(p, memory->p, n);
        memory->p += n;
        memory->left -= n;
    }
    return (int64_t)n;
}

static void memory_close(BdStream *stream) {
    (void)stream;
}

static const BdStreamKind memory_kind = {.read = memory_read, .close = memory_close};

int stream_open_memory(BdStream **out, const char *name, const char *p, size_t n, BdErr *err) {
    *out = NULL;
    MemoryStream *memory = bd_alloc(sizeof(*memory));
    char *name_copy = bd_strdup(name);
    if (memory == NULL || name_copy == NULL) {
        bd_free(memory);
        bd_free(name_copy);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory to read %s", name);
    }
    memory->base = (BdStream){.kind = &memory_kind, .name = name_copy, .size = (int64_t)n};
    memory->p = p;
    memory->left = n;
    *out = &memory->base;
    return 0;
}
