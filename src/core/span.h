/*
 * span.h - a borrowed piece of text: not ended by a zero byte, not to be freed. Where one is
 * returned, its life is stated.
 */
#ifndef BD_SPAN_H
#define BD_SPAN_H

#include <stddef.h>
#include <string.h>

typedef struct BdSpan {
    const char *p;
    size_t n; /* bytes */
} BdSpan;

/* All of a text that is ended by a zero byte; of NULL, no bytes at NULL. */
static inline BdSpan bd_span_of(const char *text) {
    return (BdSpan){text, text == NULL ? 0 : strlen(text)};
}

#endif
