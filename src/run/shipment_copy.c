/*
 * Rows as the data of COPY, written as the server wants it when they are added, so that any range
 * of them is one piece of memory, ready to be sent.
 *
 * Binary data cannot be shown in a message: there the values are kept as text, too.
 */
#include "run/shipment_impl.h"

#include "core/mem.h"
#include "pg/copy_binary.h"
#include "pg/copy_text.h"
#include "run/rows.h"

#include <string.h>

typedef struct CopyPacking {
    BdPacking packing; /* first: a BdPacking * is a CopyPacking * */
    const BdTarget *target;
    bool binary;
    BdBuf sql;   /* COPY ... FROM STDIN */
    BdBuf data;  /* the rows, one after the other */
    BdBuf ends;  /* a size_t for each row: where in data it ends */
    BdRows rows; /* binary: their values */
} CopyPacking;

static CopyPacking *self(BdPacking *packing) {
    return (CopyPacking *)packing;
}

/* Where a row begins in the data; the end of the last one for the row after it. */
static size_t begin_of(const CopyPacking *run, uint32_t row) {
    return row == 0 ? 0 : ((const size_t *)(const void *)run->ends.p)[row - 1];
}

static int no_memory(BdErr *err) {
    return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a batch of so many rows");
}

static int add_data(CopyPacking *run, const BdSeries *columns, uint32_t row, BdErr *err) {
    if (!run->binary) {
        return bd_copy_text_row(&run->data, columns, run->target->count, row) == 0 ? 0
                                                                                   : no_memory(err);
    }
    return bd_copy_binary_row(&run->data, run->target, columns, row, err) == 0
               ? bd_rows_add(&run->rows, columns, row, err)
               : -1;
}

static int add(BdPacking *packing, const BdSeries *columns, uint32_t row, BdErr *err) {
    CopyPacking *run = self(packing);
    size_t begin = run->data.len;
    if (bd_buf_reserve(&run->ends, sizeof(size_t)) != 0) {
        return no_memory(err);
    }
    if (add_data(run, columns, row, err) != 0) {
        run->data.len = begin;
        return -1;
    }
    memcpy(run->ends.p + run->ends.len, &run->data.len, sizeof(size_t));
    run->ends.len += sizeof(size_t);
    return 0;
}

static int request(BdPacking *packing, uint32_t first, uint32_t rows, BdRequest *out, BdErr *err) {
    (void)err;
    const CopyPacking *run = self(packing);
    size_t begin = begin_of(run, first);
    *out = (BdRequest){.kind = BD_REQUEST_COPY,
                       .text = run->sql.p,
                       .data = {.p = run->data.p + begin, .n = begin_of(run, first + rows) - begin},
                       .binary = run->binary};
    return 0;
}

/* The values of a line of text, as they stand there. */
static void tell_line(const CopyPacking *run, uint32_t row, BdRowText *text) {
    const char *value = run->data.p + begin_of(run, row);
    const char *end = run->data.p + begin_of(run, row + 1);
    while (value < end) {
        size_t n = 0;
        while (value[n] != '\t' && value[n] != '\n') {
            n++;
        }
        bd_row_text_add(text, n == 2 && memcmp(value, "\\N", 2) == 0 ? NULL : value, n);
        value += n + 1;
    }
}

static void tell(const BdPacking *packing, uint32_t row, BdRowText *text) {
    const CopyPacking *run = (const CopyPacking *)packing;
    if (run->binary) {
        bd_rows_tell(&run->rows, row, text);
    } else {
        tell_line(run, row, text);
    }
}

static void reset(BdPacking *packing) {
    CopyPacking *run = self(packing);
    bd_buf_reset(&run->data);
    bd_buf_reset(&run->ends);
    bd_rows_reset(&run->rows);
}

static void free_packing(BdPacking *packing) {
    CopyPacking *run = self(packing);
    bd_buf_deinit(&run->sql);
    bd_buf_deinit(&run->data);
    bd_buf_deinit(&run->ends);
    bd_rows_deinit(&run->rows);
    bd_free(run);
}

static const BdPackingOps copy_packing_ops = {
    .add = add,
    .request = request,
    .tell = tell,
    .reset = reset,
    .free = free_packing,
};

int bd_packing_copy_new(BdPacking **out, const BdTarget *target, bool binary, BdErr *err) {
    if (binary && bd_copy_binary_check(target, err) != 0) {
        return -1;
    }
    CopyPacking *run = bd_alloc(sizeof(*run));
    if (run == NULL || bd_target_copy_sql(target, binary, &run->sql) != 0) {
        bd_free(run);
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a shipment");
    }
    run->packing.ops = &copy_packing_ops;
    run->target = target;
    run->binary = binary;
    bd_rows_init(&run->rows, target->count);
    *out = &run->packing;
    return 0;
}
