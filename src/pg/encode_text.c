/*
 * Types whose binary form is close to their text: text itself and what the server stores as text,
 * and those that are written byte by byte.
 */
#include "pg/encode.h"

BdEncoded bd_encode_text(const char *text, size_t n, char *to, size_t *bytes) {
    memcpy(to, text, n);
    *bytes = n;
    return BD_ENCODED_OK;
}

BdEncoded bd_encode_jsonb(const char *text, size_t n, char *to, size_t *bytes) {
    to[0] = 1; /* the version of the format, which is the text */
    memcpy(to + 1, text, n);
    *bytes = n + 1;
    return BD_ENCODED_OK;
}

/* As the server has it: any beginning of a word that no other word begins with. */
BdEncoded bd_encode_bool(const char *text, size_t n, char *to, size_t *bytes) {
    static const struct {
        const char *word;
        size_t least; /* letters that are needed */
        char value;
    } words[] = {{"true", 1, 1}, {"false", 1, 0}, {"yes", 1, 1}, {"no", 1, 0},
                 {"on", 2, 1},   {"off", 2, 0},   {"1", 1, 1},   {"0", 1, 0}};
    (void)n;
    const char *begin = bd_skip_blanks(text);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t same = 0;
        while (words[i].word[same] != '\0' &&
               (begin[same] == words[i].word[same] ||
                (begin[same] >= 'A' && begin[same] + ('a' - 'A') == words[i].word[same]))) {
            same++;
        }
        if (same >= words[i].least && bd_ends(begin + same)) {
            to[0] = words[i].value;
            *bytes = 1;
            return BD_ENCODED_OK;
        }
    }
    return BD_ENCODED_INVALID;
}

/* The value of a hexadecimal digit, or -1. */
static int hex(char c) {
    if (bd_is_digit(c)) {
        return c - '0';
    }
    char lower = (char)(c | ('a' - 'A'));
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Two hexadecimal digits, or -1. */
static int hex_byte(const char *p) {
    int high = hex(p[0]);
    int low = high < 0 ? -1 : hex(p[1]);
    return low < 0 ? -1 : high * 16 + low;
}

/* 32 digits, with hyphens after any four of them, in braces or not. */
BdEncoded bd_encode_uuid(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    bool braces = *text == '{';
    text += braces;
    for (size_t i = 0; i < 16; i++) {
        int byte = hex_byte(text);
        if (byte < 0) {
            return BD_ENCODED_INVALID;
        }
        to[i] = (char)byte;
        text += 2;
        text += *text == '-' && i % 2 == 1 && i < 15;
    }
    if (braces && *text++ != '}') {
        return BD_ENCODED_INVALID;
    }
    *bytes = 16;
    return *text == '\0' ? BD_ENCODED_OK : BD_ENCODED_INVALID;
}

/* "\x0aff"; blanks may stand between bytes. */
static BdEncoded encode_hex(const char *p, char *to, size_t *bytes) {
    char *begin = to;
    while (*p != '\0') {
        if (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r') {
            p++;
            continue;
        }
        int byte = hex_byte(p);
        if (byte < 0) {
            return BD_ENCODED_INVALID;
        }
        *to++ = (char)byte;
        p += 2;
    }
    *bytes = (size_t)(to - begin);
    return BD_ENCODED_OK;
}

static bool is_octal(const char *p) {
    return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' && p[2] <= '7';
}

/* Bytes as they are, or as \000; a backslash as two. */
static BdEncoded encode_escaped(const char *p, char *to, size_t *bytes) {
    char *begin = to;
    while (*p != '\0') {
        if (*p != '\\') {
            *to++ = *p++;
        } else if (p[1] == '\\') {
            *to++ = '\\';
            p += 2;
        } else if (is_octal(p + 1)) {
            *to++ = (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0'));
            p += 4;
        } else {
            return BD_ENCODED_INVALID;
        }
    }
    *bytes = (size_t)(to - begin);
    return BD_ENCODED_OK;
}

BdEncoded bd_encode_bytea(const char *text, size_t n, char *to, size_t *bytes) {
    (void)n;
    bool is_hex = text[0] == '\\' && text[1] == 'x';
    return is_hex ? encode_hex(text + 2, to, bytes) : encode_escaped(text, to, bytes);
}
