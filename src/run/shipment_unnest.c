/*
 * Rows as one array for each column. The arrays of a part are written when it is sent.
 */
#include "run/shipment_impl.h"

#include "core/mem.h"
#include "pg/array_text.h"
#include "run/rows.h"

typedef struct UnnestPacking {
    BdPacking packing; /* first: a BdPacking * is an UnnestPacking * */
    const BdTarget *target;
    BdStatement *statement;
    BdRows rows;
    BdBuf *arrays;       /* one for each column */
    const char **values; /* their texts */
} UnnestPacking;

static UnnestPacking *self(BdPacking *packing) {
    return (UnnestPacking *)packing;
}

static int add(BdPacking *packing, const BdSeries *columns, uint32_t row, BdErr *err) {
    return bd_rows_add(&self(packing)->rows, columns, row, err);
}

/* Write the array of a column. */
static int write_array(UnnestPacking *run, uint32_t column, uint32_t first, uint32_t count) {
    BdBuf *array = &run->arrays[column];
    char delimiter = run->target->columns[column].delimiter;
    bd_buf_reset(array);
    for (uint32_t row = first; row < first + count; row++) {
        if (bd_array_text_add(array, bd_rows_value(&run->rows, row, column), delimiter) != 0) {
            return -1;
        }
    }
    return bd_array_text_end(array);
}

static int request(BdPacking *packing, uint32_t first, uint32_t rows, BdRequest *out, BdErr *err) {
    UnnestPacking *run = self(packing);
    for (uint32_t i = 0; i < run->rows.columns; i++) {
        if (write_array(run, i, first, rows) != 0) {
            return bd_err_set(err, BD_E_NOMEM, 0, "no memory for arrays of %u values", rows);
        }
        run->values[i] = run->arrays[i].p;
    }
    *out =
        (BdRequest){.kind = BD_REQUEST_EXECUTE, .statement = run->statement, .values = run->values};
    return 0;
}

static void tell(const BdPacking *packing, uint32_t row, BdRowText *text) {
    bd_rows_tell(&((const UnnestPacking *)packing)->rows, row, text);
}

static void reset(BdPacking *packing) {
    bd_rows_reset(&self(packing)->rows);
}

static void free_packing(BdPacking *packing) {
    UnnestPacking *run = self(packing);
    for (uint32_t i = 0; run->arrays != NULL && i < run->rows.columns; i++) {
        bd_buf_deinit(&run->arrays[i]);
    }
    bd_statement_free(run->statement);
    bd_rows_deinit(&run->rows);
    bd_free(run->arrays);
    bd_free((void *)run->values);
    bd_free(run);
}

static const BdPackingOps unnest_packing_ops = {
    .add = add,
    .request = request,
    .tell = tell,
    .reset = reset,
    .free = free_packing,
};

static int check_types(const BdTarget *target, BdErr *err) {
    for (uint32_t i = 0; i < target->count; i++) {
        if (target->columns[i].array_type == NULL) {
            bd_err_set(err, BD_E_CONFIG, 0,
                       "rows of table %s cannot be shipped as arrays: column %s is of type %s",
                       target->name, target->columns[i].name, target->columns[i].sql_type);
            return bd_err_hint(err, "use another way of shipping, --insert copy or values");
        }
    }
    return 0;
}

static int make(UnnestPacking *run, const BdTarget *target, uint32_t first_statement, BdErr *err) {
    BdBuf sql = {0};
    run->target = target;
    bd_rows_init(&run->rows, target->count);
    run->arrays = bd_alloc_array(target->count, sizeof(*run->arrays));
    run->values = bd_alloc_array(target->count, sizeof(*run->values));
    int status =
        run->arrays != NULL && run->values != NULL && bd_target_unnest_sql(target, &sql) == 0
            ? bd_statement_new(&run->statement, first_statement, sql.p, err)
            : bd_err_set(err, BD_E_NOMEM, 0, "no memory for a shipment");
    bd_buf_deinit(&sql);
    return status;
}

int bd_packing_unnest_new(BdPacking **out, const BdTarget *target, uint32_t first_statement,
                          BdErr *err) {
    if (check_types(target, err) != 0) {
        return -1;
    }
    UnnestPacking *run = bd_alloc(sizeof(*run));
    if (run == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a shipment");
    }
    run->packing.ops = &unnest_packing_ops;
    if (make(run, target, first_statement, err) != 0) {
        free_packing(&run->packing);
        return -1;
    }
    *out = &run->packing;
    return 0;
}
