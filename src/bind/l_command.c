#include "bind/l_command.h"

#include "bind/fail.h"
#include "bind/guard.h"
#include "bind/result.h"
#include "bind/table.h"
#include "core/command.h"

/* Push a key's list as an array of strings that NULL ends. */
static const char *const *push_strings(const BdTable *opts, const char *key, uint32_t *count) {
    BdTable list = bd_table_push_list(opts, key, count);
    const char **strings = bd_scratch_push(opts->lua, (size_t)*count + 1, sizeof(*strings));
    for (uint32_t i = 0; i < *count; i++) {
        strings[i] = bd_table_element(&list, i + 1);
    }
    return strings;
}

static void release_result(void *data) {
    bd_command_deinit(data);
}

static void set_boolean(lua_State *lua, const char *key, bool value) {
    lua_pushboolean(lua, value);
    lua_setfield(lua, -2, key);
}

static void set_text(lua_State *lua, const char *key, const BdBuf *buf) {
    lua_pushlstring(lua, buf->p, buf->len);
    lua_setfield(lua, -2, key);
}

static void set_number(lua_State *lua, const char *key, int64_t value, bool known) {
    if (known) {
        lua_pushinteger(lua, (lua_Integer)value);
        lua_setfield(lua, -2, key);
    }
}

static void push_result(lua_State *lua, const BdCommandResult *result) {
    lua_createtable(lua, 0, 10);
    set_text(lua, "out", &result->out);
    set_text(lua, "err", &result->err);
    set_number(lua, "status", result->status, result->status >= 0);
    set_number(lua, "signal", result->signal, result->signal != 0);
    set_boolean(lua, "timed_out", result->timed_out);
    set_boolean(lua, "left_behind", result->left_behind);
    bd_result_seconds(lua, "seconds", result->wall_ns);
    bd_result_seconds(lua, "cpu_user_seconds", result->user_ns);
    bd_result_seconds(lua, "cpu_system_seconds", result->system_ns);
    set_number(lua, "peak_bytes", result->peak_bytes, true);
}

static int run_command(lua_State *lua) {
    static const char *const keys[] = {"argv", "env", "timeout", NULL};
    BdErr err = BD_ERR_INIT;
    BdTable table = bd_table_at(lua, 1, keys, "core.command");
    uint32_t words = 0;
    uint32_t variables = 0;
    BdCommand command = {
        .argv = push_strings(&table, "argv", &words),
        .env = push_strings(&table, "env", &variables),
        .timeout_ns = bd_table_seconds_ns(&table, "timeout"),
    };
    if (words == 0) {
        bd_table_error(&table, "argv names no program");
    }
    BdCommandResult *result = bd_guard_push(lua, sizeof(*result), release_result);
    if (bd_command_run(&command, result, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    push_result(lua, result);
    return 1;
}

void bd_lua_open_command(lua_State *lua) {
    lua_pushcfunction(lua, run_command);
    lua_setfield(lua, -2, "command");
}
