/*
 * l_db.h - the db that a step's function is called with, in the Lua loop.
 *
 * db:exec, db:one and db:all leave their request in a BdAsk, yield, and go on when it holds what
 * came of it. db:gather, which bigdata.aio stands on, leaves several, to be sent in one pipeline.
 */
#ifndef BD_L_DB_H
#define BD_L_DB_H

#include "bind/l_row.h"
#include "core/buf.h"
#include "core/err.h"
#include "pg/answer.h"
#include "pg/statement.h"

#include <lua.h>
#include <stdbool.h>

/* A statement on its way from Lua to the session, and its answer on the way back. */
typedef struct BdAskItem {
    const BdStatement *statement;
    size_t first;     /* its values are those from there on */
    int kind;         /* which method of db it is for */
    bool prepares;    /* a request that prepares it was sent before it, */
    bool prepared;    /* and answered */
    BdAnswer *answer; /* what came of it; NULL: it was refused */
} BdAskItem;

/* What a coroutine waits for. */
typedef struct BdAsk {
    BdCurrent current; /* whose db it is */
    lua_State *lua;    /* the coroutine that may ask */
    bool waiting;      /* there are statements to be sent: */
    BdBuf items;       /* BdAskItem, */
    uint32_t count;    /* so many of them */
    BdBuf values; /* pointers to strings on the coroutine's stack, or to numbers that follow in the
                     buffer */
    bool failed;  /* one of them was refused: */
    uint32_t refused; /* this was the first, */
    BdErr err;        /* and this is why */
} BdAsk;

/* Let go of the answers, and of what was asked for. */
void bd_ask_drop(BdAsk *ask);

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
