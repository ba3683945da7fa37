#include "input/draw.h"

#include <math.h>

#define NUMBER_BYTES 21 /* INT64_MIN and a zero byte */
#define LETTERS      26
#define PI           3.14159265358979323846

/* The next 64 bits (Steele, Lea and Flood: Fast splittable pseudorandom number generators,
 * 2014). */
static uint64_t next_bits(uint64_t *state) {
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t bits = *state;
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
    return bits ^ (bits >> 31);
}

/* From 0 up to, and without, 1. */
static double next_share(uint64_t *state) {
    return (double)(next_bits(state) >> 11) * 0x1p-53;
}

static int64_t uniform(const BdDraw *draw, uint64_t *state) {
    uint64_t count = (uint64_t)draw->high - (uint64_t)draw->low + 1;
    return draw->low + (int64_t)((double)count * next_share(state));
}

/*
 * Rejection-inversion (Hoermann and Derflinger: Rejection-inversion to generate variates from
 * monotone discrete distributions, 1996): the area under x^-exponent is inverted, and what falls
 * outside of the steps is drawn again.
 */
static double area(double x, double exponent) {
    double power = 1 - exponent;
    return fabs(power) < 1e-9 ? log(x) : (pow(x, power) - 1) / power;
}

static double inverse_area(double a, double exponent) {
    double power = 1 - exponent;
    return fabs(power) < 1e-9 ? exp(a) : pow(1 + a * power, 1 / power);
}

static int64_t zipfian(const BdDraw *draw, uint64_t *state) {
    double s = draw->exponent;
    double count = (double)(draw->high - draw->low) + 1;
    double least = area(1.5, s) - 1;
    double most = area(count + 0.5, s);
    for (;;) {
        double a = most + next_share(state) * (least - most);
        double k = floor(inverse_area(a, s) + 0.5);
        k = k < 1 ? 1 : k > count ? count : k;
        if (a >= area(k + 0.5, s) - pow(k, -s)) {
            return draw->low + (int64_t)k - 1;
        }
    }
}

/* Box and Muller; what falls outside is drawn again. */
static int64_t gaussian(const BdDraw *draw, uint64_t *state) {
    double half = ((double)(draw->high - draw->low) + 1) / 2;
    for (;;) {
        double radius = sqrt(-2 * log(1 - next_share(state)));
        double z = radius * cos(2 * PI * next_share(state)) / draw->exponent;
        if (fabs(z) < 1) {
            return draw->low + (int64_t)(half + half * z);
        }
    }
}

static int64_t number(const BdDraw *draw, int64_t n, uint64_t *state) {
    switch (draw->kind) {
    case BD_DRAW_SEQUENCE:
        return draw->low + n % (draw->high - draw->low + 1);
    case BD_DRAW_ZIPFIAN:
        return zipfian(draw, state);
    case BD_DRAW_GAUSSIAN:
        return gaussian(draw, state);
    case BD_DRAW_UNIFORM:
    case BD_DRAW_TEXT:
        break;
    }
    return uniform(draw, state);
}

/* Write the number in decimal, and a zero byte; returns how many bytes that were. */
static size_t write_number(char *text, int64_t number) {
    char digits[NUMBER_BYTES];
    size_t n = 0;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    char *to = text;
    if (number < 0) {
        *to++ = '-';
    }
    while (n > 0) {
        *to++ = digits[--n];
    }
    *to++ = '\0';
    return (size_t)(to - text);
}

size_t bd_draw_most_bytes(const BdDraw *draw) {
    return draw->kind == BD_DRAW_TEXT ? (size_t)draw->high + 1 : NUMBER_BYTES;
}

size_t bd_draw_write(const BdDraw *draw, int64_t n, uint64_t *state, char *text) {
    int64_t value = number(draw, n, state);
    if (draw->kind != BD_DRAW_TEXT) {
        return write_number(text, value);
    }
    for (int64_t i = 0; i < value; i++) {
        text[i] = (char)('a' + (int)(next_share(state) * LETTERS));
    }
    text[value] = '\0';
    return (size_t)value + 1;
}
