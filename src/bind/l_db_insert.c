/* db:insert: rows, of which lists among the values make many; sent one by one or collected. */
#include "bind/interpreter.h"
#include "bind/l_db_impl.h"

#include <lauxlib.h>

/* The stack: db, table, columns, the values, and the statement that inserts one row. */
enum { TABLE = 2, COLUMNS, VALUES };

/* While rows are sent one by one, in the places of table and columns: how many there are, and how
 * many values each has. */
enum { ROWS = TABLE, COUNT = COLUMNS };

static void push_statement(lua_State *lua, int count) {
    lua_rawgeti(lua, LUA_REGISTRYINDEX, bd_interpreter_of(lua)->insertion);
    lua_pushvalue(lua, TABLE);
    lua_pushvalue(lua, COLUMNS);
    lua_pushinteger(lua, count);
    lua_call(lua, 3, 2);
    if (lua_isnil(lua, -2)) {
        luaL_error(lua, "db:insert: %s", lua_tostring(lua, -1));
    }
    lua_pop(lua, 1);
}

lua_Integer bd_lua_count_rows(lua_State *lua, int index, int count) {
    lua_Integer length = -1;
    for (int i = index; i < index + count; i++) {
        if (!lua_istable(lua, i)) {
            continue;
        }
        lua_Integer own = luaL_len(lua, i);
        if (length >= 0 && own != length) {
            luaL_error(lua, "db:insert: lists of %d and %d elements", (int)length, (int)own);
        }
        length = own;
    }
    return length < 0 ? 1 : length;
}

/* Push the values of a row, from 1. */
static void push_values(lua_State *lua, int index, int count, lua_Integer row) {
    luaL_checkstack(lua, count + LUA_MINSTACK, "db:insert");
    for (int i = index; i < index + count; i++) {
        if (lua_istable(lua, i)) {
            lua_rawgeti(lua, i, row);
        } else {
            lua_pushvalue(lua, i);
        }
    }
}

static int row_sent(lua_State *lua, int status, lua_KContext sent);

/* Ask for the row after so many, if there is one. */
static int send_row(lua_State *lua, BdAsk *ask, lua_Integer sent) {
    int count = (int)lua_tointeger(lua, COUNT);
    lua_settop(lua, VALUES + count);
    if (sent == lua_tointeger(lua, ROWS)) {
        return 0;
    }
    luaL_checkstack(lua, 1, "db:insert");
    lua_pushvalue(lua, VALUES + count);
    push_values(lua, VALUES, count, sent + 1);
    bd_lua_take_statement(lua, ask, BD_ASK_EXEC, VALUES + count + 1);
    bool detached = ask->pipelines > 0 || ask->pipelined_inserts;
    return bd_lua_yield(lua, ask, detached, sent + 1, row_sent);
}

static int row_sent(lua_State *lua, int status, lua_KContext sent) {
    (void)status;
    BdAsk *ask = bd_lua_check_ask(lua);
    bd_lua_check_pipeline(lua, ask);
    bd_lua_check_asked(lua, ask);
    return send_row(lua, ask, (lua_Integer)sent);
}

/* Arguments: db, table, columns, values. */
int bd_lua_db_insert(lua_State *lua) {
    BdAsk *ask = bd_lua_check_ask(lua);
    luaL_checkany(lua, COLUMNS);
    int count = lua_gettop(lua) - COLUMNS;
    bd_lua_check_pipeline(lua, ask);
    push_statement(lua, count);
    if (ask->cargo != NULL) {
        return bd_lua_collect(lua, ask, count);
    }
    lua_pushinteger(lua, bd_lua_count_rows(lua, VALUES, count));
    lua_replace(lua, ROWS);
    lua_pushinteger(lua, count);
    lua_replace(lua, COUNT);
    return send_row(lua, ask, 0);
}
