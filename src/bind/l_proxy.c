#include "bind/l_proxy.h"

#include "bind/fail.h"
#include "bind/object.h"
#include "bind/table.h"
#include "core/clock.h"
#include "pg/proxy.h"

typedef struct Proxy {
    BdObject object;
    BdProxy *proxy;
} Proxy;

static void release_proxy(void *object) {
    Proxy *self = object;
    BdProxy *proxy = self->proxy;
    self->proxy = NULL;
    bd_proxy_close(proxy);
}

static const BdType proxy_type = {
    .name = BD_OBJECT_PREFIX "proxy",
    .bytes = sizeof(Proxy),
    .release = release_proxy,
};

static int open_proxy(lua_State *lua) {
    static const char *const keys[] = {"conninfo", "delay", "clients", NULL};
    BdErr err = BD_ERR_INIT;
    BdTable table = bd_table_at(lua, 1, keys, "core.proxy");
    const char *conninfo = bd_table_string_or(&table, "conninfo", NULL);
    int64_t delay_ns = bd_table_seconds_ns(&table, "delay");
    uint32_t clients = (uint32_t)bd_table_integer(&table, "clients", 1, INT32_MAX);
    Proxy *self = bd_object_new(lua, &proxy_type);
    if (bd_proxy_open(&self->proxy, conninfo, delay_ns, clients, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    self->object.open = true;
    return 1;
}

static int conninfo(lua_State *lua) {
    const Proxy *self = bd_object_check(lua, 1, &proxy_type);
    lua_pushstring(lua, bd_proxy_conninfo(self->proxy));
    return 1;
}

static int used(lua_State *lua) {
    const Proxy *self = bd_object_check(lua, 1, &proxy_type);
    int64_t user_ns = 0;
    int64_t system_ns = 0;
    bd_proxy_used(self->proxy, &user_ns, &system_ns);
    lua_pushnumber(lua, (lua_Number)user_ns / (lua_Number)BD_NS_PER_S);
    lua_pushnumber(lua, (lua_Number)system_ns / (lua_Number)BD_NS_PER_S);
    return 2;
}

static const luaL_Reg methods[] = {
    {"conninfo", conninfo},
    {"used", used},
    {NULL, NULL},
};

void bd_lua_open_proxy(lua_State *lua) {
    bd_object_register(lua, &proxy_type, methods);
    lua_pushcfunction(lua, open_proxy);
    lua_setfield(lua, -2, "proxy");
}
