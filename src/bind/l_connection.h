/*
 * l_connection.h - one connection for set-up and checks, for Lua: core.connect.
 */
#ifndef BD_L_CONNECTION_H
#define BD_L_CONNECTION_H

#include <lua.h>

/* Make the metatable, and set `connect` and `environment` into the table on the top of the
 * stack. */
void bd_lua_open_connection(lua_State *lua);

#endif
