/*
 * plan.h - a step compiled to operations that C executes for each record.
 *
 * A plan is built once (bd_plan_new(), then one call for every operation in order, then
 * bd_plan_end()), and is read-only from then on: all workers share it. Operations name values by
 * where they come from; nothing is computed.
 *
 * Ownership: all text is copied.
 * Threads:   built by one thread, read by any.
 * Errors:    BD_E_CONFIG for what does not fit together, naming the place in the scenario.
 */
#ifndef BD_PLAN_H
#define BD_PLAN_H

#include "core/err.h"
#include "pg/session.h"
#include "pg/statement.h"

#include <stdint.h>

typedef struct BdPlan BdPlan;

/* Where a parameter's value comes from. */
typedef enum BdValueFrom {
    BD_VALUE_CONSTANT, /* text, or NULL */
    BD_VALUE_FIELD,    /* a field of the record: index */
    BD_VALUE_COLUMN,   /* a column of the row that a `one` left in a slot: slot, name */
    BD_VALUE_ITEM,     /* a column of the row, in the slot of an `all`, that a loop stands at: slot,
                          name, loop */
    BD_VALUE_ELEMENT   /* the element of the record's list that a loop stands at: loop */
} BdValueFrom;

typedef struct BdValue {
    BdValueFrom from;
    uint32_t index;   /* FIELD */
    uint32_t slot;    /* COLUMN, ITEM */
    uint32_t loop;    /* ITEM, ELEMENT */
    const char *text; /* CONSTANT: the text or NULL; COLUMN, ITEM: the name of the column */
} BdValue;

typedef enum BdOpKind {
    BD_OP_EXEC,     /* send the statement; its answer only counts */
    BD_OP_ONE,      /* its answer must be one row, and stays in a slot */
    BD_OP_ALL,      /* its answer, however many rows, stays in a slot */
    BD_OP_CACHED,   /* as ALL, but asked only once for each set of values */
    BD_OP_INSERT,   /* insert rows into a target: a loop of its own over lists, if it has any */
    BD_OP_ZIP,      /* begin a loop over lists, which must be equally long */
    BD_OP_END,      /* go round, or leave the loop */
    BD_OP_PIPELINE, /* from here on nothing waits for an answer that is not needed, */
    BD_OP_SYNC,     /* up to here */
    BD_OP_BEGIN,    /* begin a transaction; within another one, a savepoint */
    BD_OP_COMMIT    /* end it */
} BdOpKind;

/* A list that a loop goes over. */
typedef struct BdList {
    enum {
        BD_LIST_SLOT,
        BD_LIST_REST
    } kind; /* the rows in a slot; the record's fields from `rest` on */
    uint32_t slot;
} BdList;

/* name: of the step. rest: the first field of the record's list; UINT32_MAX if its records have
 * none. */
BD_MUSTCHECK int bd_plan_new(BdPlan **out, const char *name, uint32_t rest, BdErr *err);

/*
 * Add EXEC, ONE, ALL or CACHED. The same SQL text is one statement however often it occurs. `where`
 * is the place in the scenario, "file:line", for messages. slot is ignored for EXEC. -1 if the
 * number of values is not the number of parameters.
 */
BD_MUSTCHECK int bd_plan_add_statement(BdPlan *plan, BdOpKind kind, const char *sql,
                                       const BdValue *values, uint32_t count, uint32_t slot,
                                       const char *where, BdErr *err);

/* What INSERT inserts. */
typedef struct BdInsert {
    const char *table; /* as pg/target.h takes names */
    const char *const *columns;
    const char *sql; /* inserts one row, its parameters being the columns in their order */
    const BdValue *values;
    uint32_t count; /* of columns, and of values */
    const BdList *lists;
    uint32_t list_count; /* 0 to 8; 0: one row */
    uint32_t loop;       /* ITEM and ELEMENT values are those of this loop */
} BdInsert;

/* Add INSERT. -1 if the number of values is not the number of parameters. */
BD_MUSTCHECK int bd_plan_add_insert(BdPlan *plan, const BdInsert *insert, const char *where,
                                    BdErr *err);

/* Add ZIP with 1 to 8 lists; loops may stand inside one another. Every ZIP needs its END. */
BD_MUSTCHECK int bd_plan_add_zip(BdPlan *plan, const BdList *lists, uint32_t count, uint32_t loop,
                                 const char *where, BdErr *err);
BD_MUSTCHECK int bd_plan_add_end(BdPlan *plan, uint32_t loop, BdErr *err);

/* Add PIPELINE, SYNC, BEGIN or COMMIT. The first needs the second, the third the fourth; they and
 * loops may stand inside one another. */
BD_MUSTCHECK int bd_plan_add_mark(BdPlan *plan, BdOpKind kind, const char *where, BdErr *err);

/* Complete the plan: -1 if it is empty, a loop or a pair of marks is open, or a value names a slot
 * or a loop that does not exist there. */
BD_MUSTCHECK int bd_plan_end(BdPlan *plan, BdErr *err);

/* NULL is allowed. */
void bd_plan_free(BdPlan *plan);

const char *bd_plan_name(const BdPlan *plan);
uint32_t bd_plan_statements(const BdPlan *plan);
const BdStatement *bd_plan_statement(const BdPlan *plan, uint32_t i);

/*
 * Ask the server about the plan: prepares every statement on the session and finds where the
 * columns that values name stand in their answers. Waits. Must be called once, before tasks run, on
 * a session of the server that they will use. -1 naming the place in the scenario: a statement that
 * the server refuses, a column that an answer does not have, a table that is not there.
 */
BD_MUSTCHECK int bd_plan_check(BdPlan *plan, BdSession *session, BdErr *err);

/*
 * For proving a plan without a server: the names of the columns that values take from a slot, in
 * the order in which answers to it must then have them. Returns their number.
 */
uint32_t bd_plan_slot_columns(const BdPlan *plan, uint32_t slot, const char *const **names);

/* Take the order of bd_plan_slot_columns() as that of the answers, instead of asking a server. */
void bd_plan_assume_columns(BdPlan *plan);

#endif
