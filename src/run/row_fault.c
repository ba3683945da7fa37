#include "run/row_fault.h"

#include <string.h>

#define MOST_OF_VALUE 32 /* bytes shown */
#define ELLIPSIS      "..."

bool bd_row_fault(const BdErr *err) {
    static const char classes[][3] = {"09", "22", "23", "27", "38", "39", "44", "54", "P0"};
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (err->code == BD_E_SQL && strncmp(err->sqlstate, classes[i], 2) == 0) {
            return true;
        }
    }
    return false;
}

/* Room is kept for what ends the text: an ellipsis, a parenthesis and the zero byte. */
static bool put(BdRowText *row, const char *p, size_t n) {
    if (n > sizeof(row->text) - sizeof(ELLIPSIS ")") - row->used) {
        return false;
    }
    memcpy(row->text + row->used, p, n);
    row->used += n;
    return true;
}

/* Cut text at the begin of a character. */
static size_t cut(const char *value, size_t n) {
    while (n > 0 && ((unsigned char)value[n] & 0xC0) == 0x80) {
        n--;
    }
    return n;
}

static bool put_value(BdRowText *row, const char *value, size_t n) {
    char shown[MOST_OF_VALUE + sizeof("''" ELLIPSIS)];
    size_t used = 0;
    bool whole = n <= MOST_OF_VALUE;
    if (value == NULL) {
        return put(row, "NULL", 4);
    }
    shown[used++] = '\'';
    for (size_t i = 0, end = whole ? n : cut(value, MOST_OF_VALUE); i < end; i++) {
        shown[used++] = (unsigned char)value[i] < ' ' ? ' ' : value[i];
    }
    if (!whole) {
        memcpy(shown + used, ELLIPSIS, 3);
        used += 3;
    }
    shown[used++] = '\'';
    return put(row, shown, used);
}

void bd_row_text_begin(BdRowText *row) {
    row->used = 0;
    row->text[row->used++] = '(';
}

void bd_row_text_add(BdRowText *row, const char *value, size_t n) {
    bool first = row->used == 1;
    bool full = row->text[row->used - 1] == '.';
    if (!full && (!(first || put(row, ", ", 2)) || !put_value(row, value, n))) {
        memcpy(row->text + row->used, ELLIPSIS, 3);
        row->used += 3;
    }
}

int bd_row_text_wrap(BdRowText *row, uint32_t number, BdErr *err) {
    memcpy(row->text + row->used, ")", 2);
    return bd_err_wrap(err, "row %u %s", number, row->text);
}
