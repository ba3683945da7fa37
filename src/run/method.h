/*
 * method.h - the ways in which db:insert ships rows.
 */
#ifndef BD_METHOD_H
#define BD_METHOD_H

#include <stdbool.h>

/* Ways of shipping rows. All of them store the same rows. */
typedef enum BdMethod {
    BD_METHOD_ROW,        /* a statement for each row, one at a time */
    BD_METHOD_PIPELINE,   /* a statement for each row, in a pipeline */
    BD_METHOD_VALUES,     /* INSERT of several rows of VALUES */
    BD_METHOD_UNNEST,     /* INSERT from an array for each column */
    BD_METHOD_COPY,       /* COPY FROM STDIN, text */
    BD_METHOD_COPY_BINARY /* COPY FROM STDIN, binary */
} BdMethod;

/* Are rows collected, to be sent many at a time? */
static inline bool bd_method_collects(BdMethod method) {
    return method != BD_METHOD_ROW && method != BD_METHOD_PIPELINE;
}

#endif
