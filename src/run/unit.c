#include "run/unit.h"

#include "core/mem.h"

#include <assert.h>

int bd_unit_init(BdUnit *unit, BdQueue *queue, BdErr *err) {
    *unit = (BdUnit){.queue = queue};
    return bd_unit_grow(unit) ? 0 : bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a unit");
}

void bd_unit_deinit(BdUnit *unit) {
    bd_unit_reset(unit);
    bd_free(unit->items);
    *unit = (BdUnit){.queue = NULL};
}

bool bd_unit_grow(BdUnit *unit) {
    uint32_t room = unit->room == 0 ? 1 : 2 * unit->room;
    BdItem *items = bd_realloc_array(unit->items, room, sizeof(*items));
    if (items == NULL) {
        return false;
    }
    unit->items = items;
    unit->room = room;
    return true;
}

void bd_unit_again(BdUnit *unit) {
    unit->next = unit->first;
}

void bd_unit_split(BdUnit *unit, bool known) {
    uint32_t size = bd_unit_size(unit);
    uint32_t end = known ? unit->next - 1 : unit->first + size / 2;
    assert(size > 1);
    bd_unit_close(unit);
    if (end == unit->first) {
        end++;
    }
    if (unit->parts < BD_UNIT_PARTS) {
        unit->parts++;
    } /* else two pieces to come are done as one, and split again where need be */
    unit->ends[unit->parts - 1] = end;
    bd_unit_again(unit);
}

/* Begin empty. */
static void clear(BdUnit *unit) {
    unit->count = unit->first = unit->next = unit->parts = 0;
    unit->closed = false;
}

void bd_unit_pass(BdUnit *unit) {
    uint32_t end = unit->first + bd_unit_size(unit);
    while (unit->first < end) {
        bd_queue_done(unit->queue, &unit->items[unit->first++]);
    }
    unit->next = unit->first;
    if (unit->closed) {
        unit->parts--;
    }
    if (unit->first == unit->count) {
        clear(unit);
    }
}

void bd_unit_reset(BdUnit *unit) {
    while (unit->first < unit->count) {
        bd_queue_done(unit->queue, &unit->items[unit->first++]);
    }
    clear(unit);
}
