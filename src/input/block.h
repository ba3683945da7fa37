/*
 * block.h - 16 bytes of delimited text looked at together; for delimited.c alone.
 *
 * There are two forms of the same function: one for processors with SSE2, one for all. Tests hold
 * them against each other; bd_block_scan() is the faster one that there is.
 *
 * Threads:   no state; any thread.
 */
#ifndef BD_BLOCK_H
#define BD_BLOCK_H

#include <stdint.h>

#if defined(__SSE2__) && !defined(BD_NO_SIMD)
#define BD_BLOCK_SSE2 1
#include <emmintrin.h>
#else
#define BD_BLOCK_SSE2 0
#endif

#define BD_BLOCK_BYTES 16

/* Sets of bytes of a block: bit i stands for byte i. */
typedef struct BdBlock {
    uint32_t delimiters;
    uint32_t plain; /* digits and delimiters */
    uint32_t nuls;
} BdBlock;

/* Copy a block, with every delimiter made a zero byte, and say what was in it. */
static inline BdBlock bd_block_scan_portable(const char *from, char *to, char delimiter) {
    BdBlock block = {0};
    for (uint32_t i = 0; i < BD_BLOCK_BYTES; i++) {
        char byte = from[i];
        uint32_t is_delimiter = byte == delimiter;
        uint32_t is_digit = byte >= '0' && byte <= '9';
        uint32_t is_nul = byte == '\0';
        block.delimiters |= is_delimiter << i;
        block.plain |= (is_digit | is_delimiter) << i;
        block.nuls |= is_nul << i;
        to[i] = is_delimiter ? '\0' : byte;
    }
    return block;
}

#if BD_BLOCK_SSE2

static inline BdBlock bd_block_scan_sse2(const char *from, char *to, char delimiter) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
    const __m128i is_delimiter = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(delimiter));
    /* There is no comparison of unsigned bytes, but a minimum: value <= 9 where min(value, 9) is
     * value. */
    const __m128i value = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    const __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
    const __m128i is_nul = _mm_cmpeq_epi8(bytes, _mm_setzero_si128());
    _mm_storeu_si128((__m128i *)(void *)to, _mm_andnot_si128(is_delimiter, bytes));
    return (BdBlock){
        .delimiters = (uint32_t)_mm_movemask_epi8(is_delimiter),
        .plain = (uint32_t)_mm_movemask_epi8(_mm_or_si128(is_digit, is_delimiter)),
        .nuls = (uint32_t)_mm_movemask_epi8(is_nul),
    };
}

static inline BdBlock bd_block_scan(const char *from, char *to, char delimiter) {
    return bd_block_scan_sse2(from, to, delimiter);
}

#else

static inline BdBlock bd_block_scan(const char *from, char *to, char delimiter) {
    return bd_block_scan_portable(from, to, delimiter);
}

#endif

#endif
