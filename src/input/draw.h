/*
 * draw.h - values by chance, for generated records: the same ones for the same seed.
 *
 * Ownership: plain values.
 * Threads:   a generator belongs to one thread at a time.
 */
#ifndef BD_DRAW_H
#define BD_DRAW_H

#include <stddef.h>
#include <stdint.h>

typedef enum BdDrawKind {
    BD_DRAW_SEQUENCE, /* low, low + 1, ..., high, low, ... */
    BD_DRAW_UNIFORM,  /* every number from low to high alike */
    BD_DRAW_ZIPFIAN,  /* low + i as often as 1 / (i + 1)^exponent: few numbers most of the time */
    BD_DRAW_GAUSSIAN, /* around the middle; low and high are `exponent` deviations away */
    BD_DRAW_TEXT      /* so many small letters: low to high of them */
} BdDrawKind;

typedef struct BdDraw {
    BdDrawKind kind;
    int64_t low, high; /* low <= high, less than 2^53 apart but in a sequence, 2^63 - 1 there */
    double exponent;   /* of zipfian and gaussian; above 0 */
} BdDraw;

/* Most bytes of a value, with the zero byte that ends it. */
size_t bd_draw_most_bytes(const BdDraw *draw);

/* Write the value for record number n (from 0), and a zero byte; returns how many bytes that
 * were. state: of the generator, any number at first. */
size_t bd_draw_write(const BdDraw *draw, int64_t n, uint64_t *state, char *text);

#endif
