/*
 * l_db.h - the db that a step's function is called with, in the Lua loop.
 *
 * db:exec, db:one and db:all leave their request in a BdAsk, yield, and go on when it holds what
 * came of it.
 */
#ifndef BD_L_DB_H
#define BD_L_DB_H

#include "core/buf.h"
#include "core/err.h"
#include "pg/answer.h"
#include "pg/statement.h"

#include <lua.h>
#include <stdbool.h>

/* A request on its way from Lua to the session and back. */
typedef struct BdAsk {
    lua_State *lua; /* the coroutine that may ask; NULL while no record is under way */
    bool waiting;   /* a request is there: */
    const BdStatement *statement;
    BdBuf values;     /* statement->params pointers, to strings on the coroutine's stack */
    BdAnswer *answer; /* what came of it; NULL: it was refused, err says why */
    BdErr err;
} BdAsk;

/* Push a db whose requests go to *ask, which must outlive it. */
void bd_lua_push_db(lua_State *lua, BdAsk *ask);

/* The error that the value at a stack index stands for, if it is one that db has raised, with the
 * place in the scenario; NULL if not. Allocates nothing. */
const BdErr *bd_lua_db_error(lua_State *lua, int index);

/* Make the metatables; once per state. */
void bd_lua_open_db(lua_State *lua);

#endif
