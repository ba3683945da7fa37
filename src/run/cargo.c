#include "run/cargo.h"

#include "core/mem.h"

struct BdCargo {
    BdMethod method;
    BdProtocol protocol;
    uint32_t first_statement;
    BdShipment **shipments;
    uint32_t count;
    uint32_t current; /* whose turn it is to send */
};

int bd_cargo_new(BdCargo **out, BdMethod method, BdProtocol protocol, uint32_t first_statement,
                 BdErr *err) {
    *out = bd_alloc(sizeof(**out));
    if (*out == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for shipments");
    }
    **out = (BdCargo){.method = method, .protocol = protocol, .first_statement = first_statement};
    return 0;
}

int bd_cargo_load(BdCargo *cargo, const BdTarget *target, BdErr *err) {
    BdShipment **grown =
        bd_realloc_array(cargo->shipments, cargo->count + 1, sizeof(*cargo->shipments));
    if (grown == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for shipments");
    }
    cargo->shipments = grown;
    if (bd_shipment_new(&grown[cargo->count], target, cargo->method, cargo->protocol,
                        cargo->first_statement + cargo->count * BD_SHIPMENT_STATEMENTS, err) != 0) {
        return -1;
    }
    cargo->count++;
    return 0;
}

BdShipment *bd_cargo_shipment(const BdCargo *cargo, uint32_t number) {
    return cargo->shipments[number];
}

void bd_cargo_reset(BdCargo *cargo, BdCare care) {
    cargo->current = 0;
    for (uint32_t i = 0; i < cargo->count; i++) {
        bd_shipment_reset(cargo->shipments[i], care);
    }
}

void bd_cargo_care(BdCargo *cargo, BdCare care) {
    for (uint32_t i = 0; i < cargo->count; i++) {
        bd_shipment_care(cargo->shipments[i], care);
    }
}

void bd_cargo_renew(BdCargo *cargo) {
    for (uint32_t i = 0; i < cargo->count; i++) {
        bd_shipment_renew(cargo->shipments[i]);
    }
}

int bd_cargo_begin(BdCargo *cargo, BdErr *err) {
    for (uint32_t i = 0; i < cargo->count; i++) {
        if (bd_shipment_begin(cargo->shipments[i], err) != 0) {
            return -1;
        }
    }
    return 0;
}

int64_t bd_cargo_rows(const BdCargo *cargo) {
    int64_t rows = 0;
    for (uint32_t i = 0; i < cargo->count; i++) {
        rows += bd_shipment_rows(cargo->shipments[i]);
    }
    return rows;
}

int bd_cargo_check(BdCargo *cargo, BdErr *err) {
    for (uint32_t i = 0; i < cargo->count; i++) {
        if (bd_shipment_check(cargo->shipments[i], err) != 0) {
            cargo->current = i;
            return -1;
        }
    }
    return 0;
}

BdNext bd_cargo_next(BdCargo *cargo, BdRequest *request, BdErr *err) {
    for (; cargo->current < cargo->count; cargo->current++) {
        BdNext next = bd_shipment_next(cargo->shipments[cargo->current], request, err);
        if (next != BD_NEXT_DONE) {
            return next;
        }
    }
    cargo->current = 0;
    return BD_NEXT_DONE;
}

void bd_cargo_answer(BdCargo *cargo, BdAnswer *answer) {
    bd_shipment_answer(cargo->shipments[cargo->current], answer);
}

int bd_cargo_refused(BdCargo *cargo, BdErr *err) {
    return bd_shipment_refused(cargo->shipments[cargo->current], err);
}

bool bd_cargo_vague(const BdCargo *cargo) {
    return cargo->count > 0 && bd_shipment_vague(cargo->shipments[cargo->current]);
}

uint32_t bd_cargo_current(const BdCargo *cargo) {
    return cargo->current;
}

void bd_cargo_free(BdCargo *cargo) {
    if (cargo == NULL) {
        return;
    }
    for (uint32_t i = 0; i < cargo->count; i++) {
        bd_shipment_free(cargo->shipments[i]);
    }
    bd_free(cargo->shipments);
    bd_free(cargo);
}
