#include "bind/text.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static BdSpan check_span(lua_State *lua, int arg) {
    BdSpan text;
    luaL_checktype(lua, arg, LUA_TSTRING);
    text.p = lua_tolstring(lua, arg, &text.n);
    luaL_argcheck(lua, strlen(text.p) == text.n, arg, "must not hold a zero byte");
    return text;
}

const char *bd_lua_check_text(lua_State *lua, int arg) {
    return check_span(lua, arg).p;
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
static BdSpan write_float(double value, char *room) {
    const char *name = name_of(value);
    if (name != NULL) {
        return bd_span_of(name);
    }
    int bytes = 0;
    for (int digits = 15; digits <= 17; digits++) {
        bytes = snprintf(room, BD_NUMBER_BYTES, "%.*g", digits, value);
        if (strtod(room, NULL) == value) {
            break;
        }
    }
    return (BdSpan){.p = room, .n = (size_t)bytes};
}

static BdSpan write_integer(lua_Integer number, char *room) {
    char *const end = room + BD_NUMBER_BYTES - 1;
    char *p = end;
    lua_Unsigned rest = number < 0 ? 0 - (lua_Unsigned)number : (lua_Unsigned)number;
    *p = '\0';
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        *--p = '-';
    }
    return (BdSpan){.p = p, .n = (size_t)(end - p)};
}

BdSpan bd_lua_check_value(lua_State *lua, int arg, char *room) {
    switch (lua_type(lua, arg)) {
    case LUA_TNIL:
        return bd_span_of(NULL);
    case LUA_TBOOLEAN:
        return bd_span_of(lua_toboolean(lua, arg) ? "true" : "false");
    case LUA_TSTRING:
        return check_span(lua, arg);
    case LUA_TNUMBER:
        return lua_isinteger(lua, arg) ? write_integer(lua_tointeger(lua, arg), room)
                                       : write_float(lua_tonumber(lua, arg), room);
    default:
        luaL_typeerror(lua, arg, "string, number, boolean or nil");
        return bd_span_of(NULL);
    }
}
