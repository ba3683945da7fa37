/*
 * The operations of a plan, one after the other, until there is a request to be sent.
 *
 * Rows of INSERT that are not sent one by one are collected in the task's cargo, which is sent at
 * the record's end, at the ends of its transactions, or at the end of the unit where rows travel in
 * batches.
 *
 * In a pipeline only requests whose answers are not needed are sent with `more`; any other one ends
 * the pipeline's part, and the next one begins another.
 */
#include "run/plan_task_impl.h"

#include <inttypes.h>

/* ---- values and loops ---- */

static bool is_listed(const BdParam *param) {
    return param->from == BD_VALUE_ITEM || param->from == BD_VALUE_ELEMENT;
}

/* Where the parameter's loop stands, if it has one. */
static uint32_t position_of(const BdPlanTask *run, const BdParam *param) {
    return is_listed(param) ? run->positions[param->loop] : 0;
}

static BdSpan param_value(const BdPlanTask *run, const BdParam *param, uint32_t position) {
    switch (param->from) {
    case BD_VALUE_FIELD:
        return bd_record_span(run->record, param->field);
    case BD_VALUE_COLUMN:
    case BD_VALUE_ITEM:
        return bd_answer_span(run->slots[param->slot], (int)position,
                              run->plan->references[param->reference].column);
    case BD_VALUE_ELEMENT:
        return bd_record_span(run->record, run->plan->rest + position);
    default:
        return bd_span_of(param->text);
    }
}

static uint32_t list_length(const BdPlanTask *run, const BdList *list) {
    if (list->kind == BD_LIST_SLOT) {
        return (uint32_t)bd_answer_rows(run->slots[list->slot]);
    }
    return run->record->fields > run->plan->rest ? run->record->fields - run->plan->rest : 0;
}

/* Set out on a loop, which goes round once where it has no lists: -1 where they are not equally
 * long. */
static int begin_loop(BdPlanTask *run, const BdOp *op, BdErr *err) {
    uint32_t length = op->list_count == 0 ? 1 : list_length(run, &op->lists[0]);
    for (uint32_t i = 1; i < op->list_count; i++) {
        uint32_t other = list_length(run, &op->lists[i]);
        if (other != length) {
            return bd_err_set(err, BD_E_FORMAT, 0,
                              "%s: db:%s lists of %" PRIu32 " and %" PRIu32 " elements", op->where,
                              op->kind == BD_OP_ZIP ? "zip over" : "insert:", length, other);
        }
    }
    run->positions[op->loop] = 0;
    run->lengths[op->loop] = length;
    return 0;
}

static void go_round(BdPlanTask *run, const BdOp *end) {
    uint32_t position = ++run->positions[end->loop];
    run->next = position < run->lengths[end->loop] ? end->partner + 1 : run->next + 1;
}

/* ---- requests ---- */

static void set_values(BdPlanTask *run, const BdOp *op) {
    for (uint32_t i = 0; i < op->statement->params; i++) {
        const BdParam *param = &op->params[i];
        run->values[i] = param_value(run, param, position_of(run, param)).p;
    }
}

/* Set out on the rows of INSERT. */
static int begin_rows(BdPlanTask *run, const BdOp *op, BdErr *err) {
    if (begin_loop(run, op, err) != 0) {
        return -1;
    }
    uint32_t rows = run->lengths[op->loop];
    size_t most = (size_t)op->statement->params * (rows == 0 ? 1 : rows);
    if (bd_buf_reserve(&run->spans, most * sizeof(BdSpan)) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for %" PRIu32 " rows", rows);
    }
    BdSpan *to = (BdSpan *)(void *)run->spans.p;
    for (uint32_t i = 0; i < op->statement->params; i++) {
        const BdParam *param = &op->params[i];
        bool listed = is_listed(param) && param->loop == op->loop;
        uint32_t position = position_of(run, param);
        uint32_t end = position + (listed ? rows : 1);
        run->columns[i] = (BdSeries){.values = to, .step = listed ? 1 : 0};
        while (position < end) {
            *to++ = param_value(run, param, position++);
        }
    }
    return 0;
}

