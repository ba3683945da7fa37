#include "pg/encode.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* ---- whole numbers --------------------------------------------------------------------------- */

static BdEncoded parse(const char *p, int64_t min, int64_t max, int64_t *value) {
    p = bd_skip_blanks(p);
    bool negative = *p == '-';
    p += negative || *p == '+';
    if (!bd_is_digit(*p)) {
        return BD_ENCODED_INVALID;
    }
    int64_t sum = 0; /* negative, since there is one negative number more than positive ones */
    bool over = false;
    for (; bd_is_digit(*p); p++) {
        over = __builtin_mul_overflow(sum, (int64_t)10, &sum) || over;
        over = __builtin_sub_overflow(sum, (int64_t)(*p - '0'), &sum) || over;
    }
    if (!bd_ends(p)) {
        return BD_ENCODED_INVALID;
    }
    over = (!negative && __builtin_sub_overflow((int64_t)0, sum, &sum)) || over;
    *value = sum;
    return over || sum < min || sum > max ? BD_ENCODED_RANGE : BD_ENCODED_OK;
}

BdEncoded bd_encode_int2(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    int64_t value = 0;
    BdEncoded encoded = parse(text, INT16_MIN, INT16_MAX, &value);
    bd_put16(to, (uint16_t)value);
    *bytes = 2;
    return encoded;
}

BdEncoded bd_encode_int4(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    int64_t value = 0;
    BdEncoded encoded = parse(text, INT32_MIN, INT32_MAX, &value);
    bd_put32(to, (uint32_t)value);
    *bytes = 4;
    return encoded;
}

BdEncoded bd_encode_int8(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    int64_t value = 0;
    BdEncoded encoded = parse(text, INT64_MIN, INT64_MAX, &value);
    bd_put64(to, (uint64_t)value);
    *bytes = 8;
    return encoded;
}

/* A zero in front makes a number octal since version 16 of the server, and means nothing before. */
static bool is_doubtful(const char *p) {
    p = bd_skip_blanks(p);
    p += *p == '-' || *p == '+';
    return p[0] == '0' && bd_is_digit(p[1]);
}

/* The server takes negative numbers, too, as what their 32 bits mean without a sign. */
BdEncoded bd_encode_oid(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    int64_t value = 0;
    BdEncoded encoded = parse(text, INT32_MIN, UINT32_MAX, &value);
    bd_put32(to, (uint32_t)value);
    *bytes = 4;
    return is_doubtful(text) ? BD_ENCODED_INVALID : encoded;
}

/* ---- floating point -------------------------------------------------------------------------- */

/* NaN and the infinities by their names: what follows them, or NULL. */
static const char *skip_name(const char *p, double *value) {
    const char *end = bd_skip_word(p, "nan");
    if (end != NULL) {
        *value = (double)NAN;
        return end;
    }
    bool negative = *p == '-';
    p += negative || *p == '+';
    *value = negative ? -(double)INFINITY : (double)INFINITY;
    end = bd_skip_word(p, "infinity");
    return end != NULL ? end : bd_skip_word(p, "inf");
}

/* Is this a decimal number, and not one of the other forms that strtod() takes? */
static bool is_decimal(const char *p) {
    return bd_ends(p + strspn(p, "0123456789+-.eE"));
}

/* single: of float4's precision; a double that is rounded to it would be rounded twice. */
static BdEncoded read_float(const char *text, bool single, double *value) {
    const char *begin = bd_skip_blanks(text);
    const char *name_end = skip_name(begin, value);
    if (name_end != NULL) {
        return bd_ends(name_end) ? BD_ENCODED_OK : BD_ENCODED_INVALID;
    }
    char *end = NULL;
    errno = 0;
    *value = single ? (double)strtof(begin, &end) : strtod(begin, &end);
    if (end == begin || !bd_ends(end) || !is_decimal(begin)) {
        return BD_ENCODED_INVALID;
    }
    return errno == ERANGE && (*value == 0 || isinf(*value)) ? BD_ENCODED_RANGE : BD_ENCODED_OK;
}

BdEncoded bd_encode_float8(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    double value = 0;
    uint64_t bits = 0;
    BdEncoded encoded = read_float(text, false, &value);
    memcpy(&bits, &value, sizeof(bits));
    bd_put64(to, bits);
    *bytes = 8;
    return encoded;
}

BdEncoded bd_encode_float4(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    double value = 0;
    uint32_t bits = 0;
    BdEncoded encoded = read_float(text, true, &value);
    float single = (float)value;
    memcpy(&bits, &single, sizeof(bits));
    bd_put32(to, bits);
    *bytes = 4;
    return encoded;
}
