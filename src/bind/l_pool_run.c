/*
 * pool:run(): the table of its options read, a step run, and its result as a table. While the step
 * runs, its functions are called from here, on the state that waits.
 */
#include "bind/fail.h"
#include "bind/guard.h"
#include "bind/l_arrival.h"
#include "bind/l_plan.h"
#include "bind/l_pool_impl.h"
#include "bind/l_source.h"
#include "bind/lua_loop.h"
#include "bind/result.h"
#include "bind/result_accounts.h"
#include "bind/table.h"
#include "core/clock.h"
#include "run/step.h"

#define MOST_JOBS 1000

/* A run under way: under guard, so that the result is freed however it is left. */
typedef struct Run {
    BdLuaPool *pool;
    BdLuaPlan *plan; /* NULL in the Lua loop */
    BdLoop loop;     /* zeroed in the loop of plans */
    BdLuaSource *source;
    BdStepOpts opts;
    BdManifest *manifest; /* what is to be verified; NULL: nothing */
    BdStepResult result;
    BdMarker marker; /* zeroed without one */
    lua_State *lua;
    int progress;       /* stack index of the progress function */
    int ready;          /* stack index of the function to call before the clock starts */
    int renew;          /* stack index of the function that renews the load's claim */
    bool called_failed; /* the error of one of these is on the top of the stack */
} Run;

static void set_busy(Run *run, bool busy) {
    run->pool->object.busy = busy;
    if (run->plan != NULL) {
        run->plan->object.busy = busy;
    }
    run->source->object.busy = busy;
}

static void release_run(void *data) {
    Run *run = data;
    bd_step_result_deinit(&run->result);
    bd_loop_close(&run->loop);
    bd_manifest_free(run->manifest);
}

/* ---- what is called meanwhile ---- */

/* The table of how many units took about so many seconds, on the top of the stack. */
static void push_units_by_seconds(lua_State *lua, const int64_t *units_by_time) {
    lua_newtable(lua);
    for (uint32_t cell = 0; cell < BD_SPREAD_CELLS; cell++) {
        if (units_by_time[cell] > 0) {
            lua_pushnumber(lua, (double)bd_spread_cell_ns(cell) / (double)BD_NS_PER_S);
            lua_pushinteger(lua, units_by_time[cell]);
            lua_rawset(lua, -3);
        }
    }
}

/* Arguments: the progress function, and a BdProgress. */
static int call_progress(lua_State *lua) {
    const BdProgress *progress = lua_touserdata(lua, 2);
    lua_settop(lua, 1);
    lua_createtable(lua, 0, 16);
    bd_result_seconds(lua, "seconds", progress->elapsed_ns);
    bd_result_integer(lua, "records", progress->totals.records);
    bd_result_integer(lua, "failed", progress->totals.failed);
    bd_result_integer(lua, "rows", progress->totals.rows);
    bd_result_integer(lua, "statements", progress->totals.statements);
    bd_result_integer(lua, "units", progress->totals.units);
    bd_result_seconds(lua, "unit_seconds", progress->totals.unit_ns);
    bd_result_seconds(lua, "lag_seconds", progress->totals.lag_ns);
    push_units_by_seconds(lua, progress->units_by_time);
    lua_setfield(lua, -2, "units_by_seconds");
    lua_createtable(lua, 0, BD_SHARES);
    bd_result_shares(lua, progress->totals.shares_ns);
    lua_setfield(lua, -2, "share_seconds");
    bd_result_integer(lua, "skipped", progress->skipped);
    bd_result_integer(lua, "rejects", progress->rejects);
    bd_result_integer(lua, "queued", progress->queued);
    bd_result_integer(lua, "capacity", progress->capacity);
    bd_result_integer(lua, "read_records", progress->pushed);
    bd_result_integer(lua, "bytes", progress->bytes);
    if (progress->total_bytes >= 0) {
        bd_result_integer(lua, "total_bytes", progress->total_bytes);
    }
    lua_pushboolean(lua, progress->ended);
    lua_setfield(lua, -2, "ended");
    lua_pushboolean(lua, progress->fed);
    lua_setfield(lua, -2, "fed");
    lua_call(lua, 1, 0);
    return 0;
}

/* From bd_step_run(), while other threads work: nothing may be raised through it. */
static int on_progress(void *context, const BdProgress *progress) {
    Run *run = context;
    BdErr err = BD_ERR_INIT;
    BdProgress copy = *progress;
    if (run->called_failed) {
        return -1;
    }
    lua_pushcfunction(run->lua, call_progress);
    lua_pushvalue(run->lua, run->progress);
    lua_pushlightuserdata(run->lua, &copy);
    run->called_failed = bd_lua_call(run->lua, 2, 0, &err) != 0;
    return run->called_failed ? -1 : 0;
}

