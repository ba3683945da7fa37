/*
 * One coroutine serves a worker for all its records: when the function has come to its end, the
 * same coroutine is given the next call, so that a record makes little garbage. After an error it
 * is reset.
 *
 * Everything that may raise runs inside the coroutine, where lua_resume() catches it.
 *
 * A task is a userdata of its interpreter and lives as long: whatever a scenario keeps of db and
 * row points to something, even in a finalizer that runs when the interpreter is closed.
 */
#include "bind/coroutine_task.h"

#include "bind/coroutine_task_impl.h"
#include "bind/explain.h"
#include "bind/fail.h"
#include "bind/l_db.h"
#include "bind/l_row.h"
#include "core/clock.h"
#include "core/fifo.h"
#include "core/mem.h"

#include <lauxlib.h>
#include <string.h>

/* How long a record may still send statements when the step is to end after it. */
#define DRAIN_PATIENCE_NS (10 * BD_NS_PER_S)

static BdCoroutineTask *self(BdTask *task) {
    return (BdCoroutineTask *)task;
}

static void enter(BdCoroutineTask *run) {
    if (run->interpreter->turn != NULL) {
        run->task.turn_ns += bd_turn_enter(run->interpreter->turn);
    }
}

static void leave(BdCoroutineTask *run) {
    if (run->interpreter->turn != NULL) {
        bd_turn_leave(run->interpreter->turn);
    }
}

/* ---- inside the coroutine ---- */

/* The scenario's function, at stack index 2, has returned; its results stand above it. */
static int finished(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    for (int i = 3; i <= lua_gettop(lua); i++) {
        if (!lua_isnil(lua, i)) {
            lua_Debug where;
            lua_pushvalue(lua, 2);
            lua_getinfo(lua, ">S", &where);
            return luaL_error(lua, "%s:%d: the function returned a %s: it must return nothing",
                              where.short_src, where.linedefined, luaL_typename(lua, i));
        }
    }
    return 0;
}

/* Call the function on the top of the stack with so many of the arguments that follow. */
static int call(lua_State *lua, int arguments) {
    lua_callk(lua, arguments, LUA_MULTRET, 0, finished);
    return finished(lua, LUA_OK, 0);
}

/* Argument: the task. Calls the step's function with (db, row, state, opt). */
static int call_each(lua_State *lua) {
    BdCoroutineTask *run = lua_touserdata(lua, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, run->interpreter->each);
    lua_pushvalue(lua, -1);
    bd_lua_push_db(lua, &run->ask);
    bd_lua_push_row(lua, &run->ask.current);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, run->state);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, run->interpreter->flags);
    return call(lua, 4);
}

/* Argument: the task. Calls the scenario's function for each worker with (db, opt, state). */
static int call_worker(lua_State *lua) {
    BdCoroutineTask *run = lua_touserdata(lua, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, run->interpreter->worker);
    lua_pushvalue(lua, -1);
    bd_lua_push_db(lua, &run->ask);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, run->interpreter->flags);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, run->state);
    return call(lua, 3);
}

/* ---- the task ---- */

static int start(BdTask *task, const BdRecord *record, BdErr *err) {
    (void)err;
    BdCoroutineTask *run = self(task);
    bd_fifo_reset(&run->flights); /* where the session was lost there are some left */
    run->ask.current.record = *record;
    run->ask.current.number++;
    run->stage = BD_STAGE_STARTED;
    return 0;
}

/* Prepare the call that is due. The worker has begun its transaction by now, if it does. */
static void begin_call(BdCoroutineTask *run) {
    BdCargo *cargo = run->ask.cargo;
    run->ask.transactions = bd_session_in_transaction(run->ask.session);
    if (cargo != NULL) {
        bd_cargo_begin(cargo, bd_coroutine_care(run), run->task.arrival);
    }
}

