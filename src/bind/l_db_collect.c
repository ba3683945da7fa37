/*
 * db:insert where rows are collected: it adds them to the worker's cargo. Each place in the
 * scenario that inserts has a shipment of its own, made when it is come to first: what the server
 * says of its table is asked then.
 */
#include "bind/guard.h"
#include "bind/interpreter.h"
#include "bind/l_db_impl.h"
#include "bind/text.h"
#include "core/mem.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#define AT_ONCE 4096 /* values that are taken from lists: they need memory */

/* The stack: db, table, columns, the values, and the statement that inserts one row. */
enum { TABLE = 2, COLUMNS, VALUES };

/* ---- what is loaded -------------------------------------------------------------------------- */

static uint32_t loaded(const BdAsk *ask) {
    return (uint32_t)(ask->inserts.len / sizeof(BdAskInsert *));
}

static BdAskInsert *insert_of(const BdAsk *ask, uint32_t number) {
    return ((BdAskInsert **)(void *)ask->inserts.p)[number];
}

/* The number of the insert, or of calls of load() before it if there is none. */
static uint32_t find(const BdAsk *ask, const BdStatement *statement, const BdAskPlace *place) {
    uint32_t count = loaded(ask);
    for (uint32_t i = 0; i < count; i++) {
        const BdAskInsert *insert = insert_of(ask, i);
        if (insert->statement == statement && insert->place.line == place->line &&
            strcmp(insert->place.source, place->source) == 0) {
            return i;
        }
    }
    return count;
}

/* Load the insert, which is taken over, also on failure. */
static int load(BdAsk *ask, BdAskInsert *insert, BdErr *err) {
    const BdAskPlace *place = &insert->place;
    snprintf(insert->where, sizeof(insert->where), place->line > 0 ? "%s:%d" : "db:insert",
             place->source, place->line);
    const BdLoad load = {
        .target = insert->target, .sql = insert->statement->sql, .where = insert->where};
    int status = bd_buf_reserve(&ask->inserts, sizeof(BdAskInsert *));
    status = status == 0 ? bd_cargo_load(ask->cargo, &load, err)
                         : bd_err_set(err, BD_E_NOMEM, 0, "no memory for a shipment");
    if (status != 0) {
        bd_target_free(insert->target);
        bd_free(insert);
        return -1;
    }
    return bd_buf_append(&ask->inserts, (const char *)&insert, sizeof(BdAskInsert *));
}

