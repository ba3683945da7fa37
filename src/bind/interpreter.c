#include "bind/interpreter.h"

#include "bind/copy.h"
#include "bind/fail.h"
#include "bind/l_db.h"
#include "bind/l_row.h"
#include "bind/state.h"
#include "bind/text.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "core/mem.h"

#include <lauxlib.h>

#define WATCH_EVERY 10000 /* instructions between two looks at the stop flag */

/* How long a function may still run when the step is to end after the record in hand. */
#define DRAIN_PATIENCE_NS BD_NS_PER_S

/* ---- memory ---- */

static void *allocate(void *data, void *p, size_t old_bytes, size_t bytes) {
    BdInterpreter *self = data;
    size_t before = p == NULL ? 0 : old_bytes;
    if (bytes == 0) {
        bd_free(p);
        self->memory_bytes -= before;
        return NULL;
    }
    if (bytes > before && self->memory_limit != 0 &&
        self->memory_bytes - before + bytes > self->memory_limit) {
        return NULL;
    }
    void *block = bd_realloc_array(p, bytes, 1);
    if (block != NULL) {
        self->memory_bytes += bytes - before;
    }
    return block;
}

/* ---- opening ---- */

/* Argument: BdInterpreterOpts. Keeps what load() of bigdata.loop gives. */
static int load_step(lua_State *lua) {
    const BdInterpreterOpts *opts = lua_touserdata(lua, 1);
    BdInterpreter *self = bd_interpreter_of(lua);
    /* Lua makes this string where nothing is protected: so that it needs no memory then. */
    lua_pushliteral(lua, "error in error handling");
    luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_getglobal(lua, "require");
    lua_pushliteral(lua, "bigdata.step.loop");
    lua_call(lua, 1, 1);
    lua_getfield(lua, -1, "load");
    bd_lua_copy(opts->lua, opts->loop, lua);
    int loop = lua_gettop(lua);
    bd_lua_open_db(lua);
    lua_getfield(lua, loop, "fields");
    lua_getfield(lua, loop, "rest");
    bd_lua_open_row(lua);
    lua_settop(lua, loop);
    lua_call(lua, 1, 3);
    self->flags = luaL_ref(lua, LUA_REGISTRYINDEX);
    self->worker = luaL_ref(lua, LUA_REGISTRYINDEX); /* LUA_REFNIL for none */
    self->each = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_getglobal(lua, "require");
    lua_pushliteral(lua, "bigdata.step.insertion");
    lua_call(lua, 1, 1);
    lua_getfield(lua, -1, "statement");
    self->insertion = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_newtable(lua);
    self->statements = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_pushliteral(lua, "");
    self->last_text = luaL_ref(lua, LUA_REGISTRYINDEX);
    return 0;
}

/* Loading the scenario has failed: say what it means where Lua's own words do not. */
static int explain(const BdInterpreter *self, BdErr *err) {
    if (self->stopped) {
        return bd_err_set(err, BD_E_STOPPED, 0, "interrupted");
    }
    if (err->code == BD_E_NOMEM) {
        bd_err_set(err, BD_E_NOMEM, 0, "loading the scenario needs more memory than --lua-memory");
    }
    return -1;
}

int bd_interpreter_open(BdInterpreter **out, const BdInterpreterOpts *opts, BdErr *err) {
    *out = NULL;
    BdInterpreter *self = bd_alloc(sizeof(*self));
    if (self == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for an interpreter");
    }
    self->turn = opts->turn;
    self->control = opts->control;
    self->memory_limit = opts->memory_limit;
    if (bd_state_open_with(&self->lua, allocate, self, err) != 0) {
        bd_free(self);
        return -1;
    }
    *(BdInterpreter **)lua_getextraspace(self->lua) = self;
    int top = lua_gettop(opts->lua);
    BdInterpreterOpts copy = *opts;
    bd_interpreter_watch(self->lua);
    lua_pushcfunction(self->lua, load_step);
    lua_pushlightuserdata(self->lua, &copy);
    int status = bd_lua_call(self->lua, 1, 0, err);
    lua_settop(opts->lua, top);
    if (status != 0) {
        explain(self, err);
        bd_interpreter_close(self);
        return -1;
    }
    *out = self;
    return 0;
}

