/*
 * coroutine_task.h - the task that calls a Lua function for every record, in a coroutine that
 * yields whenever it waits for the server.
 *
 * Ownership: the interpreters belong to the loop; tasks must be freed before it is closed.
 * Threads:   as task.h says; the interpreter's turn is taken whenever Lua runs.
 */
#ifndef BD_COROUTINE_TASK_H
#define BD_COROUTINE_TASK_H

#include "bind/interpreter.h"
#include "pg/session.h"
#include "run/task.h"

/* The interpreters of a step under way, made as tasks ask for them. */
typedef struct BdLoop {
    BdInterpreterOpts opts; /* turn and control are set by the loop itself */
    BdProtocol protocol;
    bool shared; /* one interpreter for all crews, under a lock */
    BdTurn turn;
    BdInterpreter **interpreters; /* one per crew; only the first if shared */
    uint32_t crews;
} BdLoop;

/* crews: how many engine threads there will be. */
BD_MUSTCHECK int bd_loop_open(BdLoop *loop, const BdInterpreterOpts *opts, BdProtocol protocol,
                              bool shared, uint32_t crews, BdErr *err);

/* A zeroed loop is allowed. */
void bd_loop_close(BdLoop *loop);

/* A BdTaskFn with a BdLoop as its context. Runs the scenario's function for each worker, if it has
 * one, on the worker's session. */
int bd_loop_new_task(void *context, const BdTaskPlace *place, BdTask **out, BdErr *err);

#endif
