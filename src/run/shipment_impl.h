/*
 * shipment_impl.h - the inside of a shipment: how a method packs its rows, and the requests that
 * ship them. What becomes of the rows is shipment.c's affair, for all methods alike.
 */
#ifndef BD_SHIPMENT_IMPL_H
#define BD_SHIPMENT_IMPL_H

#include "run/row_fault.h"
#include "run/shipment.h"

typedef struct BdPacking BdPacking;

typedef struct BdPackingOps {
    /* Add a row of the columns. -1: no memory (BD_E_NOMEM), or a value is not of its type; nothing
     * is added. */
    int (*add)(BdPacking *packing, const BdSeries *columns, uint32_t row, BdErr *err);

    /* Of so many rows to be sent, how many the next part may have: at least one. NULL: all. */
    uint32_t (*part)(const BdPacking *packing, uint32_t rows);

    /*
     * The request that ships the rows of a part. A statement's id is the shipment's first_statement
     * and something less than BD_SHIPMENT_STATEMENTS.
     */
    int (*request)(BdPacking *packing, uint32_t first, uint32_t rows, BdRequest *request,
                   BdErr *err);

    /* Add a row's values to a message. */
    void (*tell)(const BdPacking *packing, uint32_t row, BdRowText *text);

    /* Forget all rows, keep the memory. */
    void (*reset)(BdPacking *packing);
    void (*free)(BdPacking *packing);
} BdPackingOps;

struct BdPacking {
    const BdPackingOps *ops;
};

BD_MUSTCHECK int bd_packing_values_new(BdPacking **out, const BdTarget *target,
                                       uint32_t first_statement, BdErr *err);
BD_MUSTCHECK int bd_packing_unnest_new(BdPacking **out, const BdTarget *target,
                                       uint32_t first_statement, BdErr *err);
BD_MUSTCHECK int bd_packing_copy_new(BdPacking **out, const BdTarget *target, bool binary,
                                     BdErr *err);

#endif
