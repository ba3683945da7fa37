/*
 * The spellings of types. What is refused here is no error: the server may know more ways to write
 * a value than these.
 */
#include "stats/checksum.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The server passes over blanks around numbers, truth values and dates. */
static BdSpan trim(BdSpan text) {
    while (text.n > 0 && strchr(" \t\n\r\v\f", text.p[0]) != NULL) {
        text.p++;
        text.n--;
    }
    while (text.n > 0 && strchr(" \t\n\r\v\f", text.p[text.n - 1]) != NULL) {
        text.n--;
    }
    return text;
}

/* Cut to so many characters: the server lets blanks alone stand behind them. */
static BdSpan cut(BdSpan text, int32_t limit) {
    if (limit < 0 || text.n <= (size_t)limit) {
        return text;
    }
    int32_t characters = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool first = ((unsigned char)text.p[i] & 0xc0) != 0x80; /* byte of a character */
        if (first && characters++ == limit) {
            return (BdSpan){text.p, i};
        }
    }
    return text;
}

static BdSpan without_end_blanks(BdSpan text) {
    while (text.n > 0 && text.p[text.n - 1] == ' ') {
        text.n--;
    }
    return text;
}

/* ---- numbers ---- */

/* A number taken apart: digits before and behind the point, without zeros in front. */
typedef struct Number {
    bool negative;
    BdSpan whole;
    BdSpan part;
} Number;

static BdSpan take_digits(const char **p, const char *end) {
    const char *from = *p;
    while (*p < end && is_digit(**p)) {
        (*p)++;
    }
    return (BdSpan){from, (size_t)(*p - from)};
}

static int read_number(BdSpan text, Number *number) {
    text = trim(text);
    const char *p = text.p;
    const char *end = text.p + text.n;
    *number = (Number){.negative = p < end && *p == '-'};
    if (p < end && (*p == '-' || *p == '+')) {
        p++;
    }
    number->whole = take_digits(&p, end);
    if (p < end && *p == '.') {
        p++;
        number->part = take_digits(&p, end);
    }
    size_t digits = number->whole.n + number->part.n;
    while (number->whole.n > 0 && number->whole.p[0] == '0') {
        number->whole.p++;
        number->whole.n--;
    }
    return p == end && digits > 0 ? 0 : -1;
}

/* Add one to the digits from first to before end, some of which may be a point: true if they ran
 * over, and are all zeros now. */
static bool carry(char *first, char *end) {
    while (end > first) {
        end--;
        if (*end == '9') {
            *end = '0';
        } else if (*end != '.') {
            ++*end;
            return false;
        }
    }
    return true;
}

static bool is_zero(const char *digits, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (digits[i] != '0' && digits[i] != '.') {
            return false;
        }
    }
    return true;
}

/*
 * Write it with `scale` digits behind the point, half of the last one rounded away from zero. Two
 * bytes stay free in front, for a digit that comes of rounding and for the sign.
 */
static int write_number(const Number *number, size_t scale, char *scratch, BdSpan *out) {
    if (number->whole.n + scale + 5 > BD_SPELLING_SCRATCH) {
        return -1;
    }
    char *first = scratch + 2;
    char *p = first;
    if (number->whole.n == 0) {
        *p++ = '0';
    }
    memcpy(p, number->whole.p, number->whole.n);
    p += number->whole.n;
    if (scale > 0) {
        size_t given = number->part.n < scale ? number->part.n : scale;
        *p++ = '.';
        if (given > 0) {
            memcpy(p, number->part.p, given);
        }
        memset(p + given, '0', scale - given);
        p += scale;
    }
    if (number->part.n > scale && number->part.p[scale] >= '5' && carry(first, p)) {
        *--first = '1';
    }
    if (number->negative && !is_zero(first, (size_t)(p - first))) {
        *--first = '-';
    }
    *out = (BdSpan){first, (size_t)(p - first)};
    return 0;
}

/* Most numbers are nothing but digits, and need no reading. */
static bool is_plain(BdSpan text) {
    for (size_t i = 0; i < text.n; i++) {
        if (!is_digit(text.p[i])) {
            return false;
        }
    }
    return text.n > 0 && (text.p[0] != '0' || text.n == 1);
}

static int apply_integer(BdSpan text, char *scratch, BdSpan *out) {
    Number number;
    if (is_plain(text)) {
        *out = text;
        return 0;
    }
    if (read_number(text, &number) != 0 || memchr(text.p, '.', text.n) != NULL) {
        return -1;
    }
    return write_number(&number, 0, scratch, out);
}

