/*
 * How db asks: the statements and their values are put into the BdAsk, and the coroutine yields.
 */
#include "bind/interpreter.h"
#include "bind/l_db_impl.h"
#include "bind/text.h"

#include <lauxlib.h>

/* ---- its life ---- */

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

void bd_lua_push_refusal(lua_State *lua, const BdAsk *ask, uint32_t i) {
    const BdAskItem *item = bd_ask_item(ask, i);
    if (i == ask->refused) {
        const char *sql = item->statement == NULL ? item->text : item->statement->sql;
        bd_lua_push_db_error(lua, &ask->err, sql, NULL);
    } else {
        lua_pushliteral(lua, "not executed, since an earlier statement was refused");
    }
}

void bd_lua_check_asked(lua_State *lua, BdAsk *ask) {
    uint32_t last = ask->count - 1;
    if (bd_ask_item(ask, last)->answer == NULL && !bd_ask_item(ask, last)->detached) {
        bd_lua_push_refusal(lua, ask, last);
        bd_ask_drop(ask);
        lua_error(lua);
    }
    bd_ask_drop(ask);
}

/* ---- what is asked ---- */

/* First come pointers, then room for numbers, so that they make no strings that Lua has to collect.
 */
void bd_lua_make_room(lua_State *lua, BdAsk *ask, uint32_t count, size_t values) {
    bd_ask_drop(ask); /* an answer is left where something was raised in the midst of it */
    bd_buf_reset(&ask->items);
    bd_buf_reset(&ask->values);
    if (bd_buf_reserve(&ask->items, count * sizeof(BdAskItem)) != 0 ||
        bd_buf_reserve(&ask->values, values * (sizeof(char *) + BD_NUMBER_BYTES)) != 0) {
        luaL_error(lua, "out of memory for %d statements", (int)count);
    }
    ask->failed = false;
}

/* Put values from a stack index on into the ask. all: the number for which there is room. */
static void take_values(lua_State *lua, BdAsk *ask, int index, uint32_t values, size_t first,
                        size_t all) {
    const char **pointers = (const char **)(void *)ask->values.p + first;
    char *room = ask->values.p + all * sizeof(char *) + first * BD_NUMBER_BYTES;
    for (uint32_t j = 0; j < values; j++) {
        pointers[j] = bd_lua_check_value(lua, index + (int)j, room + j * BD_NUMBER_BYTES).p;
    }
}

void bd_lua_take_statement_at(lua_State *lua, BdAsk *ask, uint32_t i, BdAskKind kind, int index,
                              uint32_t values, size_t first, size_t all) {
    const BdStatement *statement = bd_interpreter_statement(lua, index);
    if (statement->params != values) {
        luaL_error(lua, "the number of parameters is %d, that of values %d: %s",
                   (int)statement->params, (int)values, statement->sql);
    }
    take_values(lua, ask, index + 1, values, first, all);
    *bd_ask_item(ask, i) = (BdAskItem){.kind = kind, .statement = statement, .first = first};
}

void bd_lua_take_statement(lua_State *lua, BdAsk *ask, BdAskKind kind, int index) {
    int values = lua_gettop(lua) - index;
    values = values < 0 ? 0 : values;
    bd_lua_make_room(lua, ask, 1, (size_t)values);
    bd_lua_take_statement_at(lua, ask, 0, kind, index, (uint32_t)values, 0, (size_t)values);
}

/* ---- asking ---- */

/* Nobody will wait for the item's answer: note where it was asked for. */
static void detach(lua_State *lua, BdAskItem *item) {
    item->detached = true;
    item->place = bd_lua_place(lua);
}

int bd_lua_yield_for(lua_State *lua, BdAsk *ask, uint32_t count, lua_KContext context,
                     lua_KFunction then) {
    ask->count = count;
    ask->waiting = true;
    return lua_yieldk(lua, 0, context, then);
}

int bd_lua_ask_text(lua_State *lua, BdAsk *ask, const char *text, BdAskHow how,
                    lua_KContext context, lua_KFunction then) {
    uint32_t count = 0;
    bd_lua_make_room(lua, ask, 2, 0);
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
    return bd_lua_yield_for(lua, ask, count, context, then);
}

int bd_lua_yield(lua_State *lua, BdAsk *ask, bool detached, lua_KContext context,
                 lua_KFunction then) {
    if (detached) {
        detach(lua, bd_ask_item(ask, 0));
    }
    return bd_lua_yield_for(lua, ask, 1, context, then);
}
