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

/* What stands between two calls of the scenario. */
typedef enum Stage {
    READY,    /* the coroutine is empty */
    STARTED,  /* a call is due: entry is to be pushed */
    UNDER_WAY /* the coroutine has been resumed, and must be unwound if the call is given up */
} Stage;

typedef struct CoroutineTask {
    BdTask task; /* first: a BdTask * is a CoroutineTask * */
    BdInterpreter *interpreter;
    BdProtocol protocol;
    lua_State *lua;      /* the coroutine */
    int thread;          /* registry references: the coroutine, */
    int state;           /* and the table that the function keeps its state in */
    lua_CFunction entry; /* what the coroutine begins with; its argument is the task */
    Stage stage;
    BdAsk ask;
    uint32_t sent;    /* of the requests that are asked for, so many were sent */
    BdFifo flights;   /* Flight: the requests that are not answered */
    BdBuf prepared;   /* a byte per statement: 1 once it was sent to be prepared */
    bool batches;     /* the rows of a unit's records travel together */
    int64_t drain_ns; /* when it was first noticed that the step is to end; 0: not yet */
} CoroutineTask;

/* A request under way. */
typedef struct Flight {
    bool prepares;                /* it only prepares the statement */
    bool detached;                /* nobody waits for its answer */
    uint32_t item;                /* else it is of this item */
    const BdStatement *statement; /* NULL for text and SYNC */
    BdAskPlace place;             /* of what is detached */
} Flight;

static CoroutineTask *self(BdTask *task) {
    return (CoroutineTask *)task;
}

static void enter(CoroutineTask *run) {
    if (run->interpreter->turn != NULL) {
        run->task.turn_ns += bd_turn_enter(run->interpreter->turn);
    }
}

static void leave(CoroutineTask *run) {
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
    CoroutineTask *run = lua_touserdata(lua, 1);
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
    CoroutineTask *run = lua_touserdata(lua, 1);
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
    CoroutineTask *run = self(task);
    run->ask.current.record = *record;
    run->ask.current.number++;
    run->stage = STARTED;
    return 0;
}

/* What becomes of collected rows that are refused. Nothing may be under way. */
static BdCare care(const CoroutineTask *run) {
    if (run->task.careful) {
        return BD_CARE_SAVEPOINTS;
    }
    return bd_session_in_transaction(run->ask.session) ? BD_CARE_WHOLE : BD_CARE_PARTS;
}

static int begin_collecting(CoroutineTask *run, BdErr *err) {
    BdCargo *cargo = run->ask.cargo;
    return cargo == NULL ? 0 : bd_cargo_begin(cargo, care(run), run->task.arrival, err);
}

