/*
 * word.h - up to eight bytes as one number, the first one in its lowest bits: on any machine. The
 * compiler makes single loads and stores of them where the machine has such.
 *
 * Threads:   any; pure.
 */
#ifndef BD_WORD_H
#define BD_WORD_H

#include <stddef.h>
#include <stdint.h>

#define BD_WORD_BYTES 8

/* A number all of whose bytes are this one. */
#define BD_WORD_OF(byte) (UINT64_MAX / UINT8_MAX * (byte))

static inline uint64_t bd_word_four(const char *from) {
    const unsigned char *p = (const unsigned char *)from;
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

static inline uint64_t bd_word_one(const char *from, size_t i) {
    return (uint64_t)(unsigned char)from[i] << (8 * i);
}

/* At most eight bytes: those that are missing are zero. Bytes in the middle may be read twice. */
static inline uint64_t bd_word_get(const char *from, size_t n) {
    if (n >= 4) {
        return bd_word_four(from) | bd_word_four(from + n - 4) << (8 * (n - 4));
    }
    return n == 0 ? 0 : bd_word_one(from, 0) | bd_word_one(from, n / 2) | bd_word_one(from, n - 1);
}

/* Write all eight bytes. */
static inline void bd_word_put(char *to, uint64_t word) {
    unsigned char *p = (unsigned char *)to;
    p[0] = (unsigned char)word;
    p[1] = (unsigned char)(word >> 8);
    p[2] = (unsigned char)(word >> 16);
    p[3] = (unsigned char)(word >> 24);
    p[4] = (unsigned char)(word >> 32);
    p[5] = (unsigned char)(word >> 40);
    p[6] = (unsigned char)(word >> 48);
    p[7] = (unsigned char)(word >> 56);
}

#endif
