#include "bind/state.h"

#include "bind/fail.h"
#include "bind/l_core.h"
#include "core/mem.h"

#include <errno.h>
#include <lauxlib.h>
#include <limits.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- where the program's files are ---- */

/* The folder of the program, without a slash at its end. */
static int program_folder(char *folder, size_t room, BdErr *err) {
    ssize_t length = readlink("/proc/self/exe", folder, room - 1);
    if (length < 0) {
        return bd_err_set_sys(err, BD_E_IO, errno, "cannot find the program's own folder");
    }
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    return 0;
}

/* Is folder/relative the home? If so, it is put into *home, without dots and links. */
static bool is_home(const char *folder, const char *relative, char *home) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof(path), "%s/%s/lua/bigdata/init.lua", folder, relative);
    if (length < 0 || (size_t)length >= sizeof(path) || access(path, R_OK) != 0) {
        return false;
    }
    path[(size_t)length - strlen("/lua/bigdata/init.lua")] = '\0';
    return realpath(path, home) != NULL;
}

/* home: PATH_MAX bytes of room. */
static int find_home(char *home, BdErr *err) {
    char folder[PATH_MAX];
    if (program_folder(folder, sizeof(folder), err) != 0) {
        return -1;
    }
    if (is_home(folder, "..", home) || is_home(folder, "../share/bigdata", home)) {
        return 0;
    }
    bd_err_set(err, BD_E_CONFIG, 0,
               "the program's Lua files are neither in %s/../lua nor in "
               "%s/../share/bigdata/lua",
               folder, folder);
    return bd_err_hint(err, "leave the program in its checkout, or install it with "
                            "\"make install\"");
}

/* ---- making a state ---- */

/* As os.exit(), but objects are closed before the program ends, a throwaway server among them.
 * Upvalue 1: os.exit. */
static int exit_closed(lua_State *lua) {
    lua_settop(lua, 1);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_pushboolean(lua, 1);
    lua_call(lua, 2, 0);
    return 0;
}

static void replace_exit(lua_State *lua) {
    lua_getglobal(lua, LUA_OSLIBNAME);
    lua_getfield(lua, -1, "exit");
    lua_pushcclosure(lua, exit_closed, 1);
    lua_setfield(lua, -2, "exit");
    lua_pop(lua, 1);
}

/* The field of package: what first says, what it was by LUA_PATH (LUA_CPATH), and by default. */
static void extend_path(lua_State *lua, const char *field, const char *first,
                        const char *standard) {
    lua_getglobal(lua, LUA_LOADLIBNAME);
    lua_getfield(lua, -1, field);
    const char *given = lua_tostring(lua, -1);
    bool whole = strstr(given, standard) != NULL;
    lua_pushfstring(lua, "%s%s%s%s", first, given, whole ? "" : ";", whole ? "" : standard);
    lua_setfield(lua, -3, field);
    lua_pop(lua, 2);
}

/*
 * The program's modules come first. The default paths are there in any case, since it needs modules
 * of the system's itself, whatever the variables say.
 */
static void extend_paths(lua_State *lua, const char *home) {
    const char *own = lua_pushfstring(lua, "%s/lua/?.lua;%s/lua/?/init.lua;", home, home);
    extend_path(lua, "path", own, LUA_PATH_DEFAULT);
    extend_path(lua, "cpath", "", LUA_CPATH_DEFAULT);
    lua_pop(lua, 1);
}

/* For tests: a garbage collector that never rests and goes on at every allocation, so that what is
 * used without being held is soon gone. The variable says how hard it works, as the step multiplier
 * of collectgarbage() does. */
static void make_collector_eager(lua_State *lua) {
    const char *multiplier = getenv("BIGDATA_TEST_GC");
    if (multiplier != NULL) {
        const int pause = 4, step_log2 = 4; /* as small as they can be, next to none */
        lua_gc(lua, LUA_GCINC, pause, (int)strtol(multiplier, NULL, 10), step_log2);
    }
}

/* Argument: home. */
static int set_up(lua_State *lua) {
    const char *home = lua_touserdata(lua, 1);
    make_collector_eager(lua);
    luaL_openlibs(lua);
    replace_exit(lua);
    extend_paths(lua, home);
    luaL_getsubtable(lua, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushstring(lua, home);
    lua_pushcclosure(lua, bd_lua_open_core, 1);
    lua_setfield(lua, -2, "bigdata.core");
    return 0;
}

static void *allocate(void *data, void *p, size_t old_bytes, size_t bytes) {
    (void)data;
    (void)old_bytes;
    if (bytes == 0) {
        bd_free(p);
        return NULL;
    }
    return bd_realloc_array(p, bytes, 1);
}

int bd_state_open(lua_State **out, BdErr *err) {
    return bd_state_open_with(out, allocate, NULL, err);
}

int bd_state_open_with(lua_State **out, BdLuaAllocFn *allocator, void *data, BdErr *err) {
    char home[PATH_MAX];
    *out = NULL;
    if (find_home(home, err) != 0) {
        return -1;
    }
    lua_State *lua = lua_newstate(allocator, data);
    if (lua == NULL) {
        return bd_err_set(err, BD_E_NOMEM, 0, "out of memory for the Lua interpreter");
    }
    lua_pushcfunction(lua, set_up);
    lua_pushlightuserdata(lua, home);
    if (bd_lua_call(lua, 1, 0, err) != 0) {
        lua_close(lua);
        return -1;
    }
    *out = lua;
    return 0;
}

/* ---- entering it ---- */

typedef struct Arguments {
    int count;
    char **list;
} Arguments;

/* Argument: Arguments. Returns the exit status. */
static int call_main(lua_State *lua) {
    const Arguments *arguments = lua_touserdata(lua, 1);
    lua_getglobal(lua, "require");
    lua_pushliteral(lua, "bigdata.cli");
    lua_call(lua, 1, 1);
    lua_getfield(lua, -1, "main");
    lua_createtable(lua, arguments->count, 0);
    for (int i = 1; i < arguments->count; i++) {
        lua_pushstring(lua, arguments->list[i]);
        lua_rawseti(lua, -2, i);
    }
    lua_call(lua, 1, 1);
    int whole = 0;
    lua_tointegerx(lua, -1, &whole);
    if (!whole) {
        return luaL_error(lua, "main() of bigdata.cli must return an exit status, not %s",
                          luaL_typename(lua, -1));
    }
    return 1;
}

int bd_state_run(lua_State *lua, int argc, char **argv, int *status, BdFailure *failure) {
    BdErr err = BD_ERR_INIT;
    Arguments arguments = {.count = argc, .list = argv};
    lua_pushcfunction(lua, call_main);
    lua_pushlightuserdata(lua, &arguments);
    if (bd_lua_call(lua, 1, 1, &err) == 0) {
        *status = (int)lua_tointeger(lua, -1);
        lua_pop(lua, 1);
        return 0;
    }
    const char *text = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "unknown error";
    failure->message = bd_lua_message(text);
    failure->traceback = (BdSpan){.p = text, .n = strlen(text)};
    return -1;
}

void bd_state_close(lua_State *lua) {
    if (lua != NULL) {
        lua_close(lua);
    }
}
