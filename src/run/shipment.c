/*
 * The rows added are cut into parts. A part is what the server takes or refuses as a whole: one
 * statement, or one COPY. The ranges of rows that are still to be sent stand on a stack, the next
 * one on its top; a part that is refused for one of its rows goes back there as two halves. So n
 * rows with one at fault cost about 2 log2(n) further parts, and no more than log2(n) ranges wait
 * at a time.
 */
#include "run/shipment.h"

#include "core/buf.h"
#include "core/mem.h"
#include "run/origins.h"
#include "run/shipment_impl.h"

#include <assert.h>

enum { MOST_RANGES = 40 }; /* one for each halving of 2^32 rows, and the rest of the first range */

typedef struct Range {
    uint32_t first;
    uint32_t rows;
} Range;

/* A request under way that ships no rows. */
typedef enum Errand {
    ERRAND_NONE,
    ERRAND_PREPARE, /* a statement of the part is prepared */
    ERRAND_SAVE,    /* a savepoint is set before the part */
    ERRAND_RELEASE  /* it is given up after the part, or gone back to */
} Errand;

struct BdShipment {
    BdPacking *packing;
    uint32_t columns;
    BdProtocol protocol;
    uint32_t first_statement;
    uint32_t prepared; /* a bit for each statement */
    BdCare care;

    BdOrigins origins; /* of the rows that are held */
    uint32_t behind;   /* rows held, but acknowledged or refused */
    bool shipping;     /* the rows are being sent: none may be added */

    BdArrival *arrival; /* makes the rows' marks; NULL: there are none */
    uint32_t marked_as; /* row of its manifest */
    BdBuf marks;        /* a BdMark for each row that is held */

    Range left[MOST_RANGES]; /* still to be sent */
    uint32_t left_count;

    Range part;         /* under way; no rows: none */
    Errand errand;      /* likewise */
    uint32_t preparing; /* for ERRAND_PREPARE: the statement's bit */
    bool saved;         /* a savepoint stands */
    bool undo;          /* it is to be gone back to */

    bool vague; /* the refusal passed up last is of one row among several */
    uint32_t faults;
    BdErr fault; /* the first one */
};

/* ---- records and rows ---- */

static void forget_rows(BdShipment *shipment) {
    shipment->packing->ops->reset(shipment->packing);
    bd_origins_forget(&shipment->origins);
    bd_buf_reset(&shipment->marks);
    shipment->behind = 0;
    shipment->shipping = false;
    shipment->left_count = 0;
    shipment->part = (Range){0};
}

/* Nothing is under way on the session, nor stands a savepoint there. */
static void forget_exchange(BdShipment *shipment) {
    shipment->errand = ERRAND_NONE;
    shipment->saved = false;
    shipment->undo = false;
}

void bd_shipment_reset(BdShipment *shipment, BdCare care) {
    forget_rows(shipment);
    forget_exchange(shipment);
    bd_origins_begin(&shipment->origins);
    shipment->care = care;
    shipment->vague = false;
    shipment->faults = 0;
}

void bd_shipment_care(BdShipment *shipment, BdCare care) {
    shipment->care = care;
}

void bd_shipment_renew(BdShipment *shipment) {
    forget_exchange(shipment);
    shipment->prepared = 0;
}

void bd_shipment_begin(BdShipment *shipment) {
    bd_origins_begin(&shipment->origins);
}

static void note_fault(BdShipment *shipment, const BdErr *err) {
    if (shipment->faults++ == 0) {
        shipment->fault = *err;
    }
}

/* A value is not of its column's type: that is found out without the server. */
static int refuse_row(BdShipment *shipment, const BdSeries *columns, uint32_t row, BdErr *err) {
    BdRowText text;
    bd_row_text_begin(&text);
    for (uint32_t i = 0; i < shipment->columns; i++) {
        const BdSpan value = bd_series_at(&columns[i], row);
        bd_row_text_add(&text, value.p, value.n);
    }
    bd_row_text_wrap(&text, bd_origins_skip(&shipment->origins), err);
    if (shipment->care != BD_CARE_PARTS) {
        return -1;
    }
    note_fault(shipment, err);
    return 0;
}

/* Make room to note so many rows. */
static int reserve(BdShipment *shipment, uint32_t rows, BdErr *err) {
    if (shipment->arrival != NULL && bd_buf_reserve(&shipment->marks, rows * sizeof(BdMark)) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a batch of so many rows");
    }
    return bd_origins_reserve(&shipment->origins, err);
}

