#include "bind/guard.h"

#include <lauxlib.h>
#include <stdint.h>
#include <string.h>

#define GUARD "bigdata.guard"

typedef struct Guard {
    void (*release)(void *data); /* NULL once released */
    union {
        LUAI_MAXALIGN;
    } data[];
} Guard;

static int release(lua_State *lua) {
    Guard *guard = luaL_checkudata(lua, 1, GUARD);
    void (*call)(void *) = guard->release;
    guard->release = NULL;
    if (call != NULL) {
        call(guard->data);
    }
    return 0;
}

void *bd_guard_push(lua_State *lua, size_t bytes, void (*call)(void *data)) {
    Guard *guard = lua_newuserdatauv(lua, sizeof(*guard) + bytes, 0);
    guard->release = NULL;
    memset(guard->data, 0, bytes);
    luaL_setmetatable(lua, GUARD);
    lua_toclose(lua, -1);
    guard->release = call;
    return guard->data;
}

void *bd_scratch_push(lua_State *lua, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / 2 / size) {
        luaL_error(lua, "not enough memory");
    }
    void *scratch = lua_newuserdatauv(lua, count * size, 0);
    memset(scratch, 0, count * size);
    return scratch;
}

void bd_guard_register(lua_State *lua) {
    luaL_newmetatable(lua, GUARD);
    lua_pushcfunction(lua, release);
    lua_setfield(lua, -2, "__gc");
    lua_pushcfunction(lua, release);
    lua_setfield(lua, -2, "__close");
    lua_pop(lua, 1);
}