/* Run Lua until it asks for something, or has come to its end. */
static BdNext resume(CoroutineTask *run, BdErr *err) {
    BdInterpreter *interpreter = run->interpreter;
    int arguments = 0;
    int results = 0;
    run->ask.waiting = false;
    interpreter->stopped = false;
    interpreter->running = &run->ask.current;
    interpreter->coroutine = run->lua;
    interpreter->resumed_ns = 0;
    if (run->stage == STARTED) {
        run->stage = UNDER_WAY;
        lua_pushcfunction(run->lua, run->entry);
        lua_pushlightuserdata(run->lua, run);
        arguments = 1;
        run->ask.transactions = bd_session_in_transaction(run->ask.session);
        if (begin_collecting(run, err) != 0) {
            return BD_NEXT_FAILED;
        }
    }
    int64_t begin_ns = bd_now_ns();
    int status = lua_resume(run->lua, NULL, arguments, &results);
    run->task.lua_ns += bd_now_ns() - begin_ns;
    interpreter->running = NULL;
    interpreter->coroutine = NULL;
    if (status == LUA_OK) {
        lua_settop(run->lua, 0);
        run->stage = READY;
        run->ask.count = 0;
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
static bool outstays(CoroutineTask *run) {
    if (bd_control_stopped(run->interpreter->control) != BD_STOP_DRAIN) {
        return false;
    }
    int64_t now_ns = bd_now_ns();
    if (run->drain_ns == 0) {
        run->drain_ns = now_ns;
    }
    return now_ns - run->drain_ns > DRAIN_PATIENCE_NS;
}

/* Make room to note whether the statement is prepared on this session. */
static int note_statement(CoroutineTask *run, uint32_t id, BdErr *err) {
    while (run->prepared.len <= id) {
        if (bd_buf_append(&run->prepared, "", 1) != 0) {
            return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for %u statements", id + 1);
        }
    }
    return 0;
}

/* Are the statements that are asked for sent together? The simple protocol cannot. */
static bool is_pipeline(const CoroutineTask *run) {
    return run->ask.count > 1 && run->protocol != BD_PROTOCOL_SIMPLE;
}

/* Is the item's request sent in a pipeline? */
static bool in_pipeline(const CoroutineTask *run, const BdAskItem *item) {
    return is_pipeline(run) || run->ask.pipelines > 0 || item->detached;
}

/* Does another request follow the item's in the same pipeline? */
static bool more_follows(const CoroutineTask *run, const BdAskItem *item) {
    return item->detached || (is_pipeline(run) && run->sent + 1 < run->ask.count);
}

/* Has the item's statement to be prepared first? */
static bool must_prepare(const CoroutineTask *run, const BdAskItem *item) {
    return item->statement != NULL && run->protocol == BD_PROTOCOL_PREPARED &&
           run->prepared.p[item->statement->id] == 0;
}

static void fill_request(const CoroutineTask *run, const BdAskItem *item, BdRequest *request) {
    static const BdRequestKind kinds[] = {
        [BD_ASK_TEXT] = BD_REQUEST_TEXT, [BD_ASK_SYNC] = BD_REQUEST_SYNC};
    *request = (BdRequest){.statement = item->statement, .text = item->text};
    request->kind = item->statement != NULL ? BD_REQUEST_EXECUTE : kinds[item->kind];
    request->values = (const char *const *)(void *)run->ask.values.p + item->first;
    request->more = more_follows(run, item);
}

/* The request for the next item to be sent, or for preparing its statement if that was not done. */
static BdNext send_item(CoroutineTask *run, BdRequest *request, BdErr *err) {
    BdAskItem *item = bd_ask_item(&run->ask, run->sent);
    Flight flight = {.detached = item->detached,
                     .item = run->sent,
                     .statement = item->statement,
                     .place = item->place};
    if (item->statement != NULL && note_statement(run, item->statement->id, err) != 0) {
        return BD_NEXT_FAILED;
    }
    fill_request(run, item, request);
    flight.prepares = must_prepare(run, item);
    if (flight.prepares) {
        request->kind = BD_REQUEST_PREPARE;
        request->more = in_pipeline(run, item);
    }
    if (bd_fifo_push(&run->flights, &flight) != 0) {
        bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a request");
        return BD_NEXT_FAILED;
    }
    if (flight.prepares) {
        run->prepared.p[item->statement->id] = 1;
    } else {
        run->sent++;
    }
    run->ask.open = request->more;
    return BD_NEXT_REQUEST;
}

/* End the part of a pipeline that is open. */
static BdNext end_part(CoroutineTask *run, BdRequest *request, BdErr *err) {
    static const Flight sync = {.detached = true};
    *request = (BdRequest){.kind = BD_REQUEST_SYNC};
    run->ask.open = false;
    if (bd_fifo_push(&run->flights, &sync) == 0) {
        return BD_NEXT_REQUEST;
    }
    bd_err_set(err, BD_E_NOMEM, 0, "out of memory for a request");
    return BD_NEXT_FAILED;
}

/* Send the rows that were collected, until none are left. */
static BdNext ship(CoroutineTask *run, BdRequest *request, BdErr *err) {
    BdAsk *ask = &run->ask;
    if (ask->cargo == NULL || ask->broken) {
        return BD_NEXT_DONE;
    }
    if (ask->open && bd_cargo_rows(ask->cargo) > 0) { /* COPY cannot be in a pipeline */
        return end_part(run, request, err);
    }
    return bd_cargo_next(ask->cargo, care(run), request, err);
}

/* The next request of what is asked for. */
static BdNext send_next(CoroutineTask *run, BdRequest *request, BdErr *err) {
    BdNext shipped = run->ask.ships ? ship(run, request, err) : BD_NEXT_DONE;
    run->ask.ships = shipped != BD_NEXT_DONE;
    return shipped == BD_NEXT_DONE ? send_item(run, request, err) : shipped;
}

/* The function has come to its end: end the pipeline that db:insert has left open, or send what it
 * has collected. */
static BdNext end_record(CoroutineTask *run, BdRequest *request, BdErr *err) {
    BdAsk *ask = &run->ask;
    if (ask->open) {
        return end_part(run, request, err);
    }
    if (ask->broken) {
        *err = ask->broken_err;
        if (ask->broken_at.line > 0) {
            bd_err_wrap(err, "%s:%d", ask->broken_at.source, ask->broken_at.line);
        }
        return BD_NEXT_FAILED;
    }
    BdNext next = run->batches ? BD_NEXT_DONE : ship(run, request, err);
    run->task.held_rows = ask->cargo == NULL ? 0 : bd_cargo_rows(ask->cargo);
    return next;
}

static BdNext next(BdTask *task, BdRequest *request, BdErr *err) {
    CoroutineTask *run = self(task);
    if (run->stage == READY) {
        return end_record(run, request, err);
    }
    if (run->sent < run->ask.count) {
        return send_next(run, request, err);
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
    return next == BD_NEXT_REQUEST ? send_next(run, request, err) : next;
}

static Flight land(CoroutineTask *run) {
    Flight flight = *(const Flight *)bd_fifo_front(&run->flights);
    bd_fifo_pop(&run->flights);
    return flight;
}

/* Are requests and answers those of collected rows? */
static bool is_shipping(const CoroutineTask *run) {
    return run->ask.cargo != NULL && bd_cargo_sending(run->ask.cargo);
}

static int answer(BdTask *task, BdAnswer *given, BdErr *err) {
    (void)err;
    CoroutineTask *run = self(task);
    if (is_shipping(run)) {
        bd_cargo_answer(run->ask.cargo, given);
        return 0;
    }
    Flight flight = land(run);
    if (flight.prepares || flight.detached) {
        bd_answer_free(given);
    } else {
        bd_ask_item(&run->ask, flight.item)->answer = given;
    }
    return 0;
}

/* Collected rows were refused. */
static int refused_rows(CoroutineTask *run, BdErr *err) {
    int status = bd_cargo_refused(run->ask.cargo, err);
    run->task.vague = status != 0 && bd_cargo_vague(run->ask.cargo);
    return status;
}

/* The first error is kept, and raised where the function stands; but that of collected rows, about
 * which nothing is to be done there, fails the record. */
static int refused(BdTask *task, BdErr *err) {
    CoroutineTask *run = self(task);
    if (is_shipping(run)) {
        return refused_rows(run, err);
    }
    Flight flight = land(run);
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
    if (flight.prepares && !in_pipeline(run, bd_ask_item(ask, flight.item))) {
        run->sent++; /* in a pipeline the statement itself is under way, and refused too */
    }
    return 0;
}

static void reset(BdTask *task) {
    CoroutineTask *run = self(task);
    bd_ask_reset(&run->ask);
    bd_fifo_reset(&run->flights);
    run->sent = 0;
    run->ask.current.number++;
    if (run->stage == UNDER_WAY) {
        enter(run);
        do { /* again if a to-be-closed variable has yielded meanwhile */
            lua_resetthread(run->lua);
        } while (lua_status(run->lua) != LUA_OK);
        lua_settop(run->lua, 0);
        bd_interpreter_watch(run->lua);
        leave(run);
    }
    run->stage = READY;
}

static BdNext finish(BdTask *task, BdRequest *request, BdErr *err) {
    return ship(self(task), request, err);
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
    CoroutineTask *run = self(task);
    run->ask.session = session;
    bd_buf_reset(&run->prepared);
    if (run->ask.cargo != NULL) {
        bd_cargo_renew(run->ask.cargo);
    }
}

static void free_task(BdTask *task) {
    CoroutineTask *run = self(task);
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
    .finish = finish,
    .settle = settle,
    .reopened = reopened,
    .free = free_task,
};

/* ---- making one ---- */

/* Argument: where to put the task. */
static int set_up(lua_State *lua) {
    CoroutineTask **out = lua_touserdata(lua, 1);
    CoroutineTask *run = lua_newuserdatauv(lua, sizeof(*run), 0);
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
static int run_worker_function(CoroutineTask *run, BdSession *session, BdErr *err) {
    run->entry = call_worker;
    run->stage = STARTED;
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

static int prepare_worker(CoroutineTask *run, BdSession *session, BdErr *err) {
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
static int make_cargo(CoroutineTask *run, BdMethod method, BdErr *err) {
    return bd_method_collects(method) ? bd_cargo_new(&run->ask.cargo, method, run->protocol,
                                                     BD_INTERPRETER_STATEMENTS, err)
                                      : 0;
}

int bd_coroutine_task_new(BdTask **out, BdInterpreter *interpreter, BdSession *session,
                          const BdCoroutineTaskOpts *opts, BdErr *err) {
    CoroutineTask *run = NULL;
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
    if (bd_fifo_init(&run->flights, sizeof(Flight)) != 0) {
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
