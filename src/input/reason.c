#include "input/reason.h"

#include <stdarg.h>
#include <stdio.h>

enum { QUOTED_BYTES = 20 }; /* of the text, before it is cut */

BdParse bd_reason_set(char *reason, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    vsnprintf(reason, BD_REASON_BYTES, fmt, args);
    va_end(args);
    return BD_PARSE_REJECT;
}

const char *bd_reason_quote(char quoted[BD_REASON_QUOTE_BYTES], BdSpan text) {
    size_t used = 0;
    quoted[used++] = '\'';
    for (size_t i = 0; i < text.n && i < QUOTED_BYTES; i++) {
        unsigned char byte = (unsigned char)text.p[i];
        if (byte >= ' ' && byte <= '~') {
            quoted[used++] = (char)byte;
        } else {
            used += (size_t)snprintf(quoted + used, 5, "\\x%02x", byte);
        }
    }
    snprintf(quoted + used, BD_REASON_QUOTE_BYTES - used, "%s",
             text.n > QUOTED_BYTES ? "...'" : "'");
    return quoted;
}
