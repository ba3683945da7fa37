/* Completing a plan: is every name that is used known where it is used? */
#include "run/plan.h"

#include "core/mem.h"
#include "run/plan_impl.h"

#include <inttypes.h>

typedef struct Scope {
    BdOpKind *filled;       /* per slot: what has filled it: ONE, ALL or CACHED; before that EXEC */
    bool *open;             /* per loop: inside of it */
    const BdOp **zip;       /* per loop: the operation that opened it */
    const BdOp **under_way; /* the loops and marks that are open, the innermost last */
    uint32_t depth;         /* so many of them */
} Scope;

static bool is_list(BdOpKind filled) {
    return filled == BD_OP_ALL || filled == BD_OP_CACHED;
}

static bool loop_has_slot(const BdOp *zip, uint32_t slot) {
    for (uint32_t i = 0; i < zip->list_count; i++) {
        if (zip->lists[i].kind == BD_LIST_SLOT && zip->lists[i].slot == slot) {
            return true;
        }
    }
    return false;
}

static bool loop_has_rest(const BdOp *zip) {
    for (uint32_t i = 0; i < zip->list_count; i++) {
        if (zip->lists[i].kind == BD_LIST_REST) {
            return true;
        }
    }
    return false;
}

static bool param_known(const BdPlan *plan, const Scope *scope, const BdParam *param) {
    bool in_loop = param->loop < plan->loops && scope->open[param->loop];
    switch (param->from) {
    case BD_VALUE_COLUMN:
        return param->slot < plan->slots && scope->filled[param->slot] == BD_OP_ONE;
    case BD_VALUE_ITEM:
        return in_loop && loop_has_slot(scope->zip[param->loop], param->slot);
    case BD_VALUE_ELEMENT:
        return in_loop && loop_has_rest(scope->zip[param->loop]);
    default:
        return true;
    }
}

/* Are its lists lists? They are known in its loop, which is open from here on. */
static int check_lists(const BdPlan *plan, Scope *scope, const BdOp *op, BdErr *err) {
    for (uint32_t i = 0; i < op->list_count; i++) {
        const BdList *list = &op->lists[i];
        bool known = list->kind == BD_LIST_REST
                         ? plan->rest != UINT32_MAX
                         : list->slot < plan->slots && is_list(scope->filled[list->slot]);
        if (!known) {
            return bd_err_set(err, BD_E_CONFIG, 0, "%s: list %" PRIu32 " is no list", op->where,
                              i + 1);
        }
    }
    scope->open[op->loop] = true;
    scope->zip[op->loop] = op;
    return 0;
}

static int check_zip(const BdPlan *plan, Scope *scope, const BdOp *op, BdErr *err) {
    if (op->partner == 0) {
        return bd_err_set(err, BD_E_CONFIG, 0, "%s: the loop over db:zip does not end", op->where);
    }
    return check_lists(plan, scope, op, err);
}

/* Behind a loop that may not have run even once, nothing is left of what it filled. */
static void leave_loop(const BdPlan *plan, Scope *scope, const BdOp *end) {
    scope->open[end->loop] = false;
    for (const BdOp *op = &plan->ops[end->partner]; op < end; op++) {
        if (bd_op_fills_slot(op->kind)) {
            scope->filled[op->slot] = BD_OP_EXEC;
        }
    }
}

static int check_statement(const BdPlan *plan, Scope *scope, const BdOp *op, BdErr *err) {
    for (uint32_t i = 0; i < op->statement->params; i++) {
        if (!param_known(plan, scope, &op->params[i])) {
            return bd_err_set(err, BD_E_CONFIG, 0,
                              "%s: value %" PRIu32 " is not known at this place", op->where, i + 1);
        }
    }
    if (bd_op_fills_slot(op->kind)) {
        if (scope->filled[op->slot] != BD_OP_EXEC) {
            return bd_err_set(err, BD_E_BUG, 0, "%s: slot %" PRIu32 " is filled twice", op->where,
                              op->slot);
        }
        scope->filled[op->slot] = op->kind;
    }
    return 0;
}

/* Does every operation that ends something end what was begun last? */
static int check_nesting(Scope *scope, const BdOp *op, BdErr *err) {
    static const BdOpKind begun_by[] = {
        [BD_OP_END] = BD_OP_ZIP, [BD_OP_SYNC] = BD_OP_PIPELINE, [BD_OP_COMMIT] = BD_OP_BEGIN};
    switch (op->kind) {
    case BD_OP_ZIP:
    case BD_OP_PIPELINE:
    case BD_OP_BEGIN:
        scope->under_way[scope->depth++] = op;
        return 0;
    case BD_OP_END:
    case BD_OP_SYNC:
    case BD_OP_COMMIT:
        if (scope->depth > 0 && scope->under_way[scope->depth - 1]->kind == begun_by[op->kind]) {
            scope->depth--;
            return 0;
        }
        return bd_err_set(err, BD_E_BUG, 0, "%s: what ends here is not what was begun last",
                          op->where);
    default:
        return 0;
    }
}

static int check_insert(const BdPlan *plan, Scope *scope, const BdOp *op, BdErr *err) {
    if (check_lists(plan, scope, op, err) != 0) {
        return -1;
    }
    int result = check_statement(plan, scope, op, err);
    scope->open[op->loop] = false;
    return result;
}

static int check_op(const BdPlan *plan, Scope *scope, const BdOp *op, BdErr *err) {
    if (check_nesting(scope, op, err) != 0) {
        return -1;
    }
    if (op->kind == BD_OP_ZIP) {
        return check_zip(plan, scope, op, err);
    }
    if (op->kind == BD_OP_END) {
        leave_loop(plan, scope, op);
    }
    if (op->kind == BD_OP_INSERT) {
        return check_insert(plan, scope, op, err);
    }
    return op->statement == NULL ? 0 : check_statement(plan, scope, op, err);
}

static int check_ops(const BdPlan *plan, Scope *scope, BdErr *err) {
    for (uint32_t i = 0; i < plan->op_count; i++) {
        if (check_op(plan, scope, &plan->ops[i], err) != 0) {
            return -1;
        }
    }
    if (scope->depth > 0) {
        return bd_err_set(err, BD_E_BUG, 0, "%s: what begins here does not end",
                          scope->under_way[scope->depth - 1]->where);
    }
    return 0;
}

int bd_plan_end(BdPlan *plan, BdErr *err) {
    if (plan->statement_count == 0) {
        return bd_err_set(err, BD_E_CONFIG, 0, "step \"%s\" sends no statement", plan->name);
    }
    Scope scope = {
        .filled = bd_alloc_array(plan->slots, sizeof(*scope.filled)),
        .open = bd_alloc_array(plan->loops, sizeof(*scope.open)),
        .zip = bd_alloc_array(plan->loops, sizeof(*scope.zip)),
        .under_way = bd_alloc_array(plan->op_count, sizeof(*scope.under_way)),
    };
    int result = -1;
    if (scope.filled == NULL || scope.open == NULL || scope.zip == NULL ||
        scope.under_way == NULL) {
        bd_err_set(err, BD_E_NOMEM, 0, "out of memory while building a plan");
    } else {
        result = check_ops(plan, &scope, err);
    }
    bd_free(scope.under_way);
    bd_free(scope.zip);
    bd_free(scope.open);
    bd_free(scope.filled);
    return result;
}
