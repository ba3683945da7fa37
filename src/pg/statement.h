/*
 * statement.h - the text of one SQL statement with its parameters $1, $2, ... found.
 *
 * Ownership: the text is copied.
 * Threads:   read-only once made; shared by all sessions.
 */
#ifndef BD_STATEMENT_H
#define BD_STATEMENT_H

#include "core/buf.h"
#include "core/err.h"
#include "core/span.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct BdStatement {
    uint32_t id;     /* its place in the plan's list */
    char name[32];   /* the name it is prepared under */
    char *sql;       /* ended by a zero byte */
    uint32_t params; /* the highest n of the $n in it */
    bool reads;      /* and does nothing else, as far as its text tells */
    bool commits;    /* it is COMMIT or END */
    /*
     * For the simple protocol: the text around its parameters. pieces[i] is followed by the value
     * of parameter numbers[i] (from 0), except the last, which ends the text. Parameters in quotes,
     * comments, quoted names and dollar quotes are none.
     */
    BdSpan *pieces;
    uint32_t *numbers;
    uint32_t count; /* of numbers; there is one piece more */
} BdStatement;

BD_MUSTCHECK int bd_statement_new(BdStatement **out, uint32_t id, const char *sql, BdErr *err);
void bd_statement_free(BdStatement *statement);

#endif
