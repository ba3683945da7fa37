/*
 * plan_impl.h - the inside of a plan, for the files that build, check and execute it.
 */
#ifndef BD_PLAN_IMPL_H
#define BD_PLAN_IMPL_H

#include "pg/target.h"
#include "run/plan.h"

#define BD_ZIP_LISTS 8 /* most lists of one zip */

/* Does the operation's answer stay in a slot? */
static inline bool bd_op_fills_slot(BdOpKind kind) {
    return kind == BD_OP_ONE || kind == BD_OP_ALL || kind == BD_OP_CACHED;
}

/* A column that values take from a slot's answers. */
typedef struct BdReference {
    uint32_t slot;
    char *name;
    int column; /* in the slot's answers; -1 until bd_plan_check() or bd_plan_assume_columns() */
} BdReference;

/* BdValue, with its names resolved. */
typedef struct BdParam {
    BdValueFrom from;
    uint32_t field;     /* FIELD */
    uint32_t slot;      /* COLUMN, ITEM */
    uint32_t loop;      /* ITEM, ELEMENT */
    uint32_t reference; /* COLUMN, ITEM: its place in the plan's references */
    char *text;         /* CONSTANT: owned; NULL for NULL */
} BdParam;

typedef struct BdOp {
    BdOpKind kind;
    char *where;                  /* place in the scenario */
    const BdStatement *statement; /* EXEC, ONE, ALL, CACHED, INSERT */
    BdParam *params;              /* as many as the statement has */
    uint32_t slot;                /* ONE, ALL, CACHED; INSERT: its number among those, from 0 */
    uint32_t loop;                /* ZIP, END, INSERT */
    uint32_t partner;             /* ZIP: the place of its END; END: of its ZIP */
    BdList lists[BD_ZIP_LISTS];   /* ZIP, INSERT */
    uint32_t list_count;
    char *table;      /* INSERT: as it was given, */
    char **columns;   /* as many as the statement has parameters, */
    BdTarget *target; /* and what the server says of them, after bd_plan_check() */
} BdOp;

struct BdPlan {
    char *name;    /* of the step */
    uint32_t rest; /* first field of the record's list; UINT32_MAX: none */
    BdOp *ops;
    uint32_t op_count;
    BdStatement **statements;
    uint32_t statement_count;
    BdReference *references;
    uint32_t reference_count;
    const char **slot_names; /* scratch of bd_plan_slot_columns() */
    uint32_t slots;          /* numbers in use are below these */
    uint32_t loops;
    uint32_t inserts;
    uint32_t max_params; /* of any statement */
};

#endif
