#include "bind/l_db.h"

#include "bind/answer_rows.h"
#include "bind/interpreter.h"
#include "bind/object.h"
#include "bind/text.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#define DB    BD_OBJECT_PREFIX "db"
#define ERROR BD_OBJECT_PREFIX "error"

typedef struct Db {
    BdAsk *ask;
    int64_t number; /* of the call that it was made for */
} Db;

/* An error of the database, for pcall to look into. */
typedef struct Error {
    char mark[8]; /* ERROR_MARK: tells it from other userdata without looking anything up */
    BdErr err;    /* the message begins with the place in the scenario */
    size_t place; /* bytes of the message that are the place */
} Error;

#define ERROR_MARK "bderror"

#define NUMBER_BYTES 24 /* of a 64-bit integer in decimal, with its sign and end */

typedef enum Kind { EXEC, ONE, ALL, GATHER } Kind;

void bd_lua_push_db(lua_State *lua, BdAsk *ask) {
    Db *db = lua_newuserdatauv(lua, sizeof(*db), 0);
    db->ask = ask;
    db->number = ask->current.number;
    luaL_setmetatable(lua, DB);
}

/* ---- errors ---- */

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

/* Push an error of the database, raised where the scenario stands, with its statement's text. */
static void push_error(lua_State *lua, const BdErr *err, const char *sql) {
    luaL_where(lua, 1);
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

/* ---- asking ---- */

void bd_ask_drop(BdAsk *ask) {
    for (uint32_t i = 0; i < ask->count; i++) {
        bd_answer_free(bd_ask_item(ask, i)->answer);
    }
    ask->count = 0;
}

/* Push what came of a statement: its result, or, if that is what it returns, false and an error. */
static bool push_outcome(lua_State *lua, const BdAsk *ask, uint32_t i) {
    const BdAskItem *item = bd_ask_item(ask, i);
    const BdAnswer *answer = item->answer;
    if (answer == NULL && i == ask->refused) {
        push_error(lua, &ask->err, item->statement->sql);
        return false;
    }
    if (answer == NULL) {
        lua_pushliteral(lua, "not executed, since an earlier statement was refused");
        return false;
    }
    if (item->kind == ONE && bd_answer_rows(answer) != 1) {
        luaL_where(lua, 1);
        lua_pushfstring(lua, "%s%d rows where db:one wants exactly one: %s", lua_tostring(lua, -1),
                        bd_answer_rows(answer), item->statement->sql);
        lua_remove(lua, -2);
        return false;
    }
    if (item->kind == ONE) {
        bd_lua_push_answer_row(lua, answer, 0);
    } else if (item->kind == ALL) {
        bd_lua_push_answer_rows(lua, answer);
    } else {
        lua_pushinteger(lua, (lua_Integer)bd_answer_touched(answer));
    }
    return true;
}

/* Push the list of what came of db:gather's statements: {good=, value=} for each. */
static void push_outcomes(lua_State *lua, const BdAsk *ask) {
    lua_createtable(lua, (int)ask->count, 0);
    for (uint32_t i = 0; i < ask->count; i++) {
        lua_createtable(lua, 0, 2);
        bool good = push_outcome(lua, ask, i);
        lua_setfield(lua, -2, "value");
        lua_pushboolean(lua, good);
        lua_setfield(lua, -2, "good");
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
}

/* The coroutine was resumed: what it asked for at the same stack has been answered. */
static int go_on(lua_State *lua, int status, lua_KContext kind) {
    (void)status;
    const Db *db = lua_touserdata(lua, 1);
    bool good = true;
    if (kind == GATHER) {
        push_outcomes(lua, db->ask);
    } else {
        good = push_outcome(lua, db->ask, 0);
    }
    bd_ask_drop(db->ask);
    return good ? 1 : lua_error(lua);
}

/* The db at stack index 1. The metatable is upvalue 1 of every method: cheaper than to look it up
 * by its name for every statement. */
static const Db *check_db(lua_State *lua) {
    if (lua_getmetatable(lua, 1) == 0 || !lua_rawequal(lua, -1, lua_upvalueindex(1))) {
        luaL_typeerror(lua, 1, DB);
    }
    lua_pop(lua, 1);
    return lua_touserdata(lua, 1);
}

/* The argument's BdAsk, if the db is of use here and now. */
static BdAsk *check_ask(lua_State *lua) {
    const Db *db = check_db(lua);
    BdAsk *ask = db->ask;
    if (bd_interpreter_of(lua)->running != &ask->current || db->number != ask->current.number) {
        luaL_error(lua, "this db belongs to another record, or to one that is done: db cannot be "
                        "kept");
    }
    if (ask->lua != lua) {
        luaL_error(lua, "db cannot be used in a coroutine of the scenario's own");
    }
    if (!lua_isyieldable(lua)) {
        luaL_error(lua, "db cannot be used inside a function that Lua calls from C (as table.sort "
                        "and string.gsub do)");
    }
    return ask;
}

/* Write the number in decimal; room is of NUMBER_BYTES. Returns where it begins. */
static const char *write_integer(char *room, lua_Integer number) {
    char *p = room + NUMBER_BYTES - 1;
    lua_Unsigned rest = number < 0 ? 0 - (lua_Unsigned)number : (lua_Unsigned)number;
    *p = '\0';
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        *--p = '-';
    }
    return p;
}

/* Make room for statements with so many values in all: first pointers, then room for numbers, so
 * that an integer makes no string that Lua has to collect. */
static void make_room(lua_State *lua, BdAsk *ask, uint32_t count, size_t values) {
    bd_buf_reset(&ask->items);
    bd_buf_reset(&ask->values);
    if (bd_buf_reserve(&ask->items, count * sizeof(BdAskItem)) != 0 ||
        bd_buf_reserve(&ask->values, values * (sizeof(char *) + NUMBER_BYTES)) != 0) {
        luaL_error(lua, "out of memory for %d statements", (int)count);
    }
    ask->count = 0;
    ask->failed = false;
}

/* Put statement i, whose SQL is at a stack index with its values behind it, into the ask. all: the
 * number of values for which there is room. */
static void take_statement(lua_State *lua, BdAsk *ask, uint32_t i, Kind kind, int index,
                           uint32_t values, size_t first, size_t all) {
    const BdStatement *statement = bd_interpreter_statement(lua, index);
    if (statement->params != values) {
        luaL_error(lua, "the statement has %d parameters, but is given %d values: %s",
                   (int)statement->params, (int)values, statement->sql);
    }
    const char **pointers = (const char **)(void *)ask->values.p + first;
    char *room = ask->values.p + all * sizeof(char *) + first * NUMBER_BYTES;
    for (uint32_t j = 0; j < values; j++) {
        int arg = index + 1 + (int)j;
        pointers[j] = lua_isinteger(lua, arg)
                          ? write_integer(room + j * NUMBER_BYTES, lua_tointeger(lua, arg))
                          : bd_lua_check_value(lua, arg);
    }
    *bd_ask_item(ask, i) = (BdAskItem){.statement = statement, .first = first, .kind = (int)kind};
}

/* Arguments: db, SQL, values. */
static int ask(lua_State *lua, Kind kind) {
    BdAsk *ask = check_ask(lua);
    uint32_t values = lua_gettop(lua) < 2 ? 0 : (uint32_t)lua_gettop(lua) - 2;
    make_room(lua, ask, 1, values);
    take_statement(lua, ask, 0, kind, 2, values, 0, values);
    ask->count = 1;
    ask->waiting = true;
    return lua_yieldk(lua, 0, kind, go_on);
}

/* ---- db:gather ---- */

/* The number of values of the call on the top of the stack: its arguments but for the SQL. Leaves
 * the table of arguments in its place. */
static uint32_t open_call(lua_State *lua) {
    lua_getfield(lua, -1, "arguments");
    lua_remove(lua, -2);
    lua_getfield(lua, -1, "n");
    lua_Integer n = lua_tointeger(lua, -1);
    lua_pop(lua, 1);
    return n < 1 ? 0 : (uint32_t)n - 1;
}

static Kind kind_of_call(lua_State *lua, int call) {
    static const char *const names[] = {[EXEC] = "exec", [ONE] = "one", [ALL] = "all", NULL};
    lua_getfield(lua, call, "name");
    Kind kind = (Kind)luaL_checkoption(lua, -1, NULL, names);
    lua_pop(lua, 1);
    return kind;
}

/* Arguments: db, and a list of calls: {name = "exec", "one" or "all", arguments = {SQL, values}}.
 * Everything that is sent stays on the stack, where the collector does not take it. */
static int db_gather(lua_State *lua) {
    BdAsk *ask = check_ask(lua);
    luaL_checktype(lua, 2, LUA_TTABLE);
    uint32_t count = (uint32_t)lua_rawlen(lua, 2);
    size_t all = 0;
    for (uint32_t i = 0; i < count; i++) {
        lua_rawgeti(lua, 2, (lua_Integer)i + 1);
        all += open_call(lua);
        lua_pop(lua, 1);
    }
    luaL_argcheck(lua, count > 0 && all < 500000, 2, "nothing, or too much, to send at once");
    luaL_checkstack(lua, (int)(all + count) + LUA_MINSTACK, "db:gather");
    make_room(lua, ask, count, all);
    size_t first = 0;
    for (uint32_t i = 0; i < count; i++) {
        lua_rawgeti(lua, 2, (lua_Integer)i + 1);
        Kind kind = kind_of_call(lua, lua_gettop(lua));
        uint32_t values = open_call(lua);
        int index = lua_gettop(lua);
        for (uint32_t j = 0; j <= values; j++) {
            lua_rawgeti(lua, index, (lua_Integer)j + 1);
        }
        lua_remove(lua, index);
        take_statement(lua, ask, i, kind, index, values, first, all);
        first += values;
    }
    ask->count = count;
    ask->waiting = true;
    return lua_yieldk(lua, 0, GATHER, go_on);
}

/* ---- one statement ---- */

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
    check_db(lua);
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
    {"all", db_all}, {"exec", db_exec}, {"gather", db_gather},
    {"one", db_one}, {"zip", db_zip},   {NULL, NULL},
};

void bd_lua_open_db(lua_State *lua) {
    luaL_newmetatable(lua, DB);
    luaL_newlibtable(lua, methods);
    lua_pushvalue(lua, -2);
    luaL_setfuncs(lua, methods, 1);
    lua_setfield(lua, -2, "__index");
    luaL_newmetatable(lua, ERROR);
    lua_pushcfunction(lua, error_index);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, error_tostring);
    lua_setfield(lua, -2, "__tostring");
    lua_pop(lua, 2);
}