/* Rows from `first` on have been packed. */
static void note_rows(BdShipment *shipment, const BdSeries *columns, uint32_t first,
                      uint32_t rows) {
    if (shipment->arrival != NULL) {
        BdMark *marks = (BdMark *)(void *)shipment->marks.p + shipment->origins.rows;
        bd_arrival_mark(shipment->arrival, shipment->marked_as, columns, first, rows, marks);
        shipment->marks.len += rows * sizeof(BdMark);
    }
    bd_origins_add(&shipment->origins, rows);
}

/* Pack rows, up to one that is refused; `row` goes on from the first to behind the last of them. */
static int pack(BdShipment *shipment, const BdSeries *columns, uint32_t *row, uint32_t rows,
                BdErr *err) {
    BdPacking *packing = shipment->packing;
    while (*row < rows) {
        if (packing->ops->add(packing, columns, *row, err) != 0) {
            return -1;
        }
        ++*row;
    }
    return 0;
}

int bd_shipment_add(BdShipment *shipment, const BdSeries *columns, uint32_t rows, BdErr *err) {
    assert(!shipment->shipping);
    for (uint32_t row = 0; row < rows; row++) {
        uint32_t first = row;
        if (reserve(shipment, rows - first, err) != 0) {
            return -1;
        }
        int status = pack(shipment, columns, &row, rows, err);
        note_rows(shipment, columns, first, row - first);
        if (status != 0 &&
            (err->code == BD_E_NOMEM || refuse_row(shipment, columns, row, err) != 0)) {
            return -1;
        }
    }
    return 0;
}

void bd_shipment_forget(BdShipment *shipment) {
    forget_rows(shipment);
}

uint32_t bd_shipment_rows(const BdShipment *shipment) {
    return shipment->origins.rows - shipment->behind;
}

/* ---- parts ---- */

static void push_range(BdShipment *shipment, uint32_t first, uint32_t rows) {
    assert(shipment->left_count < MOST_RANGES);
    shipment->left[shipment->left_count++] = (Range){first, rows};
}

/* Take the next part off the stack; false if there is none. */
static bool take_part(BdShipment *shipment) {
    if (shipment->left_count == 0) {
        return false;
    }
    Range *range = &shipment->left[shipment->left_count - 1];
    const BdPackingOps *ops = shipment->packing->ops;
    uint32_t rows = ops->part == NULL ? range->rows : ops->part(shipment->packing, range->rows);
    shipment->part = (Range){range->first, rows};
    range->first += rows;
    range->rows -= rows;
    if (range->rows == 0) {
        shipment->left_count--;
    }
    return true;
}

static void end_part(BdShipment *shipment) {
    shipment->behind += shipment->part.rows;
    shipment->part = (Range){0};
}

static void halve_part(BdShipment *shipment) {
    Range part = shipment->part;
    uint32_t half = part.rows / 2;
    push_range(shipment, part.first + half, part.rows - half);
    push_range(shipment, part.first, half);
    shipment->part = (Range){0};
}

/* Name the one row of the part in *err. */
static void name_row(const BdShipment *shipment, BdErr *err) {
    BdRowText text;
    uint32_t row = shipment->part.first;
    bd_row_text_begin(&text);
    shipment->packing->ops->tell(shipment->packing, row, &text);
    bd_row_text_wrap(&text, bd_origins_number(&shipment->origins, row), err);
}

/* The part was refused: do what can be done about it, or pass that up. */
static int settle_refusal(BdShipment *shipment, BdErr *err) {
    bool of_row = bd_row_fault(err);
    bool alone = shipment->part.rows == 1;
    if (of_row && alone) {
        name_row(shipment, err);
    }
    if (!of_row || shipment->care == BD_CARE_WHOLE ||
        (alone && shipment->care == BD_CARE_SAVEPOINTS)) {
        shipment->vague = of_row && !alone;
        return -1;
    }
    if (alone) {
        note_fault(shipment, err);
        end_part(shipment);
    } else {
        halve_part(shipment);
        shipment->undo = shipment->saved;
    }
    return 0;
}

/* ---- requests and answers ---- */

static BdNext run_errand(BdShipment *shipment, Errand errand, const char *text,
                         BdRequest *request) {
    shipment->errand = errand;
    *request = (BdRequest){.kind = BD_REQUEST_TEXT, .text = text};
    return BD_NEXT_REQUEST;
}

static BdNext release(BdShipment *shipment, BdRequest *request) {
    return run_errand(shipment, ERRAND_RELEASE,
                      shipment->undo ? BD_SAVEPOINT_ROLLBACK : BD_SAVEPOINT_COMMIT, request);
}

static bool is_prepared(const BdShipment *shipment, const BdRequest *request) {
    return request->kind != BD_REQUEST_EXECUTE || shipment->protocol != BD_PROTOCOL_PREPARED ||
           (shipment->prepared >> (request->statement->id - shipment->first_statement) & 1) != 0;
}