void bd_ask_unload(BdAsk *ask) {
    bd_cargo_free(ask->cargo);
    ask->cargo = NULL;
    for (uint32_t i = 0; i < loaded(ask); i++) {
        bd_target_free(insert_of(ask, i)->target);
        bd_free(insert_of(ask, i));
    }
    bd_buf_deinit(&ask->inserts);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* The values at a stack index, of rows from `first` on: those of a list, or one for all. Text stays
 * where the scenario has it, which does nothing meanwhile. */
static BdSeries take_column(lua_State *lua, int index, lua_Integer first, uint32_t rows,
                            BdSpan *spans, char *room) {
    bool list = lua_istable(lua, index);
    int top = lua_gettop(lua) + 1;
    for (uint32_t i = 0; i < (list ? rows : 1); i++) {
        if (list) {
            lua_rawgeti(lua, index, first + i);
        } else {
            lua_pushvalue(lua, index);
        }
        spans[i] = bd_lua_check_value(lua, top, room + i * BD_NUMBER_BYTES);
        lua_pop(lua, 1);
    }
    return (BdSeries){.values = spans, .step = list ? 1 : 0};
}

/* So many rows from `first` on: a series for each column, their values, and room for numbers. */
static const BdSeries *take_rows(lua_State *lua, BdAsk *ask, int count, lua_Integer first,
                                 uint32_t rows) {
    size_t values = (size_t)count * rows;
    size_t bytes = (size_t)count * sizeof(BdSeries) + values * (sizeof(BdSpan) + BD_NUMBER_BYTES);
    bd_buf_reset(&ask->values);
    if (bd_buf_reserve(&ask->values, bytes) != 0) {
        luaL_error(lua, "out of memory for %d rows", (int)rows);
    }
    BdSeries *columns = (BdSeries *)(void *)ask->values.p;
    BdSpan *spans = (BdSpan *)(void *)(columns + count);
    char *room = (char *)(spans + values);
    for (int i = 0; i < count; i++) {
        columns[i] = take_column(lua, VALUES + i, first, rows, spans + (size_t)i * rows,
                                 room + (size_t)i * rows * BD_NUMBER_BYTES);
    }
    return columns;
}

/* Raise an error if one of these rows has what is no value, before any of them is collected. */
static void check_rows(lua_State *lua, int count, lua_Integer rows) {
    char room[BD_NUMBER_BYTES];
    for (int index = VALUES; index < VALUES + count; index++) {
        for (lua_Integer i = 1; lua_istable(lua, index) && i <= rows; i++) {
            lua_rawgeti(lua, index, i);
            bd_lua_check_value(lua, lua_gettop(lua), room);
            lua_pop(lua, 1);
        }
    }
}

/* A row that is refused fails its record, whatever the scenario does about the error. */
static int collect(lua_State *lua, BdAsk *ask, int count, uint32_t number) {
    const BdAskInsert *insert = insert_of(ask, number);
    const lua_Integer most = AT_ONCE / (count + 1) + 1;
    lua_Integer left = bd_lua_count_rows(lua, VALUES, count);
    luaL_checkstack(lua, LUA_MINSTACK, "db:insert");
    if (left > most) {
        check_rows(lua, count, left);
    }
    for (lua_Integer first = 1; left > 0; first += most, left -= most) {
        uint32_t rows = (uint32_t)(left < most ? left : most);
        const BdSeries *columns = take_rows(lua, ask, count, first, rows);
        if (bd_cargo_add(ask->cargo, number, columns, rows, &ask->err) != 0) {
            bd_ask_break(ask, &ask->err, &insert->place, insert->statement);
            ask->row_refused = true;
            bd_lua_check_pipeline(lua, ask);
        }
    }
    return 0;
}

/* ---- looking the table up -------------------------------------------------------------------- */

/* Raise an error of the insert whose statement is on the top of the stack. */
static int fail(lua_State *lua, const BdErr *err) {
    bd_lua_push_db_error(lua, err, lua_tostring(lua, -1), NULL);
    return lua_error(lua);
}

static const char *const *push_columns(lua_State *lua, int count) {
    const char **columns = bd_scratch_push(lua, (size_t)count, sizeof(*columns));
    for (int i = 0; i < count; i++) {
        lua_rawgeti(lua, COLUMNS, i + 1);
        columns[i] = lua_tostring(lua, -1); /* it stays in the list */
        lua_pop(lua, 1);
    }
    return columns;
}

static int looked_up(lua_State *lua, int status, lua_KContext count);

static int look_up(lua_State *lua, BdAsk *ask, int count) {
    lua_settop(lua, VALUES + count);
    luaL_checkstack(lua, 3, "db:insert");
    lua_pushstring(lua, ask->lookup.sql);
    lua_pushstring(lua, ask->lookup.values[0]);
    lua_pushstring(lua, ask->lookup.values[1]);
    bd_lua_take_statement(lua, ask, BD_ASK_ALL, VALUES + count + 1);
    return bd_lua_yield(lua, ask, false, count, looked_up);
}

/* The table is known: load an insert into it. */
static int load_target(lua_State *lua, BdAsk *ask, BdTarget *target) {
    BdErr err = BD_ERR_INIT;
    BdAskInsert *insert = bd_alloc(sizeof(*insert));
    bd_lookup_end(&ask->lookup);
    if (insert == NULL) {
        bd_target_free(target);
        bd_err_set(&err, BD_E_NOMEM, 0, "no memory for a shipment");
        return fail(lua, &err);
    }
    *insert = (BdAskInsert){.statement = bd_interpreter_statement(lua, lua_gettop(lua)),
                            .place = bd_lua_place(lua),
                            .target = target};
    return load(ask, insert, &err) == 0 ? 0 : fail(lua, &err);
}

static int looked_up(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    BdErr err = BD_ERR_INIT;
    BdTarget *target = NULL;
    int count = (int)context;
    BdAsk *ask = bd_lua_check_ask(lua);
    bd_lua_check_pipeline(lua, ask);
    const char *const *columns = push_columns(lua, count);
    const BdAnswer *answer = bd_ask_item(ask, 0)->answer;
    int found = answer == NULL ? 0
                               : bd_lookup_answer(&ask->lookup, &target, answer, ask->session,
                                                  columns, (uint32_t)count, &err);
    bd_lua_check_asked(lua, ask);
    lua_settop(lua, VALUES + count);
    if (found != 0) {
        return fail(lua, &err);
    }
    if (target == NULL) {
        return look_up(lua, ask, count);
    }
    load_target(lua, ask, target);
    return collect(lua, ask, count, loaded(ask) - 1);
}

int bd_lua_collect(lua_State *lua, BdAsk *ask, int count) {
    const BdStatement *statement = bd_interpreter_statement(lua, lua_gettop(lua));
    const BdAskPlace place = bd_lua_place(lua);
    uint32_t number = find(ask, statement, &place);
    if (number < loaded(ask)) {
        return collect(lua, ask, count, number);
    }
    BdErr err = BD_ERR_INIT;
    bd_lookup_end(&ask->lookup); /* one that was given up */
    if (bd_lookup_begin(&ask->lookup, lua_tostring(lua, TABLE), &err) != 0) {
        return fail(lua, &err);
    }
    return look_up(lua, ask, count);
}
