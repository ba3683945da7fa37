#include "bind/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *bd_lua_check_text(lua_State *lua, int arg) {
    size_t bytes = 0;
    luaL_checktype(lua, arg, LUA_TSTRING);
    const char *text = lua_tolstring(lua, arg, &bytes);
    luaL_argcheck(lua, strlen(text) == bytes, arg, "must not hold a zero byte");
    return text;
}

const char *bd_lua_opt_text(lua_State *lua, int arg) {
    return lua_isnoneornil(lua, arg) ? NULL : bd_lua_check_text(lua, arg);
}

/* The shortest text that reads back as the same number. C writes some NaNs with a sign, which the
 * server does not take for a numeric. */
static void push_float(lua_State *lua, double value) {
    char text[40] = "NaN";
    for (int digits = 15; digits <= 17 && value == value; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    lua_pushstring(lua, text);
}

const char *bd_lua_check_value(lua_State *lua, int arg) {
    switch (lua_type(lua, arg)) {
    case LUA_TNIL:
        return NULL;
    case LUA_TBOOLEAN:
        return lua_toboolean(lua, arg) ? "true" : "false";
    case LUA_TSTRING:
        return bd_lua_check_text(lua, arg);
    case LUA_TNUMBER:
        if (lua_isinteger(lua, arg)) {
            return lua_tostring(lua, arg); /* replaces the argument */
        }
        push_float(lua, lua_tonumber(lua, arg));
        lua_replace(lua, arg);
        return lua_tostring(lua, arg);
    default:
        luaL_typeerror(lua, arg, "string, number, boolean or nil");
        return NULL;
    }
}
