/*
 * oracle.h - the parsers of input/ once more, written as plainly as can be: what they are held
 * against in tests and by the fuzz targets.
 */
#ifndef BD_TEST_ORACLE_H
#define BD_TEST_ORACLE_H

#include "input/delimited.h"
#include "input/fixed.h"
#include "input/lines.h"

#include <stdbool.h>
#include <string.h>

/* A text in memory, of which lines are taken. */
typedef struct OracleLines {
    const char *p;
    size_t n;
    size_t max_bytes;
    size_t at;
    int64_t number;
    bool crlf; /* told from the first line */
} OracleLines;

/* The next line: false at the end. */
static inline bool oracle_next_line(OracleLines *lines, BdLine *line) {
    if (lines->at == lines->n) {
        return false;
    }
    size_t stop = lines->at;
    while (stop < lines->n && lines->p[stop] != '\n') {
        stop++;
    }
    bool ended = stop < lines->n;
    bool cr = stop > lines->at && lines->p[stop - 1] == '\r';
    if (lines->number == 0) {
        lines->crlf = ended && cr;
    }
    size_t n = stop - lines->at;
    if (ended && cr && lines->crlf) {
        n--;
    }
    lines->number++;
    *line = (BdLine){.number = lines->number, .too_long = n > lines->max_bytes};
    if (!line->too_long) {
        line->text = (BdSpan){.p = lines->p + lines->at, .n = n};
    }
    lines->at = ended ? stop + 1 : stop;
    return true;
}

static inline bool oracle_is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static inline bool oracle_is_number(BdSpan text) {
    size_t points = 0;
    size_t i = 0;
    if (text.n > 0 && (text.p[0] == '-' || text.p[0] == '+')) {
        i++;
    }
    if (i == text.n || !oracle_is_digit(text.p[i]) || !oracle_is_digit(text.p[text.n - 1])) {
        return false;
    }
    for (; i < text.n; i++) {
        points += text.p[i] == '.';
        if (text.p[i] != '.' && !oracle_is_digit(text.p[i])) {
            return false;
        }
    }
    return points <= 1;
}

/* Field i of a line; false when it has no such field. */
static inline bool oracle_field(BdSpan line, char delimiter, uint32_t i, BdSpan *field) {
    size_t begin = 0;
    for (size_t at = 0; at <= line.n; at++) {
        if (at < line.n && line.p[at] != delimiter) {
            continue;
        }
        if (i == 0) {
            *field = (BdSpan){.p = line.p + begin, .n = at - begin};
            return true;
        }
        i--;
        begin = at + 1;
    }
    return false;
}

static inline uint32_t oracle_count(BdSpan line, char delimiter) {
    uint32_t count = 1;
    for (size_t i = 0; i < line.n; i++) {
        count += line.p[i] == delimiter;
    }
    return count;
}

/* Whether the line is good. */
static inline bool oracle_delimited(const BdDelimited *format, BdSpan line) {
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '\0') {
            return false;
        }
    }
    uint32_t count = oracle_count(line, format->delimiter);
    if (count < format->min_fields || count > format->max_fields) {
        return false;
    }
    for (uint32_t i = format->number_from; i < count; i++) {
        BdSpan field = {0};
        if (!oracle_field(line, format->delimiter, i, &field) || !oracle_is_number(field)) {
            return false;
        }
    }
    return true;
}

/* Whether the batch's last record holds the line's fields. */
static inline bool oracle_same_fields(BdSpan line, char delimiter, BdRecord record) {
    BdSpan field = {0};
    if (record.offsets[0] != 0) {
        return false;
    }
    for (uint32_t i = 0; i < record.fields; i++) {
        if (!oracle_field(line, delimiter, i, &field) || bd_record_length(&record, i) != field.n ||
            memcmp(bd_record_field(&record, i), field.p, field.n) != 0 ||
            bd_record_field(&record, i)[field.n] != '\0') {
            return false;
        }
    }
    return !oracle_field(line, delimiter, record.fields, &field);
}

/* Whether a field of fixed width holds the column: trimmed, each byte a Latin-1 character. */
static inline bool oracle_same_column(BdSpan line, BdColumn column, const char *field) {
    size_t begin = column.start;
    size_t end = column.start + column.width;
    while (begin < end && line.p[begin] == ' ') {
        begin++;
    }
    while (end > begin && line.p[end - 1] == ' ') {
        end--;
    }
    const unsigned char *utf8 = (const unsigned char *)field;
    for (size_t i = begin; i < end; i++) {
        unsigned code = *utf8++;
        if (code >= 0x80) {
            code = (code & 0x1F) << 6 | (*utf8++ & 0x3F);
        }
        if (code != (unsigned char)line.p[i]) {
            return false;
        }
    }
    return *utf8 == '\0';
}

#endif
