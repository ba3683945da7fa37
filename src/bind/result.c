#include "bind/result.h"

#include "core/clock.h"

void bd_result_integer(lua_State *lua, const char *key, int64_t value) {
    lua_pushinteger(lua, value);
    lua_setfield(lua, -2, key);
}

void bd_result_seconds(lua_State *lua, const char *key, int64_t ns) {
    lua_pushnumber(lua, (lua_Number)ns / (lua_Number)BD_NS_PER_S);
    lua_setfield(lua, -2, key);
}

static void set_string(lua_State *lua, const char *key, const char *value) {
    lua_pushstring(lua, value); /* nil for NULL: there was no memory left to keep it */
    lua_setfield(lua, -2, key);
}

void bd_result_samples(lua_State *lua, const BdReject *samples, int count) {
    lua_createtable(lua, count, 0);
    for (int i = 0; i < count; i++) {
        lua_createtable(lua, 0, 4);
        set_string(lua, "file", samples[i].file);
        set_string(lua, "reason", samples[i].reason);
        set_string(lua, "sqlstate", samples[i].sqlstate);
        bd_result_integer(lua, "line", samples[i].line);
        lua_rawseti(lua, -2, i + 1);
    }
    lua_setfield(lua, -2, "samples");
}