/* The values of a row of INSERT. */
static void set_row(BdPlanTask *run, const BdOp *op, uint32_t row) {
    for (uint32_t i = 0; i < op->statement->params; i++) {
        run->values[i] = bd_series_at(&run->columns[i], row).p;
    }
}

/* The operation's statement with the values that were set. */
static BdRequest request_of(const BdPlanTask *run, const BdOp *op, bool more) {
    return (BdRequest){.kind = BD_REQUEST_EXECUTE,
                       .statement = op->statement,
                       .values = run->values,
                       .more = more};
}

static BdOutcome execute(BdPlanTask *run, const BdOp *op, BdRequest *request) {
    set_values(run, op);
    if (op->kind == BD_OP_CACHED) {
        BdAnswer *known = bd_cache_find(run->cache, op->statement, run->values);
        if (known != NULL) {
            bd_plan_task_fill(run, op->slot, known, true);
            run->next++;
            return BD_OUTCOME_GO_ON;
        }
    }
    *request = request_of(run, op, op->kind == BD_OP_EXEC && run->pipelines > 0);
    return BD_OUTCOME_SEND;
}

/* End the part of a pipeline that is open. */
static BdOutcome end_part(BdRequest *request) {
    *request = (BdRequest){.kind = BD_REQUEST_SYNC};
    return BD_OUTCOME_SEND;
}

BdCare bd_plan_task_care(const BdPlanTask *run) {
    if (run->task.careful) {
        return BD_CARE_SAVEPOINTS;
    }
    return run->transactions > 0 ? BD_CARE_WHOLE : BD_CARE_PARTS;
}

/* Add the rows of INSERT to the cargo. */
static BdOutcome collect(BdPlanTask *run, const BdOp *op, BdErr *err) {
    if (begin_rows(run, op, err) != 0) {
        return BD_OUTCOME_FAIL;
    }
    if (bd_cargo_add(run->cargo, op->slot, run->columns, run->lengths[op->loop], err) != 0) {
        bd_err_wrap(err, "%s", op->where);
        return BD_OUTCOME_FAIL;
    }
    run->task.held_rows = bd_cargo_rows(run->cargo);
    run->next++;
    return BD_OUTCOME_GO_ON;
}

BdOutcome bd_plan_task_ship(BdPlanTask *run, BdRequest *request, BdErr *err) {
    if (run->open && run->task.held_rows > 0) { /* COPY cannot be in a pipeline */
        return end_part(request);
    }
    BdNext next = bd_cargo_next(run->cargo, bd_plan_task_care(run), request, err);
    run->task.held_rows = bd_cargo_rows(run->cargo);
    return next == BD_NEXT_REQUEST ? BD_OUTCOME_SEND
           : next == BD_NEXT_DONE  ? BD_OUTCOME_GO_ON
                                   : BD_OUTCOME_FAIL;
}

/* Mark the rows of INSERT, which are sent one by one. */
static int mark_rows(BdPlanTask *run, const BdOp *op, BdErr *err) {
    BdArrival *arrival = run->task.arrival;
    uint32_t rows = run->lengths[op->loop];
    int32_t place =
        arrival == NULL ? -1 : bd_arrival_find(arrival, op->statement->id, op->statement->sql);
    run->marked = place >= 0;
    if (!run->marked) {
        return 0;
    }
    if (bd_buf_reserve(&run->marks, rows * sizeof(BdMark)) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "no memory for %" PRIu32 " rows", rows);
    }
    BdMark *marks = (BdMark *)(void *)run->marks.p;
    bd_arrival_mark(arrival, (uint32_t)place, run->columns, 0, rows, marks);
    return 0;
}

/* In a pipeline, where all rows are stored or none, the first one has the marks of all. */
static BdRequest row_request(BdPlanTask *run, const BdOp *op) {
    uint32_t row = run->positions[op->loop]++;
    set_row(run, op, row);
    bool piped = run->pipelines > 0 || run->opts.method == BD_METHOD_PIPELINE;
    BdRequest request = request_of(run, op, piped);
    if (run->marked) {
        request.marks = (const BdMark *)(const void *)run->marks.p + row;
        request.mark_count = !piped ? 1 : row == 0 ? run->lengths[op->loop] : 0;
    }
    return request;
}

