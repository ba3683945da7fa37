#include "input/fixed.h"

#include "input/reason.h"

#include <assert.h>
#include <string.h>

/* The part of the column between blanks. */
static BdSpan trim(BdSpan column) {
    while (column.n > 0 && column.p[column.n - 1] == ' ') {
        column.n--;
    }
    while (column.n > 0 && column.p[0] == ' ') {
        column.p++;
        column.n--;
    }
    return column;
}

/* Write Latin-1 text as UTF-8 and a zero byte behind it; returns where the next field begins. */
static char *put(char *to, BdSpan text) {
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.p[i];
        if (byte < 0x80) {
            *to++ = (char)byte;
        } else {
            *to++ = (char)(0xC0 | byte >> 6);
            *to++ = (char)(0x80 | (byte & 0x3F));
        }
    }
    *to++ = '\0';
    return to;
}

/* Room for all fields when every byte becomes two. */
static size_t room_for(const BdFixed *format) {
    size_t bytes = 0;
    for (uint32_t i = 0; i < format->count; i++) {
        bytes += 2 * (size_t)format->columns[i].width + 1;
    }
    return bytes;
}

BdParse bd_fixed_parse(const BdFixed *format, BdSpan line, int64_t number, const char *file,
                       BdBatch *batch, char *reason) {
    if (line.n != format->line_bytes) {
        return bd_reason_set(reason, "line of %zu bytes where %u are wanted", line.n,
                             format->line_bytes);
    }
    const char *nul = line.n > 0 ? memchr(line.p, '\0', line.n) : NULL;
    if (nul != NULL) {
        return bd_reason_set(reason, "NUL byte at column %zu", (size_t)(nul - line.p) + 1);
    }
    char *text = NULL;
    uint32_t *offsets = NULL;
    if (bd_batch_begin(batch, room_for(format), format->count, &text, &offsets, NULL) != 0) {
        return BD_PARSE_NOMEM;
    }
    char *to = text;
    for (uint32_t i = 0; i < format->count; i++) {
        const BdColumn *column = &format->columns[i];
        assert((uint64_t)column->start + column->width <= line.n);
        offsets[i] = (uint32_t)(to - text);
        to = put(to, trim((BdSpan){.p = line.p + column->start, .n = column->width}));
    }
    offsets[format->count] = (uint32_t)(to - text);
    bd_batch_end(batch, format->count, number, file);
    return BD_PARSE_OK;
}
