#include "run/origins.h"

#include <assert.h>

static BdStretch *stretches(const BdOrigins *origins) {
    return (BdStretch *)(void *)origins->stretches.p;
}

static size_t stretch_count(const BdOrigins *origins) {
    return origins->stretches.len / sizeof(BdStretch);
}

void bd_origins_begin(BdOrigins *origins) {
    origins->stretch = NULL;
    origins->came = 0;
}

int bd_origins_stretch(BdOrigins *origins, BdErr *err) {
    const BdStretch stretch = {.number = origins->came + 1, .first = origins->rows};
    if (bd_buf_append(&origins->stretches, (const char *)&stretch, sizeof(stretch)) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a batch of so many records");
    }
    origins->stretch = stretches(origins) + stretch_count(origins) - 1;
    return 0;
}

void bd_origins_add(BdOrigins *origins, uint32_t rows) {
    origins->came += rows;
    origins->stretch->rows += rows;
    origins->rows += rows;
}

uint32_t bd_origins_skip(BdOrigins *origins) {
    origins->stretch = NULL;
    return ++origins->came;
}

uint32_t bd_origins_number(const BdOrigins *origins, uint32_t row) {
    assert(row < origins->rows);
    const BdStretch *stretch = stretches(origins);
    while (row >= stretch->first + stretch->rows) {
        stretch++;
    }
    return stretch->number + row - stretch->first;
}

void bd_origins_forget(BdOrigins *origins) {
    bd_buf_reset(&origins->stretches);
    origins->stretch = NULL;
    origins->rows = 0;
}

void bd_origins_deinit(BdOrigins *origins) {
    bd_buf_deinit(&origins->stretches);
}
