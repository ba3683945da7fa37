/* What only the server knows of a plan: are its statements valid, and which columns they give. */
#include "run/plan.h"

#include "run/plan_impl.h"
#include "run/task.h"

#include <stdio.h>

/* "id, name" for a message; cut short where there are many. */
static void list_columns(const BdAnswer *described, char *text, size_t room) {
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < bd_answer_columns(described) && used < room; i++) {
        int n = snprintf(text + used, room - used, "%s%s", i > 0 ? ", " : "",
                         bd_answer_column_name(described, i));
        used += n > 0 ? (size_t)n : 0;
    }
}

/* Find the columns that values take from the operation's slot. */
static int find_columns(BdPlan *plan, const BdOp *op, const BdAnswer *described, BdErr *err) {
    if (bd_answer_columns(described) == 0) {
        return bd_err_set(err, BD_E_CONFIG, 0, "%s: the statement gives no rows, use db:exec: %s",
                          op->where, op->statement->sql);
    }
    for (uint32_t i = 0; i < plan->reference_count; i++) {
        BdReference *reference = &plan->references[i];
        if (reference->slot != op->slot) {
            continue;
        }
        reference->column = bd_answer_column(described, reference->name);
        if (reference->column < 0) {
            char columns[256];
            list_columns(described, columns, sizeof(columns));
            bd_err_set(err, BD_E_CONFIG, 0, "%s: the answer has no column \"%s\"", op->where,
                       reference->name);
            return bd_err_hint(err, "its columns are: %s", columns);
        }
    }
    return 0;
}

static int ask(BdSession *session, BdRequestKind kind, const BdOp *op, BdAnswer **answer,
               BdErr *err) {
    const BdRequest request = {.kind = kind, .statement = op->statement};
    if (bd_session_ask(session, &request, answer, err) != 0) {
        return err->code == BD_E_SQL ? bd_err_wrap(err, "%s", op->where) : -1;
    }
    return 0;
}

static int check_op(BdPlan *plan, const BdOp *op, bool first_use, BdSession *session, BdErr *err) {
    BdAnswer *answer = NULL;
    if (first_use || bd_session_protocol(session) != BD_PROTOCOL_PREPARED) {
        if (ask(session, BD_REQUEST_PREPARE, op, &answer, err) != 0) {
            return -1;
        }
        bd_answer_free(answer);
    }
    if (op->kind == BD_OP_EXEC || op->kind == BD_OP_INSERT) {
        return 0;
    }
    if (ask(session, BD_REQUEST_DESCRIBE, op, &answer, err) != 0) {
        return -1;
    }
    int result = find_columns(plan, op, answer, err);
    bd_answer_free(answer);
    return result;
}

/* Look up where INSERT inserts, before its statement is prepared: it is named more clearly so. */
static int find_target(BdOp *op, BdSession *session, BdErr *err) {
    bd_target_free(op->target);
    int status = bd_target_new(&op->target, session, op->table, (const char *const *)op->columns,
                               op->statement->params, err);
    return status == 0 || err->code == BD_E_CONN ? status : bd_err_wrap(err, "%s", op->where);
}

int bd_plan_check(BdPlan *plan, BdSession *session, BdErr *err) {
    uint32_t prepared = 0; /* statements are numbered in the order of their first use */
    for (uint32_t i = 0; i < plan->op_count; i++) {
        BdOp *op = &plan->ops[i];
        if (op->kind == BD_OP_PIPELINE && bd_session_protocol(session) == BD_PROTOCOL_SIMPLE) {
            return bd_err_set(err, BD_E_CONFIG, 0, "%s: " BD_NO_PIPELINES, op->where);
        }
        if (op->statement == NULL) {
            continue;
        }
        if (op->kind == BD_OP_INSERT && find_target(op, session, err) != 0) {
            return -1;
        }
        bool first_use = op->statement->id == prepared;
        if (check_op(plan, op, first_use, session, err) != 0) {
            return -1;
        }
        prepared += first_use;
    }
    return 0;
}
