/*
 * span.h - a borrowed piece of text: not ended by a zero byte, not to be freed. Where one is
 * returned, its life is stated.
 */
#ifndef BD_SPAN_H
#define BD_SPAN_H

#include <stddef.h>

typedef struct BdSpan {
    const char *p;
    size_t n; /* bytes */
} BdSpan;

#endif
