/*
 * Members of zip files, by minizip.
 *
 * minizip stops where the compressed data stop and compares the CRC only after as many bytes as the
 * directory promises. So the bytes are counted here, and an end that comes before that number is an
 * error; then the CRC decides.
 */
#include "input/stream_impl.h"

#include "core/buf.h"
#include "core/mem.h"

#include <errno.h>
#include <limits.h>
#include <minizip/unzip.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    METHOD_STORED = 0,
    FLAG_ENCRYPTED = 1,
    LISTED_MEMBERS = 8 /* named in a message */
};

typedef struct ZipStream {
    BdStream base;
    unzFile zip;
    int64_t given; /* bytes read so far */
    bool ended;    /* all bytes were read and the CRC was right */
} ZipStream;

/* ---- the directory ---- */

/* minizip's way to open a file: ours is open already. */
static voidpf open_descriptor(voidpf opaque, const void *path, int mode) {
    (void)path;
    (void)mode;
    int *fd = opaque;
    FILE *stream = fdopen(*fd, "rb");
    if (stream == NULL) {
        close(*fd);
    }
    *fd = -1;
    return stream;
}

/* NULL with *err; the descriptor is taken in any case. */
static unzFile open_zip(const BdStreamFile *file, BdErr *err) {
    int fd = file->fd;
    zlib_filefunc64_def functions;
    fill_fopen64_filefunc(&functions);
    functions.zopen64_file = open_descriptor;
    functions.opaque = &fd;
    unzFile zip = unzOpen2_64(file->path, &functions);
    if (zip == NULL) {
        bd_err_set(err, BD_E_FORMAT, UNZ_BADZIPFILE,
                   "%s is damaged: the directory at the end of a zip is missing or broken",
                   file->path);
        bd_err_hint(err, "the file may have been cut short: fetch it again");
    }
    return zip;
}

static int broken_directory(const char *path, int code, BdErr *err) {
    return bd_err_set(err, BD_E_FORMAT, code, "%s is damaged: its directory cannot be read", path);
}

/* Describe the member that minizip stands at. member->name is the caller's to free. */
static int describe(unzFile zip, const char *path, BdZipMember *member, unz_file_info64 *info,
                    BdErr *err) {
    int code = unzGetCurrentFileInfo64(zip, info, NULL, 0, NULL, 0, NULL, 0);
    if (code != UNZ_OK || info->uncompressed_size > INT64_MAX ||
        info->compressed_size > INT64_MAX) {
        return broken_directory(path, code, err);
    }
    *member = (BdZipMember){.name = bd_alloc(info->size_filename + 1),
                            .bytes = (int64_t)info->uncompressed_size,
                            .compressed_bytes = (int64_t)info->compressed_size};
    if (member->name == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory to list %s", path);
    }
    code =
        unzGetCurrentFileInfo64(zip, info, member->name, info->size_filename + 1, NULL, 0, NULL, 0);
    if (code != UNZ_OK) {
        bd_free(member->name);
        return broken_directory(path, code, err);
    }
    return 0;
}

static bool is_folder(const char *name) {
    size_t n = strlen(name);
    return n > 0 && name[n - 1] == '/';
}

/* Go to the first member, or to the next: 1, 0 when there are no more, -1. */
static int go(unzFile zip, const char *path, bool first, BdErr *err) {
    unz_global_info64 global = {0};
    if (first && unzGetGlobalInfo64(zip, &global) == UNZ_OK && global.number_entry == 0) {
        return 0;
    }
    int code = first ? unzGoToFirstFile(zip) : unzGoToNextFile(zip);
    if (code == UNZ_END_OF_LIST_OF_FILE) {
        return 0;
    }
    return code == UNZ_OK ? 1 : broken_directory(path, code, err);
}