/* Run Lua until it asks for something, or has come to its end. */
static BdNext resume(BdCoroutineTask *run, BdErr *err) {
    BdInterpreter *interpreter = run->interpreter;
    int arguments = 0;
    int results = 0;
    if (run->stage == BD_STAGE_STARTED) {
        begin_call(run);
    }
    run->ask.waiting = false;
    interpreter->stopped = false;
    interpreter->running = &run->ask.current;
    interpreter->coroutine = run->lua;
    interpreter->resumed_ns = 0;
    if (run->stage == BD_STAGE_STARTED) {
        run->stage = BD_STAGE_UNDER_WAY;
        lua_pushcfunction(run->lua, run->entry);
        lua_pushlightuserdata(run->lua, run);
        arguments = 1;
    }
    int64_t begin_ns = bd_now_ns();
    int status = lua_resume(run->lua, NULL, arguments, &results);
    run->task.lua_ns += bd_now_ns() - begin_ns;
    interpreter->running = NULL;
    interpreter->coroutine = NULL;
    if (status == LUA_OK) {
        lua_settop(run->lua, 0);
        run->stage = BD_STAGE_READY;
        bd_ask_drop(&run->ask);
        return BD_NEXT_DONE;
    }
    if (status == LUA_YIELD && run->ask.waiting) {
        run->sent = 0;
        return BD_NEXT_REQUEST;
    }
    bd_lua_explain(run->lua, status, run->interpreter->stopped, err);
    return BD_NEXT_FAILED;
}

/* A record may be finished when the step is to end, but it must come to an end. */
static bool outstays(BdCoroutineTask *run) {
    if (bd_control_stopped(run->interpreter->control) != BD_STOP_DRAIN) {
        return false;
    }
    int64_t now_ns = bd_now_ns();
    if (run->drain_ns == 0) {
        run->drain_ns = now_ns;
    }
    return now_ns - run->drain_ns > DRAIN_PATIENCE_NS;
}

/* The function has come to its end: end the pipeline that db:insert has left open, or send what it
 * has collected. */
static BdNext end_record(BdCoroutineTask *run, BdRequest *request, BdErr *err) {
    BdAsk *ask = &run->ask;
    if (ask->open) {
        return bd_coroutine_end_part(run, request, err);
    }
    if (ask->broken) {
        *err = ask->broken_err;
        if (ask->broken_at.line > 0) {
            bd_err_wrap(err, "%s:%d", ask->broken_at.source, ask->broken_at.line);
        }
        return BD_NEXT_FAILED;
    }
    BdNext next = run->batches ? BD_NEXT_DONE : bd_coroutine_ship(run, request, err);
    run->task.held_rows = ask->cargo == NULL ? 0 : bd_cargo_rows(ask->cargo);
    return next;
}

static BdNext next(BdTask *task, BdRequest *request, BdErr *err) {
    BdCoroutineTask *run = self(task);
    if (run->stage == BD_STAGE_READY) {
        return end_record(run, request, err);
    }
    if (run->sent < run->ask.count) {
        return bd_coroutine_send(run, request, err);
    }
    if (outstays(run)) {
        bd_err_set(err, BD_E_STOPPED, 0, "the record does not come to its end");
        return BD_NEXT_FAILED;
    }
    enter(run);
    BdNext next = resume(run, err);
    leave(run);
    if (next == BD_NEXT_DONE) {
        return end_record(run, request, err);
    }
    return next == BD_NEXT_REQUEST ? bd_coroutine_send(run, request, err) : next;
}

static BdFlight land(BdCoroutineTask *run) {
    BdFlight flight = *(const BdFlight *)bd_fifo_front(&run->flights);
    bd_fifo_pop(&run->flights);
    return flight;
}

/* Are requests and answers those of collected rows? */
static bool is_shipping(const BdCoroutineTask *run) {
    return run->ask.cargo != NULL && bd_cargo_sending(run->ask.cargo);
}

