/*
 * shipment.h - the rows that a worker has collected for one table, and their way to the server.
 *
 * Rows of one or more records are added, and then sent by a method that collects; what the server
 * refuses is traced to the row at fault. A shipment gives requests and takes answers, as a task
 * does; it knows neither worker nor session.
 *
 * Life:      bd_shipment_new() once for each worker and insert; then, unit of work after unit of
 *            work: bd_shipment_reset(), bd_shipment_begin() for each record, bd_shipment_add() for
 *            each of its rows. To send what was added, bd_shipment_next() is called until it says
 *            BD_NEXT_DONE; after that rows may be added again. When all was sent,
 *            bd_shipment_check().
 * Memory:    what was added, in buffers that are kept: their size is that of the largest batch.
 * Ownership: the target must outlive the shipment. Values are copied. Requests borrow from the
 *            shipment until its next call.
 * Threads:   one at a time.
 * Errors:    a row that its type or the server refuses is a fault. How it is dealt with depends on
 *            BdCare. Its message names the row by its number in the record, from 1, with its
 *            values; whoever reports it adds the record's file and line.
 */
#ifndef BD_SHIPMENT_H
#define BD_SHIPMENT_H

#include "core/err.h"
#include "core/series.h"
#include "pg/session.h"
#include "pg/target.h"
#include "run/method.h"
#include "run/task.h"
#include "stats/arrival.h"

#include <stdbool.h>
#include <stdint.h>

/* What becomes of rows that were sent together with one that is refused. */
typedef enum BdCare {
    BD_CARE_PARTS,     /* outside of a transaction: they are sent again in halves, until those at
                          fault stand alone; all others are stored */
    BD_CARE_WHOLE,     /* in a transaction, which will be rolled back: the refusal is passed up as
                          it came */
    BD_CARE_SAVEPOINTS /* in a transaction, once more after a failure: they are sent again in
                          halves, each behind a savepoint, until the first one at fault stands
                          alone; its fault is passed up */
} BdCare;

typedef struct BdShipment BdShipment;

/* The numbers of its statements are first_statement and the following ones, less than so many. */
#define BD_SHIPMENT_STATEMENTS 16

/* Statements are prepared when they are used first, where the protocol is for that. -1 with
 * BD_E_CONFIG where the method cannot be used with the types of the columns. */
BD_MUSTCHECK int bd_shipment_new(BdShipment **out, const BdTarget *target, BdMethod method,
                                 BdProtocol protocol, uint32_t first_statement, BdErr *err);

/* From now on each request carries the marks of its rows, which the arrival makes for row number
 * `row` of its manifest. The arrival must outlive the shipment. */
void bd_shipment_mark(BdShipment *shipment, BdArrival *arrival, uint32_t row);

/* A unit of work begins: forget all records and rows, and what has become of them. */
void bd_shipment_reset(BdShipment *shipment, BdCare care);

/* What is sent from now on is dealt with so: for rows in a transaction of their record's own. */
void bd_shipment_care(BdShipment *shipment, BdCare care);

/* The session is a new one: nothing is prepared there, and what was sent was not answered. Rows
 * stay, and are sent again by bd_shipment_next(). */
void bd_shipment_renew(BdShipment *shipment);

/* A record begins: rows that are added belong to it. */
void bd_shipment_begin(BdShipment *shipment);

/* Add so many rows: a series for each column of the target. -1: no memory, or a row is refused and
 * the care is not BD_CARE_PARTS; those before it are added. */
BD_MUSTCHECK int bd_shipment_add(BdShipment *shipment, const BdSeries *columns, uint32_t rows,
                                 BdErr *err);

/* Rows that were added and are neither acknowledged nor refused. */
uint32_t bd_shipment_rows(const BdShipment *shipment);

/* Between two sendings: rows that were added are not to be sent. */
void bd_shipment_forget(BdShipment *shipment);

/* The next request, to be answered before another one. BD_NEXT_DONE: every row was acknowledged or
 * refused. BD_NEXT_FAILED: no memory. */
BD_MUSTCHECK BdNext bd_shipment_next(BdShipment *shipment, BdRequest *request, BdErr *err);

/* Take the answer to the request, and free it. */
void bd_shipment_answer(BdShipment *shipment, BdAnswer *answer);

/*
 * The request was refused: *err says why. 0: go on with bd_shipment_next(). -1: passed up, with
 * *err saying which row, if that is known; bd_shipment_next() would give the refused rows again,
 * for a caller who has reason to try.
 */
BD_MUSTCHECK int bd_shipment_refused(BdShipment *shipment, BdErr *err);

/* Is the refusal that was passed up last a row's own, of which it is not known whose? Sending the
 * rows again with BD_CARE_SAVEPOINTS would tell. */
bool bd_shipment_vague(const BdShipment *shipment);

/* -1 with the first fault, if rows were refused since bd_shipment_reset(). */
BD_MUSTCHECK int bd_shipment_check(const BdShipment *shipment, BdErr *err);

/* NULL is allowed. */
void bd_shipment_free(BdShipment *shipment);

#endif
