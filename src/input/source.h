/*
 * source.h - a stream of records: the lines of one file after the other, or generated values.
 *
 * Files are opened one at a time, when their turn comes, but bd_source_check() can be asked
 * beforehand whether all of them can be. Bad lines are handed to a callback and left out.
 *
 * Ownership: the format and the list of files are copied. Records filled into batches name files by
 *            pointers that live as long as the source, so free it after the batches.
 * Threads:   one at a time.
 * Errors:    those of stream.h; -1 with BD_E_STOPPED when the callback said stop.
 */
#ifndef BD_SOURCE_H
#define BD_SOURCE_H

#include "core/buf.h"
#include "input/batch.h"
#include "input/delimited.h"
#include "input/draw.h"
#include "input/fixed.h"

typedef struct BdSource BdSource;

typedef struct BdSourceFile {
    const char *path;
    const char *member; /* of a zip; NULL: the only one */
    uint32_t fields;    /* of each line, if delimited; 0: as many as the format says */
} BdSourceFile;

/* A bad line: where, and why. Returns 0 to go on, -1 to stop the source. The strings live only
 * during the call. */
typedef int BdRejectFn(void *context, const char *file, int64_t line, const char *reason);

typedef struct BdRejectSink {
    BdRejectFn *reject; /* NULL: bad lines are left out without a word (tests only) */
    void *context;
} BdRejectSink;

BD_MUSTCHECK int bd_source_open_delimited(BdSource **out, const BdSourceFile *files, size_t count,
                                          const BdDelimited *format, BdErr *err);
BD_MUSTCHECK int bd_source_open_fixed(BdSource **out, const BdSourceFile *files, size_t count,
                                      const BdFixed *format, BdErr *err);

/* Records of one field, the numbers 1 .. n as text; n may be INT64_MAX. */
BD_MUSTCHECK int bd_source_open_count(BdSource **out, int64_t n, BdErr *err);

/* n records (n may be INT64_MAX) of fields drawn by chance, as draw.h has it; at least one. The
 * draws are copied. */
BD_MUSTCHECK int bd_source_open_random(BdSource **out, const BdDraw *draws, uint32_t fields,
                                       int64_t n, uint64_t seed, BdErr *err);

/* Open and close every file: -1 for the first that is missing, unreadable, or no file of the
 * kind. Opening a source says nothing about that. */
BD_MUSTCHECK int bd_source_check(const BdSource *source, BdErr *err);

/*
 * Reset the batch and fill it with up to max_records records, from not much more than 64 KiB of
 * text. 1: there may be more (the batch is empty where so much text had nothing but bad lines); 0:
 * the end, it is empty; -1: failed or told to stop, and the batch holds the records before that.
 */
BD_MUSTCHECK int bd_source_fill(BdSource *source, BdBatch *batch, uint32_t max_records,
                                BdRejectSink sink, BdErr *err);

/* Progress: bytes of text read so far, and all there are, as the files' directories said when the
 * source was opened (-1 where unknown: .gz, generated, a file that is missing). Any thread may
 * ask. */
int64_t bd_source_bytes(const BdSource *source);
int64_t bd_source_total_bytes(const BdSource *source);

/* Append what tells whether a source is the same as before: a line for each file, with its name,
 * size and time of change; or one for what is generated. */
BD_MUSTCHECK int bd_source_describe(const BdSource *source, BdBuf *text, BdErr *err);

/* The place, from 0, that the file which a record names has among the source's; 0 for generated
 * records. Any thread. */
uint32_t bd_source_file_number(const BdSource *source, const char *file);

/* Line ends of the file under way, or of the last one: see bd_lines_ending(). */
const char *bd_source_ending(const BdSource *source);

void bd_source_close(BdSource *source);

#endif
