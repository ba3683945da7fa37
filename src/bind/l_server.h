/*
 * l_server.h - a throwaway server for Lua: core.server.
 */
#ifndef BD_L_SERVER_H
#define BD_L_SERVER_H

#include <lua.h>

/* Make the metatable, and set `server` into the table on the top of the stack. */
void bd_lua_open_server(lua_State *lua);

#endif
