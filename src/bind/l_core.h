/*
 * l_core.h - the module bigdata.core: all of the C core that Lua sees.
 */
#ifndef BD_L_CORE_H
#define BD_L_CORE_H

#include <lua.h>

/* A loader of the module, for package.preload: a closure whose upvalue is core.home. */
int bd_lua_open_core(lua_State *lua);

#endif
