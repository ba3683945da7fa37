#include "bind/answer_rows.h"

#include <lauxlib.h>
#include <stdlib.h>

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

/* Push the names of the columns; returns the stack index of the first. */
static int push_names(lua_State *lua, const BdAnswer *answer) {
    int columns = bd_answer_columns(answer);
    int names = lua_gettop(lua) + 1;
    luaL_checkstack(lua, columns + 8, "too many columns");
    for (int i = 0; i < columns; i++) {
        lua_pushstring(lua, bd_answer_column_name(answer, i));
    }
    return names;
}

/* The names of the columns are on the stack from index `names` on. */
static void push_row(lua_State *lua, const BdAnswer *answer, int row, int names) {
    int columns = bd_answer_columns(answer);
    lua_createtable(lua, 0, columns);
    for (int i = 0; i < columns; i++) {
        lua_pushvalue(lua, names + i);
        push_value(lua, bd_answer_value(answer, row, i), bd_answer_column_type(answer, i));
        lua_rawset(lua, -3);
    }
}

/* Put the value on the top where the names begin, and take the names away. */
static void leave_top(lua_State *lua, int names) {
    if (lua_gettop(lua) > names) {
        lua_replace(lua, names);
        lua_settop(lua, names);
    }
}

void bd_lua_push_answer_row(lua_State *lua, const BdAnswer *answer, int row) {
    int names = push_names(lua, answer);
    push_row(lua, answer, row, names);
    leave_top(lua, names);
}

void bd_lua_push_answer_rows(lua_State *lua, const BdAnswer *answer) {
    int rows = bd_answer_rows(answer);
    int names = push_names(lua, answer);
    lua_createtable(lua, rows, 0);
    for (int i = 0; i < rows; i++) {
        push_row(lua, answer, i, names);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    leave_top(lua, names);
}
