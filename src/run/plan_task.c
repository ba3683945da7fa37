/*
 * A plan under execution: a program counter over its operations. Everything it needs is allocated
 * when it is made, so a record costs no allocation but those of libpq's own results.
 */
#include "run/task.h"

#include "core/mem.h"
#include "run/plan_impl.h"

#include <inttypes.h>

typedef struct PlanTask {
    BdTask task; /* first: a BdTask * is a PlanTask * */
    const BdPlan *plan;
    BdRecord record;
    uint32_t next;       /* operation to execute */
    uint32_t sent;       /* operation whose request is under way */
    BdAnswer **slots;    /* what ONE and ALL have left */
    uint32_t *positions; /* of each loop */
    uint32_t *lengths;   /* of each loop */
    const char **values; /* of the request under way */
} PlanTask;

static PlanTask *self(BdTask *task) {
    return (PlanTask *)task;
}

static int start(BdTask *task, const BdRecord *record, BdErr *err) {
    (void)err;
    self(task)->record = *record;
    self(task)->next = 0;
    return 0;
}

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

/* Begin a loop: -1 where its lists are not equally long. */
static int begin_loop(PlanTask *run, const BdOp *zip, BdErr *err) {
    uint32_t length = list_length(run, &zip->lists[0]);
    for (uint32_t i = 1; i < zip->list_count; i++) {
        uint32_t other = list_length(run, &zip->lists[i]);
        if (other != length) {
            return bd_err_set(err, BD_E_FORMAT, 0,
                              "%s: db:zip over lists of %" PRIu32 " and %" PRIu32 " elements",
                              zip->where, length, other);
        }
    }
    run->positions[zip->loop] = 0;
    run->lengths[zip->loop] = length;
    run->next = length == 0 ? zip->partner + 1 : run->next + 1;
    return 0;
}

static void go_round(PlanTask *run, const BdOp *end) {
    uint32_t position = ++run->positions[end->loop];
    run->next = position < run->lengths[end->loop] ? end->partner + 1 : run->next + 1;
}

static BdNext next(BdTask *task, BdRequest *request, BdErr *err) {
    PlanTask *run = self(task);
    while (run->next < run->plan->op_count) {
        const BdOp *op = &run->plan->ops[run->next];
        if (op->kind == BD_OP_ZIP) {
            if (begin_loop(run, op, err) != 0) {
                return BD_NEXT_FAILED;
            }
        } else if (op->kind == BD_OP_END) {
            go_round(run, op);
        } else {
            for (uint32_t i = 0; i < op->statement->params; i++) {
                run->values[i] = param_value(run, &op->params[i]);
            }
            *request = (BdRequest){
                .kind = BD_REQUEST_EXECUTE, .statement = op->statement, .values = run->values};
            run->sent = run->next++;
            return BD_NEXT_REQUEST;
        }
    }
    return BD_NEXT_DONE;
}

static int answer(BdTask *task, BdAnswer *given, BdErr *err) {
    PlanTask *run = self(task);
    const BdOp *op = &run->plan->ops[run->sent];
    if (op->kind == BD_OP_EXEC) {
        bd_answer_free(given);
        return 0;
    }
    bd_answer_free(run->slots[op->slot]);
    run->slots[op->slot] = given;
    int rows = bd_answer_rows(given);
    if (op->kind == BD_OP_ONE && rows != 1) {
        return bd_err_set(err, BD_E_FORMAT, 0, "%s: %d rows where db:one wants exactly one: %s",
                          op->where, rows, op->statement->sql);
    }
    return 0;
}

static int refused(BdTask *task, BdErr *err) {
    const PlanTask *run = self(task);
    return bd_err_wrap(err, "%s", run->plan->ops[run->sent].where);
}

static void reset(BdTask *task) {
    PlanTask *run = self(task);
    for (uint32_t i = 0; i < run->plan->slots; i++) {
        bd_answer_free(run->slots[i]);
        run->slots[i] = NULL;
    }
}

/* Nothing is collected. */
static BdNext finish(BdTask *task, BdRequest *request, BdErr *err) {
    (void)task;
    (void)request;
    (void)err;
    return BD_NEXT_DONE;
}

static void settle(BdTask *task, bool stored) {
    (void)task;
    (void)stored;
}

/* The plan's statements are all there is, and they are prepared. */
static void reopened(BdTask *task, BdSession *session) {
    (void)task;
    (void)session;
}

static void free_task(BdTask *task) {
    PlanTask *run = self(task);
    if (run->slots != NULL) {
        reset(task);
    }
    bd_free(run->slots);
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

int bd_plan_task_new(BdTask **out, const BdPlan *plan, BdErr *err) {
    *out = NULL;
    PlanTask *run = bd_alloc(sizeof(*run));
    if (run == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory while making a task");
    }
    run->task.ops = &plan_task_ops;
    run->plan = plan;
    run->slots = bd_alloc_array(plan->slots, sizeof(*run->slots));
    run->positions = bd_alloc_array(plan->loops, sizeof(*run->positions));
    run->lengths = bd_alloc_array(plan->loops, sizeof(*run->lengths));
    run->values = bd_alloc_array(plan->max_params, sizeof(*run->values));
    if (run->slots == NULL || run->positions == NULL || run->lengths == NULL ||
        run->values == NULL) {
        free_task(&run->task);
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory while making a task");
    }
    *out = &run->task;
    return 0;
}

bool bd_plan_task_slot(BdTask *task, uint32_t *slot) {
    const PlanTask *run = self(task);
    const BdOp *op = &run->plan->ops[run->sent];
    *slot = op->slot;
    return op->kind != BD_OP_EXEC;
}

void bd_task_free(BdTask *task) {
    if (task != NULL) {
        task->ops->free(task);
    }
}
