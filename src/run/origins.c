#include "run/origins.h"

#include <assert.h>

typedef struct OriginRecord {
    uint32_t rows; /* that came, held or not */
    int64_t stored;
} OriginRecord;

static OriginRecord *record_at(const BdOrigins *origins, uint32_t i) {
    return (OriginRecord *)(void *)origins->records.p + i;
}

static uint32_t record_count(const BdOrigins *origins) {
    return (uint32_t)(origins->records.len / sizeof(OriginRecord));
}

static OriginRecord *last_record(const BdOrigins *origins) {
    assert(record_count(origins) > 0);
    return record_at(origins, record_count(origins) - 1);
}

static BdStretch *stretches(const BdOrigins *origins) {
    return (BdStretch *)(void *)origins->stretches.p;
}

static size_t stretch_count(const BdOrigins *origins) {
    return origins->stretches.len / sizeof(BdStretch);
}

static int append(BdBuf *buf, const void *p, size_t n, BdErr *err) {
    return bd_buf_append(buf, p, n) == 0
               ? 0
               : bd_err_set(err, BD_E_NOMEM, 0, "no memory for a batch of so many records");
}

int bd_origins_begin(BdOrigins *origins, BdErr *err) {
    const OriginRecord record = {0};
    origins->stretch = NULL;
    return append(&origins->records, &record, sizeof(record), err);
}

int bd_origins_stretch(BdOrigins *origins, BdErr *err) {
    const BdStretch stretch = {.record = record_count(origins) - 1,
                               .number = last_record(origins)->rows + 1,
                               .first = origins->rows};
    if (append(&origins->stretches, &stretch, sizeof(stretch), err) != 0) {
        return -1;
    }
    origins->stretch = stretches(origins) + stretch_count(origins) - 1;
    return 0;
}

void bd_origins_add(BdOrigins *origins) {
    last_record(origins)->rows++;
    origins->stretch->rows++;
    origins->rows++;
}

uint32_t bd_origins_skip(BdOrigins *origins) {
    origins->stretch = NULL;
    return ++last_record(origins)->rows;
}

uint32_t bd_origins_number(const BdOrigins *origins, uint32_t row) {
    assert(row < origins->rows);
    const BdStretch *stretch = stretches(origins);
    while (row >= stretch->first + stretch->rows) {
        stretch++;
    }
    return stretch->number + row - stretch->first;
}

/* How many of the rows the stretch has. */
static uint32_t overlap(const BdStretch *stretch, uint32_t first, uint32_t rows) {
    uint32_t end = first + rows;
    uint32_t stretch_end = stretch->first + stretch->rows;
    first = first > stretch->first ? first : stretch->first;
    end = end < stretch_end ? end : stretch_end;
    return first < end ? end - first : 0;
}

void bd_origins_store(BdOrigins *origins, uint32_t first, uint32_t rows) {
    for (size_t i = 0; i < stretch_count(origins); i++) {
        const BdStretch *stretch = stretches(origins) + i;
        record_at(origins, stretch->record)->stored += overlap(stretch, first, rows);
    }
}

int64_t bd_origins_stored(const BdOrigins *origins, uint32_t record) {
    assert(record < record_count(origins));
    return record_at(origins, record)->stored;
}

void bd_origins_forget(BdOrigins *origins) {
    bd_buf_reset(&origins->stretches);
    origins->stretch = NULL;
    origins->rows = 0;
}

void bd_origins_reset(BdOrigins *origins) {
    bd_origins_forget(origins);
    bd_buf_reset(&origins->records);
}

void bd_origins_deinit(BdOrigins *origins) {
    bd_buf_deinit(&origins->records);
    bd_buf_deinit(&origins->stretches);
}
