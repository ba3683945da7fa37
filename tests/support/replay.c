#include "support/replay.h"

#include "core/buf.h"
#include "input/lines.h"
#include "support/memory.h"
#include "support/stream_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void write_record(BdBuf *out, BdRecord record) {
    char head[32];
    snprintf(head, sizeof(head), "%lld: ", (long long)record.line);
    assert_int_equal(bd_buf_append_str(out, head), 0);
    for (uint32_t i = 0; i < record.fields; i++) {
        const char *field = bd_record_field(&record, i);
        assert_int_equal(strlen(field), bd_record_length(&record, i));
        assert_int_equal(bd_buf_append_str(out, i == 0 ? "" : "|"), 0);
        assert_int_equal(bd_buf_append_str(out, field), 0);
    }
    assert_int_equal(bd_buf_append(out, "\n", 1), 0);
}

static void write_bad(BdBuf *out, int64_t number, const char *reason) {
    char text[BD_REASON_BYTES + 32];
    snprintf(text, sizeof(text), "%lld! %s\n", (long long)number, reason);
    assert_int_equal(bd_buf_append_str(out, text), 0);
}

static BdParse parse(ReplayFormat format, BdSpan text, int64_t number, BdBatch *batch,
                     char *reason) {
    return format.delimited != NULL
               ? bd_delimited_parse(format.delimited, text, number, "f", batch, reason)
               : bd_fixed_parse(format.fixed, text, number, "f", batch, reason);
}

static void write_line(BdBuf *out, ReplayFormat format, const BdLine *line, Guard *guard,
                       BdBatch *batch) {
    if (line->too_long) {
        write_bad(out, line->number, "too long");
        return;
    }
    char reason[BD_REASON_BYTES] = "";
    BdSpan text = {.p = guard_put(guard, line->text.p, line->text.n), .n = line->text.n};
    uint32_t before = bd_batch_size(batch);
    BdParse result = parse(format, text, line->number, batch, reason);
    assert_int_not_equal(result, BD_PARSE_NOMEM);
    if (result == BD_PARSE_OK) {
        assert_int_equal(bd_batch_size(batch), before + 1);
        write_record(out, bd_batch_record(batch, before));
    } else {
        assert_int_equal(bd_batch_size(batch), before);
        write_bad(out, line->number, reason);
    }
}

static void write_transcript(BdBuf *out, ReplayFormat format, const char *p, size_t n, size_t chunk,
                             Guard *guard, BdBatch *batch) {
    BdStream *stream = NULL;
    BdLines *lines = NULL;
    BdLine line;
    size_t max_bytes = format.max_bytes == 0 ? BD_LINE_MAX_BYTES : format.max_bytes;
    assert_int_equal(stream_open_memory(&stream, "text", p, n, NULL), 0);
    assert_int_equal(bd_lines_new(&lines, stream, chunk, max_bytes, NULL), 0);
    bd_buf_reset(out);
    bd_batch_reset(batch);
    int more = 0;
    while ((more = bd_lines_next(lines, &line, NULL)) > 0) {
        write_line(out, format, &line, guard, batch);
    }
    assert_int_equal(more, 0);
    assert_int_equal(bd_buf_end(out), 0);
    bd_lines_free(lines);
    bd_stream_close(stream);
}

void replay_expect(ReplayFormat format, const char *text, size_t n, const char *transcript) {
    Guard guard;
    BdBatch *batch = NULL;
    BdBuf out = {0};
    guard_init(&guard, n);
    assert_int_equal(bd_batch_new(&batch, NULL), 0);
    for (size_t chunk = 1; chunk <= n + 1; chunk++) {
        write_transcript(&out, format, text, n, chunk, &guard, batch);
        assert_string_equal(out.p, transcript);
    }
    bd_buf_deinit(&out);
    bd_batch_free(batch);
    guard_deinit(&guard);
}
