/*
 * fuzz_lines.c - lines of any text, with any chunk size and limit, against the oracle.
 *
 * Input: one byte for the chunk size, one for the longest line, then the text.
 */
#include "input/lines.h"

#include "support/oracle.h"
#include "support/stream_memory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    OracleLines oracle = {.p = (const char *)data + 2, .n = size - 2, .max_bytes = data[1]};
    BdStream *stream = NULL;
    BdLines *lines = NULL;
    check(stream_open_memory(&stream, "text", oracle.p, oracle.n, NULL) == 0);
    check(bd_lines_new(&lines, stream, data[0], oracle.max_bytes, NULL) == 0);
    BdLine line;
    BdLine expected;
    while (oracle_next_line(&oracle, &expected)) {
        check(bd_lines_next(lines, &line, NULL) == 1);
        check(line.number == expected.number && line.too_long == expected.too_long);
        check(line.text.n == expected.text.n);
        check(line.text.n == 0 || memcmp(line.text.p, expected.text.p, line.text.n) == 0);
    }
    check(bd_lines_next(lines, &line, NULL) == 0);
    check(bd_lines_bytes(lines) == (int64_t)oracle.n);
    check(!oracle.crlf || strcmp(bd_lines_ending(lines), "CRLF") == 0);
    bd_lines_free(lines);
    bd_stream_close(stream);
    return 0;
}