static BdNext send_part(BdShipment *shipment, BdRequest *request, BdErr *err) {
    const Range *part = &shipment->part;
    BdPacking *packing = shipment->packing;
    if (packing->ops->request(packing, part->first, part->rows, request, err) != 0) {
        return BD_NEXT_FAILED;
    }
    if (!is_prepared(shipment, request)) {
        shipment->preparing = request->statement->id - shipment->first_statement;
        shipment->errand = ERRAND_PREPARE;
        request->kind = BD_REQUEST_PREPARE;
    } else if (shipment->arrival != NULL) {
        request->marks = (const BdMark *)(const void *)shipment->marks.p + part->first;
        request->mark_count = part->rows;
    }
    return BD_NEXT_REQUEST;
}

BdNext bd_shipment_next(BdShipment *shipment, BdRequest *request, BdErr *err) {
    assert(shipment->errand == ERRAND_NONE);
    if (!shipment->shipping && shipment->origins.rows > 0) {
        push_range(shipment, 0, shipment->origins.rows);
        shipment->shipping = true;
    }
    if (shipment->part.rows == 0) {
        if (shipment->saved) {
            return release(shipment, request);
        }
        if (!take_part(shipment)) {
            forget_rows(shipment);
            return BD_NEXT_DONE;
        }
    }
    if (shipment->care == BD_CARE_SAVEPOINTS && !shipment->saved) {
        return run_errand(shipment, ERRAND_SAVE, BD_SAVEPOINT_BEGIN, request);
    }
    return send_part(shipment, request, err);
}

static void finish_errand(BdShipment *shipment) {
    if (shipment->errand == ERRAND_PREPARE) {
        shipment->prepared |= UINT32_C(1) << shipment->preparing;
    } else {
        shipment->saved = shipment->errand == ERRAND_SAVE;
        shipment->undo = false;
    }
    shipment->errand = ERRAND_NONE;
}

void bd_shipment_answer(BdShipment *shipment, BdAnswer *answer) {
    bd_answer_free(answer);
    if (shipment->errand != ERRAND_NONE) {
        finish_errand(shipment);
    } else {
        end_part(shipment);
    }
}

int bd_shipment_refused(BdShipment *shipment, BdErr *err) {
    if (shipment->errand == ERRAND_NONE) {
        return settle_refusal(shipment, err);
    }
    shipment->errand = ERRAND_NONE;
    shipment->vague = false;
    return -1;
}

bool bd_shipment_vague(const BdShipment *shipment) {
    return shipment->vague;
}

int bd_shipment_check(const BdShipment *shipment, BdErr *err) {
    if (shipment->faults == 0) {
        return 0;
    }
    *err = shipment->fault;
    return shipment->faults == 1 ? -1 : bd_err_wrap(err, "%u rows are refused", shipment->faults);
}

/* ---- life ---- */

static int new_packing(BdPacking **out, const BdTarget *target, BdMethod method,
                       uint32_t first_statement, BdErr *err) {
    switch (method) {
    case BD_METHOD_VALUES:
        return bd_packing_values_new(out, target, first_statement, err);
    case BD_METHOD_UNNEST:
        return bd_packing_unnest_new(out, target, first_statement, err);
    case BD_METHOD_COPY:
    case BD_METHOD_COPY_BINARY:
        return bd_packing_copy_new(out, target, method == BD_METHOD_COPY_BINARY, err);
    default:
        return bd_err_set(err, BD_E_BUG, 0, "rows are not collected by method %d", (int)method);
    }
}

int bd_shipment_new(BdShipment **out, const BdTarget *target, BdMethod method, BdProtocol protocol,
                    uint32_t first_statement, BdErr *err) {
    *out = NULL;
    BdShipment *shipment = bd_alloc(sizeof(*shipment));
    if (shipment == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for a shipment");
    }
    if (new_packing(&shipment->packing, target, method, first_statement, err) != 0) {
        bd_free(shipment);
        return -1;
    }
    shipment->columns = target->count;
    shipment->protocol = protocol;
    shipment->first_statement = first_statement;
    *out = shipment;
    return 0;
}

void bd_shipment_mark(BdShipment *shipment, BdArrival *arrival, uint32_t row) {
    shipment->arrival = arrival;
    shipment->marked_as = row;
}

void bd_shipment_free(BdShipment *shipment) {
    if (shipment != NULL) {
        shipment->packing->ops->free(shipment->packing);
        bd_origins_deinit(&shipment->origins);
        bd_buf_deinit(&shipment->marks);
        bd_free(shipment);
    }
}
