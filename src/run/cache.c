#include "run/cache.h"

#include "core/mem.h"

#include <stdint.h>
#include <string.h>

#define FIRST_ROOM 16 /* entries; a power of two */

typedef struct Entry {
    uint64_t hash;
    uint32_t statement; /* its id */
    char *key;          /* for each value 1, its text and its end, or 0 for NULL */
    BdAnswer *answer;   /* NULL: the entry is free */
} Entry;

struct BdCache {
    Entry *entries; /* a hash table; what does not find its place free takes the next one */
    size_t room;    /* a power of two, at least twice the count */
    size_t count;
    size_t bytes; /* of keys and answers */
    size_t limit_bytes;
};

int bd_cache_new(BdCache **out, size_t limit_bytes, BdErr *err) {
    *out = NULL;
    BdCache *cache = bd_alloc(sizeof(*cache));
    if (cache == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a cache");
    }
    cache->limit_bytes = limit_bytes;
    *out = cache;
    return 0;
}

/* FNV-1a */
static uint64_t mix(uint64_t hash, unsigned char byte) {
    return (hash ^ byte) * 0x100000001b3U;
}

static uint64_t hash_of(const BdStatement *statement, const char *const *values) {
    uint64_t hash = mix(0xcbf29ce484222325U ^ statement->id, 0);
    for (uint32_t i = 0; i < statement->params; i++) {
        for (const char *p = values[i]; p != NULL && *p != '\0'; p++) {
            hash = mix(hash, (unsigned char)*p);
        }
        hash = mix(hash, values[i] == NULL);
    }
    return hash ^ hash >> 32;
}

static bool matches(const Entry *entry, uint64_t hash, const BdStatement *statement,
                    const char *const *values) {
    if (entry->hash != hash || entry->statement != statement->id) {
        return false;
    }
    const char *key = entry->key;
    for (uint32_t i = 0; i < statement->params; i++) {
        bool known = *key++ != 0;
        if (known != (values[i] != NULL) || (known && strcmp(key, values[i]) != 0)) {
            return false;
        }
        key += known ? strlen(key) + 1 : 0;
    }
    return true;
}

BdAnswer *bd_cache_find(const BdCache *cache, const BdStatement *statement,
                        const char *const *values) {
    if (cache->count == 0) {
        return NULL;
    }
    uint64_t hash = hash_of(statement, values);
    for (size_t i = hash & (cache->room - 1);; i = (i + 1) & (cache->room - 1)) {
        const Entry *entry = &cache->entries[i];
        if (entry->answer == NULL || matches(entry, hash, statement, values)) {
            return entry->answer;
        }
    }
}

static void place(Entry *entries, size_t room, const Entry *entry) {
    size_t i = entry->hash & (room - 1);
    while (entries[i].answer != NULL) {
        i = (i + 1) & (room - 1);
    }
    entries[i] = *entry;
}

/* Make room for one entry more. */
static bool grow(BdCache *cache) {
    if (cache->room > 2 * cache->count) {
        return true;
    }
    size_t room = cache->room == 0 ? FIRST_ROOM : 2 * cache->room;
    Entry *entries = bd_alloc_array(room, sizeof(*entries));
    if (entries == NULL) {
        return false;
    }
    for (size_t i = 0; i < cache->room; i++) {
        if (cache->entries[i].answer != NULL) {
            place(entries, room, &cache->entries[i]);
        }
    }
    bd_free(cache->entries);
    cache->entries = entries;
    cache->room = room;
    return true;
}

static size_t key_bytes(const BdStatement *statement, const char *const *values) {
    size_t bytes = statement->params;
    for (uint32_t i = 0; i < statement->params; i++) {
        bytes += values[i] == NULL ? 0 : strlen(values[i]) + 1;
    }
    return bytes;
}

static void write_key(char *key, const BdStatement *statement, const char *const *values) {
    for (uint32_t i = 0; i < statement->params; i++) {
        *key++ = values[i] != NULL;
        size_t length = values[i] == NULL ? 0 : strlen(values[i]) + 1;
        if (length > 0) {
            memcpy(key, values[i], length);
        }
        key += length;
    }
}

bool bd_cache_keep(BdCache *cache, const BdStatement *statement, const char *const *values,
                   BdAnswer *answer) {
    size_t length = key_bytes(statement, values);
    size_t bytes = length + bd_answer_bytes(answer);
    if (bytes > cache->limit_bytes - cache->bytes || !grow(cache)) {
        return false;
    }
    Entry entry = {.hash = hash_of(statement, values),
                   .statement = statement->id,
                   .key = bd_alloc(length),
                   .answer = answer};
    if (entry.key == NULL) {
        return false;
    }
    write_key(entry.key, statement, values);
    place(cache->entries, cache->room, &entry);
    cache->count++;
    cache->bytes += bytes;
    return true;
}

void bd_cache_reset(BdCache *cache) {
    for (size_t i = 0; i < cache->room; i++) {
        bd_answer_free(cache->entries[i].answer);
        bd_free(cache->entries[i].key);
    }
    bd_free(cache->entries);
    *cache = (BdCache){.limit_bytes = cache->limit_bytes};
}

void bd_cache_free(BdCache *cache) {
    if (cache != NULL) {
        bd_cache_reset(cache);
        bd_free(cache);
    }
}
