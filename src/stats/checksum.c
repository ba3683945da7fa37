/*
 * Bob Jenkins' lookup3 (public domain), over the bytes of a text taken as little-endian words, in
 * the shape that PostgreSQL gives it: its own start value, a seed that is mixed in first, and a
 * last word whose lowest byte is left to the length.
 */
#include "stats/checksum.h"

#include "core/word.h"

#define START (UINT32_C(0x9e3779b9) + UINT32_C(3923095))

typedef struct State {
    uint32_t a;
    uint32_t b;
    uint32_t c;
} State;

static inline uint32_t turn(uint32_t word, int bits) {
    return (word << bits) | (word >> (32 - bits));
}

static inline State mix(State s) {
    s.a = (s.a - s.c) ^ turn(s.c, 4);
    s.c += s.b;
    s.b = (s.b - s.a) ^ turn(s.a, 6);
    s.a += s.c;
    s.c = (s.c - s.b) ^ turn(s.b, 8);
    s.b += s.a;
    s.a = (s.a - s.c) ^ turn(s.c, 16);
    s.c += s.b;
    s.b = (s.b - s.a) ^ turn(s.a, 19);
    s.a += s.c;
    s.c = (s.c - s.b) ^ turn(s.b, 4);
    s.b += s.a;
    return s;
}

static inline State end(State s) {
    s.c = (s.c ^ s.b) - turn(s.b, 14);
    s.a = (s.a ^ s.c) - turn(s.c, 11);
    s.b = (s.b ^ s.a) - turn(s.a, 25);
    s.c = (s.c ^ s.b) - turn(s.b, 16);
    s.a = (s.a ^ s.c) - turn(s.c, 4);
    s.b = (s.b ^ s.a) - turn(s.a, 14);
    s.c = (s.c ^ s.b) - turn(s.b, 24);
    return s;
}

/* Twelve bytes: the first eight, and the last four. */
static inline State add(State s, uint64_t first, uint32_t last) {
    s.a += (uint32_t)first;
    s.b += (uint32_t)(first >> 32);
    s.c += last;
    return s;
}

uint64_t bd_checksum_text(BdSpan text, uint64_t seed) {
    const char *p = text.p;
    size_t left = text.n;
    uint32_t start = START + (uint32_t)text.n;
    State s = {start, start, start};
    if (seed != 0) {
        s.a += (uint32_t)(seed >> 32);
        s.b += (uint32_t)seed;
        s = mix(s);
    }
    for (; left >= 12; left -= 12, p += 12) {
        s = mix(add(s, bd_word_get(p, 8), (uint32_t)bd_word_get(p + 8, 4)));
    }
    uint64_t rest = left > 8 ? bd_word_get(p + 8, left - 8) : 0;
    s = end(add(s, bd_word_get(p, left < 8 ? left : 8), (uint32_t)rest << 8));
    return (uint64_t)s.b << 32 | s.c;
}
