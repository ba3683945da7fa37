/*
 * l_pool_impl.h - the inside of a pool of Lua's, for l_pool.c, which makes it, and l_pool_run.c,
 * which runs steps on it.
 */
#ifndef BD_L_POOL_IMPL_H
#define BD_L_POOL_IMPL_H

#include "bind/object.h"
#include "run/pool.h"

typedef struct BdLuaPool {
    BdObject object;
    BdPool *pool;
    bool spent; /* its last run failed or was interrupted: its sessions are of no more use */
} BdLuaPool;

BdLuaPool *bd_lua_check_pool(lua_State *lua, int arg);

/* pool:run{} */
int bd_lua_pool_run(lua_State *lua);

#endif
