#include "bind/fail.h"

#include <lauxlib.h>
#include <string.h>

static const char *code_name(BdErrCode code) {
    switch (code) {
    case BD_E_NONE:
        return "NONE";
    case BD_E_NOMEM:
        return "NOMEM";
    case BD_E_IO:
        return "IO";
    case BD_E_FORMAT:
        return "FORMAT";
    case BD_E_CONN:
        return "CONN";
    case BD_E_SQL:
        return "SQL";
    case BD_E_CONFIG:
        return "CONFIG";
    case BD_E_STOPPED:
        return "STOPPED";
    case BD_E_BUG:
        break;
    }
    return "BUG";
}

static void set_string(lua_State *lua, const char *key, const char *value) {
    lua_pushstring(lua, value);
    lua_setfield(lua, -2, key);
}

int bd_lua_push_err(lua_State *lua, const BdErr *err) {
    lua_pushstring(lua, err->msg);
    lua_createtable(lua, 0, 3);
    set_string(lua, "code", code_name(err->code));
    set_string(lua, "sqlstate", err->sqlstate);
    set_string(lua, "hint", err->hint);
    return 2;
}

int bd_lua_fail(lua_State *lua, const BdErr *err) {
    lua_pushnil(lua);
    return 1 + bd_lua_push_err(lua, err);
}

static BdErrCode code_of(const char *name) {
    BdErrCode code = BD_E_NOMEM;
    while (code != BD_E_BUG && (name == NULL || strcmp(name, code_name(code)) != 0)) {
        code++;
    }
    return code;
}

void bd_lua_read_err(lua_State *lua, BdErr *err) {
    lua_getfield(lua, -1, "code");
    lua_getfield(lua, -2, "hint");
    bd_err_set(err, code_of(lua_tostring(lua, -2)), 0, "%s",
               luaL_optstring(lua, -4, "no reason is given"));
    bd_err_hint(err, "%s", luaL_optstring(lua, -1, ""));
    lua_pop(lua, 2);
}

int bd_lua_done(lua_State *lua, int result, const BdErr *err) {
    if (result != 0) {
        return bd_lua_fail(lua, err);
    }
    lua_pushboolean(lua, 1);
    return 1;
}

/* The message handler: any error value becomes text, followed by the traceback. */
static int add_traceback(lua_State *lua) {
    const char *message = NULL;
    if (lua_isstring(lua, 1) || luaL_getmetafield(lua, 1, "__tostring") != LUA_TNIL) {
        message = luaL_tolstring(lua, 1, NULL);
    } else {
        message = lua_pushfstring(lua, "(error object is a %s value)", luaL_typename(lua, 1));
    }
    luaL_traceback(lua, lua, message, 1);
    return 1;
}

int bd_lua_call(lua_State *lua, int nargs, int nresults, BdErr *err) {
    int handler = lua_gettop(lua) - nargs;
    lua_pushcfunction(lua, add_traceback);
    lua_insert(lua, handler);
    int status = lua_pcall(lua, nargs, nresults, handler);
    lua_remove(lua, handler);
    if (status == LUA_OK) {
        return 0;
    }
    /* Not a string only if the handler itself failed. */
    const char *text =
        lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "error in error handling";
    BdSpan message = bd_lua_message(text);
    BdErrCode code = status == LUA_ERRMEM ? BD_E_NOMEM : BD_E_CONFIG;
    return bd_err_set(err, code, 0, "%.*s", (int)message.n, message.p);
}

BdSpan bd_lua_message(const char *text) {
    const char *end = strstr(text, "\nstack traceback:");
    return (BdSpan){.p = text, .n = end == NULL ? strlen(text) : (size_t)(end - text)};
}
