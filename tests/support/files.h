/*
 * files.h - folders and files for tests: plain, zipped, gzipped, and the real ones.
 *
 * What must not fail here ends the case.
 */
#ifndef BD_TEST_FILES_H
#define BD_TEST_FILES_H

#include "core/buf.h"
#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>

#define PATH_BYTES      512
#define TEMPORARY_BYTES (PATH_BYTES / 2)

/* A name for mkstemp() or mkdtemp(), in the folder for temporary files, which begins so. */
void temporary_name(const char *begin, char name[TEMPORARY_BYTES]);

/* A folder of a case's own. */
typedef struct Folder {
    char path[TEMPORARY_BYTES];
} Folder;

void folder_init(Folder *folder);

/* Write the path of a file in it to `path`, which is returned. */
const char *folder_path(const Folder *folder, const char *name, char path[PATH_BYTES]);

/* With all that is in it. */
void folder_deinit(Folder *folder);

void file_write(const char *path, const char *p, size_t n);
void file_read(const char *path, BdBuf *out);

/* Overwrite one byte of a file. */
void file_write_byte(const char *path, size_t at, char byte);

/* Zips of one member by our own writer, and of several by minizip. */
void file_write_zip(const char *path, const char *member, const char *p, size_t n);

typedef struct FileMember {
    const char *name;
    const char *text;
    bool stored; /* not compressed */
} FileMember;

void file_write_zip_members(const char *path, const FileMember *members, size_t count);

/* A gzip file of one member; `mode` is fopen()'s: "wb" or "ab". */
void file_write_gzip(const char *path, const char *mode, const char *p, size_t n);

/* Append all that a stream of the file gives to *out, `cap` bytes at a time: 0, or -1 with *err. */
int file_stream(const char *path, const char *member, size_t cap, BdBuf *out, BdErr *err);

/* The path of a real Census file; false where there is none, which then is said. */
bool file_census(const char *name, char path[PATH_BYTES]);

#endif
