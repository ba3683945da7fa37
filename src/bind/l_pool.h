/*
 * l_pool.h - pools of connections for Lua, and the running of steps on them: core.pool.
 */
#ifndef BD_L_POOL_H
#define BD_L_POOL_H

#include <lua.h>

/* Make the metatable, and set `pool` into the table on the top of the stack. */
void bd_lua_open_pool(lua_State *lua);

#endif
