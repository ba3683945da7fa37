#include "bind/l_db_impl.h"
#include "bind/object.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#define ERROR BD_OBJECT_PREFIX "error"

/* An error of the database, for pcall to look into. */
typedef struct Error {
    char mark[8]; /* ERROR_MARK: tells it from other userdata without looking anything up */
    BdErr err;    /* the message begins with the place in the scenario */
    size_t place; /* bytes of the message that are the place */
} Error;

#define ERROR_MARK "bderror"

BdAskPlace bd_lua_place(lua_State *lua) {
    lua_Debug where;
    BdAskPlace place = {.line = 0};
    if (lua_getstack(lua, 1, &where) != 0 && lua_getinfo(lua, "Sl", &where) != 0 &&
        where.currentline > 0) {
        memcpy(place.source, where.short_src, sizeof(place.source));
        place.line = where.currentline;
    }
    return place;
}

/* Push an error of the database: the place, which is on the top of the stack and is taken from
 * there, then err's message from `begin` on. Without the text of its statement. */
static void push_error_at(lua_State *lua, const BdErr *err, size_t begin) {
    size_t place = 0;
    const char *where = lua_tolstring(lua, -1, &place);
    Error *error = lua_newuserdatauv(lua, sizeof(*error), 1);
    memcpy(error->mark, ERROR_MARK, sizeof(error->mark));
    error->err = *err;
    error->place = place < sizeof(err->msg) / 2 ? place : 0;
    snprintf(error->err.msg, sizeof(error->err.msg), "%.*s%s", (int)error->place, where,
             err->msg + begin);
    luaL_setmetatable(lua, ERROR);
    lua_remove(lua, -2);
}

void bd_lua_push_db_error(lua_State *lua, const BdErr *err, const char *sql,
                          const BdAskPlace *place) {
    if (place != NULL && place->line > 0) {
        lua_pushfstring(lua, "%s:%d: ", place->source, place->line);
    } else {
        luaL_where(lua, 1);
    }
    push_error_at(lua, err, 0);
    lua_pushstring(lua, sql);
    lua_setiuservalue(lua, -2, 1);
}

/* err:at(place): the same error at another place, "file:12: ". */
static int error_at(lua_State *lua) {
    const Error *error = luaL_checkudata(lua, 1, ERROR);
    luaL_checkstring(lua, 2);
    lua_settop(lua, 2);
    push_error_at(lua, &error->err, error->place);
    lua_getiuservalue(lua, 1, 1);
    lua_setiuservalue(lua, -2, 1);
    return 1;
}

const BdErr *bd_lua_db_error(lua_State *lua, int index) {
    if (lua_type(lua, index) != LUA_TUSERDATA || lua_rawlen(lua, index) != sizeof(Error)) {
        return NULL;
    }
    const Error *error = lua_touserdata(lua, index);
    return memcmp(error->mark, ERROR_MARK, sizeof(error->mark)) == 0 ? &error->err : NULL;
}

/* err.sqlstate, err.message, err.sql, err.hint, err:at(); anything else is nil. */
static int error_index(lua_State *lua) {
    const Error *error = luaL_checkudata(lua, 1, ERROR);
    const char *key = luaL_checkstring(lua, 2);
    if (strcmp(key, "sqlstate") == 0) {
        lua_pushstring(lua, error->err.sqlstate);
    } else if (strcmp(key, "message") == 0) {
        lua_pushstring(lua, error->err.msg + error->place);
    } else if (strcmp(key, "hint") == 0) {
        lua_pushstring(lua, error->err.hint);
    } else if (strcmp(key, "sql") == 0) {
        lua_getiuservalue(lua, 1, 1);
    } else if (strcmp(key, "at") == 0) {
        lua_pushcfunction(lua, error_at);
    } else {
        lua_pushnil(lua);
    }
    return 1;
}

static int error_tostring(lua_State *lua) {
    const Error *error = luaL_checkudata(lua, 1, ERROR);
    lua_pushstring(lua, error->err.msg);
    return 1;
}

void bd_lua_open_db_error(lua_State *lua) {
    luaL_newmetatable(lua, ERROR);
    lua_pushcfunction(lua, error_index);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, error_tostring);
    lua_setfield(lua, -2, "__tostring");
    lua_pop(lua, 1);
}