static int list(unzFile zip, const char *path, BdZipMember **out, size_t *count, BdErr *err) {
    BdZipMember *members = NULL;
    size_t used = 0;
    size_t room = 0;
    int more = 0;
    for (more = go(zip, path, true, err); more > 0; more = go(zip, path, false, err)) {
        if (used == room) {
            BdZipMember *grown = bd_realloc_array(members, room + 64, sizeof(*members));
            if (grown == NULL) {
                more = bd_err_set(err, BD_E_NOMEM, 0, "no memory to list %s", path);
                break;
            }
            members = grown;
            room += 64;
        }
        unz_file_info64 info;
        if (describe(zip, path, &members[used], &info, err) != 0) {
            more = -1;
            break;
        }
        if (is_folder(members[used].name)) {
            bd_free(members[used].name);
        } else {
            used++;
        }
    }
    if (more < 0) {
        bd_zip_members_free(members, used);
        return -1;
    }
    *out = members;
    *count = used;
    return 0;
}

int bd_stream_list_zip(BdZipMember **out, size_t *count, const BdStreamFile *file, BdErr *err) {
    unzFile zip = open_zip(file, err);
    if (zip == NULL) {
        return -1;
    }
    int rc = list(zip, file->path, out, count, err);
    unzClose(zip);
    return rc;
}

/* ---- finding the member ---- */

/* Say that the wanted member is not there, or which there are to choose from. */
static int refuse_choice(unzFile zip, const BdStreamFile *file, BdErr *err) {
    BdZipMember *members = NULL;
    size_t count = 0;
    if (list(zip, file->path, &members, &count, err) != 0) {
        return -1;
    }
    char names[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < count && i < LISTED_MEMBERS && used < sizeof(names); i++) {
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%.60s", i == 0 ? "" : ", ",
                                 members[i].name);
    }
    bd_zip_members_free(members, count);
    const char *more = count > LISTED_MEMBERS ? ", ..." : "";
    if (count == 0) {
        return bd_err_set(err, BD_E_FORMAT, 0, "%s is a zip without members", file->path);
    }
    if (file->member == NULL) {
        bd_err_set(err, BD_E_FORMAT, 0, "%s has %zu members, say which: %s%s", file->path, count,
                   names, more);
        bd_err_hint(err,
                    "in a scenario: files = { { path = \"a.zip\", member = \"b.csv\" }, ... }");
    } else {
        bd_err_set(err, BD_E_FORMAT, 0, "%s has no member %s, it has %s%s", file->path,
                   file->member, names, more);
    }
    return -1;
}

/* Stand at the wanted member, or at the only one, and describe it. */
static int find(unzFile zip, const BdStreamFile *file, BdZipMember *found, unz_file_info64 *info,
                BdErr *err) {
    size_t matches = 0;
    unz64_file_pos place;
    int more = 0;
    for (more = go(zip, file->path, true, err); more > 0; more = go(zip, file->path, false, err)) {
        BdZipMember member;
        if (describe(zip, file->path, &member, info, err) != 0) {
            return -1;
        }
        bool wanted =
            file->member == NULL ? !is_folder(member.name) : strcmp(member.name, file->member) == 0;
        bd_free(member.name);
        if (wanted && matches++ == 0) {
            unzGetFilePos64(zip, &place);
        }
    }
    if (more < 0) {
        return -1;
    }
    if (matches == 0 || (file->member == NULL && matches > 1)) {
        return refuse_choice(zip, file, err);
    }
    int code = unzGoToFilePos64(zip, &place);
    return code == UNZ_OK ? describe(zip, file->path, found, info, err)
                          : broken_directory(file->path, code, err);
}

/* ---- reading it ---- */

static int damaged(const BdStream *stream, int code, BdErr *err) {
    if (code == UNZ_ERRNO && errno != 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot read %s", stream->name);
    }
    const char *what = code == UNZ_CRCERROR   ? "its CRC is wrong"
                       : code == UNZ_ERRNO    ? "the file ends too early"
                       : code == Z_DATA_ERROR ? "its compressed data are broken"
                                              : "it does not hold what the zip's directory says";
    return bd_err_set(err, BD_E_FORMAT, code, "%s is damaged: %s", stream->name, what);
}

