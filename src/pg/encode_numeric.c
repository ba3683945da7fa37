/*
 * numeric, in groups of four decimal digits: how many groups, the weight of the first (the power of
 * 10,000 that it is multiplied by), the sign, the digits after the point that are shown, and the
 * groups, without zeros at either end. Its type's precision and scale are heeded by the server.
 */
#include "pg/encode.h"

enum { POSITIVE = 0x0000, NEGATIVE = 0x4000, NOT_A_NUMBER = 0xC000 };
enum { PLUS_INFINITY = 0xD000, MINUS_INFINITY = 0xF000 };

#define MAX_BEFORE   131072 /* digits before the point */
#define MAX_SCALE    16383  /* digits after it */
#define MAX_EXPONENT 200000 /* none larger can be in range */

static BdEncoded put_special(int sign, const char *rest, char *to, size_t *bytes) {
    to = bd_put16(bd_put16(to, 0), 0);
    bd_put16(bd_put16(to, (uint16_t)sign), 0);
    *bytes = 8;
    return bd_ends(rest) ? BD_ENCODED_OK : BD_ENCODED_INVALID;
}

/* NaN and the infinities, of which p is behind the sign. */
static BdEncoded encode_special(const char *p, bool is_signed, bool negative, char *to,
                                size_t *bytes) {
    const char *rest = bd_skip_word(p, "nan");
    if (rest != NULL && !is_signed) {
        return put_special(NOT_A_NUMBER, rest, to, bytes);
    }
    rest = bd_skip_word(p, "infinity");
    rest = rest != NULL ? rest : bd_skip_word(p, "inf");
    return rest == NULL ? BD_ENCODED_INVALID
                        : put_special(negative ? MINUS_INFINITY : PLUS_INFINITY, rest, to, bytes);
}

/* The digits of a number, from first to end with a point among them, or without. */
typedef struct Digits {
    const char *first;
    const char *end;
    int64_t count;  /* of them, the point left out */
    int64_t before; /* how many stand before the point: also negative, or more than there are */
    int64_t scale;  /* how many are shown after it */
} Digits;

static const char *skip_digits(const char *p) {
    while (bd_is_digit(*p)) {
        p++;
    }
    return p;
}

/* "e-12": what follows it, or NULL if it is none. */
static const char *read_exponent(const char *p, int64_t *exponent) {
    if (*p != 'e' && *p != 'E') {
        return p;
    }
    p++;
    bool negative = *p == '-';
    p += negative || *p == '+';
    if (!bd_is_digit(*p)) {
        return NULL;
    }
    int64_t sum = 0;
    for (; bd_is_digit(*p); p++) {
        sum = sum > MAX_EXPONENT ? sum : sum * 10 + (*p - '0');
    }
    *exponent = negative ? -sum : sum;
    return p;
}

static bool read_digits(const char *p, Digits *digits) {
    int64_t exponent = 0;
    const char *point = skip_digits(p);
    const char *end = *point == '.' ? skip_digits(point + 1) : point;
    int64_t after = end > point ? end - point - 1 : 0;
    const char *rest = read_exponent(end, &exponent);
    *digits = (Digits){.first = p,
                       .end = end,
                       .count = point - p + after,
                       .before = point - p + exponent,
                       .scale = after > exponent ? after - exponent : 0};
    return digits->count > 0 && rest != NULL && bd_ends(rest);
}

/* Leave out zeros at either end, which have no weight. */
static void strip_zeros(Digits *digits) {
    while (digits->first < digits->end && (*digits->first == '0' || *digits->first == '.')) {
        if (*digits->first == '0') {
            digits->count--;
            digits->before--;
        }
        digits->first++;
    }
    while (digits->end > digits->first && (digits->end[-1] == '0' || digits->end[-1] == '.')) {
        digits->count -= digits->end[-1] == '0';
        digits->end--;
    }
}

/* Write the groups; the first one begins with `lead` zeros. Returns what follows them. */
static char *put_groups(char *to, const Digits *digits, int lead) {
    unsigned group = 0;
    int filled = lead;
    for (const char *p = digits->first; p < digits->end; p++) {
        if (*p == '.') {
            continue;
        }
        group = group * 10 + (unsigned)(*p - '0');
        if (++filled == 4) {
            to = bd_put16(to, (uint16_t)group);
            group = 0;
            filled = 0;
        }
    }
    if (filled == 0) {
        return to;
    }
    for (; filled < 4; filled++) {
        group *= 10;
    }
    return bd_put16(to, (uint16_t)group);
}

BdEncoded bd_encode_numeric(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    Digits digits;
    const char *p = bd_skip_blanks(text);
    bool negative = *p == '-';
    bool is_signed = negative || *p == '+';
    p += is_signed;
    if (!bd_is_digit(*p) && *p != '.') {
        return encode_special(p, is_signed, negative, to, bytes);
    }
    if (!read_digits(p, &digits)) {
        return BD_ENCODED_INVALID;
    }
    strip_zeros(&digits);
    if (digits.scale > MAX_SCALE || (digits.count > 0 && digits.before > MAX_BEFORE)) {
        return BD_ENCODED_RANGE;
    }
    int64_t weight = 0;
    int lead = 0;
    if (digits.count > 0) {
        weight = digits.before > 0 ? (digits.before - 1) / 4 : -(-digits.before / 4) - 1;
        lead = (int)(4 * (weight + 1) - digits.before);
    }
    char *end = put_groups(to + 8, &digits, lead);
    to = bd_put16(to, (uint16_t)((end - to - 8) / 2));
    to = bd_put16(to, (uint16_t)weight);
    to = bd_put16(to, negative && digits.count > 0 ? NEGATIVE : POSITIVE);
    bd_put16(to, (uint16_t)digits.scale);
    *bytes = (size_t)(end - to) + 6;
    return BD_ENCODED_OK;
}
