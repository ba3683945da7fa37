/*
 * coroutine_task.h - the task that calls a Lua function for every record, in a coroutine that
 * yields whenever it waits for the server.
 *
 * Ownership: tasks must be freed before their interpreter is closed.
 * Threads:   as task.h says; the interpreter's turn is taken whenever Lua runs.
 */
#ifndef BD_COROUTINE_TASK_H
#define BD_COROUTINE_TASK_H

#include "bind/interpreter.h"
#include "pg/session.h"
#include "run/task.h"

/* How db:insert ships rows. */
typedef struct BdCoroutineTaskOpts {
    BdMethod method;
    bool batches; /* the rows of a unit's records travel together */
} BdCoroutineTaskOpts;

/* A task on an interpreter, for a worker's session, idle, on which the scenario's function for each
 * worker is run. Waits. */
BD_MUSTCHECK int bd_coroutine_task_new(BdTask **out, BdInterpreter *interpreter, BdSession *session,
                                       const BdCoroutineTaskOpts *opts, BdErr *err);

#endif
