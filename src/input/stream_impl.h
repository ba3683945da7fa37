/*
 * stream_impl.h - what the kinds of stream share; for the kinds of stream alone.
 *
 * Each kind has a struct of its own that begins with a BdStream, and two functions for it.
 */
#ifndef BD_STREAM_IMPL_H
#define BD_STREAM_IMPL_H

#include "input/stream.h"

typedef struct BdStreamKind {
    int64_t (*read)(BdStream *stream, char *p, size_t cap, BdErr *err);
    void (*close)(BdStream *stream); /* all but the BdStream itself and its name */
} BdStreamKind;

struct BdStream {
    const BdStreamKind *kind;
    char *name;
    int64_t size; /* -1: unknown */
};

/* A regular file that was opened, before its kind takes it over. */
typedef struct BdStreamFile {
    const char *path;
    const char *member; /* may be NULL */
    int fd;             /* at its beginning */
    int64_t bytes;      /* its length on disk */
} BdStreamFile;

/* Openers of the kinds. The descriptor is theirs from the call on, also when they fail. */
BD_MUSTCHECK int bd_stream_open_plain(BdStream **out, const BdStreamFile *file, BdErr *err);
BD_MUSTCHECK int bd_stream_open_gzip(BdStream **out, const BdStreamFile *file, BdErr *err);
BD_MUSTCHECK int bd_stream_open_zip(BdStream **out, const BdStreamFile *file, BdErr *err);

/* As bd_zip_members(), of a file that is a zip by its first bytes; takes the descriptor too. */
BD_MUSTCHECK int bd_stream_list_zip(BdZipMember **out, size_t *count, const BdStreamFile *file,
                                    BdErr *err);

/* read(2) that goes on after a signal; fills *err. */
BD_MUSTCHECK int64_t bd_stream_read_fd(int fd, void *p, size_t cap, const char *name, BdErr *err);

#endif
