#include "run/plan.h"

#include "core/mem.h"
#include "run/plan_impl.h"

#include <inttypes.h>
#include <string.h>

#define MOST 65535 /* parameters, by the protocol; slots and loops: plenty */

static int no_memory(BdErr *err) {
    return bd_err_set(err, BD_E_NOMEM, 0, "out of memory while building a plan");
}

int bd_plan_new(BdPlan **out, const char *name, uint32_t rest, BdErr *err) {
    *out = NULL;
    BdPlan *plan = bd_alloc(sizeof(*plan));
    if (plan == NULL) {
        return no_memory(err);
    }
    plan->rest = rest;
    plan->name = bd_strdup(name);
    if (plan->name == NULL) {
        bd_plan_free(plan);
        return no_memory(err);
    }
    *out = plan;
    return 0;
}

static void op_deinit(BdOp *op) {
    for (uint32_t i = 0; op->params != NULL && i < op->statement->params; i++) {
        bd_free(op->params[i].text);
    }
    for (uint32_t i = 0; op->columns != NULL && i < op->statement->params; i++) {
        bd_free(op->columns[i]);
    }
    bd_free(op->columns);
    bd_free(op->table);
    bd_target_free(op->target);
    bd_free(op->params);
    bd_free(op->where);
}

void bd_plan_free(BdPlan *plan) {
    if (plan == NULL) {
        return;
    }
    for (uint32_t i = 0; i < plan->op_count; i++) {
        op_deinit(&plan->ops[i]);
    }
    for (uint32_t i = 0; i < plan->statement_count; i++) {
        bd_statement_free(plan->statements[i]);
    }
    for (uint32_t i = 0; i < plan->reference_count; i++) {
        bd_free(plan->references[i].name);
    }
    bd_free(plan->ops);
    bd_free(plan->statements);
    bd_free(plan->references);
    bd_free(plan->slot_names);
    bd_free(plan->name);
    bd_free(plan);
}

/* The array with room for one more: plans are small and built once. NULL: out of memory. */
static void *grow(void *array, uint32_t count, size_t size) {
    return bd_realloc_array(array, (size_t)count + 1, size);
}

/* The statement with that text, made if it is not there yet; NULL on failure. */
static BdStatement *find_statement(BdPlan *plan, const char *sql, BdErr *err) {
    for (uint32_t i = 0; i < plan->statement_count; i++) {
        if (strcmp(plan->statements[i]->sql, sql) == 0) {
            return plan->statements[i];
        }
    }
    BdStatement *statement = NULL;
    BdStatement **statements = grow(plan->statements, plan->statement_count, sizeof(*statements));
    if (statements == NULL) {
        no_memory(err);
        return NULL;
    }
    plan->statements = statements;
    if (bd_statement_new(&statement, plan->statement_count, sql, err) != 0) {
        return NULL;
    }
    plan->statements[plan->statement_count++] = statement;
    return statement;
}

/* The place of a reference, made if it is not there yet; -1 when memory runs out. */
static int64_t find_reference(BdPlan *plan, uint32_t slot, const char *name) {
    for (uint32_t i = 0; i < plan->reference_count; i++) {
        if (plan->references[i].slot == slot && strcmp(plan->references[i].name, name) == 0) {
            return i;
        }
    }
    BdReference *references = grow(plan->references, plan->reference_count, sizeof(*references));
    plan->references = references != NULL ? references : plan->references;
    const char **slot_names = grow(plan->slot_names, plan->reference_count, sizeof(char *));
    plan->slot_names = slot_names != NULL ? slot_names : plan->slot_names;
    char *copy = bd_strdup(name);
    if (references == NULL || slot_names == NULL || copy == NULL) {
        bd_free(copy);
        return -1;
    }
    plan->references[plan->reference_count] =
        (BdReference){.slot = slot, .name = copy, .column = -1};
    return plan->reference_count++;
}

static int resolve(BdPlan *plan, BdParam *param, const BdValue *value, BdErr *err) {
    *param = (BdParam){
        .from = value->from, .field = value->index, .slot = value->slot, .loop = value->loop};
    if (value->from == BD_VALUE_CONSTANT && value->text != NULL) {
        param->text = bd_strdup(value->text);
        return param->text == NULL ? no_memory(err) : 0;
    }
    if (value->from == BD_VALUE_COLUMN || value->from == BD_VALUE_ITEM) {
        int64_t reference = find_reference(plan, value->slot, value->text);
        param->reference = (uint32_t)reference;
        return reference < 0 ? no_memory(err) : 0;
    }
    return 0;
}

/* The next operation, zeroed but for its kind and place; not yet counted. NULL: out of memory. */
static BdOp *next_op(BdPlan *plan, BdOpKind kind, const char *where, BdErr *err) {
    BdOp *ops = grow(plan->ops, plan->op_count, sizeof(*ops));
    if (ops == NULL) {
        no_memory(err);
        return NULL;
    }
    plan->ops = ops;
    BdOp *op = &plan->ops[plan->op_count];
    *op = (BdOp){.kind = kind, .where = bd_strdup(where)};
    if (op->where == NULL) {
        no_memory(err);
        return NULL;
    }
    return op;
}

static void note_number(uint32_t *most, uint32_t number) {
    if (number >= *most) {
        *most = number + 1;
    }
}

