/*
 * copy_text.h - rows as the lines of a text COPY.
 *
 * Threads:   any; pure but for the buffer.
 * Errors:    -1 when memory runs out; the buffer is then as it was.
 */
#ifndef BD_COPY_TEXT_H
#define BD_COPY_TEXT_H

#include "core/buf.h"

#include <stdint.h>

/* Append one row of `count` values, NULL for NULL. */
BD_MUSTCHECK int bd_copy_text_row(BdBuf *data, const char *const *values, uint32_t count);

#endif
