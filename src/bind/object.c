#include "bind/object.h"

#include <string.h>

/* "source" for "bigdata.source". */
static const char *word(const BdType *type) {
    return type->name + strlen(BD_OBJECT_PREFIX);
}

void *bd_object_new(lua_State *lua, const BdType *type) {
    BdObject *object = lua_newuserdatauv(lua, type->bytes, type->values);
    memset(object, 0, type->bytes);
    luaL_setmetatable(lua, type->name);
    return object;
}

static void *must_be_usable(lua_State *lua, BdObject *object, const BdType *type) {
    if (!object->open) {
        luaL_error(lua, "attempt to use a closed %s", word(type));
    }
    if (object->busy) {
        luaL_error(lua, "attempt to use a %s that a run is using", word(type));
    }
    return object;
}

void *bd_object_check(lua_State *lua, int arg, const BdType *type) {
    return must_be_usable(lua, luaL_checkudata(lua, arg, type->name), type);
}

void *bd_object_test(lua_State *lua, int index, const BdType *type) {
    BdObject *object = luaL_testudata(lua, index, type->name);
    return object == NULL ? NULL : must_be_usable(lua, object, type);
}

/* Upvalue 1: the type. Busy objects come here, too, when os.exit() is called during a run: they
 * stay as they are, since other threads use them. */
static int close_object(lua_State *lua) {
    const BdType *type = lua_touserdata(lua, lua_upvalueindex(1));
    BdObject *object = luaL_checkudata(lua, 1, type->name);
    if (object->busy) {
        return luaL_error(lua, "attempt to close a %s that a run is using", word(type));
    }
    if (object->open) {
        object->open = false;
        type->release(object);
    }
    return 0;
}

/* Upvalue 1: the type. */
static int object_tostring(lua_State *lua) {
    const BdType *type = lua_touserdata(lua, lua_upvalueindex(1));
    const BdObject *object = luaL_checkudata(lua, 1, type->name);
    if (object->open) {
        lua_pushfstring(lua, "%s (%p)", word(type), (const void *)object);
    } else {
        lua_pushfstring(lua, "%s (closed)", word(type));
    }
    return 1;
}

/* Into the table on the top of the stack. */
static void set_function(lua_State *lua, const char *name, lua_CFunction function,
                         const BdType *type) {
    /* Lua has no const pointers; what is behind this one is only read. */
    union {
        const BdType *type;
        void *p;
    } pointer = {.type = type};
    lua_pushlightuserdata(lua, pointer.p);
    lua_pushcclosure(lua, function, 1);
    lua_setfield(lua, -2, name);
}

void bd_object_register(lua_State *lua, const BdType *type, const luaL_Reg *methods) {
    luaL_newmetatable(lua, type->name);
    set_function(lua, "__gc", close_object, type);
    set_function(lua, "__tostring", object_tostring, type);
    lua_newtable(lua);
    if (!type->stays) {
        set_function(lua, "close", close_object, type);
    }
    luaL_setfuncs(lua, methods, 0);
    lua_setfield(lua, -2, "__index");
    if (!type->stays) {
        set_function(lua, "__close", close_object, type);
    }
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}
