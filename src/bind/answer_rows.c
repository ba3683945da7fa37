#include "bind/answer_rows.h"

#include "bind/object.h"

#include <lauxlib.h>
#include <stdlib.h>

#define COLUMN BD_OBJECT_PREFIX "column"
#define FOUND  BD_OBJECT_PREFIX "found"

/* Types whose values are more than text in Lua: their OIDs, as in PostgreSQL's pg_type.dat. */
enum {
    TYPE_BOOL = 16,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_OID = 26,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701
};

static void push_value(lua_State *lua, const char *value, uint32_t type) {
    switch (value == NULL ? 0 : type) {
    case TYPE_BOOL:
        lua_pushboolean(lua, value[0] == 't');
        break;
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
    case TYPE_OID:
        lua_pushinteger(lua, (lua_Integer)strtoll(value, NULL, 10));
        break;
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
        lua_pushnumber(lua, strtod(value, NULL));
        break;
    default:
        lua_pushstring(lua, value); /* nil for NULL */
    }
}

/*
 * The stack while rows are pushed: from the index `names` on the names of the columns; then the
 * metatable of rows that hold no NULL; then that of the others, or nil before there is one.
 */
static int push_names(lua_State *lua, const BdAnswer *answer) {
    int columns = bd_answer_columns(answer);
    int names = lua_gettop(lua) + 1;
    luaL_checkstack(lua, columns + 10, "too many columns");
    for (int i = 0; i < columns; i++) {
        lua_pushstring(lua, bd_answer_column_name(answer, i));
    }
    luaL_getmetatable(lua, FOUND);
    lua_pushnil(lua);
    return names;
}

/* Push a table, name of a column -> true. */
static void push_name_set(lua_State *lua, int names, int columns) {
    lua_createtable(lua, 0, columns);
    for (int i = 0; i < columns; i++) {
        lua_pushvalue(lua, names + i);
        lua_pushboolean(lua, 1);
        lua_rawset(lua, -3);
    }
}

static int no_column(lua_State *lua) {
    return luaL_error(lua, "the answer has no column \"%s\"", luaL_tolstring(lua, 2, NULL));
}

/* A field that the row does not hold. Upvalue 1: the names of the columns. */
static int null_column(lua_State *lua) {
    lua_settop(lua, 2);
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(1)) == LUA_TNIL) {
        return no_column(lua);
    }
    lua_pushnil(lua);
    return 1;
}

/* Push the metatable of rows that hold NULLs. */
static void push_null_metatable(lua_State *lua, int names, int columns) {
    int place = names + columns + 1;
    if (lua_isnil(lua, place)) {
        lua_createtable(lua, 0, 1);
        push_name_set(lua, names, columns);
        lua_pushcclosure(lua, null_column, 1);
        lua_setfield(lua, -2, "__index");
        lua_replace(lua, place);
    }
    lua_pushvalue(lua, place);
}

/* push_names() has given `names`. */
static void push_row(lua_State *lua, const BdAnswer *answer, int row, int names) {
    int columns = bd_answer_columns(answer);
    bool has_null = false;
    lua_createtable(lua, 0, columns);
    for (int i = 0; i < columns; i++) {
        const char *value = bd_answer_value(answer, row, i);
        has_null = has_null || value == NULL;
        lua_pushvalue(lua, names + i);
        push_value(lua, value, bd_answer_column_type(answer, i));
        lua_rawset(lua, -3);
    }
    if (has_null) {
        push_null_metatable(lua, names, columns);
    } else {
        lua_pushvalue(lua, names + columns);
    }
    lua_setmetatable(lua, -2);
}

/* Put the value on the top where the names begin, and take the names away. */
static void leave_top(lua_State *lua, int names) {
    lua_replace(lua, names);
    lua_settop(lua, names);
}

void bd_lua_push_answer_row(lua_State *lua, const BdAnswer *answer, int row) {
    int names = push_names(lua, answer);
    push_row(lua, answer, row, names);
    leave_top(lua, names);
}

/* The length of a column: it may hold nils. */
static int column_length(lua_State *lua) {
    lua_getfield(lua, 1, "n");
    return 1;
}

/* Push the values of the column, whose name is at stack index 2, in the list of rows at 1. */
static void push_column(lua_State *lua) {
    lua_Integer count = (lua_Integer)lua_rawlen(lua, 1);
    lua_createtable(lua, (int)count, 1);
    for (lua_Integer i = 1; i <= count; i++) {
        if (lua_rawgeti(lua, 1, i) != LUA_TTABLE) {
            luaL_error(lua, "row %d of the answer is a %s: the scenario has changed it", (int)i,
                       luaL_typename(lua, -1));
        }
        lua_pushvalue(lua, 2);
        lua_rawget(lua, -2);
        lua_rawseti(lua, -3, i);
        lua_pop(lua, 1);
    }
    lua_pushinteger(lua, count);
    lua_setfield(lua, -2, "n");
    luaL_setmetatable(lua, COLUMN);
}

/* rows.name: upvalue 1 is a table, name of a column -> its values, or true before they are asked
 * for. */
static int rows_index(lua_State *lua) {
    lua_settop(lua, 2);
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (lua_type(lua, 2) != LUA_TSTRING) {
        lua_pushnil(lua);
        return 1;
    }
    lua_pushvalue(lua, 2);
    int type = lua_rawget(lua, lua_upvalueindex(1));
    if (type == LUA_TNIL) {
        return luaL_error(lua, "the answer has no column \"%s\"", lua_tostring(lua, 2));
    }
    if (type == LUA_TBOOLEAN) {
        push_column(lua);
        lua_pushvalue(lua, 2);
        lua_pushvalue(lua, -2);
        lua_rawset(lua, lua_upvalueindex(1));
    }
    return 1;
}

/* Let the list on the top of the stack have its columns' values as fields. */
static void add_columns(lua_State *lua, int names, int columns) {
    lua_createtable(lua, 0, 1);
    push_name_set(lua, names, columns);
    lua_pushcclosure(lua, rows_index, 1);
    lua_setfield(lua, -2, "__index");
    lua_setmetatable(lua, -2);
}

void bd_lua_push_answer_rows(lua_State *lua, const BdAnswer *answer) {
    int rows = bd_answer_rows(answer);
    int names = push_names(lua, answer);
    lua_createtable(lua, rows, 0);
    for (int i = 0; i < rows; i++) {
        push_row(lua, answer, i, names);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    add_columns(lua, names, bd_answer_columns(answer));
    leave_top(lua, names);
}

bool bd_lua_is_column(lua_State *lua, int index) {
    if (lua_getmetatable(lua, index) == 0) {
        return false;
    }
    luaL_getmetatable(lua, COLUMN);
    bool equal = lua_rawequal(lua, -1, -2);
    lua_pop(lua, 2);
    return equal;
}

void bd_lua_open_answer_rows(lua_State *lua) {
    luaL_newmetatable(lua, COLUMN);
    lua_pushcfunction(lua, column_length);
    lua_setfield(lua, -2, "__len");
    luaL_newmetatable(lua, FOUND);
    lua_pushcfunction(lua, no_column);
    lua_setfield(lua, -2, "__index");
    lua_pop(lua, 2);
}
