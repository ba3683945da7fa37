/*
 * cargo.h - all shipments of a worker's task, one for each of its inserts: they begin units and
 * records together, and are sent one after the other.
 *
 * Life:      bd_cargo_new() and bd_cargo_load(), which may come at any time; then, for each record,
 *            bd_cargo_begin() and bd_cargo_add(). To send what was collected, bd_cargo_next() is
 *            called until it says BD_NEXT_DONE, with bd_cargo_answer() or bd_cargo_refused() after
 *            each of its requests. bd_cargo_settle() ends a unit.
 * Ownership: what a load points to must outlive the cargo.
 * Threads:   one at a time.
 * Errors:    as shipment.h. Where rows are sent, the place in the scenario is named.
 */
#ifndef BD_CARGO_H
#define BD_CARGO_H

#include "run/shipment.h"

typedef struct BdCargo BdCargo;

/* An insert. */
typedef struct BdLoad {
    const BdTarget *target;
    const char *sql;   /* inserts one row: by that name the arrival's manifest has it */
    const char *where; /* place in the scenario */
} BdLoad;

/* method: one that collects. first_statement: that and the following ones are the numbers of its
 * statements. */
BD_MUSTCHECK int bd_cargo_new(BdCargo **out, BdMethod method, BdProtocol protocol,
                              uint32_t first_statement, BdErr *err);

/*
 * Add a shipment; its number, from 0, is that of calls before. Its turn to send is after that of
 * the one which was loaded or added to last; before all others where the record under way has
 * none.
 */
BD_MUSTCHECK int bd_cargo_load(BdCargo *cargo, const BdLoad *load, BdErr *err);

/* A record begins, and with it a unit if bd_cargo_settle() came before. care: for values that are
 * not of their type. arrival: what marks the rows, from the unit's begin on; NULL: nothing does. */
void bd_cargo_begin(BdCargo *cargo, BdCare care, BdArrival *arrival);

/* Add so many rows to the shipment of that number. */
BD_MUSTCHECK int bd_cargo_add(BdCargo *cargo, uint32_t number, const BdSeries *columns,
                              uint32_t rows, BdErr *err);

/* Rows that are collected, and neither acknowledged nor refused. */
int64_t bd_cargo_rows(const BdCargo *cargo);

/* Send them. BD_NEXT_DONE: none are left, and none was refused since the unit's begin. */
BD_MUSTCHECK BdNext bd_cargo_next(BdCargo *cargo, BdCare care, BdRequest *request, BdErr *err);

/* Was the last request that of bd_cargo_next()? Then its answer or refusal is to be given to: */
bool bd_cargo_sending(const BdCargo *cargo);
void bd_cargo_answer(BdCargo *cargo, BdAnswer *answer);
BD_MUSTCHECK int bd_cargo_refused(BdCargo *cargo, BdErr *err);
bool bd_cargo_vague(const BdCargo *cargo);

/* Rows that were collected and not sent are not to be. */
void bd_cargo_forget(BdCargo *cargo);

/* The unit is over. */
void bd_cargo_settle(BdCargo *cargo);

/* The session is a new one. */
void bd_cargo_renew(BdCargo *cargo);

/* NULL is allowed. */
void bd_cargo_free(BdCargo *cargo);

#endif
