#include "bind/l_server.h"

#include "bind/fail.h"
#include "bind/guard.h"
#include "bind/object.h"
#include "bind/table.h"
#include "pg/server.h"

#define MOST_CONNECTIONS 262143 /* PostgreSQL's own limit */

typedef struct Server {
    BdObject object;
    BdServer *server;
} Server;

static void release_server(void *object) {
    Server *self = object;
    BdServer *server = self->server;
    self->server = NULL;
    bd_server_close(server);
}

static const BdType server_type = {
    .name = BD_OBJECT_PREFIX "server",
    .bytes = sizeof(Server),
    .release = release_server,
};

/* Push the settings as an array of strings that NULL ends. */
static const char *const *push_settings(const BdTable *opts) {
    uint32_t count = 0;
    if (!bd_table_has(opts, "settings")) {
        return NULL;
    }
    BdTable list = bd_table_push_list(opts, "settings", &count);
    const char **settings = bd_scratch_push(opts->lua, (size_t)count + 1, sizeof(*settings));
    for (uint32_t i = 0; i < count; i++) {
        settings[i] = bd_table_element(&list, i + 1);
    }
    return settings;
}

static int open_server(lua_State *lua) {
    static const char *const keys[] = {"max_connections", "settings", NULL};
    BdErr err = BD_ERR_INIT;
    lua_settop(lua, 1);
    if (lua_isnil(lua, 1)) {
        lua_newtable(lua);
        lua_replace(lua, 1);
    }
    BdTable table = bd_table_at(lua, 1, keys, "core.server");
    BdServerOpts opts = {
        .max_connections =
            (int)bd_table_integer_or(&table, "max_connections", 1, MOST_CONNECTIONS, 30),
        .settings = push_settings(&table),
    };
    Server *self = bd_object_new(lua, &server_type);
    if (bd_server_open(&self->server, &opts, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    self->object.open = true;
    return 1;
}

static int conninfo(lua_State *lua) {
    const Server *self = bd_object_check(lua, 1, &server_type);
    lua_pushstring(lua, bd_server_conninfo(self->server));
    return 1;
}

static int folder(lua_State *lua) {
    const Server *self = bd_object_check(lua, 1, &server_type);
    lua_pushstring(lua, bd_server_folder(self->server));
    return 1;
}

static const luaL_Reg methods[] = {
    {"conninfo", conninfo},
    {"folder", folder},
    {NULL, NULL},
};

void bd_lua_open_server(lua_State *lua) {
    bd_object_register(lua, &server_type, methods);
    lua_pushcfunction(lua, open_server);
    lua_setfield(lua, -2, "server");
}
