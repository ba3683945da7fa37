/*
 * encode.h - single values from text to the server's binary form, one function for each type.
 *
 * Threads:   any; pure.
 */
#ifndef BD_ENCODE_H
#define BD_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum BdEncoded {
    BD_ENCODED_OK,
    BD_ENCODED_INVALID, /* the text is none of the type's, or has a form that is not read here */
    BD_ENCODED_RANGE    /* out of the type's range */
} BdEncoded;

/* Room that any value of n bytes of text needs. */
#define BD_ENCODE_ROOM(n) ((n) + 32)

/* Write the value of text, of n bytes with a zero byte after them, to `to`, which has room for it,
 * and its length to *bytes. */
typedef BdEncoded BdEncodeFn(const char *text, size_t n, char *to, size_t *bytes);

BdEncodeFn bd_encode_int2, bd_encode_int4, bd_encode_int8, bd_encode_oid;
BdEncodeFn bd_encode_float4, bd_encode_float8;
BdEncodeFn bd_encode_numeric;
BdEncodeFn bd_encode_bool, bd_encode_text, bd_encode_jsonb, bd_encode_uuid, bd_encode_bytea;
BdEncodeFn bd_encode_date, bd_encode_timestamp, bd_encode_timestamptz;

/* ---- for encoders ---------------------------------------------------------------------------- */

static inline char *bd_put16(char *to, uint16_t value) {
    to[0] = (char)(value >> 8);
    to[1] = (char)value;
    return to + 2;
}

static inline char *bd_put32(char *to, uint32_t value) {
    return bd_put16(bd_put16(to, (uint16_t)(value >> 16)), (uint16_t)value);
}

static inline char *bd_put64(char *to, uint64_t value) {
    return bd_put32(bd_put32(to, (uint32_t)(value >> 32)), (uint32_t)value);
}

static inline bool bd_is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* What the server calls a blank around values. */
static inline const char *bd_skip_blanks(const char *p) {
    while (*p == ' ' || (*p >= '\t' && *p <= '\r')) {
        p++;
    }
    return p;
}

/* If a word, in lower case, stands at p in any case: what follows it; else NULL. */
static inline const char *bd_skip_word(const char *p, const char *word) {
    for (; *word != '\0'; p++, word++) {
        char lower = *p >= 'A' && *p <= 'Z' ? (char)(*p + ('a' - 'A')) : *p;
        if (lower != *word) {
            return NULL;
        }
    }
    return p;
}

/* Is there nothing but blanks from p on? */
static inline bool bd_ends(const char *p) {
    return *bd_skip_blanks(p) == '\0';
}

#endif