/* Likewise. */
static int on_ready(void *context) {
    Run *run = context;
    BdErr err = BD_ERR_INIT;
    lua_pushvalue(run->lua, run->ready);
    run->called_failed = bd_lua_call(run->lua, 0, 0, &err) != 0;
    return run->called_failed ? -1 : 0;
}

/* Arguments: the function, which returns true, or nil, message, info; and a BdErr for these two.
 * Returns whether it was true. */
static int call_renew(lua_State *lua) {
    BdErr *err = lua_touserdata(lua, 2);
    lua_settop(lua, 1);
    lua_call(lua, 0, 3);
    bool renewed = lua_toboolean(lua, -3);
    if (!renewed) {
        bd_lua_read_err(lua, err);
    }
    lua_pushboolean(lua, renewed);
    return 1;
}

/* Nothing may be raised through this one either. */
static int on_renew_claim(void *context, BdErr *err) {
    Run *run = context;
    lua_State *lua = run->lua;
    lua_pushcfunction(lua, call_renew);
    lua_pushvalue(lua, run->renew);
    lua_pushlightuserdata(lua, err);
    if (bd_lua_call(lua, 2, 1, err) != 0) {
        run->called_failed = true;
        return -1;
    }
    bool renewed = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    return renewed ? 0 : -1;
}

/* ---- the table of options ---- */

/* Read what is committed together. */
static void read_unit(const BdTable *table, BdStepOpts *opts) {
    int64_t records = bd_table_integer_or(table, "commit_every", 0, UINT32_MAX, 0);
    opts->unit_rows = bd_table_integer_or(table, "insert_batch", 0, INT64_MAX, 0);
    opts->transactions = records > 0 || bd_table_has(table, "resume") || opts->unit_rows > 0 ||
                         !bd_table_boolean_or(table, "autocommit", true);
    opts->unit_records = records > 0 ? (uint32_t)records : opts->unit_rows > 0 ? UINT32_MAX : 1;
    opts->reconnect_ns = bd_table_seconds_ns(table, "reconnect");
    opts->interval_ns = bd_table_seconds_ns(table, "interval");
    opts->max_tries = (uint32_t)bd_table_integer_or(table, "max_tries", 1, UINT32_MAX, 10);
}

/* Read the marker: { load=, step=, done = { first, last, first, last, ... }, renew = }, the numbers
 * of records that are stored, and the function that renews the claim. Leaves on the stack what it
 * points to. The source is known. */
static void read_marker(lua_State *lua, const BdTable *table, Run *run) {
    static const char *const keys[] = {"load", "step", "done", "renew", NULL};
    bd_table_push(table, "resume", LUA_TTABLE);
    BdTable resume = bd_table_at(lua, lua_gettop(lua), keys, "pool:run, resume");
    bd_table_push(&resume, "renew", LUA_TFUNCTION);
    run->renew = lua_gettop(lua);
    run->opts.renew_claim = on_renew_claim;
    bd_table_push(&resume, "done", LUA_TTABLE);
    int list = lua_gettop(lua);
    size_t count = lua_rawlen(lua, list) / 2;
    BdRange *done = bd_scratch_push(lua, count, sizeof(*done));
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(lua, list, (lua_Integer)(2 * i + 1));
        lua_rawgeti(lua, list, (lua_Integer)(2 * i + 2));
        done[i] = (BdRange){.first = lua_tointeger(lua, -2), .last = lua_tointeger(lua, -1)};
        lua_pop(lua, 2);
    }
    run->marker = (BdMarker){.load = bd_table_string(&resume, "load"),
                             .step = bd_table_string(&resume, "step"),
                             .source = run->source->source,
                             .done = done,
                             .done_count = count};
    run->opts.marker = &run->marker;
}

