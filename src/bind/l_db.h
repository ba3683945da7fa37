/*
 * l_db.h - the db that a step's function is called with, in the Lua loop.
 *
 * db:exec, db:one and db:all leave their request in a BdAsk, yield, and go on when it holds what
 * came of it. db:gather, which bigdata.aio stands on, leaves several, to be sent in one pipeline.
 * Within db:pipeline, db:exec goes on as soon as its request was sent. If that is refused, it is
 * noted here, and raised by what comes next in the pipeline, or by its end.
 *
 * db:insert sends its rows one by one, or adds them to the worker's cargo, which the task sends.
 */
#ifndef BD_L_DB_H
#define BD_L_DB_H

#include "bind/l_row.h"
#include "core/buf.h"
#include "core/err.h"
#include "pg/answer.h"
#include "pg/session.h"
#include "pg/statement.h"
#include "pg/target.h"
#include "run/cargo.h"

#include <lua.h>
#include <stdbool.h>

/* What a request is for. */
typedef enum BdAskKind {
    BD_ASK_EXEC,
    BD_ASK_ONE,
    BD_ASK_ALL,
    BD_ASK_CACHED,
    BD_ASK_TEXT, /* begins or ends a transaction */
    BD_ASK_SYNC  /* ends a part of a pipeline */
} BdAskKind;

/* A place in the scenario. */
typedef struct BdAskPlace {
    char source[LUA_IDSIZE];
    int line; /* 0: not known */
} BdAskPlace;

/* A request on its way from Lua to the session, and its answer on the way back. */
typedef struct BdAskItem {
    BdAskKind kind;
    const BdStatement *statement; /* EXEC, ONE, ALL, CACHED */
    const char *text;             /* TEXT */
    size_t first;                 /* its values are those from there on */
    bool detached;                /* nobody waits for its answer; it was asked for at: */
    BdAskPlace place;
    BdAnswer *answer; /* what came of it; NULL: it was refused, or is detached */
} BdAskItem;

/* A db:insert whose rows are collected. */
typedef struct BdAskInsert {
    const BdStatement *statement; /* inserts one row */
    BdAskPlace place;
    char where[LUA_IDSIZE + 16]; /* the same, as text */
    BdTarget *target;
} BdAskInsert;

/* What a coroutine waits for, and what its record has begun. */
typedef struct BdAsk {
    BdCurrent current; /* whose db it is */
    lua_State *lua;    /* the coroutine that may ask */
    bool waiting;      /* there are requests to be sent: */
    BdBuf items;       /* BdAskItem, */
    uint32_t count;    /* so many of them */
    BdBuf values; /* pointers to strings on the coroutine's stack, or to numbers that follow in the
                     buffer; or rows that are about to be collected */
    bool failed;  /* one of them was refused: */
    uint32_t refused; /* this was the first, */
    BdErr err;        /* and this is why */

    const BdSession *session; /* to see whether it is in a transaction */
    bool one_by_one;          /* pipelines are not for this db: every answer is waited for */
    bool pipelined_inserts;   /* rows of db:insert go into a pipeline everywhere */
    bool simple;              /* the protocol has none */
    uint32_t pipelines;       /* that are open, one in the other */
    bool open;                /* a part of a pipeline was begun and not ended */
    bool broken;              /* a request in it that nobody waited for was refused: */
    BdErr broken_err;         /* why, */
    BdAskPlace broken_at;     /* where it was asked for, */
    const char *broken_sql;   /* and what it was */
    bool row_refused;         /* it was a row to be collected: the record fails by it */
    uint32_t transactions;    /* that are open, one in the other, with the worker's if it has one */

    BdCargo *cargo;  /* collects the rows of db:insert; NULL: they are sent one by one */
    BdBuf inserts;   /* BdAskInsert *: what was loaded into it, by number */
    BdLookup lookup; /* of the table of another one */
    bool ships;      /* collected rows are to be sent before what is asked for */

    int cache;          /* registry reference: what db:cached has found, by statement and values; */
    size_t cache_bytes; /* the answers that it is made from */
    BdBuf key;          /* scratch */
} BdAsk;

/* A request that nobody waited for was refused, or a row: the first error is kept. */
void bd_ask_break(BdAsk *ask, const BdErr *err, const BdAskPlace *place,
                  const BdStatement *statement);

/* Let go of the answers, and of what was asked for. */
void bd_ask_drop(BdAsk *ask);

/* Forget what the record had begun. */
void bd_ask_reset(BdAsk *ask);

void bd_ask_deinit(BdAsk *ask);

static inline BdAskItem *bd_ask_item(const BdAsk *ask, uint32_t i) {
    return (BdAskItem *)(void *)ask->items.p + i;
}

/* Push a db for what ask->current is now, whose requests go to *ask, which must outlive it. */
void bd_lua_push_db(lua_State *lua, BdAsk *ask);

/* The error that the value at a stack index stands for, if it is one that db has raised, with the
 * place in the scenario; NULL if not. Allocates nothing. */
const BdErr *bd_lua_db_error(lua_State *lua, int index);

/* Make the metatables; once per state. */
void bd_lua_open_db(lua_State *lua);

#endif
