/*
 * lua_loop.h - the interpreters of a step under way, made as tasks ask for them.
 *
 * Ownership: the interpreters belong to the loop; tasks must be freed before it is closed.
 * Threads:   opened and closed by the main thread, while no others run.
 */
#ifndef BD_LUA_LOOP_H
#define BD_LUA_LOOP_H

#include "bind/coroutine_task.h"
#include "bind/interpreter.h"
#include "bind/turn.h"
#include "run/task.h"

typedef struct BdLoopOpts {
    BdInterpreterOpts interpreter; /* turn and control are set by the loop itself */
    BdCoroutineTaskOpts task;
    bool shared;    /* one interpreter for all crews, under a lock */
    uint32_t crews; /* how many engine threads there will be */
} BdLoopOpts;

typedef struct BdLoop {
    BdLoopOpts opts;
    BdTurn turn;
    BdInterpreter **interpreters; /* one per crew; only the first if shared */
} BdLoop;

BD_MUSTCHECK int bd_loop_open(BdLoop *loop, const BdLoopOpts *opts, BdErr *err);

/* A zeroed loop is allowed. */
void bd_loop_close(BdLoop *loop);

/* A BdTaskFn with a BdLoop as its context. Runs the scenario's function for each worker, if it has
 * one, on the worker's session. */
int bd_loop_new_task(void *context, const BdTaskPlace *place, BdTask **out, BdErr *err);

#endif
