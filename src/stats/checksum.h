/*
 * checksum.h - the hash of a value as a table holds it, the same on the client as in SQL.
 *
 * A value is brought into the one form in which the server writes its type (5 in a numeric(10,2) is
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
typedef enum BdFormKind {
    BD_FORM_TEXT,     /* nothing: text, json, an enum */
    BD_FORM_VARCHAR,  /* at most `limit` characters, where there is a limit */
    BD_FORM_CHAR,     /* no blanks at the end */
    BD_FORM_INTEGER,  /* no sign or zeros that are not needed */
    BD_FORM_NUMERIC,  /* likewise; `limit` digits behind the point, or as many as were given */
    BD_FORM_BOOL,     /* true, false */
    BD_FORM_UUID,     /* small letters, hyphens */
    BD_FORM_DATE,     /* 2000-04-01 */
    BD_FORM_TIMESTAMP /* 2000-04-01 12:00:00.5 */
} BdFormKind;

#define BD_FORM_NO_LIMIT (-1)

typedef struct BdForm {
    BdFormKind kind;
    int32_t limit; /* of VARCHAR and NUMERIC, else BD_FORM_NO_LIMIT */
} BdForm;

#define BD_FORM_SCRATCH 160 /* bytes */

/*
 * The value in its one form: *out is in text or in scratch. -1: it is written in a way that is not
 * known here, though the server may take it (a number as 1e3, a date as "tomorrow").
 */
BD_MUSTCHECK int bd_form_apply(BdForm form, BdSpan text, char scratch[BD_FORM_SCRATCH],
                               BdSpan *out);

/* What hashtextextended(text, seed) is on a little-endian server. */
uint64_t bd_checksum_text(BdSpan text, uint64_t seed);

#endif
