/* The methods of db that ask for statements, and db:zip. */
#include "bind/l_db_impl.h"

#include "bind/answer_rows.h"
#include "bind/interpreter.h"
#include "bind/object.h"
#include "run/cache.h"

#include <lauxlib.h>
#include <string.h>

#define DB BD_OBJECT_PREFIX "db"

typedef struct Db {
    BdAsk *ask;
    int64_t number; /* of the call that it was made for */
} Db;

void bd_lua_push_db(lua_State *lua, BdAsk *ask) {
    Db *db = lua_newuserdatauv(lua, sizeof(*db), 0);
    db->ask = ask;
    db->number = ask->current.number;
    luaL_setmetatable(lua, DB);
}

/* ---- what came of it ---- */

/* Push what came of a statement: its result, or, if that is what it returns, false and an error. */
static bool push_outcome(lua_State *lua, const BdAsk *ask, uint32_t i) {
    const BdAskItem *item = bd_ask_item(ask, i);
    const BdAnswer *answer = item->answer;
    if (answer == NULL) {
        bd_lua_push_refusal(lua, ask, i);
        return false;
    }
    if (item->kind == BD_ASK_ONE && bd_answer_rows(answer) != 1) {
        luaL_where(lua, 1);
        lua_pushfstring(lua, "%s%d rows where db:one wants exactly one: %s", lua_tostring(lua, -1),
                        bd_answer_rows(answer), item->statement->sql);
        lua_remove(lua, -2);
        return false;
    }
    if (item->kind == BD_ASK_ONE) {
        bd_lua_push_answer_row(lua, answer, 0);
    } else if (item->kind == BD_ASK_EXEC) {
        lua_pushinteger(lua, (lua_Integer)bd_answer_touched(answer));
    } else {
        bd_lua_push_answer_rows(lua, answer);
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
static int go_on(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    BdAsk *ask = ((const Db *)lua_touserdata(lua, 1))->ask;
    bd_lua_check_pipeline(lua, ask);
    bool good = push_outcome(lua, ask, 0);
    bd_ask_drop(ask);
    return good ? 1 : lua_error(lua);
}

/* The same, for a statement that was only sent. */
static int go_on_detached(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    bd_lua_check_pipeline(lua, ((const Db *)lua_touserdata(lua, 1))->ask);
    return 0;
}

static int go_on_gathered(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    BdAsk *ask = ((const Db *)lua_touserdata(lua, 1))->ask;
    push_outcomes(lua, ask);
    bd_ask_drop(ask);
    return 1;
}

/* The db at stack index 1. The metatable is upvalue 1 of every method: cheaper than to look it up
 * by its name for every statement. */
static const Db *check_db(lua_State *lua) {
    if (lua_type(lua, 1) != LUA_TUSERDATA || lua_getmetatable(lua, 1) == 0 ||
        !lua_rawequal(lua, -1, lua_upvalueindex(1))) {
        luaL_typeerror(lua, 1, DB);
    }
    lua_pop(lua, 1);
    return lua_touserdata(lua, 1);
}

BdAsk *bd_lua_check_ask(lua_State *lua) {
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

/* ---- one statement ---- */

/* Arguments: db, the statement's text, its values. */
static BdAsk *take_call(lua_State *lua, BdAskKind kind) {
    BdAsk *ask = bd_lua_check_ask(lua);
    bd_lua_check_pipeline(lua, ask);
    bd_lua_take_statement(lua, ask, kind, 2);
    return ask;
}

static int db_exec(lua_State *lua) {
    BdAsk *ask = take_call(lua, BD_ASK_EXEC);
    bool detached = ask->pipelines > 0;
    return bd_lua_yield(lua, ask, detached, 0, detached ? go_on_detached : go_on);
}

static int db_one(lua_State *lua) {
    return bd_lua_yield_for(lua, take_call(lua, BD_ASK_ONE), 1, 0, go_on);
}

static int db_all(lua_State *lua) {
    return bd_lua_yield_for(lua, take_call(lua, BD_ASK_ALL), 1, 0, go_on);
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

static BdAskKind kind_of_call(lua_State *lua, int call) {
    static const char *const names[] = {
        [BD_ASK_EXEC] = "exec", [BD_ASK_ONE] = "one", [BD_ASK_ALL] = "all", NULL};
    lua_getfield(lua, call, "name");
    BdAskKind kind = (BdAskKind)luaL_checkoption(lua, -1, NULL, names);
    lua_pop(lua, 1);
    return kind;
}

/* Arguments: db, and a list of calls: {name = "exec", "one" or "all", arguments = {SQL, values}}.
 * Everything that is sent stays on the stack, where the collector does not take it. */
static int db_gather(lua_State *lua) {
    BdAsk *ask = bd_lua_check_ask(lua);
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
    bd_lua_make_room(lua, ask, count, all);
    size_t first = 0;
    for (uint32_t i = 0; i < count; i++) {
        lua_rawgeti(lua, 2, (lua_Integer)i + 1);
        BdAskKind kind = kind_of_call(lua, lua_gettop(lua));
        uint32_t values = open_call(lua);
        int index = lua_gettop(lua);
        for (uint32_t j = 0; j <= values; j++) {
            lua_rawgeti(lua, index, (lua_Integer)j + 1);
        }
        lua_remove(lua, index);
        bd_lua_take_statement_at(lua, ask, i, kind, index, values, first, all);
        first += values;
    }
    return bd_lua_yield_for(lua, ask, count, 0, go_on_gathered);
}

/* ---- db:cached ---- */

/* Push what tells the statement and its values from others. */
static void push_key(lua_State *lua, BdAsk *ask) {
    const BdStatement *statement = bd_ask_item(ask, 0)->statement;
    const char *const *values = (const char *const *)(void *)ask->values.p;
    BdBuf *key = &ask->key;
    bd_buf_reset(key);
    int failed = bd_buf_append(key, (const char *)&statement->id, sizeof(statement->id));
    for (uint32_t i = 0; i < statement->params && failed == 0; i++) {
        failed = values[i] == NULL ? bd_buf_append(key, "", 1)
                                   : bd_buf_append_str(key, "=") ||
                                         bd_buf_append(key, values[i], strlen(values[i]) + 1);
    }
    if (failed != 0) {
        luaL_error(lua, "out of memory for db:cached");
    }
    lua_pushlstring(lua, key->p, key->len);
}

/* The key is on the top of the stack: keep the answer's rows under it, and return them. */
static int go_on_cached(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    BdAsk *ask = ((const Db *)lua_touserdata(lua, 1))->ask;
    int key = lua_gettop(lua);
    bd_lua_check_pipeline(lua, ask);
    bool good = push_outcome(lua, ask, 0);
    size_t bytes = good ? bd_answer_bytes(bd_ask_item(ask, 0)->answer) : 0;
    bd_ask_drop(ask);
    if (!good) {
        return lua_error(lua);
    }
    if (bytes <= BD_CACHE_BYTES - ask->cache_bytes) {
        ask->cache_bytes += bytes;
        lua_rawgeti(lua, LUA_REGISTRYINDEX, ask->cache);
        lua_pushvalue(lua, key);
        lua_pushvalue(lua, -3);
        lua_rawset(lua, -3);
        lua_pop(lua, 1);
    }
    return 1;
}

static int db_cached(lua_State *lua) {
    BdAsk *ask = take_call(lua, BD_ASK_CACHED);
    push_key(lua, ask);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, ask->cache);
    lua_pushvalue(lua, -2);
    if (lua_rawget(lua, -2) != LUA_TNIL) {
        return 1;
    }
    lua_pop(lua, 2);
    return bd_lua_yield_for(lua, ask, 1, 0, go_on_cached);
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

/* The length of the list at a stack index. A column is none here: a loop would end at a NULL. */
static int zip_length(lua_State *lua, int index) {
    luaL_checktype(lua, index, LUA_TTABLE);
    if (bd_lua_is_column(lua, index)) {
        luaL_argerror(lua, index, "db:zip goes over rows, not over a column of theirs");
    }
    return (int)lua_rawlen(lua, index);
}

static int db_zip(lua_State *lua) {
    int count = lua_gettop(lua) - 1;
    check_db(lua);
    luaL_argcheck(lua, count >= 1 && count <= 8, 2, "db:zip takes 1 to 8 lists");
    int length = zip_length(lua, 2);
    for (int i = 1; i < count; i++) {
        int other = zip_length(lua, 2 + i);
        if (other != length) {
            return luaL_error(lua, "db:zip over lists of %d and %d elements", length, other);
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
    {"all", db_all},
    {"cached", db_cached},
    {"exec", db_exec},
    {"gather", db_gather},
    {"insert", bd_lua_db_insert},
    {"one", db_one},
    {"pipeline", bd_lua_db_pipeline},
    {"transaction", bd_lua_db_transaction},
    {"zip", db_zip},
    {NULL, NULL},
};

void bd_lua_open_db(lua_State *lua) {
    luaL_newmetatable(lua, DB);
    luaL_newlibtable(lua, methods);
    lua_pushvalue(lua, -2);
    luaL_setfuncs(lua, methods, 1);
    lua_setfield(lua, -2, "__index");
    lua_pop(lua, 1);
    bd_lua_open_db_error(lua);
}
