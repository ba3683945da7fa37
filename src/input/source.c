/*
 * Lines of files, parsed in one of two ways, or records from a generator: behind one fill function.
 */
#include "input/source.h"

#include "core/mem.h"
#include "input/generator.h"
#include "input/lines.h"
#include "input/stream.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FILL_BYTES = 64 * 1024 }; /* text, after which a batch is full */

typedef enum Kind { KIND_DELIMITED, KIND_FIXED, KIND_GENERATED } Kind;

typedef struct File {
    char *path;
    char *member;    /* may be NULL */
    uint32_t fields; /* 0: as many as the format says */
    /* As the stream gives it; NULL until the file was opened. The reader writes it, anybody who has
     * got a record of the file may read it. */
    char *_Atomic name;
} File;

struct BdSource {
    Kind kind;
    BdDelimited delimited;
    BdDelimited in_file; /* the same, with the number of fields of the file that is open */
    BdFixed fixed;
    BdColumn *columns; /* what fixed.columns points to */
    BdGenerator generator;

    File *files;
    size_t count;
    size_t next; /* file to be opened next */
    File *file;  /* the one that is open; NULL: none */
    BdStream *stream;
    BdLines *lines;
    const char *ending;
    int64_t closed_bytes;  /* of the files that were read to their end */
    _Atomic int64_t bytes; /* written by the reader, read by anybody */
    int64_t total_bytes;
};

/* ---- opening ---- */

static int no_memory(BdErr *err) {
    return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a source");
}

static int copy_files(BdSource *source, const BdSourceFile *files, size_t count, BdErr *err) {
    source->files = bd_alloc_array(count, sizeof(*source->files));
    if (source->files == NULL) {
        return no_memory(err);
    }
    source->count = count;
    for (size_t i = 0; i < count; i++) {
        File *file = &source->files[i];
        file->fields = files[i].fields;
        file->path = bd_strdup(files[i].path);
        if (file->path == NULL) {
            return no_memory(err);
        }
        if (files[i].member != NULL) {
            file->member = bd_strdup(files[i].member);
            if (file->member == NULL) {
                return no_memory(err);
            }
        }
    }
    return 0;
}

/* Add up the sizes, as far as they are known. A file that cannot be opened is no failure yet. */
static int measure(BdSource *source, BdErr *err) {
    source->total_bytes = 0;
    for (size_t i = 0; i < source->count; i++) {
        BdStream *stream = NULL;
        BdErr open_err = BD_ERR_INIT;
        int64_t size = -1;
        if (bd_stream_open(&stream, source->files[i].path, source->files[i].member, &open_err) ==
            0) {
            size = bd_stream_size(stream);
            bd_stream_close(stream);
        } else if (open_err.code == BD_E_NOMEM) {
            return no_memory(err);
        }
        if (size < 0 || __builtin_add_overflow(source->total_bytes, size, &source->total_bytes)) {
            source->total_bytes = -1;
            return 0;
        }
    }
    return 0;
}

static int new_source(BdSource **out, Kind kind, BdErr *err) {
    *out = bd_alloc(sizeof(**out));
    if (*out == NULL) {
        return no_memory(err);
    }
    (*out)->kind = kind;
    (*out)->ending = "none";
    (*out)->total_bytes = -1;
    return 0;
}

/* Give a source its files, or close it. */
static int begin_files(BdSource **source, const BdSourceFile *files, size_t count, BdErr *err) {
    if (copy_files(*source, files, count, err) != 0 || measure(*source, err) != 0) {
        bd_source_close(*source);
        *source = NULL;
        return -1;
    }
    return 0;
}

int bd_source_open_delimited(BdSource **out, const BdSourceFile *files, size_t count,
                             const BdDelimited *format, BdErr *err) {
    *out = NULL;
    char delimiter = format->delimiter;
    if (delimiter == '\0' || delimiter == '\n' || delimiter == '\r') {
        return bd_err_set(err, BD_E_CONFIG, 0, "a line end or a NUL byte cannot be the delimiter");
    }
    if (format->min_fields > format->max_fields || format->max_fields == 0) {
        return bd_err_set(err, BD_E_CONFIG, 0, "no line can have from %u to %u fields",
                          format->min_fields, format->max_fields);
    }
    if (new_source(out, KIND_DELIMITED, err) != 0) {
        return -1;
    }
    (*out)->delimited = *format;
    return begin_files(out, files, count, err);
}

