/*
 * row_fault.h - rows that are refused: which refusals are a row's own, and what is said of it.
 *
 * Threads:   any.
 */
#ifndef BD_ROW_FAULT_H
#define BD_ROW_FAULT_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Is it a row that was refused, so that others sent together with it may be stored without it? Told
 * by the class of the SQLSTATE: the data itself (22), constraints (23), views with CHECK OPTION
 * (44), what triggers and functions raise (09, 27, 38, 39, P0), and values too long for an index or
 * too deep (54). All else would meet any row: a deadlock (40), no rights or no such column (42),
 * memory or disk that is full (53), a timeout (57), a lost connection.
 */
bool bd_row_fault(const BdErr *err);

/* The values of a row for a message, "('12', NULL, 'a long one...')": abbreviated, on one line. */
typedef struct BdRowText {
    char text[160];
    size_t used;
} BdRowText;

void bd_row_text_begin(BdRowText *row);

/* Add n bytes of text; value is NULL for NULL. */
void bd_row_text_add(BdRowText *row, const char *value, size_t n);

/* Complete it, and put "row 7 (values)" before the message. */
int bd_row_text_wrap(BdRowText *row, uint32_t number, BdErr *err);

#endif
