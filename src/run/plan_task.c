/*
 * A plan under execution: a program counter over its operations. What it needs is allocated when it
 * is made, or kept for the next record, so that in the long run a record costs no allocation but
 * those of libpq's own results.
 *
 * Rows of INSERT that are not sent one by one are collected in the task's cargo, which is sent at
 * the record's end, at the ends of its transactions, or at the end of the unit where rows travel in
 * batches.
 *
 * In a pipeline only requests whose answers are not needed are sent with `more`; any other one ends
 * the pipeline's part, and the next one begins another.
 */
#include "core/mem.h"
#include "run/cache.h"
#include "run/cargo.h"
#include "run/plan_impl.h"
#include "run/sent.h"
#include "run/task.h"

#include <inttypes.h>

typedef struct PlanTask {
    BdTask task; /* first: a BdTask * is a PlanTask * */
    const BdPlan *plan;
    BdPlanTaskOpts opts;
    BdRecord record;
    uint32_t next;       /* operation to execute */
    BdSent sent;         /* whose requests are under way */
    BdAnswer **slots;    /* what ONE, ALL and CACHED have left; the latter's may be the cache's */
    bool *borrowed;      /* per slot: it is the cache's */
    uint32_t *positions; /* of each loop */
    uint32_t *lengths;   /* of each loop */
    const char **values; /* of the last request */
    BdCache *cache;

    uint32_t pipelines;    /* that are open, one in the other */
    bool open;             /* a part of a pipeline was begun and not ended */
    bool inserting;        /* in the rows of an INSERT, which is the next operation */
    uint32_t transactions; /* that are open, one in the other, with the worker's if it has one */

    BdCargo *cargo; /* rows of INSERT; NULL where they are sent one by one */
    bool started;   /* the record, but nothing was asked for yet */
} PlanTask;

static PlanTask *self(BdTask *task) {
    return (PlanTask *)task;
}

static int start(BdTask *task, const BdRecord *record, BdErr *err) {
    (void)err;
    PlanTask *run = self(task);
    run->record = *record;
    run->next = 0;
    run->started = true;
    return 0;
}

/* ---- values and loops ---- */

static const char *param_value(const PlanTask *run, const BdParam *param) {
    switch (param->from) {
    case BD_VALUE_FIELD:
        return bd_record_field(&run->record, param->field);
    case BD_VALUE_COLUMN:
        return bd_answer_value(run->slots[param->slot], 0,
                               run->plan->references[param->reference].column);
    case BD_VALUE_ITEM:
        return bd_answer_value(run->slots[param->slot], (int)run->positions[param->loop],
                               run->plan->references[param->reference].column);
    case BD_VALUE_ELEMENT:
        return bd_record_field(&run->record, run->plan->rest + run->positions[param->loop]);
    default:
        return param->text;
    }
}

static uint32_t list_length(const PlanTask *run, const BdList *list) {
    if (list->kind == BD_LIST_SLOT) {
        return (uint32_t)bd_answer_rows(run->slots[list->slot]);
    }
    return run->record.fields > run->plan->rest ? run->record.fields - run->plan->rest : 0;
}

/* Set out on a loop, which goes round once where it has no lists: -1 where they are not equally
 * long. */
