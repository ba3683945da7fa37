/*
 * One coroutine serves a worker for all its records: when the function has come to its end, the
 * same coroutine is given the next call, so that a record makes little garbage. After an error it is
 * reset.
 *
 * Everything that may raise runs inside the coroutine, where lua_resume() catches it.
 */
#include "bind/coroutine_task.h"

#include "bind/fail.h"
#include "bind/l_db.h"
#include "bind/l_row.h"
#include "core/clock.h"
#include "core/mem.h"

#include <lauxlib.h>

typedef struct CoroutineTask {
    BdTask task; /* first: a BdTask * is a CoroutineTask * */
    BdInterpreter *interpreter;
    BdProtocol protocol;
    lua_State *lua; /* the coroutine */
    int thread;     /* registry references: the coroutine, */
    int db;         /* its db, */
    int state;      /* and the table that the function keeps its state in */
    BdAsk ask;
    BdCurrent current;
    BdBuf prepared; /* a byte per statement: 1 once the session has it */
    bool preparing; /* the request under way prepares what is asked for next */
    bool begun;     /* the coroutine has been resumed for this record */
} CoroutineTask;

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

/* The step's function has returned; its results stand above the task. */
static int finished(lua_State *lua, int status, lua_KContext context) {
    (void)status;
    (void)context;
    if (lua_gettop(lua) > 1 && !lua_isnil(lua, 2)) {
        return luaL_error(lua, "the step's function returned a %s: it must return nothing",
                          luaL_typename(lua, 2));
    }
    return 0;
}

/* Argument: the task. */
static int call_each(lua_State *lua) {
    const CoroutineTask *run = lua_touserdata(lua, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, run->interpreter->each);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, run->db);
    bd_lua_push_row(lua, &run->current);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, run->state);
    lua_callk(lua, 3, LUA_MULTRET, 0, finished);
    return finished(lua, LUA_OK, 0);
}

/* ---- the task ---- */

static int start(BdTask *task, const BdRecord *record, BdErr *err) {
    (void)err;
    CoroutineTask *run = self(task);
    run->current.record = *record;
    run->current.number++;
    run->begun = false;
    return 0;
}

/* Say why the coroutine has failed, from the value it left; as little as possible may be done with
 * it, since nothing is protected here. */
static void explain(CoroutineTask *run, int status, BdErr *err) {
    const BdErr *known = bd_lua_db_error(run->lua, -1);
    if (run->interpreter->stopped) {
        bd_err_set(err, BD_E_STOPPED, 0, "the step's function was stopped");
    } else if (status == LUA_ERRMEM) {
        bd_err_set(err, BD_E_NOMEM, 0, "the step's function needs more memory than --lua-memory");
    } else if (known != NULL) {
        *err = *known;
    } else if (lua_type(run->lua, -1) == LUA_TSTRING) {
        bd_err_set(err, BD_E_CONFIG, 0, "%s", lua_tostring(run->lua, -1));
    } else {
        bd_err_set(err, BD_E_CONFIG, 0, "the step's function raised a %s, not a message",
                   luaL_typename(run->lua, -1));
    }
}

/* Run Lua until it asks for something, or has come to its end. */
static BdNext resume(CoroutineTask *run, BdErr *err) {
    BdInterpreter *interpreter = run->interpreter;
    int arguments = 0;
    int results = 0;
    run->ask.waiting = false;
    interpreter->stopped = false;
    interpreter->resumed_ns = bd_now_ns();
    if (!run->begun) {
        run->begun = true;
        lua_pushcfunction(run->lua, call_each);
        lua_pushlightuserdata(run->lua, run);
        arguments = 1;
    }
    int status = lua_resume(run->lua, NULL, arguments, &results);
    bd_answer_free(run->ask.answer);
    run->ask.answer = NULL;
    if (status == LUA_OK) {
        lua_settop(run->lua, 0);
        return BD_NEXT_DONE;
    }
    if (status == LUA_YIELD && run->ask.waiting) {
        return BD_NEXT_REQUEST;
    }
    if (status == LUA_YIELD) {
        bd_err_set(err, BD_E_CONFIG, 0, "the step's function yields: only calls of db may wait");
    } else {
        explain(run, status, err);
    }
    return BD_NEXT_FAILED;
}

/* Is the statement prepared on this session? If not, note that it will be. */
static bool was_prepared(CoroutineTask *run, uint32_t id) {
    BdBuf *prepared = &run->prepared;
    while (prepared->len <= id) {
        if (bd_buf_append(prepared, "", 1) != 0) {
            return false; /* it is prepared again, which the server refuses: better than a crash */
        }
    }
    bool was = prepared->p[id] != 0;
    prepared->p[id] = 1;
    return was;
}

