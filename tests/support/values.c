#include "support/values.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- random texts ---------------------------------------------------------------------------- */

static uint64_t seed = 88172645463325252U;

static uint64_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

int value_below(int n) {
    return (int)(next_random() % (uint64_t)n);
}

static void add(char *to, const char *text) {
    size_t used = strlen(to);
    snprintf(to + used, VALUE_BYTES - used, "%s", text);
}

static void add_digits(char *to, int count) {
    for (int i = 0; i < count; i++) {
        const char digit[2] = {(char)('0' + value_below(10)), '\0'};
        add(to, digit);
    }
}

static void make_int2(char *to) {
    snprintf(to, VALUE_BYTES, "%d", value_below(65536) - 32768);
}

static void make_int4(char *to) {
    snprintf(to, VALUE_BYTES, "%s%d%s", value_below(5) == 0 ? " " : "", (int)(int32_t)next_random(),
             value_below(5) == 0 ? "\n" : "");
}

static void make_int8(char *to) {
    snprintf(to, VALUE_BYTES, "%lld", (long long)(next_random() >> value_below(64)));
}

static void make_numeric(char *to) {
    static const char *const signs[] = {"", "", "-", "+"};
    static const int lengths[] = {0, 1, 2, 3, 4, 5, 8, 9, 20, 130};
    snprintf(to, VALUE_BYTES, "%s%s", signs[value_below(4)], value_below(4) == 0 ? "000" : "");
    add_digits(to, 1 + lengths[value_below(10)]);
    if (value_below(2) == 0) {
        add(to, value_below(3) == 0 ? ".0000" : ".");
        add_digits(to, lengths[value_below(10)]);
        add(to, value_below(3) == 0 ? "00000" : "");
    }
    if (value_below(4) == 0) {
        char exponent[16];
        snprintf(exponent, sizeof(exponent), "%c%d", value_below(2) == 0 ? 'e' : 'E',
                 value_below(60) - 30);
        add(to, exponent);
    }
}

static void make_float(char *to) {
    snprintf(to, VALUE_BYTES, "%.*g", 1 + value_below(20),
             (double)(int64_t)next_random() / (double)(1 + (next_random() >> value_below(64))));
}

/* Whatever text may hold. */
static void make_text(char *to) {
    static const char *const pieces[] = {"a",
                                         "\\",
                                         "\t",
                                         "\n",
                                         "\r",
                                         "\"",
                                         "'",
                                         "{",
                                         "}",
                                         ",",
                                         "NULL",
                                         "\xc3\xbc",
                                         "$1",
                                         "\\N",
                                         "\\.",
                                         " ",
                                         "x\b",
                                         "\v",
                                         "\xf0\x9f\x90\x98",
                                         "0"};
    to[0] = '\0';
    for (int i = value_below(9); i > 0; i--) {
        add(to, pieces[value_below((int)COUNT(pieces))]);
    }
}

static void make_short_text(char *to) {
    static const char *const texts[] = {"",       " ",   "a", "ab ", "\\", "\xc3\xbc\xc3\xa4",
                                        "\t\n\"", "null"};
    snprintf(to, VALUE_BYTES, "%s", texts[value_below((int)COUNT(texts))]);
}

static void make_bool(char *to) {
    static const char *const texts[] = {"t", "TRUE", "tr", "f",   "False", "yes", "y",  "NO",
                                        "n", "on",   "of", "OFF", "1",     "0",   " t "};
    snprintf(to, VALUE_BYTES, "%s", texts[value_below((int)COUNT(texts))]);
}

static void make_date(char *to) {
    bool bc = value_below(6) == 0;
    int years = value_below(3) == 0 ? 5874897 : 9999;
    snprintf(to, VALUE_BYTES, "%04d-%02d-%02d%s", 1 + value_below(bc ? 4713 : years),
             1 + value_below(12), 1 + value_below(28), bc ? " BC" : "");
}

static void make_moment(char *to, bool zone) {
    static const char *const zones[] = {"Z", "+00", "-03:30", "+0545", " +15:59:59", "-12", "z"};
    bool bc = value_below(6) == 0;
    int years = value_below(3) == 0 ? 294275 : 9999;
    char time[64];
    snprintf(to, VALUE_BYTES, "%04d-%02d-%02d", 1 + value_below(bc ? 4713 : years),
             1 + value_below(12), 1 + value_below(28));
    snprintf(time, sizeof(time), "%s%02d:%02d", value_below(2) == 0 ? " " : "T", value_below(24),
             value_below(60));
    add(to, time);
    if (value_below(3) > 0) {
        snprintf(time, sizeof(time), ":%02d", value_below(61));
        add(to, time);
        add(to, value_below(2) == 0 ? "." : ".9999995");
        add_digits(to, 1 + value_below(9));
    }
    add(to, zone ? zones[value_below((int)COUNT(zones))] : "");
    add(to, bc ? " BC" : "");
}

static void make_timestamp(char *to) {
    make_moment(to, value_below(4) == 0);
}

