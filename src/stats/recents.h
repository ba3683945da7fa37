/*
 * recents.h - the hashes of short values that were sent lately, to be found by their bytes: the
 * same values come again and again.
 *
 * Each compared column of a manifest has BD_RECENT of them.
 *
 * Ownership: embedded in its owner; the arrivals that look values up in it point to it.
 * Threads:   one at a time.
 */
#ifndef BD_RECENTS_H
#define BD_RECENTS_H

#include "core/span.h"
#include "core/word.h"
#include "stats/manifest.h"

#include <stdint.h>

#define BD_RECENT_BITS 10
#define BD_RECENT      (1 << BD_RECENT_BITS)

typedef struct BdRecent {
    uint64_t key; /* what tells a short value from every other; 0: there is none */
    uint64_t hash;
} BdRecent;

typedef struct BdRecents {
    BdRecent *list; /* of column c of the manifest: from c * BD_RECENT on */
} BdRecents;

/* manifest may be NULL: there are none, and nothing may be looked up. */
BD_MUSTCHECK int bd_recents_init(BdRecents *recents, const BdManifest *manifest, BdErr *err);

/* May be called on a zeroed struct. */
void bd_recents_deinit(BdRecents *recents);

/* The key of a value; 0 for NULL, and for what is too long. */
static inline uint64_t bd_recent_key(BdSpan value) {
    return value.n <= BD_WORD_BYTES ? bd_word_get(value.p, value.n) : 0;
}

/* Where the hash is of a value with this key, if it was sent lately, among those of its column. The
 * factor is one of many that were tried: it keeps numbers that follow each other apart. */
static inline BdRecent *bd_recent_place(BdRecent *column, uint64_t key) {
    return column + ((key * UINT64_C(0xdbb36cad8d5c964d)) >> (64 - BD_RECENT_BITS));
}

#endif