static int begin_loop(PlanTask *run, const BdOp *op, BdErr *err) {
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

static void go_round(PlanTask *run, const BdOp *end) {
    uint32_t position = ++run->positions[end->loop];
    run->next = position < run->lengths[end->loop] ? end->partner + 1 : run->next + 1;
}

static void fill_slot(PlanTask *run, uint32_t slot, BdAnswer *answer, bool borrowed) {
    if (!run->borrowed[slot]) {
        bd_answer_free(run->slots[slot]);
    }
    run->slots[slot] = answer;
    run->borrowed[slot] = borrowed;
}

/* ---- requests ---- */

/* What an operation comes to. */
typedef enum Outcome {
    GO_ON, /* nothing to be sent; run->next is the next operation */
    SEND,  /* *request; run->next is the one that sends it, but for BD_REQUEST_SYNC */
    DONE,  /* the record is */
    FAIL
} Outcome;

static void set_values(PlanTask *run, const BdOp *op) {
    for (uint32_t i = 0; i < op->statement->params; i++) {
        run->values[i] = param_value(run, &op->params[i]);
    }
}

/* The values of the row that INSERT stands at: after the first one, only what its lists give is
 * another. */
static void set_row(PlanTask *run, const BdOp *op) {
    if (run->positions[op->loop] == 0) {
        set_values(run, op);
        return;
    }
    const BdParam *param = op->params;
    const char **value = run->values;
    for (uint32_t left = op->statement->params; left > 0; left--, param++, value++) {
        if (param->from == BD_VALUE_ITEM || param->from == BD_VALUE_ELEMENT) {
            *value = param_value(run, param);
        }
    }
}

/* The operation's statement with the values that were set. */
static BdRequest request_of(const PlanTask *run, const BdOp *op, bool more) {
    return (BdRequest){.kind = BD_REQUEST_EXECUTE,
                       .statement = op->statement,
                       .values = run->values,
                       .more = more};
}

static Outcome execute(PlanTask *run, const BdOp *op, BdRequest *request) {
    set_values(run, op);
    if (op->kind == BD_OP_CACHED) {
        BdAnswer *known = bd_cache_find(run->cache, op->statement, run->values);
        if (known != NULL) {
            fill_slot(run, op->slot, known, true);
            run->next++;
            return GO_ON;
        }
    }
    *request = request_of(run, op, op->kind == BD_OP_EXEC && run->pipelines > 0);
    return SEND;
}

/* End the part of a pipeline that is open. */
static Outcome end_part(BdRequest *request) {
    *request = (BdRequest){.kind = BD_REQUEST_SYNC};
    return SEND;
}

static BdCare care(const PlanTask *run) {
    if (run->task.careful) {
        return BD_CARE_SAVEPOINTS;
    }
    return run->transactions > 0 ? BD_CARE_WHOLE : BD_CARE_PARTS;
}

/* Add the rows of INSERT to the cargo. */
static Outcome collect(PlanTask *run, const BdOp *op, BdErr *err) {
    if (begin_loop(run, op, err) != 0) {
        return FAIL;
    }
    for (uint32_t *at = &run->positions[op->loop]; *at < run->lengths[op->loop]; ++*at) {
        set_row(run, op);
        if (bd_cargo_add(run->cargo, op->slot, run->values, err) != 0) {
            bd_err_wrap(err, "%s", op->where);
            return FAIL;
        }
    }
    run->task.held_rows = bd_cargo_rows(run->cargo);
    run->next++;
    return GO_ON;
}

/* Are requests and answers the cargo's? */
static bool is_shipping(const PlanTask *run) {
    return run->cargo != NULL && bd_cargo_sending(run->cargo);
}

/* Send the cargo, until nothing is left of it. */
static Outcome ship(PlanTask *run, BdRequest *request, BdErr *err) {
    if (run->open && run->task.held_rows > 0) { /* COPY cannot be in a pipeline */
        return end_part(request);
    }
    BdNext next = bd_cargo_next(run->cargo, care(run), request, err);
    run->task.held_rows = bd_cargo_rows(run->cargo);
    return next == BD_NEXT_REQUEST ? SEND : next == BD_NEXT_DONE ? GO_ON : FAIL;
}

/* A row of INSERT: the operation is the next one again until it has sent them all. */
static Outcome insert(PlanTask *run, const BdOp *op, BdRequest *request, BdErr *err) {
    if (run->cargo != NULL) {
        return collect(run, op, err);
    }
    if (!run->inserting && begin_loop(run, op, err) != 0) {
        return FAIL;
    }
    run->inserting = run->positions[op->loop] < run->lengths[op->loop];
    if (!run->inserting) {
        run->next++;
        return GO_ON;
    }
    set_row(run, op);
    *request = request_of(run, op, run->pipelines > 0 || run->opts.method == BD_METHOD_PIPELINE);
    run->positions[op->loop]++;
    return SEND;
}

/* BEGIN and COMMIT; within another transaction they are a savepoint's, whose name may be used again
 * within itself. A COMMIT ends the part of a pipeline: whatever fails after it undoes nothing that
 * is before it, so that its answer has to be known. */
static Outcome transact(PlanTask *run, const BdOp *op, BdRequest *request) {
    bool begins = op->kind == BD_OP_BEGIN;
    run->transactions -= begins ? 0 : 1;
    bool within = run->transactions > 0;
    run->transactions += begins ? 1 : 0;
    const char *text = begins ? (within ? BD_SAVEPOINT_BEGIN : BD_TRANSACTION_BEGIN)
                              : (within ? BD_SAVEPOINT_COMMIT : BD_TRANSACTION_COMMIT);
    *request = (BdRequest){
        .kind = BD_REQUEST_TEXT, .text = text, .more = run->pipelines > 0 && (begins || within)};
    return SEND;
}

/* BEGIN and COMMIT of a transaction that stands in no other: what was collected before it is not to
 * be in it, and what was collected in it is. */
static Outcome ship_and_transact(PlanTask *run, const BdOp *op, BdRequest *request, BdErr *err) {
    bool outermost = run->transactions == (op->kind == BD_OP_BEGIN ? 0 : 1);
    Outcome outcome = run->cargo != NULL && outermost ? ship(run, request, err) : GO_ON;
    return outcome == GO_ON ? transact(run, op, request) : outcome;
}

static Outcome end_pipeline(PlanTask *run, BdRequest *request) {
    run->pipelines--;
    run->next++;
    return run->pipelines > 0 || !run->open ? GO_ON : end_part(request);
}

/* All operations were executed: end a pipeline that INSERT has left open, or send what was
 * collected. */
static Outcome end_record(PlanTask *run, BdRequest *request, BdErr *err) {
    if (run->open) {
        return end_part(request);
    }
    bool ships = run->cargo != NULL && !run->opts.batches;
    Outcome outcome = ships ? ship(run, request, err) : GO_ON;
    return outcome == GO_ON ? DONE : outcome;
}

static Outcome step(PlanTask *run, BdRequest *request, BdErr *err) {
    if (run->next == run->plan->op_count) {
        return end_record(run, request, err);
    }
    const BdOp *op = &run->plan->ops[run->next];
    switch (op->kind) {
    case BD_OP_ZIP:
        if (begin_loop(run, op, err) != 0) {
            return FAIL;
        }
        run->next = run->lengths[op->loop] == 0 ? op->partner + 1 : run->next + 1;
        return GO_ON;
    case BD_OP_INSERT:
        return insert(run, op, request, err);
    case BD_OP_END:
        go_round(run, op);
        return GO_ON;
    case BD_OP_PIPELINE:
        run->pipelines += run->opts.one_by_one ? 0 : 1;
        run->next++;
        return GO_ON;
    case BD_OP_SYNC:
        if (!run->opts.one_by_one) {
            return end_pipeline(run, request);
        }
        run->next++;
        return GO_ON;
    case BD_OP_BEGIN:
    case BD_OP_COMMIT:
        return ship_and_transact(run, op, request, err);
    default:
        return execute(run, op, request);
    }
}

/* The worker has begun its transaction by now, if it does. */
static int begin_record(PlanTask *run, BdErr *err) {
    run->started = false;
    run->transactions = run->opts.session != NULL && bd_session_in_transaction(run->opts.session);
    return run->cargo == NULL ? 0 : bd_cargo_begin(run->cargo, care(run), run->task.arrival, err);
}

static BdNext next(BdTask *task, BdRequest *request, BdErr *err) {
    PlanTask *run = self(task);
    if (run->started && begin_record(run, err) != 0) {
        return BD_NEXT_FAILED;
    }
    Outcome outcome = GO_ON;
    while (outcome == GO_ON) {
        outcome = step(run, request, err);
    }
    if (outcome != SEND) {
        return outcome == DONE ? BD_NEXT_DONE : BD_NEXT_FAILED;
    }
    if (is_shipping(run)) {
        return BD_NEXT_REQUEST;
    }
    if (request->kind != BD_REQUEST_SYNC && bd_sent_push(&run->sent, run->next) != 0) {
        bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a pipeline");
        return BD_NEXT_FAILED;
    }
    run->open = request->more;
    run->next += run->inserting || request->kind == BD_REQUEST_SYNC ? 0 : 1;
    return BD_NEXT_REQUEST;
}

/* ---- answers ---- */

/* The operation whose request is answered now. That of BD_REQUEST_SYNC is not noted: it is the last
 * one of its pipeline, and the operation before the next. */
static const BdOp *take_sent(PlanTask *run) {
    uint32_t op = bd_sent_empty(&run->sent) ? run->next - 1 : bd_sent_pop(&run->sent);
    return &run->plan->ops[op];
}

static bool keeps_answer(const BdOp *op) {
    return op->kind == BD_OP_ONE || op->kind == BD_OP_ALL || op->kind == BD_OP_CACHED;
}

static int answer(BdTask *task, BdAnswer *given, BdErr *err) {
    PlanTask *run = self(task);
    if (is_shipping(run)) {
        bd_cargo_answer(run->cargo, given);
        return 0;
    }
    const BdOp *op = take_sent(run);
    if (!keeps_answer(op)) {
        bd_answer_free(given);
        return 0;
    }
    bool kept =
        op->kind == BD_OP_CACHED && bd_cache_keep(run->cache, op->statement, run->values, given);
    fill_slot(run, op->slot, given, kept);
    int rows = bd_answer_rows(given);
    if (op->kind == BD_OP_ONE && rows != 1) {
        return bd_err_set(err, BD_E_FORMAT, 0, "%s: %d rows where db:one wants exactly one: %s",
                          op->where, rows, op->statement->sql);
    }
    return 0;
}

static int refused(BdTask *task, BdErr *err) {
    PlanTask *run = self(task);
    if (!is_shipping(run)) {
        return bd_err_wrap(err, "%s", take_sent(run)->where);
    }
    int status = bd_cargo_refused(run->cargo, err);
    task->vague = status != 0 && bd_cargo_vague(run->cargo);
    return status;
}

/* ---- the task itself ---- */

static void reset(BdTask *task) {
    PlanTask *run = self(task);
    for (uint32_t i = 0; i < run->plan->slots; i++) {
        fill_slot(run, i, NULL, false);
    }
    bd_sent_reset(&run->sent);
    run->pipelines = 0;
    run->open = false;
    run->inserting = false;
}

static BdNext finish(BdTask *task, BdRequest *request, BdErr *err) {
    PlanTask *run = self(task);
    if (run->cargo == NULL) {
        return BD_NEXT_DONE;
    }
    Outcome outcome = ship(run, request, err);
    return outcome == SEND ? BD_NEXT_REQUEST : outcome == GO_ON ? BD_NEXT_DONE : BD_NEXT_FAILED;
}

static void settle(BdTask *task, bool stored) {
    (void)stored;
    PlanTask *run = self(task);
    if (run->cargo != NULL) {
        bd_cargo_settle(run->cargo);
    }
    task->held_rows = 0;
}

/* The plan's statements are prepared. */
static void reopened(BdTask *task, BdSession *session) {
    PlanTask *run = self(task);
    run->opts.session = session;
    if (run->cargo != NULL) {
        bd_cargo_renew(run->cargo);
    }
}

static void free_task(BdTask *task) {
    PlanTask *run = self(task);
    if (run->slots != NULL && run->borrowed != NULL) {
        reset(task);
    }
    bd_cache_free(run->cache);
    bd_cargo_free(run->cargo);
    bd_sent_deinit(&run->sent);
    bd_free(run->slots);
    bd_free(run->borrowed);
    bd_free(run->positions);
    bd_free(run->lengths);
    bd_free((void *)run->values);
    bd_free(run);
}

static const BdTaskOps plan_task_ops = {
    .start = start,
    .next = next,
    .answer = answer,
    .refused = refused,
    .reset = reset,
    .finish = finish,
    .settle = settle,
    .reopened = reopened,
    .free = free_task,
};

/* A shipment for each INSERT, in their order. */
static int make_cargo(PlanTask *run, BdErr *err) {
    const BdPlan *plan = run->plan;
    BdProtocol protocol = bd_session_protocol(run->opts.session);
    if (bd_cargo_new(&run->cargo, run->opts.method, protocol, plan->statement_count, err) != 0) {
        return -1;
    }
    for (uint32_t i = 0; i < plan->op_count; i++) {
        const BdOp *op = &plan->ops[i];
        if (op->kind != BD_OP_INSERT) {
            continue;
        }
        const BdLoad load = {.target = op->target, .sql = op->statement->sql, .where = op->where};
        if (bd_cargo_load(run->cargo, &load, err) != 0) {
            return bd_err_wrap(err, "%s", op->where);
        }
    }
    return 0;
}

static int allocate(PlanTask *run, BdErr *err) {
    const BdPlan *plan = run->plan;
    run->slots = bd_alloc_array(plan->slots, sizeof(*run->slots));
    run->borrowed = bd_alloc_array(plan->slots, sizeof(*run->borrowed));
    run->positions = bd_alloc_array(plan->loops, sizeof(*run->positions));
    run->lengths = bd_alloc_array(plan->loops, sizeof(*run->lengths));
    run->values = bd_alloc_array(plan->max_params, sizeof(*run->values));
    if (run->slots == NULL || run->borrowed == NULL || run->positions == NULL ||
        run->lengths == NULL || run->values == NULL || bd_sent_init(&run->sent) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory while making a task");
    }
    if (bd_cache_new(&run->cache, BD_CACHE_BYTES, err) != 0) {
        return -1;
    }
    return plan->inserts > 0 && bd_method_collects(run->opts.method) ? make_cargo(run, err) : 0;
}

int bd_plan_task_new(BdTask **out, const BdPlan *plan, const BdPlanTaskOpts *opts, BdErr *err) {
    *out = NULL;
    PlanTask *run = bd_alloc(sizeof(*run));
    if (run == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory while making a task");
    }
    run->task.ops = &plan_task_ops;
    run->plan = plan;
    run->opts = *opts;
    if (allocate(run, err) != 0) {
        free_task(&run->task);
        return -1;
    }
    *out = &run->task;
    return 0;
}

bool bd_plan_task_slot(BdTask *task, uint32_t *slot) {
    const PlanTask *run = self(task);
    const BdOp *op = &run->plan->ops[bd_sent_front(&run->sent)];
    *slot = op->slot;
    return keeps_answer(op);
}

void bd_plan_task_forget(BdTask *task) {
    bd_cache_reset(self(task)->cache);
}

void bd_task_free(BdTask *task) {
    if (task != NULL) {
        task->ops->free(task);
    }
}