/* A row of INSERT: the operation is the next one again until it has sent them all. */
static BdOutcome insert(BdPlanTask *run, const BdOp *op, BdRequest *request, BdErr *err) {
    if (run->cargo != NULL) {
        return collect(run, op, err);
    }
    if (!run->inserting && (begin_rows(run, op, err) != 0 || mark_rows(run, op, err) != 0)) {
        return BD_OUTCOME_FAIL;
    }
    run->inserting = run->positions[op->loop] < run->lengths[op->loop];
    if (!run->inserting) {
        run->next++;
        return BD_OUTCOME_GO_ON;
    }
    *request = row_request(run, op);
    return BD_OUTCOME_SEND;
}

/* BEGIN and COMMIT; within another transaction they are a savepoint's, whose name may be used again
 * within itself. A COMMIT ends the part of a pipeline: whatever fails after it undoes nothing that
 * is before it, so that its answer has to be known. */
static BdOutcome transact(BdPlanTask *run, const BdOp *op, BdRequest *request) {
    bool begins = op->kind == BD_OP_BEGIN;
    run->transactions -= begins ? 0 : 1;
    bool within = run->transactions > 0;
    run->transactions += begins ? 1 : 0;
    const char *text = begins ? (within ? BD_SAVEPOINT_BEGIN : BD_TRANSACTION_BEGIN)
                              : (within ? BD_SAVEPOINT_COMMIT : BD_TRANSACTION_COMMIT);
    *request = (BdRequest){
        .kind = BD_REQUEST_TEXT, .text = text, .more = run->pipelines > 0 && (begins || within)};
    return BD_OUTCOME_SEND;
}

/* BEGIN and COMMIT of a transaction that stands in no other: what was collected before it is not to
 * be in it, and what was collected in it is. */
static BdOutcome ship_and_transact(BdPlanTask *run, const BdOp *op, BdRequest *request,
                                   BdErr *err) {
    bool outermost = run->transactions == (op->kind == BD_OP_BEGIN ? 0 : 1);
    BdOutcome outcome =
        run->cargo != NULL && outermost ? bd_plan_task_ship(run, request, err) : BD_OUTCOME_GO_ON;
    return outcome == BD_OUTCOME_GO_ON ? transact(run, op, request) : outcome;
}

static BdOutcome end_pipeline(BdPlanTask *run, BdRequest *request) {
    run->pipelines--;
    run->next++;
    return run->pipelines > 0 || !run->open ? BD_OUTCOME_GO_ON : end_part(request);
}

/* All operations were executed: end a pipeline that INSERT has left open, or send what was
 * collected. */
static BdOutcome end_record(BdPlanTask *run, BdRequest *request, BdErr *err) {
    if (run->open) {
        return end_part(request);
    }
    bool ships = run->cargo != NULL && !run->opts.batches;
    BdOutcome outcome = ships ? bd_plan_task_ship(run, request, err) : BD_OUTCOME_GO_ON;
    return outcome == BD_OUTCOME_GO_ON ? BD_OUTCOME_DONE : outcome;
}

BdOutcome bd_plan_task_step(BdPlanTask *run, BdRequest *request, BdErr *err) {
    if (run->next == run->plan->op_count) {
        return end_record(run, request, err);
    }
    const BdOp *op = &run->plan->ops[run->next];
    switch (op->kind) {
    case BD_OP_ZIP:
        if (begin_loop(run, op, err) != 0) {
            return BD_OUTCOME_FAIL;
        }
        run->next = run->lengths[op->loop] == 0 ? op->partner + 1 : run->next + 1;
        return BD_OUTCOME_GO_ON;
    case BD_OP_INSERT:
        return insert(run, op, request, err);
    case BD_OP_END:
        go_round(run, op);
        return BD_OUTCOME_GO_ON;
    case BD_OP_PIPELINE:
        run->pipelines += run->opts.one_by_one ? 0 : 1;
        run->next++;
        return BD_OUTCOME_GO_ON;
    case BD_OP_SYNC:
        if (!run->opts.one_by_one) {
            return end_pipeline(run, request);
        }
        run->next++;
        return BD_OUTCOME_GO_ON;
    case BD_OP_BEGIN:
    case BD_OP_COMMIT:
        return ship_and_transact(run, op, request, err);
    default:
        return execute(run, op, request);
    }
}
