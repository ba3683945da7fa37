/*
 * checksum.h - the hash of a value as a table holds it, the same on the client as in SQL.
 *
 * A value is brought into the one spelling that the server has for it (5 in a numeric(10,2) is
 * 5.00), and that text is hashed as the server's hashtextextended() does it. See docs/verify.md.
 *
 * Ownership: nothing is kept.
 * Threads:   pure functions.
 */
#ifndef BD_CHECKSUM_H
#define BD_CHECKSUM_H

#include "core/attr.h"
#include "core/span.h"

#include <stdint.h>

/* What is to be done with the text that a client sends, to get what the server will write. */
typedef enum BdSpellingKind {
    BD_SPELLING_TEXT,     /* nothing: text, json, an enum */
    BD_SPELLING_VARCHAR,  /* at most `limit` characters, where there is a limit */
    BD_SPELLING_CHAR,     /* no blanks at the end */
    BD_SPELLING_INTEGER,  /* no sign or zeros that are not needed */
    BD_SPELLING_NUMERIC,  /* likewise; `limit` digits behind the point, or as many as were given */
    BD_SPELLING_BOOL,     /* true, false */
    BD_SPELLING_UUID,     /* small letters, hyphens */
    BD_SPELLING_DATE,     /* 2000-04-01 */
    BD_SPELLING_TIMESTAMP /* 2000-04-01 12:00:00.5 */
} BdSpellingKind;

#define BD_SPELLING_NO_LIMIT (-1)

typedef struct BdSpelling {
    BdSpellingKind kind;
    int32_t limit; /* of VARCHAR and NUMERIC, else BD_SPELLING_NO_LIMIT */
} BdSpelling;

#define BD_SPELLING_SCRATCH 160 /* bytes */

/*
 * The value in its one spelling: *out is in text or in scratch. -1: it is written in a way that is
 * not known here, though the server may take it (a number as 1e3, a date as "tomorrow").
 */
BD_MUSTCHECK int bd_spelling_apply(BdSpelling spelling, BdSpan text,
                                   char scratch[BD_SPELLING_SCRATCH], BdSpan *out);

/* What hashtextextended(text, seed) is on a little-endian server. */
uint64_t bd_checksum_text(BdSpan text, uint64_t seed);

#endif
