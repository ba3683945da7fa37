#include "pg/copy_text.h"

#include "core/word.h"

#include <stdbool.h>
#include <string.h>

/* What stands behind the backslash for a character that must not stand for itself; 0 for all
 * others. */
static const char escapes[256] = {['\\'] = '\\', ['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r'};

/* May one of the bytes be such a character? These are all below 16, but for the backslash. */
static inline bool may_be_special(uint64_t bytes) {
    uint64_t low = bytes - BD_WORD_OF(16);
    uint64_t backslash = (bytes ^ BD_WORD_OF('\\')) - BD_WORD_OF(1);
    return ((low | backslash) & ~bytes & BD_WORD_OF(0x80)) != 0;
}

static char *write_bytes(char *to, const char *from, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char escape = escapes[(unsigned char)from[i]];
        if (escape != 0) {
            *to++ = '\\';
        }
        *to++ = escape != 0 ? escape : from[i];
    }
    return to;
}

/* Write n bytes, at most eight, which are those of the word; the others of it are blanks. */
static inline char *write_word(char *to, const char *from, size_t n, uint64_t word) {
    if (may_be_special(word)) {
        return write_bytes(to, from, n);
    }
    bd_word_put(to, word);
    return to + n;
}

/* Bytes for which there must be room to write a value of n bytes, with its end. */
static inline size_t room_of(size_t n) {
    return 2 * n + BD_WORD_BYTES;
}

/* Write a value; what follows it is returned. */
static char *write_value(char *to, const char *value, size_t n) {
    for (; n >= BD_WORD_BYTES; n -= BD_WORD_BYTES, value += BD_WORD_BYTES) {
        to = write_word(to, value, BD_WORD_BYTES, bd_word_get(value, BD_WORD_BYTES));
    }
    uint64_t blanks = BD_WORD_OF(' ') << (8 * n);
    return write_word(to, value, n, bd_word_get(value, n) | blanks);
}

int bd_copy_text_row(BdBuf *data, const BdSeries *columns, uint32_t count, uint32_t row) {
    size_t begun = data->len;
    for (uint32_t i = 0; i < count; i++) {
        const BdSpan value = bd_series_at(&columns[i], row);
        if (value.n > SIZE_MAX / 4 || bd_buf_reserve(data, room_of(value.n)) != 0) {
            data->len = begun;
            return -1;
        }
        char *to = data->p + data->len;
        if (value.p == NULL) {
            *to++ = '\\';
            *to++ = 'N';
        } else {
            to = write_value(to, value.p, value.n);
        }
        *to++ = i + 1 < count ? '\t' : '\n';
        data->len = (size_t)(to - data->p);
    }
    return 0;
}
