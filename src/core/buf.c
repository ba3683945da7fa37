#include "core/buf.h"

#include "core/mem.h"

#include <string.h>

int bd_buf_grow(BdBuf *buf, size_t more) {
    size_t need = 0;
    if (__builtin_add_overflow(buf->len, more, &need)) {
        return -1;
    }
    size_t cap = buf->cap < 64 ? 64 : buf->cap;
    while (cap < need) {
        if (__builtin_mul_overflow(cap, (size_t)2, &cap)) {
            return -1;
        }
    }
    char *p = bd_realloc_array(buf->p, cap, 1);
    if (p == NULL) {
        return -1;
    }
    buf->p = p;
    buf->cap = cap;
    return 0;
}

int bd_buf_append(BdBuf *buf, const char *p, size_t n) {
    if (bd_buf_reserve(buf, n) != 0) {
        return -1;
    }
    if (n > 0) {
        memcpy(buf->p + buf->len, p, n);
    }
    buf->len += n;
    return 0;
}

int bd_buf_append_str(BdBuf *buf, const char *s) {
    return bd_buf_append(buf, s, strlen(s));
}

int bd_buf_end(BdBuf *buf) {
    if (bd_buf_reserve(buf, 1) != 0) {
        return -1;
    }
    buf->p[buf->len] = '\0';
    return 0;
}

void bd_buf_deinit(BdBuf *buf) {
    bd_free(buf->p);
    *buf = (BdBuf){0};
}
