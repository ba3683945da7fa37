/*
 * One buffer: lines are looked for in it where they lie, and what is left of it when no end is
 * found is moved to its front before more is read behind it.
 */
#include "input/lines.h"

#include "core/interrupt.h"
#include "core/mem.h"

#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)

typedef enum Ending { ENDING_UNKNOWN, ENDING_LF, ENDING_CRLF } Ending;

struct BdLines {
    BdStream *stream;
    char *buf;
    size_t room;
    size_t begin;   /* of the line under way */
    size_t scanned; /* no line end between begin and here */
    size_t end;     /* of the bytes read */
    size_t chunk_bytes;
    size_t max_bytes;
    int64_t number; /* of the last line given */
    int64_t bytes;
    Ending ending;
    bool skipping; /* the line under way is too long, most of it was dropped already */
    bool at_end;   /* the stream has no more */
};

int bd_lines_new(BdLines **out, BdStream *stream, size_t chunk_bytes, size_t max_bytes,
                 BdErr *err) {
    *out = NULL;
    BdLines *lines = bd_alloc(sizeof(*lines));
    size_t chunk = chunk_bytes == 0 ? CHUNK_BYTES : chunk_bytes;
    char *buf = bd_alloc(chunk);
    if (lines == NULL || buf == NULL) {
        bd_free(lines);
        bd_free(buf);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory to read %s", bd_stream_name(stream));
    }
    *lines = (BdLines){
        .stream = stream, .buf = buf, .room = chunk, .chunk_bytes = chunk, .max_bytes = max_bytes};
    *out = lines;
    return 0;
}

/* Give the line that ends before `stop`; the next one begins at `next`. */
static void take(BdLines *lines, size_t stop, size_t next, BdLine *line) {
    size_t n = stop - lines->begin;
    lines->number++;
    *line = (BdLine){.number = lines->number, .too_long = lines->skipping || n > lines->max_bytes};
    if (!line->too_long) {
        line->text = (BdSpan){.p = lines->buf + lines->begin, .n = n};
    }
    lines->begin = next;
    lines->scanned = next;
    lines->skipping = false;
}

/* Give the line that ends in the LF at position `lf`. */
static void take_ended(BdLines *lines, size_t lf, BdLine *line) {
    bool cr = lf > lines->begin && lines->buf[lf - 1] == '\r';
    if (lines->ending == ENDING_UNKNOWN) {
        lines->ending = cr ? ENDING_CRLF : ENDING_LF;
    }
    size_t stop = cr && lines->ending == ENDING_CRLF ? lf - 1 : lf;
    take(lines, stop, lf + 1, line);
}

/* Drop a line that is too long for certain, but for its last byte: that may be a CR before LF. */
static void drop_too_long(BdLines *lines) {
    if (lines->skipping || lines->end - lines->begin > lines->max_bytes + 1) {
        lines->skipping = true;
        lines->begin = lines->end - 1;
    }
}

/* Make room for a chunk behind the line under way, which is at most max_bytes + 1 long. */
static int make_room(BdLines *lines, BdErr *err) {
    size_t n = lines->end - lines->begin;
    if (lines->begin > 0 && n > 0) {
        memmove(lines->buf, lines->buf + lines->begin, n);
    }
    lines->begin = 0;
    lines->scanned = n;
    lines->end = n;
    if (lines->room - n >= lines->chunk_bytes) {
        return 0;
    }
    size_t room = 2 * n + lines->chunk_bytes;
    if (room > lines->max_bytes + 1 + lines->chunk_bytes) {
        room = lines->max_bytes + 1 + lines->chunk_bytes;
    }
    char *grown = bd_realloc_array(lines->buf, room, 1);
    if (grown == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for line %lld of %s",
                          (long long)lines->number + 1, bd_stream_name(lines->stream));
    }
    lines->buf = grown;
    lines->room = room;
    return 0;
}

static int read_chunk(BdLines *lines, BdErr *err) {
    drop_too_long(lines);
    if (lines->skipping && bd_interrupted()) {
        return bd_err_set(err, BD_E_STOPPED, 0, "%s, line %lld: interrupted",
                          bd_stream_name(lines->stream), (long long)lines->number + 1);
    }
    if (make_room(lines, err) != 0) {
        return -1;
    }
    int64_t n = bd_stream_read(lines->stream, lines->buf + lines->end, lines->chunk_bytes, err);
    if (n < 0) {
        return -1;
    }
    lines->at_end = n == 0;
    lines->end += (size_t)n;
    lines->bytes += n;
    return 0;
}

int bd_lines_next(BdLines *lines, BdLine *line, BdErr *err) {
    for (;;) {
        const char *from = lines->buf + lines->scanned;
        const char *lf = memchr(from, '\n', lines->end - lines->scanned);
        if (lf != NULL) {
            take_ended(lines, (size_t)(lf - lines->buf), line);
            return 1;
        }
        lines->scanned = lines->end;
        if (lines->at_end) {
            break;
        }
        if (read_chunk(lines, err) != 0) {
            return -1;
        }
    }
    if (lines->begin == lines->end) {
        return 0;
    }
    take(lines, lines->end, lines->end, line);
    return 1;
}

const char *bd_lines_ending(const BdLines *lines) {
    switch (lines->ending) {
    case ENDING_LF:
        return "LF";
    case ENDING_CRLF:
        return "CRLF";
    case ENDING_UNKNOWN:
        break;
    }
    return "none";
}

int64_t bd_lines_bytes(const BdLines *lines) {
    return lines->bytes;
}

void bd_lines_free(BdLines *lines) {
    if (lines != NULL) {
        bd_free(lines->buf);
        bd_free(lines);
    }
}
