/*
 * reason.h - what came of a line, and why it was rejected, in words; shared by the parsers.
 */
#ifndef BD_REASON_H
#define BD_REASON_H

#include "core/attr.h"
#include "core/span.h"

typedef enum BdParse {
    BD_PARSE_OK,
    BD_PARSE_REJECT, /* a bad line: reason says why; the batch is as it was */
    BD_PARSE_NOMEM
} BdParse;

#define BD_REASON_BYTES 256

/* Write the reason (BD_REASON_BYTES of room); always returns BD_PARSE_REJECT. */
BdParse bd_reason_set(char *reason, const char *fmt, ...) BD_PRINTF(2, 3);

#define BD_REASON_QUOTE_BYTES 96 /* room for quoted text */

/* Quote text for a message: cut where it is long, bytes that are not printable ASCII as \xNN.
 * Returns `quoted`. */
const char *bd_reason_quote(char quoted[BD_REASON_QUOTE_BYTES], BdSpan text);

#endif