static int check_fixed(const BdFixed *format, BdErr *err) {
    if (format->line_bytes > BD_LINE_MAX_BYTES) {
        return bd_err_set(err, BD_E_CONFIG, 0, "lines of %u bytes are too long, %d is the limit",
                          format->line_bytes, BD_LINE_MAX_BYTES);
    }
    for (uint32_t i = 0; i < format->count; i++) {
        const BdColumn *column = &format->columns[i];
        if (column->start > format->line_bytes ||
            column->width > format->line_bytes - column->start) {
            return bd_err_set(err, BD_E_CONFIG, 0, "column %u reaches beyond the line's %u bytes",
                              i + 1, format->line_bytes);
        }
    }
    return 0;
}

int bd_source_open_fixed(BdSource **out, const BdSourceFile *files, size_t count,
                         const BdFixed *format, BdErr *err) {
    *out = NULL;
    if (check_fixed(format, err) != 0 || new_source(out, KIND_FIXED, err) != 0) {
        return -1;
    }
    BdSource *source = *out;
    source->columns = bd_alloc_array(format->count, sizeof(*source->columns));
    if (source->columns == NULL) {
        bd_source_close(source);
        *out = NULL;
        return no_memory(err);
    }
    for (uint32_t i = 0; i < format->count; i++) {
        source->columns[i] = format->columns[i];
    }
    source->fixed = (BdFixed){
        .line_bytes = format->line_bytes, .columns = source->columns, .count = format->count};
    return begin_files(out, files, count, err);
}

static int open_generated(BdSource **out, const char *name, const BdDraw *draws, uint32_t fields,
                          int64_t n, uint64_t seed, BdErr *err) {
    if (new_source(out, KIND_GENERATED, err) != 0) {
        return -1;
    }
    if (bd_generator_init(&(*out)->generator, name, draws, fields, n, seed, err) != 0) {
        bd_source_close(*out);
        *out = NULL;
        return -1;
    }
    return 0;
}

int bd_source_open_count(BdSource **out, int64_t n, BdErr *err) {
    static const BdDraw numbers = {.kind = BD_DRAW_SEQUENCE, .low = 1, .high = INT64_MAX};
    return open_generated(out, "count", &numbers, 1, n, 0, err);
}

int bd_source_open_random(BdSource **out, const BdDraw *draws, uint32_t fields, int64_t n,
                          uint64_t seed, BdErr *err) {
    return open_generated(out, "random", draws, fields, n, seed, err);
}

int bd_source_check(const BdSource *source, BdErr *err) {
    for (size_t i = 0; i < source->count; i++) {
        BdStream *stream = NULL;
        if (bd_stream_open(&stream, source->files[i].path, source->files[i].member, err) != 0) {
            return -1;
        }
        bd_stream_close(stream);
    }
    return 0;
}

/* ---- files, one after the other ---- */

static void close_file(BdSource *source) {
    if (source->lines != NULL) {
        source->ending = bd_lines_ending(source->lines);
        source->closed_bytes += bd_lines_bytes(source->lines);
    }
    bd_lines_free(source->lines);
    bd_stream_close(source->stream);
    source->lines = NULL;
    source->stream = NULL;
    source->file = NULL;
}

/* Open the next file: 1, 0 when there are no more, -1. */
static int open_file(BdSource *source, BdErr *err) {
    if (source->next == source->count) {
        return 0;
    }
    File *file = &source->files[source->next];
    if (bd_stream_open(&source->stream, file->path, file->member, err) != 0) {
        return -1;
    }
    if (file->name == NULL) {
        file->name = bd_strdup(bd_stream_name(source->stream));
    }
    if (file->name == NULL) {
        close_file(source);
        return no_memory(err);
    }
    if (bd_lines_new(&source->lines, source->stream, 0, BD_LINE_MAX_BYTES, err) != 0) {
        close_file(source);
        return -1;
    }
    source->in_file = source->delimited;
    if (file->fields != 0) {
        source->in_file.min_fields = source->in_file.max_fields = file->fields;
    }
    source->file = file;
    source->next++;
    return 1;
}

/* The next line of all files: 1, 0 at the end of the last one, -1. */
static int next_line(BdSource *source, BdLine *line, BdErr *err) {
    for (;;) {
        if (source->file == NULL) {
            int opened = open_file(source, err);
            if (opened <= 0) {
                return opened;
            }
        }
        int got = bd_lines_next(source->lines, line, err);
        atomic_store_explicit(&source->bytes, source->closed_bytes + bd_lines_bytes(source->lines),
                              memory_order_relaxed);
        if (got != 0) {
            return got;
        }
        close_file(source);
    }
}

/* ---- filling ---- */

static BdParse parse(const BdSource *source, const BdLine *line, BdBatch *batch, char *reason) {
    const char *name = source->file->name;
    if (source->kind == KIND_FIXED) {
        return bd_fixed_parse(&source->fixed, line->text, line->number, name, batch, reason);
    }
    return bd_delimited_parse(&source->in_file, line->text, line->number, name, batch, reason);
}

