#include "bind/notes.h"

#include "core/mem.h"

int bd_notes_add(void *context, const char *file, int64_t line, const char *reason) {
    BdNotes *notes = context;
    notes->total++;
    if (notes->count == BD_NOTES_MOST) {
        return 0;
    }
    BdNote note = {.file = bd_strdup(file), .reason = bd_strdup(reason), .line = line};
    if (note.file == NULL || note.reason == NULL) { /* short of memory: it counts all the same */
        bd_free(note.file);
        bd_free(note.reason);
        return 0;
    }
    notes->kept[notes->count++] = note;
    return 0;
}

void bd_notes_reset(BdNotes *notes) {
    for (int i = 0; i < notes->count; i++) {
        bd_free(notes->kept[i].file);
        bd_free(notes->kept[i].reason);
    }
    notes->count = 0;
}

void bd_notes_deinit(BdNotes *notes) {
    bd_notes_reset(notes);
}
