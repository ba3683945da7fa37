/*
 * lines.h - a stream cut into lines.
 *
 * Lines end with LF or CRLF; which, is told from the first line of the stream and holds for all of
 * it. The last line may lack its end. An empty last line is no line.
 *
 * Limits:    a line of more than max_bytes is given as too long, without its text, and the next one
 *            read; memory stays bounded however long it is.
 * Ownership: the line is borrowed: it is valid until the next call.
 * Threads:   one at a time.
 * Errors:    those of the stream; BD_E_STOPPED where Ctrl-C came within a line that is too long,
 *            which may be all that a disk holds.
 */
#ifndef BD_LINES_H
#define BD_LINES_H

#include "core/err.h"
#include "core/span.h"
#include "input/stream.h"

#include <stdbool.h>

typedef struct BdLines BdLines;

typedef struct BdLine {
    BdSpan text;    /* without its end */
    int64_t number; /* from 1 */
    bool too_long;  /* text is empty, the line was skipped */
} BdLine;

#define BD_LINE_MAX_BYTES (1024 * 1024) /* longest line that is read */

/* Read lines from `stream`, which the caller closes after this. chunk_bytes: read so much at a time
 * (0: a good size). */
BD_MUSTCHECK int bd_lines_new(BdLines **out, BdStream *stream, size_t chunk_bytes, size_t max_bytes,
                              BdErr *err);

/* 1: *line is the next one; 0: the end; -1: the stream failed. */
BD_MUSTCHECK int bd_lines_next(BdLines *lines, BdLine *line, BdErr *err);

/* "LF", "CRLF", or "none" before the first line end was seen. */
const char *bd_lines_ending(const BdLines *lines);

int64_t bd_lines_bytes(const BdLines *lines); /* read from the stream so far */
void bd_lines_free(BdLines *lines);

#endif
