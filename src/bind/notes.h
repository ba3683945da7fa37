/*
 * notes.h - the bad lines that source:next() has left out, kept for a script to ask about.
 *
 * Ownership: embedded in its owner; deinit frees what is kept.
 * Threads:   one at a time.
 */
#ifndef BD_NOTES_H
#define BD_NOTES_H

#include <stdint.h>

#define BD_NOTES_MOST 100 /* kept between two resets; further ones are only counted */

typedef struct BdNote {
    char *file;
    char *reason;
    int64_t line;
} BdNote;

typedef struct BdNotes {
    BdNote kept[BD_NOTES_MOST];
    int count;     /* kept */
    int64_t total; /* ever noted */
} BdNotes;

/* A BdRejectFn, with a BdNotes as its context: never says stop. */
int bd_notes_add(void *notes, const char *file, int64_t line, const char *reason);

/* Forget those kept, not the total. */
void bd_notes_reset(BdNotes *notes);

void bd_notes_deinit(BdNotes *notes);

#endif
