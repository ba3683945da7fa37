/*
 * copy_text.h - rows as the lines of a text COPY.
 *
 * Threads:   any; pure but for the buffer.
 * Errors:    -1 when memory runs out; the buffer is then as it was.
 */
#ifndef BD_COPY_TEXT_H
#define BD_COPY_TEXT_H

#include "core/buf.h"
#include "core/series.h"

#include <stdint.h>

/* Append row number `row` of `count` columns. */
BD_MUSTCHECK int bd_copy_text_row(BdBuf *data, const BdSeries *columns, uint32_t count,
                                  uint32_t row);

#endif