static int64_t zip_end(ZipStream *zip, BdErr *err) {
    if (zip->given < zip->base.size) {
        return bd_err_set(err, BD_E_FORMAT, 0, "%s is damaged: it ends after %lld bytes of %lld",
                          zip->base.name, (long long)zip->given, (long long)zip->base.size);
    }
    int code = unzCloseCurrentFile(zip->zip);
    if (code != UNZ_OK) {
        return damaged(&zip->base, code, err);
    }
    zip->ended = true;
    return 0;
}

static int64_t zip_read(BdStream *stream, char *p, size_t cap, BdErr *err) {
    ZipStream *zip = (ZipStream *)stream;
    if (zip->ended || cap == 0) {
        return 0;
    }
    errno = 0; /* minizip does not say whether the file failed or ended */
    int n = unzReadCurrentFile(zip->zip, p, cap > INT_MAX ? INT_MAX : (unsigned)cap);
    if (n < 0) {
        return damaged(stream, n, err);
    }
    zip->given += n;
    return n > 0 ? n : zip_end(zip, err);
}

static void zip_close(BdStream *stream) {
    ZipStream *zip = (ZipStream *)stream;
    unzCloseCurrentFile(zip->zip);
    unzClose(zip->zip);
}

static const BdStreamKind zip_kind = {.read = zip_read, .close = zip_close};

/* "path(member)", which bd_free() frees. */
static char *name_of(const char *path, const char *member) {
    BdBuf name = {0};
    if (bd_buf_append_str(&name, path) != 0 || bd_buf_append(&name, "(", 1) != 0 ||
        bd_buf_append_str(&name, member) != 0 || bd_buf_append(&name, ")", 1) != 0 ||
        bd_buf_end(&name) != 0) {
        bd_buf_deinit(&name);
        return NULL;
    }
    return name.p;
}

static int check_readable(const BdStream *stream, const unz_file_info64 *info, BdErr *err) {
    if ((info->flag & FLAG_ENCRYPTED) != 0) {
        bd_err_set(err, BD_E_FORMAT, 0, "%s is encrypted", stream->name);
        return bd_err_hint(err, "unpack it by hand and name the unpacked file");
    }
    if (info->compression_method != METHOD_STORED && info->compression_method != Z_DEFLATED) {
        bd_err_set(err, BD_E_FORMAT, 0, "%s is compressed by method %lu, which is not supported",
                   stream->name, info->compression_method);
        return bd_err_hint(err, "unpack it by hand and name the unpacked file");
    }
    return 0;
}

/* Find the member, check and open it; zip->base holds its name and size then. */
static int open_member(ZipStream *zip, const BdStreamFile *file, BdErr *err) {
    BdZipMember member;
    unz_file_info64 info;
    if (find(zip->zip, file, &member, &info, err) != 0) {
        return -1;
    }
    zip->base.size = member.bytes;
    zip->base.name = name_of(file->path, member.name);
    bd_free(member.name);
    if (zip->base.name == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory to open %s", file->path);
    }
    if (check_readable(&zip->base, &info, err) != 0) {
        return -1;
    }
    errno = 0;
    int code = unzOpenCurrentFile(zip->zip);
    return code == UNZ_OK ? 0 : damaged(&zip->base, code, err);
}

int bd_stream_open_zip(BdStream **out, const BdStreamFile *file, BdErr *err) {
    ZipStream *zip = bd_alloc(sizeof(*zip));
    if (zip == NULL) {
        close(file->fd);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory to open %s", file->path);
    }
    zip->base.kind = &zip_kind;
    zip->zip = open_zip(file, err);
    if (zip->zip == NULL) {
        bd_free(zip);
        return -1;
    }
    if (open_member(zip, file, err) != 0) {
        bd_stream_close(&zip->base);
        return -1;
    }
    *out = &zip->base;
    return 0;
}
