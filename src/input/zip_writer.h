/*
 * zip_writer.h - write a .zip file, for making sample data. Member dates are constant: same
 * content, same bytes.
 *
 * Ownership: bd_zip_writer_close() ends the file and frees the writer, also after a failure.
 * Threads:   one at a time.
 * Errors:    BD_E_IO, naming the file.
 */
#ifndef BD_ZIP_WRITER_H
#define BD_ZIP_WRITER_H

#include "core/err.h"

#include <stddef.h>

typedef struct BdZipWriter BdZipWriter;

/* Create (or replace) the file at path, with one member of that name. */
BD_MUSTCHECK int bd_zip_writer_open(BdZipWriter **out, const char *path, const char *member,
                                    BdErr *err);
BD_MUSTCHECK int bd_zip_writer_write(BdZipWriter *writer, const char *p, size_t n, BdErr *err);

/* NULL is allowed. -1 when the file could not be completed. */
int bd_zip_writer_close(BdZipWriter *writer, BdErr *err);

#endif