static void make_timestamptz(char *to) {
    make_moment(to, true);
}

static void make_uuid(char *to) {
    int every = value_below(4);
    bool braces = value_below(4) == 0;
    snprintf(to, VALUE_BYTES, "%s", braces ? "{" : "");
    for (int i = 0; i < 8; i++) {
        char four[8];
        snprintf(four, sizeof(four), value_below(2) == 0 ? "%04x" : "%04X", value_below(65536));
        add(to, i > 0 && every > 0 && value_below(every) == 0 ? "-" : "");
        add(to, four);
    }
    add(to, braces ? "}" : "");
}

static void make_bytea(char *to) {
    static const char *const escaped[] = {"a",        "\\\\", "\\000", "\\377",
                                          "\xc3\xbc", " ",    "\"",    "{"};
    bool hex = value_below(2) == 0;
    snprintf(to, VALUE_BYTES, "%s", hex ? "\\x" : "");
    for (int i = value_below(20); i > 0; i--) {
        char byte[8];
        snprintf(byte, sizeof(byte), "%02x%s", value_below(256), value_below(9) == 0 ? " " : "");
        add(to, hex ? byte : escaped[value_below((int)COUNT(escaped))]);
    }
}

static void make_json(char *to) {
    static const char *const texts[] = {"{\"a\": [1, 2.50, null]}",
                                        "\"\\u00e4\\n\"",
                                        " [ ] ",
                                        "1e5",
                                        "{\"b\":1,\"a\":\"\xc3\xbc\",\"b\":2}",
                                        "null"};
    snprintf(to, VALUE_BYTES, "%s", texts[value_below((int)COUNT(texts))]);
}

const Type value_types[VALUE_TYPES] = {
    {"int2", make_int2, {"-32768", "32767", "+0", "-0", "007"}},
    {"int4", make_int4, {"-2147483648", "2147483647", " \t12\v\f"}},
    {"int8", make_int8, {"-9223372036854775808", "9223372036854775807"}},
    {"oid", make_int8, {"0", "4294967295", "-1"}},
    {"numeric",
     make_numeric,
     {"NaN", "nan", "Infinity", "-inf", " +infinity ", "0", "-0.00", "0e10", "1e131071", "1e-16383",
      ".5", "5."}},
    {"numeric(10,2)", make_short_text, {"12345678.125", "-0.005", "0.995", "NaN", "1e7", "1.1e-9"}},
    {"float8",
     make_float,
     {"NaN", "Infinity", "-inf", "1e308", "5e-324", "0.1", "-0", ".5", "5.", "1E+5", "+inf",
      " 1 "}},
    {"float4", make_float, {"NaN", "-Infinity", "3.4e38", "1e-45", "0.1", "16777217", "-0"}},
    {"bool", make_bool, {"true", "off"}},
    {"text", make_text, {"", "\\.", "null", "\\x00"}},
    {"varchar(5)", make_short_text, {"abcde", "abc       ", ""}},
    {"char(4)", make_short_text, {"abcd", "a       ", ""}},
    {"date",
     make_date,
     {"infinity", "-infinity", "4714-11-24 BC", "5874897-12-31", "2000-02-29", "0005-02-29 BC",
      "0001-12-31 BC", "1900-02-28", "2026-1-5", " 2026-11-22 ", "2000-01-01", "1999-12-31"}},
    {"timestamp",
     make_timestamp,
     {"infinity", "-infinity", "4714-11-24 00:00:00 BC", "294276-12-31 23:59:59.999999",
      "2026-11-22", "2026-11-22 24:00:00", "2026-11-22 23:59:60", "1999-12-31 23:59:59.9999995",
      "2026-11-22 10:11+05"}},
    {"timestamp(3)", make_timestamp, {"2026-11-22 10:11:12.3456"}},
    {"timestamptz",
     make_timestamptz,
     {"infinity", "-INFINITY", "4714-11-24 00:00:00+00 BC", "294276-12-31 23:59:59.999999Z",
      "2026-11-22 10:11:12-12"}},
    {"uuid", make_uuid, {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
    {"bytea", make_bytea, {"", "\\x", "\\xDEADbeef", "a\\\\b"}},
    {"json", make_json, {"{}"}},
    {"jsonb", make_json, {"{}"}},
    {"domain_of_numeric", make_numeric, {"1.50"}},
};

/* Change a text somewhere. */
void value_mutate(char *text) {
    static const char letters[] = "0159-+.:eE \\x{}tTzZaBC,";
    size_t n = strlen(text);
    size_t at = n == 0 ? 0 : next_random() % n;
    char letter = letters[value_below((int)sizeof(letters) - 1)];
    if (n > 0 && value_below(2) == 0) {
        text[at] = letter;
    } else if (n > 0 && value_below(2) == 0) {
        memmove(text + at, text + at + 1, n - at);
    } else if (n + 1 < VALUE_BYTES) {
        memmove(text + at + 1, text + at, n - at + 1);
        text[at] = letter;
    }
}
