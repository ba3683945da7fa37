/*
 * cargo.h - all shipments of a task, one for each of its inserts: they begin records together, and
 * are sent one after the other.
 *
 * Ownership, threads, errors: as shipment.h.
 */
#ifndef BD_CARGO_H
#define BD_CARGO_H

#include "run/shipment.h"

typedef struct BdCargo BdCargo;

/* method: one that collects. first_statement: that and the following ones are the numbers of its
 * statements. */
BD_MUSTCHECK int bd_cargo_new(BdCargo **out, BdMethod method, BdProtocol protocol,
                              uint32_t first_statement, BdErr *err);

/* Add a shipment for the target; its number, from 0, is that of calls before. */
BD_MUSTCHECK int bd_cargo_load(BdCargo *cargo, const BdTarget *target, BdErr *err);

BdShipment *bd_cargo_shipment(const BdCargo *cargo, uint32_t number);

/* As the functions of shipment.h, for all shipments. */
void bd_cargo_reset(BdCargo *cargo, BdCare care);
void bd_cargo_care(BdCargo *cargo, BdCare care);
void bd_cargo_renew(BdCargo *cargo);
BD_MUSTCHECK int bd_cargo_begin(BdCargo *cargo, BdErr *err);
int64_t bd_cargo_rows(const BdCargo *cargo);

/* Likewise; a shipment with a fault is the current one then. */
BD_MUSTCHECK int bd_cargo_check(BdCargo *cargo, BdErr *err);

/* As those functions, for the current shipment: the one whose turn it is to send. */
BD_MUSTCHECK BdNext bd_cargo_next(BdCargo *cargo, BdRequest *request, BdErr *err);
void bd_cargo_answer(BdCargo *cargo, BdAnswer *answer);
BD_MUSTCHECK int bd_cargo_refused(BdCargo *cargo, BdErr *err);
bool bd_cargo_vague(const BdCargo *cargo);

/* The number of the current shipment, for messages. */
uint32_t bd_cargo_current(const BdCargo *cargo);

/* NULL is allowed. */
void bd_cargo_free(BdCargo *cargo);

#endif
