/*
 * test_wire.c - what each way of shipping rows says to the server, message by message: one record
 * of three rows, as libpq's own trace has it, compared with the files in tests/fixtures/wire. Of
 * the data of a COPY it has only the length.
 *
 * To write these anew, after a change that was meant: WIRE_WRITE=1 build/debug/tests/c/test_wire
 */
#include "pg/session_impl.h" /* the connection, for libpq's trace */
#include "run/task.h"

#include "support/database.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER "tests/fixtures/wire"

/* Releases of libpq may write traces differently: these are known to write the same. */
#define FIRST_RELEASE 15
#define LAST_RELEASE  17

static const char TABLE[] = "create table thing (id int, name text, amount numeric(10,2))";
static const char INSERT[] = "insert into thing (id, name, amount) values ($1, $2, $3)";

/* A record of two fields and a list of three; the tab has to be escaped in COPY. */
static const char TEXT[] = "7\0a\ttab\0"
                           "1.50\0"
                           "-20\0"
                           "300.25";
static const uint32_t OFFSETS[] = {0, 2, 8, 13, 17, 24};
static const BdRecord RECORD = {
    .text = TEXT, .offsets = OFFSETS, .fields = 5, .line = 1, .file = "things.csv"};

/* Inserts a row for each element of the record's list. */
static BdPlan *new_plan(BdSession *session) {
    static const char *const columns[] = {"id", "name", "amount"};
    static const BdValue values[] = {{.from = BD_VALUE_FIELD, .index = 0},
                                     {.from = BD_VALUE_FIELD, .index = 1},
                                     {.from = BD_VALUE_ELEMENT, .loop = 0}};
    static const BdList list = {.kind = BD_LIST_REST};
    static const BdInsert insert = {.table = "thing",
                                    .columns = columns,
                                    .sql = INSERT,
                                    .values = values,
                                    .count = 3,
                                    .lists = &list,
                                    .list_count = 1};
    BdErr err = BD_ERR_INIT;
    BdPlan *plan = NULL;
    if (bd_plan_new(&plan, "wire", 2, &err) != 0 ||
        bd_plan_add_insert(plan, &insert, "wire.lua:1", &err) != 0 ||
        bd_plan_end(plan, &err) != 0 || bd_plan_check(plan, session, &err) != 0) {
        fail_msg("%s", err.msg);
    }
    return plan;
}

/* Wait for an answer, and give it to the task. */
static void take(BdTask *task, BdSession *session) {
    BdErr err = BD_ERR_INIT;
    BdAnswer *answer = NULL;
    BdIo io = bd_session_step(session, &answer, &err);
    while (io == BD_IO_READ || io == BD_IO_WRITE) {
        struct pollfd fd = {.fd = bd_session_fd(session),
                            .events = io == BD_IO_READ ? POLLIN : POLLIN | POLLOUT};
        poll(&fd, 1, -1);
        io = bd_session_step(session, &answer, &err);
    }
    if (io != BD_IO_DONE || task->ops->answer(task, answer, &err) != 0) {
        fail_msg("%s", err.msg);
    }
}

/* Do the record as a worker does. */
static void ship(BdTask *task, BdSession *session) {
    BdErr err = BD_ERR_INIT;
    BdNext next = BD_NEXT_REQUEST;
    assert_int_equal(task->ops->start(task, &RECORD, &err), 0);
    while (next == BD_NEXT_REQUEST) {
        BdRequest request;
        next = task->ops->next(task, &request, &err);
        if (next == BD_NEXT_FAILED ||
            (next == BD_NEXT_REQUEST && bd_session_send(session, &request, &err) != 0)) {
            fail_msg("%s", err.msg);
        }
        while (next == BD_NEXT_REQUEST && bd_session_busy(session)) {
            take(task, session);
        }
    }
    task->ops->reset(task);
    task->ops->settle(task, true);
}

/* Ship the record twice, since what is prepared the first time is only used the second; the trace
 * of it is written to the file. */
static void trace(BdMethod method, FILE *file) {
    BdErr err = BD_ERR_INIT;
    BdTask *task = NULL;
    BdSession *session = database_session(BD_PROTOCOL_PREPARED);
    bd_answer_free(database_run(session, "drop table if exists thing"));
    bd_answer_free(database_run(session, TABLE));
    BdPlan *plan = new_plan(session);
    const BdPlanTaskOpts opts = {.session = session, .method = method};
    assert_int_equal(bd_plan_task_new(&task, plan, &opts, &err), 0);
    PQtrace(session->conn, file);
    PQsetTraceFlags(session->conn, PQTRACE_SUPPRESS_TIMESTAMPS | PQTRACE_REGRESS_MODE);
    ship(task, session);
    ship(task, session);
    PQuntrace(session->conn);
    database_check(session, "select count(*) || ' ' || sum(amount) from thing", "6 563.50");
    bd_task_free(task);
    bd_plan_free(plan);
    bd_session_free(session);
}

/* All of a file; to be freed. */
static char *read_all(FILE *file) {
    enum { ROOM = 64 * 1024 };
    char *text = calloc(1, ROOM);
    assert_non_null(text);
    rewind(file);
    assert_true(fread(text, 1, ROOM - 1, file) < ROOM - 1);
    return text;
}

static void expect_wire(BdMethod method, const char *name) {
    char path[128];
    snprintf(path, sizeof(path), FOLDER "/%s.txt", name);
    int release = PQlibVersion() / 10000;
    if (release < FIRST_RELEASE || release > LAST_RELEASE) {
        print_message("the traces are those of libpq %d to %d\n", FIRST_RELEASE, LAST_RELEASE);
        skip();
    }
    bool writes = getenv("WIRE_WRITE") != NULL;
    FILE *traced = writes ? fopen(path, "w+") : tmpfile();
    assert_non_null(traced);
    trace(method, traced);
    char *found = read_all(traced);
    fclose(traced);
    FILE *golden = fopen(path, "r");
    assert_non_null(golden);
    char *expected = read_all(golden);
    fclose(golden);
    assert_string_equal(found, expected);
    free(found);
    free(expected);
}

#define WIRE_OF(name, method)                                                                      \
    static void name##_is_as_ever(void **state) {                                                  \
        (void)state;                                                                               \
        expect_wire(method, #name);                                                                \
    }

WIRE_OF(row, BD_METHOD_ROW)
WIRE_OF(pipeline, BD_METHOD_PIPELINE)
WIRE_OF(values, BD_METHOD_VALUES)
WIRE_OF(unnest, BD_METHOD_UNNEST)
WIRE_OF(copy, BD_METHOD_COPY)
WIRE_OF(copy_binary, BD_METHOD_COPY_BINARY)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_is_as_ever),    cmocka_unit_test(pipeline_is_as_ever),
        cmocka_unit_test(values_is_as_ever), cmocka_unit_test(unnest_is_as_ever),
        cmocka_unit_test(copy_is_as_ever),   cmocka_unit_test(copy_binary_is_as_ever),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
