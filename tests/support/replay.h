/*
 * replay.h - a text cut into lines and parsed, at every chunk size, written down as text.
 *
 * A line of the transcript is "1: a|b|c" for a record, "2! reason" for a bad line.
 */
#ifndef BD_TEST_REPLAY_H
#define BD_TEST_REPLAY_H

#include "input/delimited.h"
#include "input/fixed.h"

/* What to parse lines with: one of them is NULL. */
typedef struct ReplayFormat {
    const BdDelimited *delimited;
    const BdFixed *fixed;
    size_t max_bytes; /* of a line; 0: BD_LINE_MAX_BYTES */
} ReplayFormat;

/* The transcript of n bytes must be the expected one with chunks of 1, 2, ..., n + 1 bytes; each
 * line is handed to the parser at the end of mapped memory. */
void replay_expect(ReplayFormat format, const char *text, size_t n, const char *transcript);

#endif
