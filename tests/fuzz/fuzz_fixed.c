/*
 * fuzz_fixed.c - lines of fixed width, with any columns, against the oracle.
 *
 * Input: a byte for the width of a line, one for the number of columns (at most 15), two for each
 * of them (start and width, brought into the line); then lines.
 */
#include "input/fixed.h"

#include "support/oracle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_COLUMNS = 15 };

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void check_line(const BdFixed *format, BdSpan line, BdBatch *batch) {
    char *copy = malloc(line.n > 0 ? line.n : 1);
    check(copy != NULL);
    memcpy(copy, line.p, line.n);
    BdSpan exact = {.p = copy, .n = line.n};
    char reason[BD_REASON_BYTES] = "";
    uint32_t before = bd_batch_size(batch);
    BdParse parse = bd_fixed_parse(format, exact, 1, "f", batch, reason);
    free(copy);
    if (line.n != format->line_bytes || (line.n > 0 && memchr(line.p, '\0', line.n) != NULL)) {
        check(parse == BD_PARSE_REJECT && bd_batch_size(batch) == before && reason[0] != '\0');
        return;
    }
    check(parse == BD_PARSE_OK && bd_batch_size(batch) == before + 1);
    BdRecord record = bd_batch_record(batch, before);
    check(record.fields == format->count);
    for (uint32_t i = 0; i < record.fields; i++) {
        const char *field = bd_record_field(&record, i);
        check(strlen(field) == bd_record_length(&record, i));
        check(oracle_same_column(line, format->columns[i], field));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t head = size < 2 ? 2 : 2 + 2 * (size_t)(data[1] & MAX_COLUMNS);
    if (size < head) {
        return 0;
    }
    BdColumn columns[MAX_COLUMNS];
    BdFixed format = {
        .line_bytes = data[0], .columns = columns, .count = (uint32_t)(data[1] & MAX_COLUMNS)};
    for (uint32_t i = 0; i < format.count; i++) {
        columns[i].start = data[2 + 2 * i] % (format.line_bytes + 1);
        columns[i].width = data[3 + 2 * i] % (format.line_bytes - columns[i].start + 1);
    }
    OracleLines lines = {.p = (const char *)data + head, .n = size - head, .max_bytes = SIZE_MAX};
    BdBatch *batch = NULL;
    BdLine line;
    check(bd_batch_new(&batch, NULL) == 0);
    while (oracle_next_line(&lines, &line)) {
        check_line(&format, line.text, batch);
    }
    bd_batch_free(batch);
    return 0;
}
