#include "bind/l_db.h"

#include "bind/interpreter.h"
#include "bind/object.h"
#include "bind/text.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#define DB    BD_OBJECT_PREFIX "db"
#define ERROR BD_OBJECT_PREFIX "error"

typedef struct Db {
    BdAsk *ask;
} Db;

/* An error of the database, for pcall to look into. */
typedef struct Error {
    char mark[8]; /* ERROR_MARK: tells it from other userdata without looking anything up */
    BdErr err;    /* the message begins with the place in the scenario */
    size_t place; /* bytes of the message that are the place */
} Error;

#define ERROR_MARK "bderror"

typedef enum Kind { EXEC, ONE, ALL } Kind;

void bd_lua_push_db(lua_State *lua, BdAsk *ask) {
    Db *db = lua_newuserdatauv(lua, sizeof(*db), 0);
    db->ask = ask;
    luaL_setmetatable(lua, DB);
}

/* ---- errors ---- */

/* Raise an error of the database, with the statement at stack index 2. */
static int raise_error(lua_State *lua, const BdErr *err) {
    luaL_where(lua, 1);
    size_t place = 0;
    const char *where = lua_tolstring(lua, -1, &place);
    Error *error = lua_newuserdatauv(lua, sizeof(*error), 1);
    memcpy(error->mark, ERROR_MARK, sizeof(error->mark));
    error->err = *err;
    error->place = place < sizeof(err->msg) / 2 ? place : 0;
    memmove(error->err.msg + error->place, err->msg, sizeof(err->msg) - error->place);
    memcpy(error->err.msg, where, error->place);
    error->err.msg[sizeof(err->msg) - 1] = '\0';
    luaL_setmetatable(lua, ERROR);
    lua_pushvalue(lua, 2);
    lua_setiuservalue(lua, -2, 1);
    return lua_error(lua);
}

const BdErr *bd_lua_db_error(lua_State *lua, int index) {
    if (lua_type(lua, index) != LUA_TUSERDATA || lua_rawlen(lua, index) != sizeof(Error)) {
        return NULL;
    }
    const Error *error = lua_touserdata(lua, index);
    return memcmp(error->mark, ERROR_MARK, sizeof(error->mark)) == 0 ? &error->err : NULL;
}

/* err.sqlstate, err.message, err.sql, err.hint; anything else is nil. */
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

/* ---- values ---- */

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

/* Push a row as a table. The names of its columns are on the stack from index `names` on. */
static void push_row(lua_State *lua, const BdAnswer *answer, int row, int names) {
    int columns = bd_answer_columns(answer);
    lua_createtable(lua, 0, columns);
    for (int i = 0; i < columns; i++) {
        lua_pushvalue(lua, names + i);
        push_value(lua, bd_answer_value(answer, row, i), bd_answer_column_type(answer, i));
        lua_rawset(lua, -3);
    }
}

static int push_names(lua_State *lua, const BdAnswer *answer) {
    int columns = bd_answer_columns(answer);
    int names = lua_gettop(lua) + 1;
    luaL_checkstack(lua, columns + 8, "too many columns");
    for (int i = 0; i < columns; i++) {
        lua_pushstring(lua, bd_answer_column_name(answer, i));
    }
    return names;
}

static int push_one(lua_State *lua, const BdAnswer *answer) {
    int rows = bd_answer_rows(answer);
    if (rows != 1) {
        return luaL_error(lua, "%d rows where db:one wants exactly one: %s", rows,
                          lua_tostring(lua, 2));
    }
    push_row(lua, answer, 0, push_names(lua, answer));
    return 1;
}