/* Read the options of a run; leaves plan, source and progress function on the stack. */
static void read_options(lua_State *lua, const BdTable *table, Run *run) {
    static const char *const engines[] = {"threads", "poll", NULL};
    static const char *const methods[] = {
        [BD_METHOD_ROW] = "row",           [BD_METHOD_PIPELINE] = "pipeline",
        [BD_METHOD_VALUES] = "values",     [BD_METHOD_UNNEST] = "unnest",
        [BD_METHOD_COPY] = "copy",         [BD_METHOD_COPY_BINARY] = "copy-binary",
        [BD_METHOD_COPY_BINARY + 1] = NULL};
    BdStepOpts *opts = &run->opts;
    opts->engine = (BdEngineKind)bd_table_choice_or(table, "engine", engines, BD_ENGINE_THREADS);
    opts->jobs = (uint32_t)bd_table_integer_or(table, "jobs", 1, MOST_JOBS, 1);
    read_unit(table, opts);
    opts->queue = bd_table_integer_or(table, "queue", 0, INT64_MAX, 4096);
    opts->method = (BdMethod)bd_table_choice_or(table, "insert", methods, BD_METHOD_ROW);
    opts->preload = bd_table_boolean_or(table, "preload", false);
    opts->limit = bd_table_integer_or(table, "limit", 0, INT64_MAX, 0);
    opts->time_ns = bd_table_seconds_ns(table, "time");
    opts->max_errors = bd_table_integer_or(table, "max_errors", 0, INT64_MAX, 0);
    opts->progress_ns = bd_table_seconds_ns(table, "progress_every");
    if (opts->progress_ns > 0) {
        bd_table_push(table, "progress", LUA_TFUNCTION);
        run->progress = lua_gettop(lua);
        opts->progress = on_progress;
    }
    if (bd_table_has(table, "ready")) {
        bd_table_push(table, "ready", LUA_TFUNCTION);
        run->ready = lua_gettop(lua);
        opts->ready = on_ready;
    }
    opts->context = run;
    bd_table_push(table, "source", LUA_TUSERDATA);
    run->source = bd_lua_test_source(lua, -1);
    if (run->source == NULL) {
        bd_table_error(table, "'source' must be made by core.source");
    }
}

/* Read the plan; leaves it on the stack. The source is on the top. */
static void read_plan(lua_State *lua, const BdTable *table, Run *run) {
    bd_table_push(table, "plan", LUA_TUSERDATA);
    run->plan = bd_lua_test_plan(lua, -1);
    if (run->plan == NULL) {
        bd_table_error(table, "'plan' must be made by core.plan");
    }
    bd_lua_plan_must_fit(lua, lua_gettop(lua), lua_gettop(lua) - 1);
}

/* Read how to call a Lua function for every record, instead of a plan; leaves the table of it on
 * the stack. The source is on the top. */
static int read_loop(lua_State *lua, const BdTable *table, Run *run, BdErr *err) {
    static const char *const keys[] = {"path", "step", "flags", "state", "memory", NULL};
    static const char *const states[] = {"worker", "shared", NULL};
    int source = lua_gettop(lua);
    bd_table_push(table, "loop", LUA_TTABLE);
    int index = lua_gettop(lua);
    BdTable loop = bd_table_at(lua, index, keys, "pool:run, loop");
    BdLoopOpts opts = {
        .shared = bd_table_choice_or(&loop, "state", states, 0) == 1,
        .task = {.method = run->opts.method, .batches = run->opts.unit_rows > 0},
        .crews = bd_engine_crews(run->opts.engine, bd_pool_size(run->pool->pool), run->opts.jobs),
    };
    opts.interpreter.lua = lua;
    opts.interpreter.memory_limit = (size_t)bd_table_integer_or(&loop, "memory", 0, INT64_MAX, 0);
    /* What the interpreters are told: a copy of the table, with what the source's records have. */
    lua_createtable(lua, 0, 5);
    opts.interpreter.loop = lua_gettop(lua);
    static const char *const told[] = {"path", "step", "flags"};
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        lua_getfield(lua, index, told[i]);
        lua_setfield(lua, opts.interpreter.loop, told[i]);
    }
    lua_getiuservalue(lua, source, BD_SOURCE_FIELDS);
    lua_setfield(lua, opts.interpreter.loop, "fields");
    lua_getiuservalue(lua, source, BD_SOURCE_REST);
    lua_setfield(lua, opts.interpreter.loop, "rest");
    run->opts.new_task = bd_loop_new_task;
    run->opts.task_context = &run->loop;
    return bd_loop_open(&run->loop, &opts, err);
}

/* ---- the run ---- */