static int apply_numeric(BdSpan text, int32_t scale, char *scratch, BdSpan *out) {
    Number number = {.whole = text};
    if (!is_plain(text) && read_number(text, &number) != 0) {
        return -1;
    }
    return write_number(&number, scale < 0 ? number.part.n : (size_t)scale, scratch, out);
}

/* ---- the others ---- */

static bool begins(const char *word, BdSpan text, size_t least) {
    return text.n >= least && text.n <= strlen(word) && strncasecmp(word, text.p, text.n) == 0;
}

/* The words that the server takes, and what is left of them where that is still one of them. */
static int apply_bool(BdSpan text, BdSpan *out) {
    text = trim(text);
    if (begins("true", text, 1) || begins("yes", text, 1) || begins("on", text, 2) ||
        begins("1", text, 1)) {
        *out = (BdSpan){"true", 4};
        return 0;
    }
    if (begins("false", text, 1) || begins("no", text, 1) || begins("off", text, 2) ||
        begins("0", text, 1)) {
        *out = (BdSpan){"false", 5};
        return 0;
    }
    return -1;
}

static char small_hex(char c) {
    if (is_digit(c) || (c >= 'a' && c <= 'f')) {
        return c;
    }
    return c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : '\0';
}

static int apply_uuid(BdSpan text, char *scratch, BdSpan *out) {
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char digit = small_hex(text.p[i]);
        if (digit != '\0' && n < 36) {
            scratch[n++] = digit;
            if (n == 8 || n == 13 || n == 18 || n == 23) {
                scratch[n++] = '-';
            }
        } else if (text.p[i] != '-' && text.p[i] != '{' && text.p[i] != '}') {
            return -1;
        }
    }
    *out = (BdSpan){scratch, n};
    return n == 36 ? 0 : -1;
}

/* Does the text begin as the pattern says, in which 0 stands for any digit, _ for a blank or T? */
static bool looks_like(const char *pattern, BdSpan text) {
    for (size_t i = 0; pattern[i] != '\0'; i++) {
        char c = i < text.n ? text.p[i] : '\0';
        bool fits = pattern[i] == '0'   ? is_digit(c)
                    : pattern[i] == '_' ? c == ' ' || c == 'T'
                                        : c == pattern[i];
        if (!fits) {
            return false;
        }
    }
    return true;
}

static int apply_date(BdSpan text, BdSpan *out) {
    *out = trim(text);
    return out->n == 10 && looks_like("0000-00-00", *out) ? 0 : -1;
}

/* Hour 24 and second 60 are refused: the server makes another time of them. */
static int apply_timestamp(BdSpan text, char *scratch, BdSpan *out) {
    enum { WHOLE = 19, MOST = 26 };
    text = trim(text);
    if (text.n > MOST || !looks_like("0000-00-00_00:00:00", text) ||
        strncmp(text.p + 11, "24", 2) == 0 || text.p[17] == '6') {
        return -1;
    }
    if (text.n > WHOLE) {
        const char *p = text.p + WHOLE + 1;
        if (text.p[WHOLE] != '.' || take_digits(&p, text.p + text.n).n != text.n - WHOLE - 1) {
            return -1;
        }
        while (text.p[text.n - 1] == '0') {
            text.n--;
        }
        text.n -= text.p[text.n - 1] == '.' ? 1 : 0;
    }
    memcpy(scratch, text.p, text.n);
    scratch[10] = ' ';
    *out = (BdSpan){scratch, text.n};
    return 0;
}

int bd_spelling_apply(BdSpelling spelling, BdSpan text, char scratch[BD_SPELLING_SCRATCH],
                      BdSpan *out) {
    switch (spelling.kind) {
    case BD_SPELLING_VARCHAR:
        *out = cut(text, spelling.limit);
        return 0;
    case BD_SPELLING_CHAR:
        *out = without_end_blanks(text);
        return 0;
    case BD_SPELLING_INTEGER:
        return apply_integer(text, scratch, out);
    case BD_SPELLING_NUMERIC:
        return apply_numeric(text, spelling.limit, scratch, out);
    case BD_SPELLING_BOOL:
        return apply_bool(text, out);
    case BD_SPELLING_UUID:
        return apply_uuid(text, scratch, out);
    case BD_SPELLING_DATE:
        return apply_date(text, out);
    case BD_SPELLING_TIMESTAMP:
        return apply_timestamp(text, scratch, out);
    default:
        *out = text;
        return 0;
    }
}
