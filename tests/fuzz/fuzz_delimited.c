/*
 * fuzz_delimited.c - lines of delimited text in any format, against the oracle.
 *
 * Input: a byte each for the delimiter, the fewest fields, how many more there may be (255: any
 * number) and the first number (255: none); then lines.
 */
#include "input/delimited.h"

#include "support/oracle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void check_line(const BdDelimited *format, BdSpan line, BdBatch *batch) {
    /* A copy without anything behind it, so that reading on is noticed. */
    char *copy = malloc(line.n > 0 ? line.n : 1);
    check(copy != NULL);
    memcpy(copy, line.p, line.n);
    BdSpan exact = {.p = copy, .n = line.n};
    char reason[BD_REASON_BYTES] = "";
    uint32_t before = bd_batch_size(batch);
    BdParse parse = bd_delimited_parse(format, exact, 1, "f", batch, reason);
    free(copy);
    if (oracle_delimited(format, line)) {
        check(parse == BD_PARSE_OK && bd_batch_size(batch) == before + 1);
        check(oracle_same_fields(line, format->delimiter, bd_batch_record(batch, before)));
    } else {
        check(parse == BD_PARSE_REJECT && bd_batch_size(batch) == before);
        check(reason[0] != '\0' && memchr(reason, '\0', sizeof(reason)) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 4 || data[0] == '\0' || data[0] == '\n' || data[0] == '\r') {
        return 0;
    }
    BdDelimited format = {.delimiter = (char)data[0],
                          .min_fields = data[1],
                          .max_fields =
                              data[2] == 255 ? UINT32_MAX : (uint32_t)data[1] + data[2] + 1,
                          .number_from = data[3] == 255 ? UINT32_MAX : data[3]};
    OracleLines lines = {.p = (const char *)data + 4, .n = size - 4, .max_bytes = SIZE_MAX};
    BdBatch *batch = NULL;
    BdLine line;
    check(bd_batch_new(&batch, NULL) == 0);
    while (oracle_next_line(&lines, &line)) {
        check_line(&format, line.text, batch);
    }
    bd_batch_free(batch);
    return 0;
}
