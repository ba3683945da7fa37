/*
 * Rows as the parameters of an INSERT of several rows of VALUES.
 *
 * Statements come in sizes of powers of two, so that no more than 16 statements are prepared on a
 * session however the numbers of rows vary: 240 rows go as 128 + 64 + 32 + 16. A statement is made
 * when its size is needed first.
 */
#include "run/shipment_impl.h"

#include "core/mem.h"
#include "run/rows.h"

#include <string.h>

typedef struct ValuesPacking {
    BdPacking packing; /* first: a BdPacking * is a ValuesPacking * */
    const BdTarget *target;
    uint32_t first_statement;
    BdStatement *statements[BD_SHIPMENT_STATEMENTS]; /* [i] is for 2^i rows; NULL until needed */
    BdRows rows;
    BdBuf values; /* of the request under way, a const char * for each */
} ValuesPacking;

static ValuesPacking *self(BdPacking *packing) {
    return (ValuesPacking *)packing;
}

static int add(BdPacking *packing, const BdSeries *columns, uint32_t row, BdErr *err) {
    return bd_rows_add(&self(packing)->rows, columns, row, err);
}

/* The logarithm, rounded down: the number of the statement for so many rows. */
static uint32_t log2_of(uint32_t rows) {
    uint32_t log = 0;
    while (rows >>= 1) {
        log++;
    }
    return log;
}

static uint32_t part(const BdPacking *packing, uint32_t rows) {
    uint32_t most = bd_target_max_rows(((const ValuesPacking *)packing)->target);
    return UINT32_C(1) << log2_of(rows < most ? rows : most);
}

static int find_statement(ValuesPacking *run, uint32_t rows, const BdStatement **statement,
                          BdErr *err) {
    uint32_t size = log2_of(rows);
    BdStatement **found = &run->statements[size];
    if (*found == NULL) {
        BdBuf sql = {0};
        int status = bd_target_insert_sql(run->target, rows, &sql);
        status = status == 0 ? bd_statement_new(found, run->first_statement + size, sql.p, err)
                             : bd_err_set(err, BD_E_NOMEM, 0, "no memory for a statement");
        bd_buf_deinit(&sql);
        if (status != 0) {
            return -1;
        }
    }
    *statement = *found;
    return 0;
}

static int request(BdPacking *packing, uint32_t first, uint32_t rows, BdRequest *out, BdErr *err) {
    ValuesPacking *run = self(packing);
    *out = (BdRequest){.kind = BD_REQUEST_EXECUTE};
    if (find_statement(run, rows, &out->statement, err) != 0) {
        return -1;
    }
    bd_buf_reset(&run->values);
    if (bd_buf_reserve(&run->values, (size_t)rows * run->target->count * sizeof(char *)) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for the values of %u rows", rows);
    }
    const char **values = (const char **)(void *)run->values.p;
    bd_rows_values(&run->rows, first, rows, values);
    out->values = values;
    return 0;
}

static void tell(const BdPacking *packing, uint32_t row, BdRowText *text) {
    bd_rows_tell(&((const ValuesPacking *)packing)->rows, row, text);
}

static void reset(BdPacking *packing) {
    bd_rows_reset(&self(packing)->rows);
}

static void free_packing(BdPacking *packing) {
    ValuesPacking *run = self(packing);
    for (uint32_t i = 0; i < BD_SHIPMENT_STATEMENTS; i++) {
        bd_statement_free(run->statements[i]);
    }
    bd_rows_deinit(&run->rows);
    bd_buf_deinit(&run->values);
    bd_free(run);
}

static const BdPackingOps values_packing_ops = {
    .add = add,
    .part = part,
    .request = request,
    .tell = tell,
    .reset = reset,
    .free = free_packing,
};

int bd_packing_values_new(BdPacking **out, const BdTarget *target, uint32_t first_statement,
                          BdErr *err) {
    ValuesPacking *run = bd_alloc(sizeof(*run));
    if (run == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a shipment");
    }
    run->packing.ops = &values_packing_ops;
    run->target = target;
    run->first_statement = first_statement;
    bd_rows_init(&run->rows, target->count);
    *out = &run->packing;
    return 0;
}
