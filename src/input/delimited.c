/*
 * A line is taken in blocks of 16 bytes: each is copied into the batch with its delimiters made
 * zero bytes, and the bit sets that the block gives become offsets.
 *
 * The end of the line counts as one more delimiter, so that every field ends in one. The last block
 * is filled up with digits, which are never anything to take notice of.
 *
 * Numbers: where all bytes are digits or delimiters and no two delimiters touch, all fields are
 * numbers. So it is enough to remember the last place where that did not hold; only when it lies in
 * a field that must be a number are the line's fields looked at one by one.
 */
#include "input/delimited.h"

#include "input/block.h"
#include "input/reason.h"

#include <stdbool.h>
#include <string.h>

/* A line being split. */
typedef struct Split {
    uint32_t *offsets;
    uint32_t fields;   /* ended so far */
    uint32_t odd_end;  /* one past the last byte that is not part of a row of plain numbers */
    uint32_t previous; /* 1: the byte before the block is a delimiter, or there is none */
    uint32_t nuls;     /* not 0: a zero byte was seen */
} Split;

static void split_block(Split *split, const char *from, char *to, uint32_t at, char delimiter) {
    BdBlock block = bd_block_scan(from, to, delimiter);
    uint32_t all = (UINT32_C(1) << BD_BLOCK_BYTES) - 1;
    uint32_t touching = block.delimiters & (block.delimiters << 1 | split->previous);
    uint32_t odd = (~block.plain & all) | touching;
    if (odd != 0) {
        split->odd_end = at + 32 - (uint32_t)__builtin_clz(odd);
    }
    split->nuls |= block.nuls;
    split->previous = block.delimiters >> (BD_BLOCK_BYTES - 1);
    uint32_t *offset = split->offsets + split->fields;
    for (uint32_t left = block.delimiters; left != 0; left &= left - 1) {
        *++offset = at + (uint32_t)__builtin_ctz(left) + 1;
    }
    split->fields = (uint32_t)(offset - split->offsets);
}

/* Split the line into text, or stop when it has more fields than max_fields. */
static void split_line(Split *split, const BdDelimited *format, BdSpan line, char *text) {
    char delimiter = format->delimiter;
    size_t whole = line.n - line.n % BD_BLOCK_BYTES;
    split->offsets[0] = 0;
    split->previous = 1;
    for (size_t at = 0; at < whole; at += BD_BLOCK_BYTES) {
        split_block(split, line.p + at, text + at, (uint32_t)at, delimiter);
        if (split->fields > format->max_fields) {
            return;
        }
    }
    char last[BD_BLOCK_BYTES];
    memset(last, delimiter == '0' ? '1' : '0', sizeof(last));
    if (line.n > whole) {
        memcpy(last, line.p + whole, line.n - whole);
    }
    last[line.n - whole] = delimiter;
    split_block(split, last, text + whole, (uint32_t)whole, delimiter);
}

static BdParse reject_count(const BdDelimited *format, BdSpan line, char *reason) {
    uint64_t fields = 1;
    for (size_t i = 0; i < line.n; i++) {
        fields += line.p[i] == format->delimiter;
    }
    unsigned long long found = fields;
    const char *word = fields == 1 ? "field" : "fields";
    if (format->min_fields == format->max_fields) {
        return bd_reason_set(reason, "%llu %s where %u are wanted", found, word,
                             format->min_fields);
    }
    if (fields < format->min_fields) {
        return bd_reason_set(reason, "%llu %s where at least %u are wanted", found, word,
                             format->min_fields);
    }
    return bd_reason_set(reason, "%llu %s where at most %u are wanted", found, word,
                         format->max_fields);
}

static BdParse reject_nul(BdSpan line, char *reason) {
    const char *nul = memchr(line.p, '\0', line.n);
    return bd_reason_set(reason, "NUL byte at column %zu", (size_t)(nul - line.p) + 1);
}

static size_t count_digits(const char *p) {
    size_t n = 0;
    while (p[n] >= '0' && p[n] <= '9') {
        n++;
    }
    return n;
}

/* p is ended by a zero byte, as all fields are. */
static bool is_number(const char *p) {
    if (*p == '+' || *p == '-') {
        p++;
    }
    size_t digits = count_digits(p);
    p += digits;
    if (digits > 0 && *p == '.') {
        p++;
        digits = count_digits(p);
        p += digits;
    }
    return digits > 0 && *p == '\0';
}

static BdParse check_numbers(const Split *split, uint32_t from, const char *text, char *reason) {
    for (uint32_t i = from; i < split->fields; i++) {
        const char *field = text + split->offsets[i];
        if (!is_number(field)) {
            BdSpan span = {.p = field, .n = split->offsets[i + 1] - split->offsets[i] - 1};
            char quoted[BD_REASON_QUOTE_BYTES];
            return span.n == 0 ? bd_reason_set(reason, "field %u is empty, not a number", i + 1)
                               : bd_reason_set(reason, "field %u is not a number: %s", i + 1,
                                               bd_reason_quote(quoted, span));
        }
    }
    return BD_PARSE_OK;
}

BdParse bd_delimited_parse(const BdDelimited *format, BdSpan line, int64_t number, const char *file,
                           BdBatch *batch, char *reason) {
    /* A line of n bytes has no more than n + 1 fields, and splitting stops at the block in which
     * there are more than max_fields. */
    size_t most = line.n < format->max_fields ? line.n + 1 : format->max_fields;
    if (line.n > UINT32_MAX - 2 * BD_BLOCK_BYTES) {
        return BD_PARSE_NOMEM;
    }
    char *text = NULL;
    Split split = {0};
    if (bd_batch_begin(batch, line.n + BD_BLOCK_BYTES, (uint32_t)most + BD_BLOCK_BYTES, &text,
                       &split.offsets, NULL) != 0) {
        return BD_PARSE_NOMEM;
    }
    split_line(&split, format, line, text);
    if (split.nuls != 0) {
        return reject_nul(line, reason);
    }
    if (split.fields < format->min_fields || split.fields > format->max_fields) {
        return reject_count(format, line, reason);
    }
    bool numbers = format->number_from < split.fields;
    if (numbers && split.odd_end > split.offsets[format->number_from]) {
        BdParse parse = check_numbers(&split, format->number_from, text, reason);
        if (parse != BD_PARSE_OK) {
            return parse;
        }
    }
    bd_batch_end(batch, split.fields, number, file);
    return BD_PARSE_OK;
}