static BdNext next(BdTask *task, BdRequest *request, BdErr *err) {
    CoroutineTask *run = self(task);
    if (run->preparing) {
        run->preparing = false;
    } else {
        enter(run);
        BdNext next = resume(run, err);
        leave(run);
        if (next != BD_NEXT_REQUEST) {
            return next;
        }
        run->preparing =
            run->protocol == BD_PROTOCOL_PREPARED && !was_prepared(run, run->ask.statement->id);
    }
    *request = (BdRequest){.kind = run->preparing ? BD_REQUEST_PREPARE : BD_REQUEST_EXECUTE,
                           .statement = run->ask.statement,
                           .values = (const char *const *)(void *)run->ask.values.p};
    return BD_NEXT_REQUEST;
}

static int answer(BdTask *task, BdAnswer *given, BdErr *err) {
    (void)err;
    CoroutineTask *run = self(task);
    if (run->preparing) {
        bd_answer_free(given);
    } else {
        run->ask.answer = given;
    }
    return 0;
}

static int refused(BdTask *task, BdErr *err) {
    CoroutineTask *run = self(task);
    if (run->preparing) {
        run->preparing = false;
        run->prepared.p[run->ask.statement->id] = 0;
    }
    run->ask.err = *err; /* raised where the function stands */
    return 0;
}

static void reset(BdTask *task) {
    CoroutineTask *run = self(task);
    bd_answer_free(run->ask.answer);
    run->ask.answer = NULL;
    run->preparing = false;
    run->current.number++;
    if (lua_status(run->lua) != LUA_OK || lua_gettop(run->lua) > 0) {
        enter(run);
        lua_resetthread(run->lua);
        lua_settop(run->lua, 0);
        bd_interpreter_watch(run->lua);
        leave(run);
    }
}

static void free_task(BdTask *task) {
    CoroutineTask *run = self(task);
    if (run->lua != NULL) {
        reset(task);
    }
    bd_buf_deinit(&run->prepared);
    bd_buf_deinit(&run->ask.values);
    bd_free(run);
}

static const BdTaskOps coroutine_task_ops = {
    .start = start,
    .next = next,
    .answer = answer,
    .refused = refused,
    .reset = reset,
    .free = free_task,
};

/* Argument: the task. Makes its Lua values. */
static int set_up(lua_State *lua) {
    CoroutineTask *run = lua_touserdata(lua, 1);
    lua_State *thread = lua_newthread(lua);
    run->thread = luaL_ref(lua, LUA_REGISTRYINDEX);
    bd_interpreter_watch(thread);
    run->ask.lua = thread;
    bd_lua_push_db(lua, &run->ask);
    run->db = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_newtable(lua);
    run->state = luaL_ref(lua, LUA_REGISTRYINDEX);
    run->lua = thread;
    return 0;
}

static int task_new(BdTask **out, BdInterpreter *interpreter, BdProtocol protocol, BdErr *err) {
    *out = NULL;
    CoroutineTask *run = bd_alloc(sizeof(*run));
    if (run == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory while making a task");
    }
    run->task.ops = &coroutine_task_ops;
    run->interpreter = interpreter;
    run->protocol = protocol;
    lua_pushcfunction(interpreter->lua, set_up);
    lua_pushlightuserdata(interpreter->lua, run);
    if (bd_lua_call(interpreter->lua, 1, 0, err) != 0) {
        lua_settop(interpreter->lua, 0);
        free_task(&run->task);
        return -1;
    }
    *out = &run->task;
    return 0;
}

/* ---- the loop ---- */

int bd_loop_open(BdLoop *loop, const BdInterpreterOpts *opts, BdProtocol protocol, bool shared,
                 uint32_t crews, BdErr *err) {
    *loop = (BdLoop){.opts = *opts, .protocol = protocol, .shared = shared};
    loop->interpreters = bd_alloc_array(crews, sizeof(BdInterpreter *));
    if (loop->interpreters == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for %u interpreters", crews);
    }
    if (bd_turn_init(&loop->turn, err) != 0) {
        bd_free(loop->interpreters);
        loop->interpreters = NULL;
        return -1;
    }
    loop->crews = crews;
    return 0;
}

void bd_loop_close(BdLoop *loop) {
    if (loop->interpreters == NULL) {
        return;
    }
    for (uint32_t i = 0; i < loop->crews; i++) {
        bd_interpreter_close(loop->interpreters[i]);
    }
    bd_turn_deinit(&loop->turn);
    bd_free(loop->interpreters);
    loop->interpreters = NULL;
}

int bd_loop_new_task(void *context, uint32_t worker, uint32_t crew, const BdControl *control,
                     BdTask **out, BdErr *err) {
    (void)worker;
    BdLoop *loop = context;
    BdInterpreter **interpreter = &loop->interpreters[loop->shared ? 0 : crew];
    if (*interpreter == NULL) {
        BdInterpreterOpts opts = loop->opts;
        opts.turn = loop->shared ? &loop->turn : NULL;
        opts.control = control;
        if (bd_interpreter_open(interpreter, &opts, err) != 0) {
            return -1;
        }
    }
    return task_new(out, *interpreter, loop->protocol, err);
}