static int push_all(lua_State *lua, const BdAnswer *answer) {
    int rows = bd_answer_rows(answer);
    int names = push_names(lua, answer);
    lua_createtable(lua, rows, 0);
    for (int i = 0; i < rows; i++) {
        push_row(lua, answer, i, names);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- asking ---- */

/* The coroutine was resumed: the request at the same stack has been answered. */
static int go_on(lua_State *lua, int status, lua_KContext kind) {
    (void)status;
    const Db *db = lua_touserdata(lua, 1);
    const BdAnswer *answer = db->ask->answer;
    if (answer == NULL) {
        return raise_error(lua, &db->ask->err);
    }
    switch ((Kind)kind) {
    case ONE:
        return push_one(lua, answer);
    case ALL:
        return push_all(lua, answer);
    default:
        lua_pushinteger(lua, (lua_Integer)bd_answer_touched(answer));
        return 1;
    }
}

/* Arguments: db, SQL, values. */
static int ask(lua_State *lua, Kind kind) {
    const Db *db = luaL_checkudata(lua, 1, DB);
    BdAsk *ask = db->ask;
    if (ask->lua != lua) {
        return luaL_error(lua, "db can be used only by the step's own function, while its record "
                               "is under way: not from another coroutine, and not later");
    }
    uint32_t count = lua_gettop(lua) < 2 ? 0 : (uint32_t)lua_gettop(lua) - 2;
    const BdStatement *statement = bd_interpreter_statement(lua, 2);
    if (statement->params != count) {
        return luaL_error(lua, "the statement has %d parameters, but is given %d values: %s",
                          (int)statement->params, (int)count, statement->sql);
    }
    bd_buf_reset(&ask->values);
    if (bd_buf_reserve(&ask->values, count * sizeof(char *)) != 0) {
        return luaL_error(lua, "out of memory for %d values", (int)count);
    }
    const char **values = (const char **)(void *)ask->values.p;
    for (uint32_t i = 0; i < count; i++) {
        values[i] = bd_lua_check_value(lua, (int)i + 3);
    }
    ask->statement = statement;
    ask->waiting = true;
    return lua_yieldk(lua, 0, kind, go_on);
}

static int db_exec(lua_State *lua) {
    return ask(lua, EXEC);
}

static int db_one(lua_State *lua) {
    return ask(lua, ONE);
}

static int db_all(lua_State *lua) {
    return ask(lua, ALL);
}

/* ---- db:zip ---- */

/* Upvalues: the number of lists, the position, the lists. */
static int zip_next(lua_State *lua) {
    int count = (int)lua_tointeger(lua, lua_upvalueindex(1));
    lua_Integer position = lua_tointeger(lua, lua_upvalueindex(2)) + 1;
    lua_pushinteger(lua, position);
    lua_replace(lua, lua_upvalueindex(2));
    lua_settop(lua, 0);
    luaL_checkstack(lua, count, "db:zip");
    for (int i = 0; i < count; i++) {
        lua_rawgeti(lua, lua_upvalueindex(3 + i), position);
    }
    return count;
}

static int db_zip(lua_State *lua) {
    int count = lua_gettop(lua) - 1;
    luaL_argcheck(lua, count >= 1 && count <= 8, 2, "db:zip takes 1 to 8 lists");
    luaL_checktype(lua, 2, LUA_TTABLE);
    for (int i = 1; i < count; i++) {
        luaL_checktype(lua, 2 + i, LUA_TTABLE);
        if (lua_rawlen(lua, 2 + i) != lua_rawlen(lua, 2)) {
            return luaL_error(lua, "db:zip over lists of %d and %d elements",
                              (int)lua_rawlen(lua, 2), (int)lua_rawlen(lua, 2 + i));
        }
    }
    lua_pushinteger(lua, count);
    lua_replace(lua, 1);
    lua_pushinteger(lua, 0);
    lua_insert(lua, 2);
    lua_pushcclosure(lua, zip_next, count + 2);
    return 1;
}

/* ---- metatables ---- */

static const luaL_Reg methods[] = {
    {"all", db_all}, {"exec", db_exec}, {"one", db_one}, {"zip", db_zip}, {NULL, NULL},
};

void bd_lua_open_db(lua_State *lua) {
    luaL_newmetatable(lua, DB);
    luaL_newlib(lua, methods);
    lua_setfield(lua, -2, "__index");
    luaL_newmetatable(lua, ERROR);
    lua_pushcfunction(lua, error_index);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, error_tostring);
    lua_setfield(lua, -2, "__tostring");
    lua_pop(lua, 2);
}
