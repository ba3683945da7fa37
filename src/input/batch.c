#include "input/batch.h"

#include "core/mem.h"

#include <assert.h>

/*
 * Text and offsets of all records lie one after the other in two arrays, which move when they
 * grow: entries hold positions, and bd_batch_record() makes pointers of them.
 */
typedef struct Entry {
    size_t text;    /* position of the record's text */
    size_t offsets; /* position of its first offset */
    int64_t line;
    const char *file;
    uint32_t fields;
} Entry;

struct BdBatch {
    char *text;
    size_t text_used;
    size_t text_room;
    uint32_t *offsets;
    size_t offsets_used;
    size_t offsets_room;
    Entry *entries;
    size_t size;
    size_t entries_room;
};

int bd_batch_new(BdBatch **out, BdErr *err) {
    *out = bd_alloc(sizeof(**out));
    if (*out == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a batch");
    }
    return 0;
}

void bd_batch_free(BdBatch *batch) {
    if (batch == NULL) {
        return;
    }
    bd_free(batch->text);
    bd_free(batch->offsets);
    bd_free(batch->entries);
    bd_free(batch);
}

void bd_batch_reset(BdBatch *batch) {
    batch->text_used = 0;
    batch->offsets_used = 0;
    batch->size = 0;
}

uint32_t bd_batch_size(const BdBatch *batch) {
    return (uint32_t)batch->size;
}

BdRecord bd_batch_record(const BdBatch *batch, uint32_t i) {
    assert(i < batch->size);
    const Entry *entry = &batch->entries[i];
    return (BdRecord){.text = batch->text + entry->text,
                      .offsets = batch->offsets + entry->offsets,
                      .fields = entry->fields,
                      .line = entry->line,
                      .file = entry->file};
}

/* The array `p` of *room elements, grown where `used` and `more` elements do not fit; NULL when
 * memory runs out. */
static void *grow(void *p, size_t *room, size_t used, size_t more, size_t element_bytes) {
    size_t need = 0;
    if (__builtin_add_overflow(used, more, &need)) {
        return NULL;
    }
    if (need <= *room && p != NULL) {
        return p;
    }
    size_t new_room = *room < 64 ? 64 : *room;
    while (new_room < need) {
        if (__builtin_mul_overflow(new_room, (size_t)2, &new_room)) {
            return NULL;
        }
    }
    void *grown = bd_realloc_array(p, new_room, element_bytes);
    if (grown != NULL) {
        *room = new_room;
    }
    return grown;
}

int bd_batch_begin(BdBatch *batch, size_t bytes, uint32_t fields, char **text, uint32_t **offsets,
                   BdErr *err) {
    if (bytes > UINT32_MAX) {
        return bd_err_set(err, BD_E_NOMEM, 0, "a record of %zu bytes is too long", bytes);
    }
    char *grown_text = grow(batch->text, &batch->text_room, batch->text_used, bytes, 1);
    if (grown_text == NULL) {
        goto no_memory;
    }
    batch->text = grown_text;
    uint32_t *grown_offsets = grow(batch->offsets, &batch->offsets_room, batch->offsets_used,
                                   (size_t)fields + 1, sizeof(*batch->offsets));
    if (grown_offsets == NULL) {
        goto no_memory;
    }
    batch->offsets = grown_offsets;
    Entry *grown_entries =
        grow(batch->entries, &batch->entries_room, batch->size, 1, sizeof(*batch->entries));
    if (grown_entries == NULL) {
        goto no_memory;
    }
    batch->entries = grown_entries;
    *text = batch->text + batch->text_used;
    *offsets = batch->offsets + batch->offsets_used;
    return 0;

no_memory:
    return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a record of %zu bytes", bytes);
}

void bd_batch_end(BdBatch *batch, uint32_t fields, int64_t line, const char *file) {
    assert(batch->size < batch->entries_room);
    batch->entries[batch->size++] = (Entry){.text = batch->text_used,
                                            .offsets = batch->offsets_used,
                                            .line = line,
                                            .file = file,
                                            .fields = fields};
    batch->text_used += batch->offsets[batch->offsets_used + fields];
    batch->offsets_used += (size_t)fields + 1;
}
