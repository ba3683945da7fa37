/*
 * l_monitor.h - what looks at a server while others work, for Lua: core.monitor.
 */
#ifndef BD_L_MONITOR_H
#define BD_L_MONITOR_H

#include <lua.h>

/* Make the metatable, and set `monitor` into the table on the top of the stack. */
void bd_lua_open_monitor(lua_State *lua);

#endif
