#include "bind/l_pool.h"

#include "bind/fail.h"
#include "bind/l_connection.h"
#include "bind/l_pool_impl.h"
#include "bind/table.h"
#include "core/clock.h"

#define MOST_CONNECTIONS 1000000

static void release_pool(void *object) {
    BdLuaPool *self = object;
    BdPool *pool = self->pool;
    self->pool = NULL;
    bd_pool_close(pool);
}

static const BdType pool_type = {
    .name = BD_OBJECT_PREFIX "pool",
    .bytes = sizeof(BdLuaPool),
    .release = release_pool,
};

BdLuaPool *bd_lua_check_pool(lua_State *lua, int arg) {
    return bd_object_check(lua, arg, &pool_type);
}

static int open_pool(lua_State *lua) {
    static const char *const keys[] = {"conninfo", "size", "protocol", NULL};
    static const char *const protocols[] = {"prepared", "extended", "simple", NULL};
    BdErr err = BD_ERR_INIT;
    lua_settop(lua, 1);
    BdTable opts = bd_table_at(lua, 1, keys, "core.pool");
    const char *conninfo = bd_table_string_or(&opts, "conninfo", NULL);
    uint32_t size = (uint32_t)bd_table_integer_or(&opts, "size", 1, MOST_CONNECTIONS, 15);
    int protocol = bd_table_choice_or(&opts, "protocol", protocols, BD_PROTOCOL_PREPARED);
    BdLuaPool *self = bd_object_new(lua, &pool_type);
    if (bd_pool_open(&self->pool, conninfo, (BdProtocol)protocol, size, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    self->object.open = true;
    return 1;
}

static int open_seconds(lua_State *lua) {
    const BdLuaPool *self = bd_lua_check_pool(lua, 1);
    lua_pushnumber(lua, (lua_Number)bd_pool_open_ns(self->pool) / (lua_Number)BD_NS_PER_S);
    return 1;
}

/* ---- its sessions, one by one ---- */

/* Argument 2: the number of a session, from 1. */
static BdSession *check_session(lua_State *lua) {
    const BdLuaPool *self = bd_lua_check_pool(lua, 1);
    lua_Integer number = luaL_checkinteger(lua, 2);
    luaL_argcheck(lua, number >= 1 && number <= (lua_Integer)bd_pool_size(self->pool), 2,
                  "the pool has no session of that number");
    return bd_pool_session(self->pool, (uint32_t)number - 1);
}

/* Arguments: the pool, the session's number, SQL, values. As connection:ask(). */
static int ask(lua_State *lua) {
    return bd_lua_ask(lua, check_session(lua), 3);
}

static int in_transaction(lua_State *lua) {
    return bd_lua_in_transaction(lua, check_session(lua));
}

/* Argument: the pool. Makes its sessions forget what an earlier step has prepared. Returns true, or
 * nil and why not. */
static int forget(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    if (bd_pool_forget(bd_lua_check_pool(lua, 1)->pool, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    lua_pushboolean(lua, true);
    return 1;
}

static const luaL_Reg methods[] = {
    {"ask", ask},
    {"forget", forget},
    {"in_transaction", in_transaction},
    {"open_seconds", open_seconds},
    {"run", bd_lua_pool_run},
    {NULL, NULL},
};

void bd_lua_open_pool(lua_State *lua) {
    bd_object_register(lua, &pool_type, methods);
    lua_pushcfunction(lua, open_pool);
    lua_setfield(lua, -2, "pool");
}
