#include "bind/copy.h"

#include <lauxlib.h>

#define MOST_DEEP 16

static void copy(lua_State *from, int index, lua_State *to, int depth);

static void copy_table(lua_State *from, int index, lua_State *to, int depth) {
    if (depth == MOST_DEEP || !lua_checkstack(from, 4)) {
        luaL_error(to, "a table is nested too deep to be copied");
    }
    luaL_checkstack(to, 4, "copying a table");
    lua_newtable(to);
    lua_pushnil(from);
    while (lua_next(from, index) != 0) {
        int value = lua_gettop(from);
        copy(from, value - 1, to, depth + 1);
        copy(from, value, to, depth + 1);
        lua_rawset(to, -3);
        lua_pop(from, 1);
    }
}

static void copy(lua_State *from, int index, lua_State *to, int depth) {
    size_t bytes = 0;
    const char *text = NULL;
    switch (lua_type(from, index)) {
    case LUA_TNIL:
        lua_pushnil(to);
        break;
    case LUA_TBOOLEAN:
        lua_pushboolean(to, lua_toboolean(from, index));
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(from, index)) {
            lua_pushinteger(to, lua_tointeger(from, index));
        } else {
            lua_pushnumber(to, lua_tonumber(from, index));
        }
        break;
    case LUA_TSTRING:
        text = lua_tolstring(from, index, &bytes);
        lua_pushlstring(to, text, bytes);
        break;
    case LUA_TTABLE:
        copy_table(from, index, to, depth);
        break;
    default:
        luaL_error(to, "a %s cannot be copied to another interpreter", luaL_typename(from, index));
    }
}

void bd_lua_copy(lua_State *from, int index, lua_State *to) {
    copy(from, index, to, 0);
}
