#include "bind/l_db_impl.h"

#include "bind/answer_rows.h"
#include "bind/interpreter.h"
#include "bind/object.h"
#include "bind/text.h"
#include "run/cache.h"

#include <lauxlib.h>
#include <string.h>

#define DB BD_OBJECT_PREFIX "db"

typedef struct Db {
    BdAsk *ask;
    int64_t number; /* of the call that it was made for */
} Db;

#define NUMBER_BYTES 24 /* of a 64-bit integer in decimal, with its sign and end */

void bd_lua_push_db(lua_State *lua, BdAsk *ask) {
    Db *db = lua_newuserdatauv(lua, sizeof(*db), 0);
    db->ask = ask;
    db->number = ask->current.number;
    luaL_setmetatable(lua, DB);
}

/* ---- asking ---- */

void bd_ask_drop(BdAsk *ask) {
    for (uint32_t i = 0; i < ask->count; i++) {
        bd_answer_free(bd_ask_item(ask, i)->answer);
    }
    ask->count = 0;
}

void bd_ask_break(BdAsk *ask, const BdErr *err, const BdAskPlace *place,
                  const BdStatement *statement) {
    if (!ask->broken) {
        ask->broken = true;
        ask->broken_err = *err;
        ask->broken_at = *place;
        ask->broken_sql = statement == NULL ? NULL : statement->sql;
    }
}

void bd_ask_reset(BdAsk *ask) {
    bd_ask_drop(ask);
    ask->pipelines = 0;
    ask->open = false;
    ask->broken = false;
    ask->row_refused = false;
    ask->ships = false;
    ask->transactions = 0;
    bd_lookup_end(&ask->lookup);
}

void bd_ask_deinit(BdAsk *ask) {
    bd_ask_reset(ask);
    bd_ask_unload(ask);
    bd_buf_deinit(&ask->items);
    bd_buf_deinit(&ask->values);
    bd_buf_deinit(&ask->key);
}

void bd_lua_check_pipeline(lua_State *lua, const BdAsk *ask) {
    if (ask->broken) {
        bd_lua_push_db_error(lua, &ask->broken_err, ask->broken_sql, &ask->broken_at);
        lua_error(lua);
    }
}

/* Push the error that a request has ended with. */
static void push_refusal(lua_State *lua, const BdAsk *ask, uint32_t i) {
    const BdAskItem *item = bd_ask_item(ask, i);
    if (i == ask->refused) {
        const char *sql = item->statement == NULL ? item->text : item->statement->sql;
        bd_lua_push_db_error(lua, &ask->err, sql, NULL);
    } else {
        lua_pushliteral(lua, "not executed, since an earlier statement was refused");
    }
}

