/*
 * near.h - the name that was probably meant by one that is not known.
 *
 * Ownership: names are borrowed.
 * Threads:   one at a time.
 */
#ifndef BD_NEAR_H
#define BD_NEAR_H

#include <stddef.h>

typedef struct BdNear {
    const char *written;
    const char *name; /* the nearest so far; NULL if none is near */
    size_t below;     /* the next one must be fewer letters apart */
} BdNear;

void bd_near_init(BdNear *near, const char *written);

/* May this be it? Letters may be added, dropped, replaced or swapped, about one of three, or all be
 * missing after the first few; capitals are small letters, and '_' is '-'. */
void bd_near_consider(BdNear *near, const char *name);

#endif
