/*
 * A plan under execution: a program counter over its operations. What it needs is allocated when it
 * is made, or kept for the next record, so that in the long run a record costs no allocation but
 * those of libpq's own results.
 */
#include "core/mem.h"
#include "run/plan_task_impl.h"

static BdPlanTask *self(BdTask *task) {
    return (BdPlanTask *)task;
}

static int start(BdTask *task, const BdRecord *record, BdErr *err) {
    (void)err;
    BdPlanTask *run = self(task);
    run->record = record;
    run->next = 0;
    run->started = true;
    return 0;
}

/* The worker has begun its transaction by now, if it does. */
static void begin_record(BdPlanTask *run) {
    run->started = false;
    run->transactions = run->opts.session != NULL && bd_session_in_transaction(run->opts.session);
    if (run->cargo != NULL) {
        bd_cargo_begin(run->cargo, bd_plan_task_care(run), run->task.arrival);
    }
}

static BdNext next(BdTask *task, BdRequest *request, BdErr *err) {
    BdPlanTask *run = self(task);
    if (run->started) {
        begin_record(run);
    }
    BdOutcome outcome = BD_OUTCOME_GO_ON;
    while (outcome == BD_OUTCOME_GO_ON) {
        outcome = bd_plan_task_step(run, request, err);
    }
    if (outcome != BD_OUTCOME_SEND) {
        return outcome == BD_OUTCOME_DONE ? BD_NEXT_DONE : BD_NEXT_FAILED;
    }
    if (bd_plan_task_ships(run)) {
        return BD_NEXT_REQUEST;
    }
    run->open = request->more;
    if (request->kind == BD_REQUEST_SYNC) {
        run->asked = run->next - 1;
        return BD_NEXT_REQUEST;
    }
    run->asked = run->next;
    run->next += run->inserting ? 0 : 1;
    if (request->more && bd_sent_push(&run->sent, run->asked) != 0) {
        bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a pipeline");
        return BD_NEXT_FAILED;
    }
    return BD_NEXT_REQUEST;
}

/* ---- answers ---- */

void bd_plan_task_fill(BdPlanTask *run, uint32_t slot, BdAnswer *answer, bool borrowed) {
    if (!run->borrowed[slot]) {
        bd_answer_free(run->slots[slot]);
    }
    run->slots[slot] = answer;
    run->borrowed[slot] = borrowed;
}

/* The operation whose request is answered now: of a pipeline, the last one comes last. */
static const BdOp *take_sent(BdPlanTask *run) {
    uint32_t op = bd_sent_empty(&run->sent) ? run->asked : bd_sent_pop(&run->sent);
    return &run->plan->ops[op];
}

static int answer(BdTask *task, BdAnswer *given, BdErr *err) {
    BdPlanTask *run = self(task);
    if (bd_plan_task_ships(run)) {
        bd_cargo_answer(run->cargo, given);
        return 0;
    }
    const BdOp *op = take_sent(run);
    if (!bd_op_fills_slot(op->kind)) {
        bd_answer_free(given);
        return 0;
    }
    bool kept =
        op->kind == BD_OP_CACHED && bd_cache_keep(run->cache, op->statement, run->values, given);
    bd_plan_task_fill(run, op->slot, given, kept);
    int rows = bd_answer_rows(given);
    if (op->kind == BD_OP_ONE && rows != 1) {
        return bd_err_set(err, BD_E_FORMAT, 0, "%s: %d rows where db:one wants exactly one: %s",
                          op->where, rows, op->statement->sql);
    }
    return 0;
}

static int refused(BdTask *task, BdErr *err) {
    BdPlanTask *run = self(task);
    if (!bd_plan_task_ships(run)) {
        return bd_err_wrap(err, "%s", take_sent(run)->where);
    }
    int status = bd_cargo_refused(run->cargo, err);
    task->vague = status != 0 && bd_cargo_vague(run->cargo);
    return status;
}

