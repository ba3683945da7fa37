/*
 * unit.h - the records whose work is committed together, and how far a worker is with them.
 *
 * A unit grows while records are pushed. Its records are taken one by one with bd_unit_next(). When
 * all of them are done they are stored together, and bd_unit_pass() lets go of them. A unit that
 * fails is split: its first part is then a unit of its own, and the rest another one. The part
 * under way is what next, again, split and pass are about; without a split it is the whole unit.
 *
 * Ownership: embedded in its worker. Records are given back to the queue when their part has
 *            passed, or by bd_unit_deinit().
 * Threads:   one at a time.
 */
#ifndef BD_UNIT_H
#define BD_UNIT_H

#include "flow/queue.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#define BD_UNIT_PARTS 32 /* enough for halves of halves of any unit */

typedef struct BdUnit {
    BdQueue *queue;
    BdItem *items;  /* 0 .. count-1; those before `first` are given back */
    uint32_t room;  /* of items; grows, and is kept */
    uint32_t count; /* records pushed */
    uint32_t first; /* where the part under way begins */
    uint32_t next;  /* the record to be taken next; the one before it is the current one */
    bool closed;    /* it grows no more */
    uint32_t parts; /* when it is closed: ends in use */
    uint32_t ends[BD_UNIT_PARTS]; /* where the parts to come end, the present one last */
} BdUnit;

BD_MUSTCHECK int bd_unit_init(BdUnit *unit, BdQueue *queue, BdErr *err);

/* May be called on a zeroed struct. */
void bd_unit_deinit(BdUnit *unit);

/* Make room for more records; false when memory runs out. */
BD_MUSTCHECK bool bd_unit_grow(BdUnit *unit);

/* Is there room for another record, or memory to make some? */
BD_MUSTCHECK static inline bool bd_unit_has_room(BdUnit *unit) {
    return unit->count < unit->room || bd_unit_grow(unit);
}

/* Take over a record; there must be room, and the unit not be closed. */
static inline void bd_unit_push(BdUnit *unit, const BdItem *item) {
    assert(!unit->closed && unit->count < unit->room);
    unit->items[unit->count++] = *item;
}

/* No record follows: the unit, or the part under way, is what it is now. */
static inline void bd_unit_close(BdUnit *unit) {
    if (!unit->closed) {
        unit->closed = true;
        unit->ends[0] = unit->count;
        unit->parts = 1;
    }
}

/* Records in the part under way. */
static inline uint32_t bd_unit_size(const BdUnit *unit) {
    return (unit->closed ? unit->ends[unit->parts - 1] : unit->count) - unit->first;
}

/* The next record of the part under way, the current one from now on; NULL when all were taken. */
static inline const BdRecord *bd_unit_next(BdUnit *unit) {
    return unit->next < unit->first + bd_unit_size(unit) ? &unit->items[unit->next++].record : NULL;
}

/* Begin the part under way anew. */
void bd_unit_again(BdUnit *unit);

/*
 * Split the part under way, of several records, and begin anew with the first piece of it. It is
 * split before the current record if that is known to have failed, else in the middle.
 */
void bd_unit_split(BdUnit *unit, bool known);

/* The part under way is settled: give its records back, and go on to the next one. */
void bd_unit_pass(BdUnit *unit);

/* Give all records back. */
void bd_unit_reset(BdUnit *unit);

#endif
