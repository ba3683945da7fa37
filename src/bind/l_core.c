#include "bind/l_core.h"

#include "bind/answer_rows.h"
#include "bind/guard.h"
#include "bind/l_command.h"
#include "bind/l_connection.h"
#include "bind/l_monitor.h"
#include "bind/l_plan.h"
#include "bind/l_player.h"
#include "bind/l_pool.h"
#include "bind/l_proxy.h"
#include "bind/l_server.h"
#include "bind/l_source.h"
#include "bind/l_zip.h"
#include "core/clock.h"
#include "core/interrupt.h"

#include <lauxlib.h>
#include <limits.h>
#include <unistd.h>

#define VERSION "0.1.0"

static int now(lua_State *lua) {
    lua_pushnumber(lua, (lua_Number)bd_now_ns() / (lua_Number)BD_NS_PER_S);
    return 1;
}

static int is_terminal(lua_State *lua) {
    lua_Integer fd = luaL_checkinteger(lua, 1);
    luaL_argcheck(lua, fd >= 0 && fd <= INT_MAX, 1, "a descriptor is wanted");
    lua_pushboolean(lua, isatty((int)fd));
    return 1;
}

static int interrupted(lua_State *lua) {
    lua_pushboolean(lua, bd_interrupted());
    return 1;
}

/* Forget that the user interrupted: for what is to be done after it all the same. */
static int forget_interrupt(lua_State *lua) {
    (void)lua;
    bd_interrupt_reset();
    return 0;
}

int bd_lua_open_core(lua_State *lua) {
    static const luaL_Reg functions[] = {{"forget_interrupt", forget_interrupt},
                                         {"interrupted", interrupted},
                                         {"isatty", is_terminal},
                                         {"now", now},
                                         {NULL, NULL}};
    bd_guard_register(lua);
    luaL_newlib(lua, functions);
    lua_pushliteral(lua, VERSION);
    lua_setfield(lua, -2, "version");
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_setfield(lua, -2, "home");
    bd_lua_open_answer_rows(lua);
    bd_lua_open_source(lua);
    bd_lua_open_zip(lua);
    bd_lua_open_plan(lua);
    bd_lua_open_player(lua);
    bd_lua_open_connection(lua);
    bd_lua_open_command(lua);
    bd_lua_open_server(lua);
    bd_lua_open_monitor(lua);
    bd_lua_open_pool(lua);
    bd_lua_open_proxy(lua);
    return 1;
}
