/*
 * stream.h - bytes from a plain file, a .gz file or a member of a .zip: one way to read them all.
 *
 * Which of them a file is, is told from its first bytes, not from its name; but a name that ends in
 * .zip or .gz is a promise, and an error where it is not held. CRCs and lengths are checked: an end
 * that comes too early is an error, never a short file.
 *
 * Ownership: bd_stream_close() releases everything and takes NULL.
 * Threads:   one at a time.
 * Errors:    BD_E_IO (cannot open or read) and BD_E_FORMAT (damaged), naming file and member.
 */
#ifndef BD_STREAM_H
#define BD_STREAM_H

#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

typedef struct BdStream BdStream;

/*
 * Open a file. For a zip, `member` names the member to read; NULL takes the only one, and none or
 * several are an error that lists them. For other files `member` must be NULL. Encrypted members
 * are refused.
 */
BD_MUSTCHECK int bd_stream_open(BdStream **out, const char *path, const char *member, BdErr *err);

/* Read up to cap bytes: the number read, 0 at the end, -1 on failure. */
BD_MUSTCHECK int64_t bd_stream_read(BdStream *stream, char *p, size_t cap, BdErr *err);

/* "path" or "path(member)"; lives as long as the stream. */
const char *bd_stream_name(const BdStream *stream);

/* All the bytes it will give, where that is known without reading; -1 where not (.gz). */
int64_t bd_stream_size(const BdStream *stream);

void bd_stream_close(BdStream *stream);

/* What a zip holds. */
typedef struct BdZipMember {
    char *name;
    int64_t bytes;            /* unpacked */
    int64_t compressed_bytes; /* as stored */
} BdZipMember;

/*
 * List the members of a zip, in order; directories are left out. *count is 0 and *out NULL where
 * the file is no zip. Free with bd_zip_members_free().
 */
BD_MUSTCHECK int bd_zip_members(BdZipMember **out, size_t *count, const char *path, BdErr *err);
void bd_zip_members_free(BdZipMember *members, size_t count);

#endif
