#include "run/cargo.h"

#include "core/mem.h"

#include <string.h>

#define NONE UINT32_MAX

typedef struct Part {
    BdLoad load;
    BdShipment *shipment;
} Part;

struct BdCargo {
    BdMethod method;
    BdProtocol protocol;
    uint32_t first_statement;
    Part *parts;
    uint32_t count;
    uint32_t *order;    /* in which they are sent */
    uint32_t turn;      /* place in it: who sends */
    uint32_t last;      /* the part loaded or added to last; NONE: none in this record */
    bool in_unit;       /* one has begun, */
    BdCare care;        /* dealt with so, */
    BdArrival *arrival; /* and this marks their rows */
    bool sending;
};

int bd_cargo_new(BdCargo **out, BdMethod method, BdProtocol protocol, uint32_t first_statement,
                 BdErr *err) {
    *out = bd_alloc(sizeof(**out));
    if (*out == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for shipments");
    }
    **out = (BdCargo){
        .method = method, .protocol = protocol, .first_statement = first_statement, .last = NONE};
    return 0;
}

/* ---- loading --------------------------------------------------------------------------------- */

static int make_room(BdCargo *cargo, BdErr *err) {
    Part *parts = bd_realloc_array(cargo->parts, cargo->count + 1, sizeof(*parts));
    cargo->parts = parts == NULL ? cargo->parts : parts;
    uint32_t *order = bd_realloc_array(cargo->order, cargo->count + 1, sizeof(*order));
    cargo->order = order == NULL ? cargo->order : order;
    return parts == NULL || order == NULL
               ? bd_err_set(err, BD_E_NOMEM, 0, "no memory for shipments")
               : 0;
}

/* Give the part its place in the order. */
static void line_up(BdCargo *cargo, uint32_t number) {
    uint32_t place = 0;
    while (cargo->last != NONE && place < cargo->count && cargo->order[place] != cargo->last) {
        place++;
    }
    place += cargo->last == NONE ? 0 : 1;
    memmove(cargo->order + place + 1, cargo->order + place,
            (cargo->count - place) * sizeof(*cargo->order));
    cargo->order[place] = number;
}

/* The unit's rows are marked as the arrival's manifest has them. */
static void begin_unit(const BdCargo *cargo, const Part *part) {
    bd_shipment_reset(part->shipment, cargo->care);
    int32_t row =
        cargo->arrival == NULL ? -1 : bd_manifest_find(cargo->arrival->manifest, part->load.sql);
    if (row >= 0) {
        bd_shipment_mark(part->shipment, cargo->arrival, (uint32_t)row);
    }
}

int bd_cargo_load(BdCargo *cargo, const BdLoad *load, BdErr *err) {
    Part part = {.load = *load};
    if (make_room(cargo, err) != 0) {
        return -1;
    }
    uint32_t first = cargo->first_statement + cargo->count * BD_SHIPMENT_STATEMENTS;
    if (bd_shipment_new(&part.shipment, load->target, cargo->method, cargo->protocol, first, err) !=
        0) {
        return -1;
    }
    if (cargo->in_unit) {
        begin_unit(cargo, &part);
    }
    line_up(cargo, cargo->count);
    cargo->parts[cargo->count] = part;
    cargo->last = cargo->count++;
    return 0;
}

/* ---- collecting ------------------------------------------------------------------------------ */

void bd_cargo_begin(BdCargo *cargo, BdCare care, BdArrival *arrival) {
    cargo->last = NONE;
    if (!cargo->in_unit) {
        cargo->in_unit = true;
        cargo->turn = 0;
        cargo->care = care;
        cargo->arrival = arrival;
        for (uint32_t i = 0; i < cargo->count; i++) {
            begin_unit(cargo, &cargo->parts[i]);
        }
    }
    for (uint32_t i = 0; i < cargo->count; i++) {
        bd_shipment_begin(cargo->parts[i].shipment);
    }
}

int bd_cargo_add(BdCargo *cargo, uint32_t number, const BdSeries *columns, uint32_t rows,
                 BdErr *err) {
    cargo->last = number;
    return bd_shipment_add(cargo->parts[number].shipment, columns, rows, err);
}

int64_t bd_cargo_rows(const BdCargo *cargo) {
    int64_t rows = 0;
    for (uint32_t i = 0; i < cargo->count; i++) {
        rows += bd_shipment_rows(cargo->parts[i].shipment);
    }
    return rows;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* Whose turn it is. */
static const Part *current(const BdCargo *cargo) {
    return &cargo->parts[cargo->order[cargo->turn]];
}

/* All was sent: were all rows taken? */
static BdNext check(const BdCargo *cargo, BdErr *err) {
    for (uint32_t i = 0; i < cargo->count; i++) {
        const Part *part = &cargo->parts[cargo->order[i]];
        if (bd_shipment_check(part->shipment, err) != 0) {
            bd_err_wrap(err, "%s", part->load.where);
            return BD_NEXT_FAILED;
        }
    }
    return BD_NEXT_DONE;
}

BdNext bd_cargo_next(BdCargo *cargo, BdCare care, BdRequest *request, BdErr *err) {
    for (; cargo->turn < cargo->count; cargo->turn++) {
        BdShipment *shipment = current(cargo)->shipment;
        bd_shipment_care(shipment, care);
        BdNext next = bd_shipment_next(shipment, request, err);
        cargo->sending = next == BD_NEXT_REQUEST;
        if (next != BD_NEXT_DONE) {
            return next;
        }
    }
    cargo->turn = 0;
    return check(cargo, err);
}

bool bd_cargo_sending(const BdCargo *cargo) {
    return cargo->sending;
}

void bd_cargo_answer(BdCargo *cargo, BdAnswer *answer) {
    bd_shipment_answer(current(cargo)->shipment, answer);
}

int bd_cargo_refused(BdCargo *cargo, BdErr *err) {
    return bd_shipment_refused(current(cargo)->shipment, err) == 0
               ? 0
               : bd_err_wrap(err, "%s", current(cargo)->load.where);
}

bool bd_cargo_vague(const BdCargo *cargo) {
    return cargo->turn < cargo->count && bd_shipment_vague(current(cargo)->shipment);
}

/* ---- giving up ------------------------------------------------------------------------------- */

void bd_cargo_forget(BdCargo *cargo) {
    for (uint32_t i = 0; i < cargo->count; i++) {
        bd_shipment_forget(cargo->parts[i].shipment);
    }
}

void bd_cargo_settle(BdCargo *cargo) {
    cargo->in_unit = false;
    cargo->sending = false;
}

void bd_cargo_renew(BdCargo *cargo) {
    cargo->sending = false;
    for (uint32_t i = 0; i < cargo->count; i++) {
        bd_shipment_renew(cargo->parts[i].shipment);
    }
}

void bd_cargo_free(BdCargo *cargo) {
    if (cargo == NULL) {
        return;
    }
    for (uint32_t i = 0; i < cargo->count; i++) {
        bd_shipment_free(cargo->parts[i].shipment);
    }
    bd_free(cargo->parts);
    bd_free(cargo->order);
    bd_free(cargo);
}
