/*
 * buf.h - a growing buffer of bytes.
 *
 * Ownership: the struct is embedded in its owner; bd_buf_deinit() frees the bytes and may be called
 *            on a zeroed struct.
 * Threads:   one at a time.
 * Errors:    -1 when memory runs out; the content is then unchanged.
 */
#ifndef BD_BUF_H
#define BD_BUF_H

#include "core/attr.h"

#include <stddef.h>

typedef struct BdBuf {
    char *p;    /* len bytes in use; not ended by a zero byte unless somebody put one there */
    size_t len; /* bytes in use */
    size_t cap; /* bytes allocated */
} BdBuf;

/* Make room for at least `more` bytes after len, beyond cap. */
BD_MUSTCHECK int bd_buf_grow(BdBuf *buf, size_t more);

/* Make room for at least `more` bytes after len. */
BD_MUSTCHECK static inline int bd_buf_reserve(BdBuf *buf, size_t more) {
    return more <= buf->cap - buf->len ? 0 : bd_buf_grow(buf, more);
}

BD_MUSTCHECK int bd_buf_append(BdBuf *buf, const char *p, size_t n);
BD_MUSTCHECK int bd_buf_append_str(BdBuf *buf, const char *s);

/* Append one zero byte that is not counted in len, so that p can be read as a string. */
BD_MUSTCHECK int bd_buf_end(BdBuf *buf);

/* Forget the content, keep the memory. */
static inline void bd_buf_reset(BdBuf *buf) {
    buf->len = 0;
}

void bd_buf_deinit(BdBuf *buf);

#endif
