#include "bind/text.h"

#include <lauxlib.h>
#include <math.h>
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

/* Numbers that are none, under the names that every type of the server takes; NULL for others. */
static const char *name_of(double value) {
    if (isnan(value)) {
        return "NaN";
    }
    return !isinf(value) ? NULL : value > 0 ? "Infinity" : "-Infinity";
}

/* The shortest text that reads back as the same number. */
static void push_float(lua_State *lua, double value) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    const char *name = name_of(value);
    lua_pushstring(lua, name != NULL ? name : text);
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