static void push_result(lua_State *lua, const BdStepResult *result) {
    static const char *const ended[] = {[BD_ENDED_DONE] = "done",
                                        [BD_ENDED_TIME] = "time",
                                        [BD_ENDED_ERRORS] = "errors",
                                        [BD_ENDED_FAILED] = "failed",
                                        [BD_ENDED_INTERRUPTED] = "interrupted"};
    lua_createtable(lua, 0, 20);
    lua_pushstring(lua, ended[result->ended]);
    lua_setfield(lua, -2, "ended");
    bd_result_integer(lua, "records", result->totals.records);
    bd_result_integer(lua, "failed", result->totals.failed);
    bd_result_integer(lua, "rows", result->totals.rows);
    bd_result_integer(lua, "statements", result->totals.statements);
    bd_result_seconds(lua, "seconds", result->elapsed_ns);
    bd_result_seconds(lua, "fed_seconds", result->fed_ns);
    bd_result_integer(lua, "fed_rows", result->fed_rows);
    bd_result_integer(lua, "read_records", result->pushed);
    bd_result_integer(lua, "read_bytes", result->bytes);
    bd_result_seconds(lua, "queue_full_seconds", result->queue_full_ns);
    bd_result_seconds(lua, "queue_empty_seconds", result->queue_empty_ns);
    bd_result_integer(lua, "round_trips", result->round_trips);
    if (result->carried) {
        bd_result_integer(lua, "sent_bytes", result->traffic.sent_bytes);
        bd_result_integer(lua, "received_bytes", result->traffic.received_bytes);
    }
    bd_result_integer(lua, "retries", result->retries);
    bd_result_integer(lua, "reconnects", result->reconnects);
    bd_result_integer(lua, "skipped", result->skipped);
    bd_result_seconds(lua, "turn_seconds", result->turn_ns);
    bd_result_seconds(lua, "cpu_user_seconds", result->usage.user_ns);
    bd_result_seconds(lua, "cpu_system_seconds", result->usage.system_ns);
    bd_result_seconds(lua, "feeder_cpu_seconds", result->feeder_cpu_ns);
    bd_result_integer(lua, "peak_bytes", result->peak_bytes);
    if (result->arrival.manifest != NULL) {
        bd_lua_push_arrival(lua, &result->arrival);
        lua_setfield(lua, -2, "arrived");
    }
    bd_result_integer(lua, "rejects", result->rejects);
    bd_result_integer(lua, "voluntary_switches", result->usage.voluntary);
    bd_result_integer(lua, "involuntary_switches", result->usage.involuntary);
    bd_result_accounts(lua, &result->accounts);
    bd_result_samples(lua, result->sample, result->samples);
}

/* Raise the error that a function of the run's options ended with, without its traceback. */
static int raise_called_error(lua_State *lua) {
    if (lua_type(lua, -1) == LUA_TSTRING) {
        BdSpan message = bd_lua_message(lua_tostring(lua, -1));
        lua_pushlstring(lua, message.p, message.n);
    } else {
        lua_pushliteral(lua, "a function of the run's options has failed");
    }
    return lua_error(lua);
}

/* Read everything. -1 with *err; wrong use raises. */
static int read_run(lua_State *lua, const BdTable *table, Run *run, BdErr *err) {
    read_options(lua, table, run);
    if (!bd_table_has(table, "loop")) {
        read_plan(lua, table, run);
    } else if (read_loop(lua, table, run, err) != 0) {
        return -1;
    }
    if (bd_table_has(table, "verify")) {
        bd_table_push(table, "verify", LUA_TTABLE);
        if (bd_lua_read_manifest(lua, &run->manifest, err) != 0) {
            return -1;
        }
        run->opts.manifest = run->manifest;
    }
    if (bd_table_has(table, "resume")) {
        read_marker(lua, table, run);
    }
    return 0;
}

int bd_lua_pool_run(lua_State *lua) {
    static const char *const keys[] = {
        "plan",     "source",       "engine",    "jobs",      "autocommit", "commit_every",
        "insert",   "insert_batch", "max_tries", "reconnect", "interval",   "resume",
        "queue",    "preload",      "limit",     "time",      "max_errors", "progress_every",
        "progress", "ready",        "loop",      "verify",    NULL};
    BdErr err = BD_ERR_INIT;
    BdLuaPool *self = bd_lua_check_pool(lua, 1);
    lua_settop(lua, 2);
    BdTable table = bd_table_at(lua, 2, keys, "pool:run");
    if (self->spent) {
        return luaL_error(lua, "the pool's last run failed or was interrupted: open another pool");
    }
    Run *run = bd_guard_push(lua, sizeof(*run), release_run);
    run->lua = lua;
    run->pool = self;
    if (read_run(lua, &table, run, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    bd_lua_source_use(lua, run->source);
    luaL_checkstack(lua, LUA_MINSTACK, "pool:run");

    set_busy(run, true);
    BdPlan *plan = run->plan == NULL ? NULL : run->plan->plan;
    int status = bd_step_run(self->pool, plan, run->source->source, &run->opts, &run->result, &err);
    set_busy(run, false);
    self->spent = status != 0 || run->result.ended == BD_ENDED_INTERRUPTED;
    if (run->called_failed) {
        return raise_called_error(lua);
    }
    if (status != 0 && run->result.ended != BD_ENDED_FAILED) { /* it did not even start */
        return bd_lua_fail(lua, &err);
    }
    push_result(lua, &run->result);
    return status == 0 ? 1 : 1 + bd_lua_push_err(lua, &err);
}
