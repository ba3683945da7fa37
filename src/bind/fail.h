/*
 * fail.h - errors between C and Lua, in both directions.
 *
 * What the world does wrong becomes nil, message, info; wrong use is raised with luaL_error(). C
 * calls Lua through bd_lua_call() and nothing else.
 *
 * Threads:   those of the lua_State: one.
 */
#ifndef BD_FAIL_H
#define BD_FAIL_H

#include "core/attr.h"
#include "core/err.h"
#include "core/span.h"

#include <lua.h>

/* Push nil, the message, and {code=, sqlstate=, hint=}; returns 3: for "return bd_lua_fail()". */
int bd_lua_fail(lua_State *lua, const BdErr *err);

/* Push the message and {code=, sqlstate=, hint=}; returns 2. */
int bd_lua_push_err(lua_State *lua, const BdErr *err);

/* The other way round: *err from the message and the info at the top of the stack, which stay. May
 * raise. */
void bd_lua_read_err(lua_State *lua, BdErr *err);

/* The usual end of a method that has nothing to give: true, or bd_lua_fail(). result: 0 or -1. */
int bd_lua_done(lua_State *lua, int result, const BdErr *err);

/*
 * Call the function below its nargs arguments on the stack, protected. On failure *err holds the
 * message, cut where it does not fit, and all of it is left on the stack as one string: the message
 * and then the traceback (see bd_lua_message()). Needs two free stack slots; never raises.
 */
BD_MUSTCHECK int bd_lua_call(lua_State *lua, int nargs, int nresults, BdErr *err);

/* The message in the text that a failed bd_lua_call() left: the part before the traceback. Lives as
 * long as the text. */
BdSpan bd_lua_message(const char *text);

#endif
