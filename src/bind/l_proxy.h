/*
 * l_proxy.h - a longer way to the server for Lua: core.proxy.
 *
 *     core.proxy { conninfo = nil|string, delay = seconds each way, clients = how many at a time }
 *       -> proxy | nil, message, info
 *     proxy:conninfo()    how to connect through it; proxy:close()
 *     proxy:used()        user and system seconds of the processor that it has taken so far
 */
#ifndef BD_L_PROXY_H
#define BD_L_PROXY_H

#include <lua.h>

/* Make the metatable, and set `proxy` into the table on the top of the stack. */
void bd_lua_open_proxy(lua_State *lua);

#endif
