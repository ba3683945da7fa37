/* db:insert: a statement for each row, of which lists among the values make many. */
#include "bind/interpreter.h"
#include "bind/l_db_impl.h"

#include <lauxlib.h>

/* The stack while rows are sent: db, and behind the values those of the row. */
enum { STATEMENT = 2, ROWS, COUNT, VALUES };

/* Put the statement's text in the place of the table, which the columns follow. */
static void make_statement(lua_State *lua, int count) {
    lua_rawgeti(lua, LUA_REGISTRYINDEX, bd_interpreter_of(lua)->insertion);
    lua_pushvalue(lua, STATEMENT);
    lua_pushvalue(lua, STATEMENT + 1);
    lua_pushinteger(lua, count);
    lua_call(lua, 3, 2);
    if (lua_isnil(lua, -2)) {
        luaL_error(lua, "db:insert: %s", lua_tostring(lua, -1));
    }
    lua_pop(lua, 1);
    lua_replace(lua, STATEMENT);
}

/* How many rows the values make. */
static lua_Integer count_rows(lua_State *lua, int count) {
    lua_Integer length = -1;
    for (int i = VALUES; i < VALUES + count; i++) {
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

static int row_sent(lua_State *lua, int status, lua_KContext sent);

/* Ask for the row after so many, if there is one. */
static int send_row(lua_State *lua, BdAsk *ask, lua_Integer sent) {
    int count = (int)lua_tointeger(lua, COUNT);
    lua_settop(lua, VALUES + count - 1);
    if (sent == lua_tointeger(lua, ROWS)) {
        return 0;
    }
    luaL_checkstack(lua, count + 1, "db:insert");
    lua_pushvalue(lua, STATEMENT);
    for (int i = VALUES; i < VALUES + count; i++) {
        if (lua_istable(lua, i)) {
            lua_rawgeti(lua, i, sent + 1);
        } else {
            lua_pushvalue(lua, i);
        }
    }
    bd_lua_take_statement(lua, ask, BD_ASK_EXEC, VALUES + count);
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
    luaL_checkany(lua, 3);
    int count = lua_gettop(lua) - 3;
    bd_lua_check_pipeline(lua, ask);
    make_statement(lua, count);
    lua_pushinteger(lua, count);
    lua_insert(lua, COUNT);
    lua_pushinteger(lua, count_rows(lua, count));
    lua_replace(lua, ROWS);
    return send_row(lua, ask, 0);
}
