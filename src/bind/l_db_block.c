/* db:pipeline and db:transaction: what is done around a function of the scenario. */
#include "bind/interpreter.h"
#include "bind/l_db_impl.h"
#include "run/task.h"

#include <lauxlib.h>

/* Arguments: db and a function. */
static BdAsk *check_block(lua_State *lua) {
    BdAsk *ask = bd_lua_check_ask(lua);
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    bd_lua_check_pipeline(lua, ask);
    lua_settop(lua, 2);
    return ask;
}

/* A status of lua_pcallk() and its continuation. */
static bool is_good(int status) {
    return status == LUA_OK || status == LUA_YIELD;
}

/* Call the function at stack index 2, and leave its results, or its error, from 3 on. */
static int call(lua_State *lua, lua_KFunction then) {
    lua_pushvalue(lua, 2);
    return then(lua, lua_pcallk(lua, 0, LUA_MULTRET, 0, 0, then), 0);
}

/* How BEGIN and COMMIT go out. They end what db:insert has left open. */
static BdAskHow along(const BdAsk *ask) {
    return ask->pipelines > 0 ? BD_ASK_ALONG : BD_ASK_LAST;
}

static int results(lua_State *lua) {
    return lua_gettop(lua) - 2;
}

/* ---- db:transaction ---- */

static int rolled_back(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    bd_ask_drop(bd_lua_check_ask(lua));
    return lua_error(lua); /* the function's error is on the top of the stack */
}

/* The transaction's error is on the top of the stack. */
static int roll_back(lua_State *lua, BdAsk *ask) {
    bool within = ask->transactions > 0;
    if (ask->cargo != NULL) {
        bd_cargo_forget(ask->cargo); /* rows of before the transaction were sent before it */
    }
    const char *text = within ? BD_SAVEPOINT_ROLLBACK : BD_TRANSACTION_ROLLBACK;
    return bd_lua_ask_text(lua, ask, text, BD_ASK_AFTER, 0, rolled_back);
}

static int committed(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    BdAsk *ask = bd_lua_check_ask(lua);
    if (ask->broken) { /* so that COMMIT was refused, too */
        bd_ask_drop(ask);
        bd_lua_push_db_error(lua, &ask->broken_err, ask->broken_sql, &ask->broken_at);
        return roll_back(lua, ask);
    }
    bd_lua_check_asked(lua, ask);
    return results(lua);
}

static int transaction_done(lua_State *lua, int status, lua_KContext context) {
    (void)context;
    if (!is_good(status) && bd_interpreter_of(lua)->stopped) {
        return lua_error(lua); /* the record is given up */
    }
    BdAsk *ask = bd_lua_check_ask(lua);
    ask->transactions--;
    if (!is_good(status)) {
        return roll_back(lua, ask);
    }
    bool within = ask->transactions > 0;
    if (ask->row_refused) { /* which the server knows nothing of: it would commit the others */
        bd_lua_push_db_error(lua, &ask->broken_err, ask->broken_sql, &ask->broken_at);
        return roll_back(lua, ask);
    }
    if (!ask->open && bd_session_transaction_failed(ask->session)) {
        luaL_where(lua, 1);
        lua_pushliteral(lua, "a statement of its transaction had failed");
        lua_concat(lua, 2);
        return roll_back(lua, ask);
    }
    const char *text = within ? BD_SAVEPOINT_COMMIT : BD_TRANSACTION_COMMIT;
    ask->ships = !within;
    /* What fails after a COMMIT undoes nothing that is before it: its answer has to be known. */
    return bd_lua_ask_text(lua, ask, text, within ? along(ask) : BD_ASK_LAST, 0, committed);
}

static int begun(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    BdAsk *ask = bd_lua_check_ask(lua);
    bd_lua_check_pipeline(lua, ask);
    bd_lua_check_asked(lua, ask);
    ask->transactions++;
    return call(lua, transaction_done);
}

/* db:transaction(f): what f returns. */
int bd_lua_db_transaction(lua_State *lua) {
    BdAsk *ask = check_block(lua);
    const char *text = ask->transactions > 0 ? BD_SAVEPOINT_BEGIN : BD_TRANSACTION_BEGIN;
    ask->ships = true;
    return bd_lua_ask_text(lua, ask, text, along(ask), 0, begun);
}

/* ---- db:pipeline ---- */

/* Its last part has ended. good: the function has come to its end, and its results are there. */
static int settle(lua_State *lua, BdAsk *ask, bool good) {
    bool broken = ask->broken;
    ask->broken = ask->row_refused;
    if (!broken) {
        return good ? results(lua) : lua_error(lua);
    }
    if (good) {
        bd_lua_push_db_error(lua, &ask->broken_err, ask->broken_sql, &ask->broken_at);
    }
    if (ask->transactions == 0 && bd_session_in_transaction(ask->session)) {
        return roll_back(lua, ask); /* a transaction that was begun in the pipeline */
    }
    return lua_error(lua);
}

static int synced(lua_State *lua, int status, lua_KContext good) {
    (void)status;
    BdAsk *ask = bd_lua_check_ask(lua);
    if (good != 0 && !ask->broken) {
        bd_lua_check_asked(lua, ask);
    }
    bd_ask_drop(ask);
    return settle(lua, ask, good != 0);
}

static int pipeline_done(lua_State *lua, int status, lua_KContext context) {
    (void)context;
    if (!is_good(status) && bd_interpreter_of(lua)->stopped) {
        return lua_error(lua);
    }
    BdAsk *ask = bd_lua_check_ask(lua);
    ask->pipelines--;
    if (ask->pipelines > 0) {
        return is_good(status) ? results(lua) : lua_error(lua);
    }
    if (!ask->open) {
        return settle(lua, ask, is_good(status));
    }
    if (is_good(status) || ask->transactions > 0) {
        return bd_lua_ask_text(lua, ask, NULL, BD_ASK_AFTER, is_good(status), synced);
    }
    return bd_lua_ask_text(lua, ask, BD_TRANSACTION_ROLLBACK, BD_ASK_LAST, 0, synced);
}

/* The function has come to its end, of which nothing else is to be said. */
static int called(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return lua_gettop(lua) - 1;
}

/* db:pipeline(f): what f returns. */
int bd_lua_db_pipeline(lua_State *lua) {
    BdAsk *ask = check_block(lua);
    if (ask->simple) {
        return luaL_error(lua, BD_NO_PIPELINES);
    }
    if (ask->one_by_one) {
        lua_callk(lua, 0, LUA_MULTRET, 0, called);
        return called(lua, LUA_OK, 0);
    }
    ask->pipelines++;
    return call(lua, pipeline_done);
}
