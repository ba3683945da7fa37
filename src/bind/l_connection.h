/*
 * l_connection.h - one connection for set-up and checks, for Lua: core.connect, and
 * core.conninfo, which changes how to connect.
 */
#ifndef BD_L_CONNECTION_H
#define BD_L_CONNECTION_H

#include "pg/session.h"

#include <lua.h>

/* Ask the session the SQL at an argument, with the values after it, and wait: pushes the list of
 * rows, with values as in the Lua loop, and the number of rows touched; or nil, message, info.
 * Returns how many; for "return bd_lua_ask()". */
int bd_lua_ask(lua_State *lua, BdSession *session, int sql);

/* Push whether the session is in a transaction, and whether that has failed. Returns how many; for
 * "return bd_lua_in_transaction()". */
int bd_lua_in_transaction(lua_State *lua, const BdSession *session);

/* Make the metatable, and set `connect`, `conninfo` and `environment` into the table on the top of
 * the stack. */
void bd_lua_open_connection(lua_State *lua);

#endif
