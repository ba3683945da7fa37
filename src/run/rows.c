#include "run/rows.h"

#include <string.h>

void bd_rows_init(BdRows *rows, uint32_t columns) {
    *rows = (BdRows){.columns = columns};
}

void bd_rows_deinit(BdRows *rows) {
    bd_buf_deinit(&rows->text);
    bd_buf_deinit(&rows->places);
}

/* Bytes of a row's values, each with its zero byte. */
static size_t size_of(const BdSeries *columns, uint32_t count, uint32_t row) {
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        bytes += bd_series_at(&columns[i], row).n + 1;
    }
    return bytes;
}

int bd_rows_add(BdRows *rows, const BdSeries *columns, uint32_t row, BdErr *err) {
    if (bd_buf_reserve(&rows->places, rows->columns * sizeof(size_t)) != 0 ||
        bd_buf_reserve(&rows->text, size_of(columns, rows->columns, row)) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a batch of so many rows");
    }
    size_t *places = (size_t *)(void *)(rows->places.p + rows->places.len);
    char *to = rows->text.p + rows->text.len;
    for (uint32_t i = 0; i < rows->columns; i++) {
        const BdSpan value = bd_series_at(&columns[i], row);
        places[i] = SIZE_MAX;
        if (value.p != NULL) {
            places[i] = (size_t)(to - rows->text.p);
            memcpy(to, value.p, value.n + 1);
            to += value.n + 1;
        }
    }
    rows->text.len = (size_t)(to - rows->text.p);
    rows->places.len += rows->columns * sizeof(size_t);
    rows->count++;
    return 0;
}

static const size_t *places_of(const BdRows *rows, uint32_t row) {
    return (const size_t *)(const void *)rows->places.p + (size_t)row * rows->columns;
}

static const char *value_at(const BdRows *rows, size_t place) {
    return place == SIZE_MAX ? NULL : rows->text.p + place;
}

const char *bd_rows_value(const BdRows *rows, uint32_t row, uint32_t column) {
    return value_at(rows, places_of(rows, row)[column]);
}

void bd_rows_values(const BdRows *rows, uint32_t first, uint32_t count, const char **values) {
    const size_t *places = places_of(rows, first);
    for (size_t i = 0; i < (size_t)count * rows->columns; i++) {
        values[i] = value_at(rows, places[i]);
    }
}

void bd_rows_tell(const BdRows *rows, uint32_t row, BdRowText *text) {
    for (uint32_t i = 0; i < rows->columns; i++) {
        const char *value = bd_rows_value(rows, row, i);
        bd_row_text_add(text, value, value == NULL ? 0 : strlen(value));
    }
}

void bd_rows_reset(BdRows *rows) {
    rows->count = 0;
    bd_buf_reset(&rows->text);
    bd_buf_reset(&rows->places);
}
