/*
 * coroutine_task_impl.h - the inside of the task that calls a Lua function for every record.
 *
 * coroutine_task.c runs the function and takes answers; coroutine_send.c makes requests of what it
 * asks for and of the rows it has collected.
 */
#ifndef BD_COROUTINE_TASK_IMPL_H
#define BD_COROUTINE_TASK_IMPL_H

#include "bind/coroutine_task.h"
#include "bind/l_db.h"
#include "core/fifo.h"

/* What stands between two calls of the scenario. */
typedef enum BdStage {
    BD_STAGE_READY,    /* the coroutine is empty */
    BD_STAGE_STARTED,  /* a call is due: entry is to be pushed */
    BD_STAGE_UNDER_WAY /* it has been resumed, and must be unwound if the call is given up */
} BdStage;

typedef struct BdCoroutineTask {
    BdTask task; /* first: a BdTask * is a BdCoroutineTask * */
    BdInterpreter *interpreter;
    BdProtocol protocol;
    lua_State *lua;      /* the coroutine */
    int thread;          /* registry references: the coroutine, */
    int state;           /* and the table that the function keeps its state in */
    lua_CFunction entry; /* what the coroutine begins with; its argument is the task */
    BdStage stage;
    BdAsk ask;
    uint32_t sent;    /* of the requests that are asked for, so many were sent */
    BdFifo flights;   /* BdFlight: the requests that are not answered */
    BdBuf prepared;   /* a byte per statement: 1 once it was sent to be prepared */
    bool batches;     /* the rows of a unit's records travel together */
    int64_t drain_ns; /* when it was first noticed that the step is to end; 0: not yet */
} BdCoroutineTask;

/* A request under way. */
typedef struct BdFlight {
    bool prepares;                /* it only prepares the statement */
    bool detached;                /* nobody waits for its answer */
    uint32_t item;                /* else it is of this item */
    const BdStatement *statement; /* NULL for text and SYNC */
    BdAskPlace place;             /* of what is detached */
} BdFlight;

/* What becomes of collected rows that are refused. Nothing may be under way. */
BdCare bd_coroutine_care(const BdCoroutineTask *run);

/* Is the item's request sent in a pipeline? */
bool bd_coroutine_in_pipeline(const BdCoroutineTask *run, const BdAskItem *item);

/* The next request of what is asked for, of which something is left. */
BdNext bd_coroutine_send(BdCoroutineTask *run, BdRequest *request, BdErr *err);

/* End the part of a pipeline that is open. */
BdNext bd_coroutine_end_part(BdCoroutineTask *run, BdRequest *request, BdErr *err);

/* Send the rows that were collected, until BD_NEXT_DONE says that none are left. */
BdNext bd_coroutine_ship(BdCoroutineTask *run, BdRequest *request, BdErr *err);

#endif
