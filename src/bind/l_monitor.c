#include "bind/l_monitor.h"

#include "bind/fail.h"
#include "bind/l_connection.h"
#include "bind/object.h"
#include "bind/result.h"
#include "bind/text.h"
#include "core/clock.h"
#include "pg/monitor.h"

#define MOST_TRIPS 1000
#define LEAST_HZ   0.001
#define MOST_HZ    1000

typedef struct Monitor {
    BdObject object;
    BdMonitor *monitor;
    bool looking; /* between begin and finish: the session is the thread's */
} Monitor;

static void release_monitor(void *object) {
    Monitor *self = object;
    BdMonitor *monitor = self->monitor;
    self->monitor = NULL;
    bd_monitor_close(monitor);
}

static const BdType monitor_type = {
    .name = BD_OBJECT_PREFIX "monitor",
    .bytes = sizeof(Monitor),
    .release = release_monitor,
};

static Monitor *check_monitor(lua_State *lua, bool looking) {
    Monitor *self = bd_object_check(lua, 1, &monitor_type);
    if (self->looking != looking) {
        luaL_error(lua, looking ? "the monitor has not begun" : "the monitor is looking");
    }
    return self;
}

static int open_monitor(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    const char *conninfo = bd_lua_opt_text(lua, 1);
    Monitor *self = bd_object_new(lua, &monitor_type);
    if (bd_monitor_open(&self->monitor, conninfo, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    self->object.open = true;
    return 1;
}

static int ask(lua_State *lua) {
    return bd_lua_ask(lua, bd_monitor_session(check_monitor(lua, false)->monitor), 2);
}

static int round_trip(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    int64_t median_ns = 0;
    const Monitor *self = check_monitor(lua, false);
    lua_Integer times = luaL_checkinteger(lua, 2);
    luaL_argcheck(lua, times >= 1 && times <= MOST_TRIPS, 2, "from 1 to 1000 round trips");
    if (bd_monitor_round_trip(self->monitor, (uint32_t)times, &median_ns, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    lua_pushnumber(lua, (lua_Number)median_ns / (lua_Number)BD_NS_PER_S);
    return 1;
}

static int begin(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    Monitor *self = check_monitor(lua, false);
    const char *question = bd_lua_check_text(lua, 2);
    lua_Number hz = luaL_checknumber(lua, 3);
    luaL_argcheck(lua, hz >= LEAST_HZ && hz <= MOST_HZ, 3, "a rate from 0.001 to 1000 is wanted");
    int64_t period_ns = (int64_t)((lua_Number)BD_NS_PER_S / hz);
    int status = bd_monitor_begin(self->monitor, question, period_ns, &err);
    self->looking = status == 0;
    return bd_lua_done(lua, status, &err);
}

static void push_counts(lua_State *lua, const BdSighting *sighting, uint32_t intervals) {
    lua_createtable(lua, (int)intervals, 1);
    for (uint32_t i = 0; i < intervals; i++) {
        lua_pushinteger(lua, sighting->counts[i]);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    bd_result_integer(lua, "count", sighting->count);
}

/* Into the table on the top of the stack. */
static void set_sightings(lua_State *lua, const BdMonitor *monitor) {
    uint32_t count = 0;
    int64_t interval_ns = 0;
    uint32_t intervals = bd_monitor_intervals(monitor, &interval_ns);
    const BdSighting *sightings = bd_monitor_sightings(monitor, &count);
    bd_result_seconds(lua, "interval_seconds", interval_ns);
    bd_result_integer(lua, "intervals", intervals);
    lua_createtable(lua, 0, (int)count);
    for (uint32_t i = 0; i < count; i++) {
        push_counts(lua, &sightings[i], intervals);
        lua_setfield(lua, -2, sightings[i].name);
    }
    lua_setfield(lua, -2, "sightings");
}

/* -> { samples =, intervals =, interval_seconds =, sightings = { name = { count =, its parts by
 * intervals ... } } }, and why if it could not look to the end */
static int finish(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    Monitor *self = check_monitor(lua, true);
    int status = bd_monitor_end(self->monitor, &err);
    self->looking = false;
    lua_createtable(lua, 0, 4);
    bd_result_integer(lua, "samples", bd_monitor_samples(self->monitor));
    set_sightings(lua, self->monitor);
    return status == 0 ? 1 : 1 + bd_lua_push_err(lua, &err);
}

static const luaL_Reg methods[] = {
    {"ask", ask}, {"begin", begin}, {"finish", finish}, {"round_trip", round_trip}, {NULL, NULL},
};

void bd_lua_open_monitor(lua_State *lua) {
    bd_object_register(lua, &monitor_type, methods);
    lua_pushcfunction(lua, open_monitor);
    lua_setfield(lua, -2, "monitor");
}
