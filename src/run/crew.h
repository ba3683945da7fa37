/*
 * crew.h - what the workers of a crew have in common.
 *
 * They run in one thread: what the next one of them needs, another one has just used, and it is
 * still in the processor's cache.
 *
 * Ownership: init/deinit; the workers point to it.
 * Threads:   as the parts say.
 */
#ifndef BD_CREW_H
#define BD_CREW_H

#include "run/times.h"
#include "stats/recents.h"

typedef struct BdCrew {
    BdTimes times;
    BdRecents recents; /* of the values that they send */
} BdCrew;

/* scheduled: records have their moments. manifest: what is to be verified; NULL: nothing. */
BD_MUSTCHECK int bd_crew_init(BdCrew *crew, bool scheduled, const BdManifest *manifest, BdErr *err);

/* May be called on a zeroed struct. */
void bd_crew_deinit(BdCrew *crew);

#endif