/* ---- the task itself ---- */

static void reset(BdTask *task) {
    BdPlanTask *run = self(task);
    for (uint32_t i = 0; i < run->plan->slots; i++) {
        bd_plan_task_fill(run, i, NULL, false);
    }
    bd_sent_reset(&run->sent);
    run->pipelines = 0;
    run->open = false;
    run->inserting = false;
}

/* It prepares nothing but with its cargo, whose requests are answered one by one. */
static void passed(BdTask *task, bool answered) {
    (void)task;
    (void)answered;
}

static BdNext finish(BdTask *task, BdRequest *request, BdErr *err) {
    BdPlanTask *run = self(task);
    if (run->cargo == NULL) {
        return BD_NEXT_DONE;
    }
    BdOutcome outcome = bd_plan_task_ship(run, request, err);
    return outcome == BD_OUTCOME_SEND    ? BD_NEXT_REQUEST
           : outcome == BD_OUTCOME_GO_ON ? BD_NEXT_DONE
                                         : BD_NEXT_FAILED;
}

static void settle(BdTask *task, bool stored) {
    (void)stored;
    BdPlanTask *run = self(task);
    if (run->cargo != NULL) {
        bd_cargo_settle(run->cargo);
    }
    task->held_rows = 0;
}

/* The plan's statements are prepared. */
static void reopened(BdTask *task, BdSession *session) {
    BdPlanTask *run = self(task);
    run->opts.session = session;
    if (run->cargo != NULL) {
        bd_cargo_renew(run->cargo);
    }
}

static void free_task(BdTask *task) {
    BdPlanTask *run = self(task);
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
    bd_free(run->columns);
    bd_buf_deinit(&run->spans);
    bd_buf_deinit(&run->marks);
    bd_free(run);
}

static const BdTaskOps plan_task_ops = {
    .start = start,
    .next = next,
    .answer = answer,
    .refused = refused,
    .reset = reset,
    .passed = passed,
    .finish = finish,
    .settle = settle,
    .reopened = reopened,
    .free = free_task,
};

/* A shipment for each INSERT, in their order. */
static int make_cargo(BdPlanTask *run, BdErr *err) {
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

static int allocate(BdPlanTask *run, BdErr *err) {
    const BdPlan *plan = run->plan;
    run->slots = bd_alloc_array(plan->slots, sizeof(*run->slots));
    run->borrowed = bd_alloc_array(plan->slots, sizeof(*run->borrowed));
    run->positions = bd_alloc_array(plan->loops, sizeof(*run->positions));
    run->lengths = bd_alloc_array(plan->loops, sizeof(*run->lengths));
    run->values = bd_alloc_array(plan->max_params, sizeof(*run->values));
    run->columns = bd_alloc_array(plan->max_params, sizeof(*run->columns));
    if (run->slots == NULL || run->borrowed == NULL || run->positions == NULL ||
        run->lengths == NULL || run->values == NULL || run->columns == NULL ||
        bd_sent_init(&run->sent) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory while making a task");
    }
    if (bd_cache_new(&run->cache, BD_CACHE_BYTES, err) != 0) {
        return -1;
    }
    return plan->inserts > 0 && bd_method_collects(run->opts.method) ? make_cargo(run, err) : 0;
}

int bd_plan_task_new(BdTask **out, const BdPlan *plan, const BdPlanTaskOpts *opts, BdErr *err) {
    *out = NULL;
    BdPlanTask *run = bd_alloc_lines(1, sizeof(*run));
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
    const BdPlanTask *run = self(task);
    const BdOp *op = &run->plan->ops[run->asked];
    *slot = op->slot;
    return bd_op_fills_slot(op->kind);
}

void bd_plan_task_forget(BdTask *task) {
    bd_cache_reset(self(task)->cache);
}

void bd_task_free(BdTask *task) {
    if (task != NULL) {
        task->ops->free(task);
    }
}
