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
#include "core/near.h"

#include <lauxlib.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
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

/* columns(fd): the width of a terminal in letters; nil where it is not known. */
static int columns(lua_State *lua) {
    struct winsize size = {0};
    if (ioctl((int)luaL_checkinteger(lua, 1), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        lua_pushinteger(lua, size.ws_col);
    } else {
        lua_pushnil(lua);
    }
    return 1;
}

static int interrupted(lua_State *lua) {
    lua_pushboolean(lua, bd_interrupted());
    return 1;
}

/* wait(seconds): until then, or until Ctrl-C. */
static int wait_a_while(lua_State *lua) {
    struct pollfd interrupt = {.fd = bd_interrupt_fd(), .events = POLLIN};
    poll(&interrupt, 1, (int)(luaL_checknumber(lua, 1) * 1000));
    return 0;
}

/* Forget that the user interrupted: for what is to be done after it all the same. */
static int forget_interrupt(lua_State *lua) {
    (void)lua;
    bd_interrupt_reset();
    return 0;
}

/* near(name, names): the one of the list that was probably meant; nil if none is near. */
static int near(lua_State *lua) {
    BdNear nearest;
    bd_near_init(&nearest, luaL_checkstring(lua, 1));
    luaL_checktype(lua, 2, LUA_TTABLE);
    for (lua_Integer i = 1; lua_rawgeti(lua, 2, i) != LUA_TNIL; i++) {
        luaL_argcheck(lua, lua_type(lua, -1) == LUA_TSTRING, 2, "a list of strings is wanted");
        bd_near_consider(&nearest, lua_tostring(lua, -1));
        lua_pop(lua, 1); /* the list still holds it */
    }
    lua_pushstring(lua, nearest.name);
    return 1;
}

/* ---- functions that Ctrl-C ends ---- */

#define WATCH_EVERY 10000 /* instructions between two looks whether Ctrl-C was noted */

static void look(lua_State *lua, lua_Debug *where) {
    (void)where;
    if (bd_interrupted()) {
        lua_sethook(lua, look, LUA_MASKCOUNT, 1); /* a pcall does not help */
        luaL_error(lua, "interrupted");
    }
}

static void stop_watching(void *data) {
    lua_State **watched = data;
    if (*watched != NULL) {
        lua_sethook(*watched, NULL, 0, 0);
    }
}

static void start_watching(lua_State *lua) {
    lua_State **watched = bd_guard_push(lua, sizeof(lua_State *), stop_watching);
    *watched = lua;
    lua_sethook(lua, look, LUA_MASKCOUNT, WATCH_EVERY);
}

static int finish(lua_State *lua, int status, lua_KContext below) {
    (void)status;
    return lua_gettop(lua) - (int)below;
}

/* breakable(f, ...): what f(...) returns; a noted Ctrl-C makes it raise "interrupted", though it
 * may run without end. Where something watches already, as the Lua loop does, f is just called. */
static int breakable(lua_State *lua) {
    int count = lua_gettop(lua);
    luaL_checkany(lua, 1);
    luaL_checkstack(lua, count + 1, "too many arguments");
    if (lua_gethook(lua) == NULL) {
        start_watching(lua);
    }
    int below = lua_gettop(lua);
    for (int i = 1; i <= count; i++) {
        lua_pushvalue(lua, i);
    }
    lua_callk(lua, count - 1, LUA_MULTRET, below, finish);
    return finish(lua, LUA_OK, below);
}

int bd_lua_open_core(lua_State *lua) {
    static const luaL_Reg functions[] = {{"breakable", breakable},
                                         {"forget_interrupt", forget_interrupt},
                                         {"interrupted", interrupted},
                                         {"isatty", is_terminal},
                                         {"columns", columns},
                                         {"near", near},
                                         {"now", now},
                                         {"wait", wait_a_while},
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