static int answer(BdTask *task, BdAnswer *given, BdErr *err) {
    (void)err;
    BdCoroutineTask *run = self(task);
    if (is_shipping(run)) {
        bd_cargo_answer(run->ask.cargo, given);
        return 0;
    }
    BdFlight flight = land(run);
    if (flight.prepares || flight.detached) {
        bd_answer_free(given);
    } else {
        bd_ask_item(&run->ask, flight.item)->answer = given;
    }
    return 0;
}

/* Collected rows were refused. */
static int refused_rows(BdCoroutineTask *run, BdErr *err) {
    int status = bd_cargo_refused(run->ask.cargo, err);
    run->task.vague = status != 0 && bd_cargo_vague(run->ask.cargo);
    return status;
}

/* The first error is kept, and raised where the function stands; but that of collected rows, about
 * which nothing is to be done there, fails the record. */
static int refused(BdTask *task, BdErr *err) {
    BdCoroutineTask *run = self(task);
    if (is_shipping(run)) {
        return refused_rows(run, err);
    }
    BdFlight flight = land(run);
    BdAsk *ask = &run->ask;
    if (flight.prepares) {
        run->prepared.p[flight.statement->id] = 0;
    }
    if (flight.detached) {
        bd_ask_break(ask, err, &flight.place, flight.statement);
        return 0;
    }
    if (!ask->failed) {
        ask->failed = true;
        ask->refused = flight.item;
        ask->err = *err;
    }
    if (flight.prepares && !bd_coroutine_in_pipeline(run, bd_ask_item(ask, flight.item))) {
        run->sent++; /* in a pipeline the statement itself is under way, and refused too */
    }
    return 0;
}

static void reset(BdTask *task) {
    BdCoroutineTask *run = self(task);
    bd_ask_reset(&run->ask);
    run->sent = 0;
    run->ask.current.number++;
    if (run->stage == BD_STAGE_UNDER_WAY) {
        enter(run);
        do { /* again if a to-be-closed variable has yielded meanwhile */
            lua_resetthread(run->lua);
        } while (lua_status(run->lua) != LUA_OK);
        lua_settop(run->lua, 0);
        bd_interpreter_watch(run->lua);
        leave(run);
    }
    run->stage = BD_STAGE_READY;
}

/* What was to be prepared may not be, because of an error before it in the pipeline. */
static void passed(BdTask *task, bool answered) {
    BdCoroutineTask *run = self(task);
    if (bd_fifo_empty(&run->flights)) {
        return; /* it was the worker's own request */
    }
    BdFlight flight = land(run);
    if (flight.prepares && !answered) {
        run->prepared.p[flight.statement->id] = 0;
    }
}

static BdNext finish(BdTask *task, BdRequest *request, BdErr *err) {
    return bd_coroutine_ship(self(task), request, err);
}

static void settle(BdTask *task, bool stored) {
    (void)stored;
    BdCargo *cargo = self(task)->ask.cargo;
    if (cargo != NULL) {
        bd_cargo_settle(cargo);
    }
    task->held_rows = 0;
}

static void reopened(BdTask *task, BdSession *session) {
    BdCoroutineTask *run = self(task);
    run->ask.session = session;
    bd_buf_reset(&run->prepared);
    if (run->ask.cargo != NULL) {
        bd_cargo_renew(run->ask.cargo);
    }
}

static void free_task(BdTask *task) {
    BdCoroutineTask *run = self(task);
    reset(task);
    bd_buf_deinit(&run->prepared);
    bd_fifo_deinit(&run->flights);
    bd_ask_deinit(&run->ask);
}

static const BdTaskOps coroutine_task_ops = {
    .start = start,
    .next = next,
    .answer = answer,
    .refused = refused,
    .reset = reset,
    .passed = passed,
    .finish = finish,
    .settle = settle,
    .reopened = reopened,
    .free = free_task,
};

