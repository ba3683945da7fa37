/*
 * plan_task_kit.h - plans executed by hand: every request looked at, every answer made up.
 */
#ifndef BD_TEST_PLAN_TASK_KIT_H
#define BD_TEST_PLAN_TASK_KIT_H

#include "run/task.h"
#include "support/plan_kit.h"

#include <stdio.h>
#include <string.h>

#define ONE    "select id from g where f = $1"
#define ALL    "select id, name from d where s = $1"
#define DETAIL "select word from w where d = $1"
#define EXEC2  "insert into e values ($1, $2)"
#define EXEC3  "insert into e values ($1, $2, $3)"
#define LAST   "update done set n = 1"

static inline BdValue text(const char *text) {
    return (BdValue){.from = BD_VALUE_CONSTANT, .text = text};
}

/* A plan whose records have fields a and b, and a list from field 2 on. */
static inline BdPlan *new_plan(void) {
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = NULL;
    assert_int_equal(bd_plan_new(&plan, "data", 2, &err), 0);
    return plan;
}

static inline void add(BdPlan *plan, BdOpKind kind, const char *sql, uint32_t slot,
                       const char *where, uint32_t count, const BdValue *values) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_plan_add_statement(plan, kind, sql, values, count, slot, where, &err), 0);
}

#define VALUES(...)                                                                                \
    sizeof((const BdValue[]){__VA_ARGS__}) / sizeof(BdValue), (const BdValue[]) {                  \
        __VA_ARGS__                                                                                \
    }

static inline void add_zip(BdPlan *plan, uint32_t loop, const char *where, uint32_t count,
                           const BdList *lists) {
    BdErr err = BD_ERR_INIT;
    assert_int_equal(bd_plan_add_zip(plan, lists, count, loop, where, &err), 0);
}

#define LISTS(...)                                                                                 \
    sizeof((const BdList[]){__VA_ARGS__}) / sizeof(BdList), (const BdList[]) {                     \
        __VA_ARGS__                                                                                \
    }

static inline BdTask *task_of(BdPlan *plan) {
    BdErr err = BD_ERR_INIT;
    BdTask *task = NULL;
    assert_int_equal(bd_plan_end(plan, &err), 0);
    bd_plan_assume_columns(plan);
    assert_int_equal(bd_plan_task_new(&task, plan, &(BdPlanTaskOpts){0}, &err), 0);
    return task;
}

/* Start with a record whose fields are given as "a|b|c"; it lives until the next call but one. */
static inline void start(BdTask *task, const char *fields) {
    static struct {
        char bytes[256];
        uint32_t offsets[32];
        BdRecord record;
    } kept[2];
    static int turn;
    turn = 1 - turn;
    char *bytes = kept[turn].bytes;
    uint32_t *offsets = kept[turn].offsets;
    BdErr err = BD_ERR_INIT;
    uint32_t count = 0;
    snprintf(bytes, sizeof(kept[turn].bytes), "%s", fields);
    offsets[count++] = 0;
    for (uint32_t i = 0; fields[i] != '\0'; i++) {
        if (bytes[i] == '|') {
            bytes[i] = '\0';
            offsets[count++] = i + 1;
        }
    }
    offsets[count] = (uint32_t)strlen(fields) + 1;
    kept[turn].record =
        (BdRecord){.text = bytes, .offsets = offsets, .fields = count, .line = 1, .file = "f"};
    assert_int_equal(task->ops->start(task, &kept[turn].record, &err), 0);
}

/* The next request is this statement with these values, as "a|b|c"; NULL reads "<null>". */
static inline void expect_request(BdTask *task, const char *sql, const char *values) {
    BdErr err = BD_ERR_INIT;
    BdRequest request = {.kind = BD_REQUEST_TEXT};
    char all[256] = "";
    if (task->ops->next(task, &request, &err) != BD_NEXT_REQUEST) {
        fail_msg("no request where \"%s\" was expected: %s", sql, err.msg);
    }
    assert_int_equal(request.kind, BD_REQUEST_EXECUTE);
    assert_string_equal(request.statement->sql, sql);
    for (uint32_t i = 0; i < request.statement->params; i++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof(all) - used, "%s%s", i > 0 ? "|" : "",
                 request.values[i] == NULL ? "<null>" : request.values[i]);
    }
    assert_string_equal(all, values);
}

static inline void expect_done(BdTask *task) {
    BdErr err = BD_ERR_INIT;
    BdRequest request;
    assert_int_equal(task->ops->next(task, &request, &err), BD_NEXT_DONE);
    task->ops->reset(task);
}

static inline BdAnswer *rows(int columns, const char *const *names, int count,
                             const char *const *values) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    assert_int_equal(bd_answer_new(&answer, names, columns, values, count, &err), 0);
    return answer;
}

static inline BdAnswer *no_rows(void) {
    return rows(0, NULL, 0, NULL);
}

static inline BdAnswer *ids(int count, const char *const *values) {
    return rows(1, (const char *const[]){"id"}, count, values);
}

#define IDS(...)                                                                                   \
    ids(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),                               \
        (const char *const[]){__VA_ARGS__})

static inline void give(BdTask *task, BdAnswer *answer) {
    BdErr err = BD_ERR_INIT;
    if (task->ops->answer(task, answer, &err) != 0) {
        fail_msg("%s", err.msg);
    }
}

static inline void expect_message(const BdErr *err, const char *part) {
    if (err->code != BD_E_FORMAT || strstr(err->msg, part) == NULL) {
        fail_msg("expected \"%s\" in \"%s\" (code %d)", part, err->msg, (int)err->code);
    }
}

static inline void close_task(BdTask *task, BdPlan *plan) {
    bd_task_free(task);
    bd_plan_free(plan);
}

/* The data step of the row by row scenario. */
static inline BdPlan *row_by_row(void) {
    BdPlan *plan = new_plan();
    add(plan, BD_OP_ONE, ONE, 0, "x.lua:1", VALUES(field(0)));
    add(plan, BD_OP_ALL, ALL, 1, "x.lua:2", VALUES(field(1)));
    add_zip(plan, 0, "x.lua:3", LISTS(rows_of(1), REST));
    add(plan, BD_OP_EXEC, EXEC3, 0, "x.lua:4",
        VALUES(column(0, "id"), item(0, 1, "id"), element(0)));
    add_end(plan, 0);
    return plan;
}

#endif