static int reject(const BdSource *source, const BdLine *line, const char *reason, BdRejectSink sink,
                  BdErr *err) {
    if (sink.reject == NULL ||
        sink.reject(sink.context, source->file->name, line->number, reason) == 0) {
        return 0;
    }
    return bd_err_set(err, BD_E_STOPPED, 0, "%s, line %lld: %s", source->file->name,
                      (long long)line->number, reason);
}

static int add_line(const BdSource *source, const BdLine *line, BdBatch *batch, BdRejectSink sink,
                    BdErr *err) {
    char reason[BD_REASON_BYTES];
    if (line->too_long) {
        return reject(source, line, "line of more than 1 MiB", sink, err);
    }
    switch (parse(source, line, batch, reason)) {
    case BD_PARSE_OK:
        return 0;
    case BD_PARSE_REJECT:
        return reject(source, line, reason, sink, err);
    case BD_PARSE_NOMEM:
        break;
    }
    return bd_err_set(err, BD_E_NOMEM, 0, "no memory for line %lld of %s", (long long)line->number,
                      source->file->name);
}

static int fill_lines(BdSource *source, BdBatch *batch, uint32_t max_records, BdRejectSink sink,
                      BdErr *err) {
    size_t text_bytes = 0;
    bool more = true;
    while (more && bd_batch_size(batch) < max_records && text_bytes < FILL_BYTES) {
        BdLine line;
        int got = next_line(source, &line, err);
        if (got < 0 || (got > 0 && add_line(source, &line, batch, sink, err) != 0)) {
            return -1;
        }
        more = got > 0;
        if (more) { /* a line that is too long is as much text as that, and an empty one is some */
            text_bytes += line.too_long ? FILL_BYTES : line.text.n + 1;
        }
    }
    return more || bd_batch_size(batch) > 0 ? 1 : 0;
}

static int fill_generated(BdSource *source, BdBatch *batch, uint32_t max_records, BdErr *err) {
    int64_t bytes = atomic_load_explicit(&source->bytes, memory_order_relaxed);
    int status = bd_generator_fill(&source->generator, batch, max_records, FILL_BYTES, &bytes, err);
    atomic_store_explicit(&source->bytes, bytes, memory_order_relaxed);
    return status == 0 && bd_batch_size(batch) > 0 ? 1 : status;
}

int bd_source_fill(BdSource *source, BdBatch *batch, uint32_t max_records, BdRejectSink sink,
                   BdErr *err) {
    bd_batch_reset(batch);
    return source->kind == KIND_GENERATED ? fill_generated(source, batch, max_records, err)
                                          : fill_lines(source, batch, max_records, sink, err);
}

/* ---- the rest ---- */

int64_t bd_source_bytes(const BdSource *source) {
    return atomic_load_explicit(&source->bytes, memory_order_relaxed);
}

int64_t bd_source_total_bytes(const BdSource *source) {
    return source->total_bytes;
}

static int describe_file(const File *file, BdBuf *text, BdErr *err) {
    struct stat status;
    char numbers[64];
    if (stat(file->path, &status) != 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "%s", file->path);
    }
    snprintf(numbers, sizeof(numbers), ", %lld bytes of %lld.%09ld\n", (long long)status.st_size,
             (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    if (bd_buf_append_str(text, file->path) != 0 ||
        (file->member != NULL &&
         (bd_buf_append_str(text, ", ") != 0 || bd_buf_append_str(text, file->member) != 0)) ||
        bd_buf_append_str(text, numbers) != 0) {
        return no_memory(err);
    }
    return 0;
}

int bd_source_describe(const BdSource *source, BdBuf *text, BdErr *err) {
    if (source->kind == KIND_GENERATED) {
        return bd_generator_describe(&source->generator, text, err);
    }
    for (size_t i = 0; i < source->count; i++) {
        if (describe_file(&source->files[i], text, err) != 0) {
            return -1;
        }
    }
    return 0;
}

uint32_t bd_source_file_number(const BdSource *source, const char *file) {
    size_t i = 0;
    while (i < source->count && source->files[i].name != file) {
        i++;
    }
    return i < source->count ? (uint32_t)i : 0;
}

const char *bd_source_ending(const BdSource *source) {
    return source->lines != NULL ? bd_lines_ending(source->lines) : source->ending;
}

void bd_source_close(BdSource *source) {
    if (source == NULL) {
        return;
    }
    close_file(source);
    for (size_t i = 0; i < source->count; i++) {
        bd_free(source->files[i].path);
        bd_free(source->files[i].member);
        bd_free(source->files[i].name);
    }
    bd_free(source->files);
    bd_free(source->columns);
    bd_generator_deinit(&source->generator);
    bd_free(source);
}