void bd_interpreter_close(BdInterpreter *self) {
    if (self == NULL) {
        return;
    }
    bd_state_close(self->lua);
    for (uint32_t i = 0; i < self->count; i++) {
        bd_statement_free(self->list[i]);
    }
    bd_free(self->list);
    bd_free(self);
}

BdInterpreter *bd_interpreter_of(lua_State *lua) {
    return *(BdInterpreter **)lua_getextraspace(lua);
}

/* ---- statements ---- */

/* Note a statement that was met for the first time; false when memory runs out. */
static bool keep_statement(BdInterpreter *self, BdStatement *statement) {
    BdStatement **list = bd_realloc_array(self->list, (size_t)self->count + 1, sizeof(*list));
    if (list == NULL) {
        return false;
    }
    self->list = list;
    self->list[self->count++] = statement;
    return true;
}

static const BdStatement *make_statement(lua_State *lua, const char *sql) {
    BdInterpreter *self = bd_interpreter_of(lua);
    BdErr err = BD_ERR_INIT;
    BdStatement *statement = NULL;
    if (self->count == BD_INTERPRETER_STATEMENTS) {
        luaL_error(lua,
                   "more than %d different statements: write values as parameters ($1, $2), "
                   "not into the text",
                   BD_INTERPRETER_STATEMENTS);
    }
    if (bd_statement_new(&statement, self->count, sql, &err) != 0) {
        luaL_error(lua, "%s", err.msg);
    }
    if (!keep_statement(self, statement)) {
        bd_statement_free(statement);
        luaL_error(lua, "out of memory for a statement");
    }
    return statement;
}

/* Look the statement up in the table of all. */
static const BdStatement *find_statement(lua_State *lua, int index) {
    const char *sql = bd_lua_check_text(lua, index);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, bd_interpreter_of(lua)->statements);
    lua_pushvalue(lua, index);
    const BdStatement *statement = NULL;
    if (lua_rawget(lua, -2) == LUA_TLIGHTUSERDATA) {
        statement = lua_touserdata(lua, -1);
    } else {
        statement = make_statement(lua, sql);
        lua_pushvalue(lua, index);
        lua_pushlightuserdata(lua, (void *)(uintptr_t)statement);
        lua_rawset(lua, -4);
    }
    lua_pop(lua, 2);
    return statement;
}

/* Mostly it is the same as the last time: the very same string, which is kept alive for that. */
const BdStatement *bd_interpreter_statement(lua_State *lua, int index) {
    BdInterpreter *self = bd_interpreter_of(lua);
    bool is_text = lua_type(lua, index) == LUA_TSTRING;
    if (is_text && lua_tostring(lua, index) == self->last_sql) {
        return self->last;
    }
    self->last = find_statement(lua, index);
    self->last_sql = lua_tostring(lua, index);
    lua_pushvalue(lua, index);
    lua_rawseti(lua, LUA_REGISTRYINDEX, self->last_text);
    return self->last;
}

/* ---- functions that do not come to an end ---- */

/* Has the function run for long? The clock is not asked each time it is resumed, but here. */
static bool runs_long(BdInterpreter *self) {
    int64_t now_ns = bd_now_ns();
    if (self->resumed_ns == 0) {
        self->resumed_ns = now_ns;
    }
    return now_ns - self->resumed_ns >= DRAIN_PATIENCE_NS;
}

static void look(lua_State *lua, lua_Debug *where) {
    (void)where;
    BdInterpreter *self = bd_interpreter_of(lua);
    BdStop stop = bd_interrupted() ? BD_STOP_NOW : bd_control_stopped(self->control);
    if (stop == BD_STOP_NOT || (stop == BD_STOP_DRAIN && !runs_long(self))) {
        return;
    }
    self->stopped = true;
    lua_sethook(lua, look, LUA_MASKCOUNT, 1); /* a pcall does not help, */
    if (self->coroutine != NULL && self->coroutine != lua) {
        lua_sethook(self->coroutine, look, LUA_MASKCOUNT, 1); /* nor does another coroutine */
    }
    luaL_error(lua, "stopped");
}

void bd_interpreter_watch(lua_State *lua) {
    lua_sethook(lua, look, LUA_MASKCOUNT, WATCH_EVERY);
}
