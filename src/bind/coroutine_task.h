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

/* A task on an interpreter, for a worker's session, idle, on which the scenario's function for each
 * worker is run. Waits. method: of db:insert, ROW or PIPELINE. */
BD_MUSTCHECK int bd_coroutine_task_new(BdTask **out, BdInterpreter *interpreter, BdSession *session,
                                       BdMethod method, BdErr *err);

#endif