/* Push what came of a statement: its result, or, if that is what it returns, false and an error. */
static bool push_outcome(lua_State *lua, const BdAsk *ask, uint32_t i) {
    const BdAskItem *item = bd_ask_item(ask, i);
    const BdAnswer *answer = item->answer;
    if (answer == NULL) {
        push_refusal(lua, ask, i);
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

void bd_lua_check_asked(lua_State *lua, BdAsk *ask) {
    uint32_t last = ask->count - 1;
    if (bd_ask_item(ask, last)->answer == NULL && !bd_ask_item(ask, last)->detached) {
        push_refusal(lua, ask, last);
        bd_ask_drop(ask);
        lua_error(lua);
    }
    bd_ask_drop(ask);
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

/* Put values from a stack index on into the ask. all: the number for which there is room. */
static void take_values(lua_State *lua, BdAsk *ask, int index, uint32_t values, size_t first,
                        size_t all) {
    const char **pointers = (const char **)(void *)ask->values.p + first;
    char *room = ask->values.p + all * sizeof(char *) + first * NUMBER_BYTES;
    for (uint32_t j = 0; j < values; j++) {
        int arg = index + (int)j;
        pointers[j] = lua_isinteger(lua, arg)
                          ? write_integer(room + j * NUMBER_BYTES, lua_tointeger(lua, arg))
                          : bd_lua_check_value(lua, arg);
    }
}

const char *const *bd_lua_take_values(lua_State *lua, BdAsk *ask, int index, uint32_t count) {
    make_room(lua, ask, 0, count);
    take_values(lua, ask, index, count, 0, count);
    return (const char *const *)(void *)ask->values.p;
}

/* Put statement i, whose SQL is at a stack index with its values behind it, into the ask. all: the
 * number of values for which there is room. */
static void take_statement(lua_State *lua, BdAsk *ask, uint32_t i, BdAskKind kind, int index,
                           uint32_t values, size_t first, size_t all) {
    const BdStatement *statement = bd_interpreter_statement(lua, index);
    if (statement->params != values) {
        luaL_error(lua, "the number of parameters is %d, that of values %d: %s",
                   (int)statement->params, (int)values, statement->sql);
    }
    take_values(lua, ask, index + 1, values, first, all);
    *bd_ask_item(ask, i) = (BdAskItem){.kind = kind, .statement = statement, .first = first};
}

/* Nobody will wait for the item's answer: note where it was asked for. */
static void detach(lua_State *lua, BdAskItem *item) {
    item->detached = true;
    item->place = bd_lua_place(lua);
}

static int yield(lua_State *lua, BdAsk *ask, uint32_t count, lua_KContext context,
                 lua_KFunction then) {
    ask->count = count;
    ask->waiting = true;
    return lua_yieldk(lua, 0, context, then);
}

int bd_lua_ask_text(lua_State *lua, BdAsk *ask, const char *text, BdAskHow how,
                    lua_KContext context, lua_KFunction then) {
    uint32_t count = 0;
    make_room(lua, ask, 2, 0);
    if (ask->open && how == BD_ASK_AFTER) {
        *bd_ask_item(ask, count++) = (BdAskItem){.kind = BD_ASK_SYNC};
    }
    if (text != NULL) {
        BdAskItem *item = bd_ask_item(ask, count++);
        *item = (BdAskItem){.kind = BD_ASK_TEXT, .text = text};
        if (how == BD_ASK_ALONG) {
            detach(lua, item);
        }
    }
    return yield(lua, ask, count, context, then);
}

void bd_lua_take_statement(lua_State *lua, BdAsk *ask, BdAskKind kind, int index) {
    int values = lua_gettop(lua) - index;
    values = values < 0 ? 0 : values;
    make_room(lua, ask, 1, (size_t)values);
    take_statement(lua, ask, 0, kind, index, (uint32_t)values, 0, (size_t)values);
}

int bd_lua_yield(lua_State *lua, BdAsk *ask, bool detached, lua_KContext context,
                 lua_KFunction then) {
    if (detached) {
        detach(lua, bd_ask_item(ask, 0));
    }
    return yield(lua, ask, 1, context, then);
}

/* Arguments: db, the statement's text, its values. */
static BdAsk *take_call(lua_State *lua, BdAskKind kind) {
    BdAsk *ask = bd_lua_check_ask(lua);
    bd_lua_check_pipeline(lua, ask);
    bd_lua_take_statement(lua, ask, kind, 2);
    return ask;
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
    make_room(lua, ask, count, all);
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
        take_statement(lua, ask, i, kind, index, values, first, all);
        first += values;
    }
    return yield(lua, ask, count, 0, go_on_gathered);
}

/* ---- one statement ---- */

static int db_exec(lua_State *lua) {
    BdAsk *ask = take_call(lua, BD_ASK_EXEC);
    bool detached = ask->pipelines > 0;
    return bd_lua_yield(lua, ask, detached, 0, detached ? go_on_detached : go_on);
}

static int db_one(lua_State *lua) {
    return yield(lua, take_call(lua, BD_ASK_ONE), 1, 0, go_on);
}

static int db_all(lua_State *lua) {
    return yield(lua, take_call(lua, BD_ASK_ALL), 1, 0, go_on);
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
    return yield(lua, ask, 1, 0, go_on_cached);
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
