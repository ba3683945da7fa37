/*
 * explain.h - why a coroutine of a scenario's function has failed.
 */
#ifndef BD_EXPLAIN_H
#define BD_EXPLAIN_H

#include "core/err.h"

#include <lua.h>
#include <stdbool.h>

/*
 * Say in *err why the coroutine has failed, from the value it left and the status of lua_resume():
 * as little as possible is done with it, since nothing is protected here. stopped: it was made to.
 */
void bd_lua_explain(lua_State *lua, int status, bool stopped, BdErr *err);

#endif
