/*
 * marker.h - the marker of a load that can be continued: which records of a step are stored.
 *
 * The table bigdata_done has a row for every unit, written in the unit's transaction: the load, the
 * step, and the numbers of its records. A record's number is that of its file among the source's,
 * times 2^40, plus its line; so it does not depend on what was left out before it. The row's key is
 * the number of the unit's first record: a unit cannot be stored twice.
 *
 * Ownership: everything is borrowed, and must outlive the step.
 * Threads:   read by any.
 */
#ifndef BD_MARKER_H
#define BD_MARKER_H

#include "core/buf.h"
#include "input/source.h"
#include "pg/session.h"
#include "run/unit.h"

typedef struct BdRange {
    int64_t first;
    int64_t last;
} BdRange;

typedef struct BdMarker {
    const char *load; /* what is loaded: a name under which it is found again */
    const char *step;
    const BdSource *source;
    const BdRange *done; /* numbers of the records that were stored before, in ascending order */
    size_t done_count;
} BdMarker;

/* Was the record stored before? */
bool bd_marker_has(const BdMarker *marker, const BdRecord *record);

/* Send the marker's row for the part of the unit that is under way. text is scratch. */
BD_MUSTCHECK int bd_marker_send(const BdMarker *marker, BdSession *session, const BdUnit *unit,
                                BdBuf *text, BdErr *err);

#endif