/* ---- making one ---- */

/* Argument: where to put the task. */
static int set_up(lua_State *lua) {
    BdCoroutineTask **out = lua_touserdata(lua, 1);
    BdCoroutineTask *run = lua_newuserdatauv(lua, sizeof(*run), 0);
    memset(run, 0, sizeof(*run));
    luaL_ref(lua, LUA_REGISTRYINDEX); /* for good */
    lua_State *thread = lua_newthread(lua);
    run->thread = luaL_ref(lua, LUA_REGISTRYINDEX);
    bd_interpreter_watch(thread);
    lua_newtable(lua);
    run->state = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_newtable(lua);
    run->ask.cache = luaL_ref(lua, LUA_REGISTRYINDEX);
    run->lua = thread;
    run->ask.lua = thread;
    *out = run;
    return 0;
}

/* Run the scenario's function for each worker on the session, waiting for its answers. */
static int run_worker_function(BdCoroutineTask *run, BdSession *session, BdErr *err) {
    run->entry = call_worker;
    run->stage = BD_STAGE_STARTED;
    run->ask.one_by_one = true;
    for (;;) {
        BdRequest request;
        BdAnswer *given = NULL;
        BdNext what = next(&run->task, &request, err);
        if (what != BD_NEXT_REQUEST) {
            reset(&run->task);
            run->ask.one_by_one = false;
            return what == BD_NEXT_DONE ? 0 : -1;
        }
        request.more = false; /* one by one */
        if (bd_session_ask(session, &request, &given, err) == 0) {
            answer(&run->task, given, err);
        } else if (err->code == BD_E_SQL) {
            refused(&run->task, err);
        } else {
            return -1;
        }
    }
}

static int prepare_worker(BdCoroutineTask *run, BdSession *session, BdErr *err) {
    if (run->interpreter->worker == LUA_REFNIL) {
        return 0;
    }
    if (run_worker_function(run, session, err) != 0) {
        return err->code == BD_E_STOPPED ? -1 : bd_err_wrap(err, "scenario:worker");
    }
    if (bd_session_in_transaction(session)) {
        return bd_err_set(err, BD_E_CONFIG, 0,
                          "scenario:worker: the function leaves a transaction open");
    }
    return 0;
}

/* Rows are collected from the first record on, but not by the scenario's function for each worker,
 * which has none. */
static int make_cargo(BdCoroutineTask *run, BdMethod method, BdErr *err) {
    return bd_method_collects(method) ? bd_cargo_new(&run->ask.cargo, method, run->protocol,
                                                     BD_INTERPRETER_STATEMENTS, err)
                                      : 0;
}

int bd_coroutine_task_new(BdTask **out, BdInterpreter *interpreter, BdSession *session,
                          const BdCoroutineTaskOpts *opts, BdErr *err) {
    BdCoroutineTask *run = NULL;
    *out = NULL;
    lua_pushcfunction(interpreter->lua, set_up);
    lua_pushlightuserdata(interpreter->lua, &run);
    if (bd_lua_call(interpreter->lua, 1, 0, err) != 0) {
        lua_settop(interpreter->lua, 0);
        return bd_err_wrap(err, "making a task");
    }
    run->task.ops = &coroutine_task_ops;
    run->interpreter = interpreter;
    run->protocol = bd_session_protocol(session);
    run->batches = opts->batches;
    run->ask.simple = run->protocol == BD_PROTOCOL_SIMPLE;
    run->ask.pipelined_inserts = opts->method == BD_METHOD_PIPELINE;
    run->ask.session = session;
    if (bd_fifo_init(&run->flights, sizeof(BdFlight)) != 0) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory while making a task");
    }
    if (prepare_worker(run, session, err) != 0 || make_cargo(run, opts->method, err) != 0) {
        free_task(&run->task);
        return -1;
    }
    run->entry = call_each;
    *out = &run->task;
    return 0;
}
