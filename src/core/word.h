/*
 * word.h - up to eight bytes as one number, the first one in its lowest bits: on any machine, and
 * as few loads and stores.
 *
 * Threads:   any; pure.
 */
#ifndef BD_WORD_H
#define BD_WORD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BD_WORD_BYTES 8

/* A number all of whose bytes are this one. */
#define BD_WORD_OF(byte) (UINT64_MAX / UINT8_MAX * (byte))

/* Turn the bytes round on a machine that has the first one in the highest bits. */
static inline uint64_t bd_word_turn(uint64_t word) {
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word : __builtin_bswap64(word);
}

static inline uint64_t bd_word_four(const char *from) {
    const unsigned char *p = (const unsigned char *)from;
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24;
}

/* At most eight bytes: those that are missing are zero. Bytes in the middle may be read twice. */
static inline uint64_t bd_word_get(const char *from, size_t n) {
    if (n >= 4) {
        return bd_word_four(from) | bd_word_four(from + n - 4) << (8 * (n - 4));
    }
    uint64_t word = 0;
    for (size_t i = n; i > 0; i--) {
        word = word << 8 | (unsigned char)from[i - 1];
    }
    return word;
}

/* Write all eight bytes. */
static inline void bd_word_put(char *to, uint64_t word) {
    word = bd_word_turn(word);
    memcpy(to, &word, sizeof(word));
}

#endif