int bd_plan_add_statement(BdPlan *plan, BdOpKind kind, const char *sql, const BdValue *values,
                          uint32_t count, uint32_t slot, const char *where, BdErr *err) {
    const BdStatement *statement = find_statement(plan, sql, err);
    if (statement == NULL) {
        return bd_err_wrap(err, "%s", where);
    }
    if (statement->params != count) {
        return bd_err_set(err, BD_E_CONFIG, 0,
                          "%s: the number of parameters is %" PRIu32 ", that of values %" PRIu32
                          ": %s",
                          where, statement->params, count, sql);
    }
    if ((bd_op_fills_slot(kind) && slot >= MOST) || count > MOST) {
        return bd_err_set(err, BD_E_CONFIG, 0, "%s: the plan is too large", where);
    }
    BdOp *op = next_op(plan, kind, where, err);
    if (op == NULL) {
        return -1;
    }
    plan->op_count++; /* from here on bd_plan_free() sees to what the operation holds */
    op->statement = statement;
    op->slot = slot;
    op->params = bd_alloc_array(count, sizeof(BdParam));
    if (op->params == NULL) {
        return no_memory(err);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (resolve(plan, &op->params[i], &values[i], err) != 0) {
            return -1;
        }
    }
    if (bd_op_fills_slot(kind)) {
        note_number(&plan->slots, slot);
    }
    if (count > plan->max_params) {
        plan->max_params = count;
    }
    return 0;
}

/* Give an operation its lists; loops are numbered from 0. */
static void set_lists(BdPlan *plan, BdOp *op, const BdList *lists, uint32_t count, uint32_t loop) {
    op->loop = loop;
    op->list_count = count;
    if (count > 0) {
        memcpy(op->lists, lists, count * sizeof(*lists));
    }
    note_number(&plan->loops, loop);
}

int bd_plan_add_insert(BdPlan *plan, const BdInsert *insert, const char *where, BdErr *err) {
    if (insert->list_count > BD_ZIP_LISTS || insert->loop >= MOST) {
        return bd_err_set(err, BD_E_CONFIG, 0, "%s: db:insert takes at most %d different lists",
                          where, BD_ZIP_LISTS);
    }
    if (bd_plan_add_statement(plan, BD_OP_INSERT, insert->sql, insert->values, insert->count, 0,
                              where, err) != 0) {
        return -1;
    }
    BdOp *op = &plan->ops[plan->op_count - 1];
    set_lists(plan, op, insert->lists, insert->list_count, insert->loop);
    op->slot = plan->inserts++;
    op->table = bd_strdup(insert->table);
    op->columns = bd_alloc_array(insert->count, sizeof(char *));
    if (op->table == NULL || op->columns == NULL) {
        return no_memory(err);
    }
    for (uint32_t i = 0; i < insert->count; i++) {
        op->columns[i] = bd_strdup(insert->columns[i]);
        if (op->columns[i] == NULL) {
            return no_memory(err);
        }
    }
    return 0;
}

int bd_plan_add_zip(BdPlan *plan, const BdList *lists, uint32_t count, uint32_t loop,
                    const char *where, BdErr *err) {
    if (count < 1 || count > BD_ZIP_LISTS || loop >= MOST) {
        return bd_err_set(err, BD_E_CONFIG, 0, "%s: db:zip takes 1 to %d lists", where,
                          BD_ZIP_LISTS);
    }
    BdOp *op = next_op(plan, BD_OP_ZIP, where, err);
    if (op == NULL) {
        return -1;
    }
    plan->op_count++;
    set_lists(plan, op, lists, count, loop);
    return 0;
}

int bd_plan_add_end(BdPlan *plan, uint32_t loop, BdErr *err) {
    for (uint32_t i = plan->op_count; i-- > 0;) {
        BdOp *zip = &plan->ops[i];
        if (zip->kind == BD_OP_ZIP && zip->partner == 0) { /* the innermost that is open */
            if (zip->loop != loop) {
                break;
            }
            BdOp *end = next_op(plan, BD_OP_END, zip->where, err);
            if (end == NULL) {
                return -1;
            }
            end->loop = loop;
            end->partner = i;
            plan->ops[i].partner = plan->op_count++;
            return 0;
        }
    }
    return bd_err_set(err, BD_E_BUG, 0, "loop %" PRIu32 " is not the one to end", loop);
}

int bd_plan_add_mark(BdPlan *plan, BdOpKind kind, const char *where, BdErr *err) {
    if (next_op(plan, kind, where, err) == NULL) {
        return -1;
    }
    plan->op_count++;
    return 0;
}

const char *bd_plan_name(const BdPlan *plan) {
    return plan->name;
}

uint32_t bd_plan_statements(const BdPlan *plan) {
    return plan->statement_count;
}

const BdStatement *bd_plan_statement(const BdPlan *plan, uint32_t i) {
    return plan->statements[i];
}

uint32_t bd_plan_slot_columns(const BdPlan *plan, uint32_t slot, const char *const **names) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->reference_count; i++) {
        if (plan->references[i].slot == slot) {
            plan->slot_names[count++] = plan->references[i].name;
        }
    }
    *names = plan->slot_names;
    return count;
}

void bd_plan_assume_columns(BdPlan *plan) {
    for (uint32_t i = 0; i < plan->reference_count; i++) {
        int column = 0;
        for (uint32_t j = 0; j < i; j++) {
            column += plan->references[j].slot == plan->references[i].slot;
        }
        plan->references[i].column = column;
    }
}
