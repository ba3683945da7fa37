#include "bind/result_accounts.h"

#include "bind/result.h"

#define MOST_QUANTILES 400 /* of a walk: more than 60 halves are not possible */

static void set_seconds(lua_State *lua, const char *key, double ns) {
    lua_pushnumber(lua, ns / 1e9);
    lua_setfield(lua, -2, key);
}

/* The figures of a histogram, into the table on the top of the stack. */
static void set_figures(lua_State *lua, const BdHistogram *times) {
    static const struct {
        const char *key;
        double share;
    } quantiles[] = {{"p50_seconds", 0.5},
                     {"p90_seconds", 0.9},
                     {"p95_seconds", 0.95},
                     {"p99_seconds", 0.99},
                     {"p999_seconds", 0.999}};
    bd_result_integer(lua, "count", times->count);
    set_seconds(lua, "mean_seconds", bd_histogram_mean_ns(times));
    set_seconds(lua, "deviation_seconds", bd_histogram_deviation_ns(times));
    bd_result_seconds(lua, "min_seconds", times->least_ns);
    for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
        bd_result_seconds(lua, quantiles[i].key,
                          bd_histogram_quantile_ns(times, quantiles[i].share));
    }
    bd_result_seconds(lua, "max_seconds", times->most_ns);
}

static void set_quantiles(lua_State *lua, const BdHistogram *times) {
    BdQuantileWalk walk;
    BdQuantile quantile;
    lua_newtable(lua);
    bd_quantile_walk_begin(&walk, times);
    for (int i = 1; i <= MOST_QUANTILES && bd_quantile_walk_next(&walk, &quantile); i++) {
        lua_createtable(lua, 0, 3);
        lua_pushnumber(lua, quantile.share);
        lua_setfield(lua, -2, "share");
        bd_result_seconds(lua, "seconds", quantile.ns);
        bd_result_integer(lua, "count", quantile.count);
        lua_rawseti(lua, -2, i);
    }
    lua_setfield(lua, -2, "quantiles");
}

static void set_latencies(lua_State *lua, const BdAccounts *accounts) {
    if (accounts->units != NULL && accounts->units->count > 0) {
        lua_newtable(lua);
        set_figures(lua, accounts->units);
        set_quantiles(lua, accounts->units);
        lua_setfield(lua, -2, "latency");
    }
    lua_createtable(lua, (int)accounts->statements.count, 0);
    for (uint32_t i = 0; i < accounts->statements.count; i++) {
        const BdLatency *latency = &accounts->statements.list[i];
        lua_newtable(lua);
        lua_pushstring(lua, latency->name);
        lua_setfield(lua, -2, "sql");
        set_figures(lua, latency->times);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    lua_setfield(lua, -2, "statement_latencies");
    if (accounts->statements.dropped > 0) {
        bd_result_integer(lua, "untimed_statements", accounts->statements.dropped);
    }
}

void bd_result_shares(lua_State *lua, const int64_t shares_ns[BD_SHARES]) {
    static const char *const names[] = {[BD_SHARE_SOURCE] = "source",
                                        [BD_SHARE_CLIENT] = "client",
                                        [BD_SHARE_SEND] = "send",
                                        [BD_SHARE_SERVER] = "server",
                                        [BD_SHARE_TURN] = "turn"};
    for (int share = 0; share < BD_SHARES; share++) {
        bd_result_seconds(lua, names[share], shares_ns[share]);
    }
}

static void set_worker_seconds(lua_State *lua, const BdAccounts *accounts) {
    lua_newtable(lua);
    bd_result_shares(lua, accounts->shares_ns);
    bd_result_seconds(lua, "lua", accounts->lua_ns);
    bd_result_seconds(lua, "lock", accounts->lock_ns);
    lua_setfield(lua, -2, "worker_seconds");
}

static void set_threads(lua_State *lua, const BdAccounts *accounts) {
    lua_createtable(lua, (int)accounts->thread_count, 0);
    for (uint32_t i = 0; i < accounts->thread_count; i++) {
        const BdThreadUse *use = &accounts->threads[i];
        lua_createtable(lua, 0, 7);
        bd_result_seconds(lua, "wall_seconds", use->wall_ns);
        bd_result_seconds(lua, "waited_seconds", use->waited_ns);
        bd_result_seconds(lua, "cpu_user_seconds", use->user_ns);
        bd_result_seconds(lua, "cpu_system_seconds", use->system_ns);
        bd_result_integer(lua, "voluntary_switches", use->voluntary);
        bd_result_integer(lua, "involuntary_switches", use->involuntary);
        if (use->delay_ns >= 0) {
            bd_result_seconds(lua, "delay_seconds", use->delay_ns);
        }
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    lua_setfield(lua, -2, "threads");
}

/* How records kept to their schedule. */
static void set_schedule(lua_State *lua, const BdAccounts *accounts) {
    if (accounts->services == NULL) {
        return;
    }
    int64_t units = accounts->services->count;
    lua_newtable(lua);
    bd_result_seconds(lua, "waited_seconds", accounts->paced_ns);
    if (units > 0) {
        bd_result_seconds(lua, "lag_mean_seconds", accounts->lag_ns / units);
        bd_result_seconds(lua, "lag_max_seconds", accounts->most_lag_ns);
        lua_newtable(lua);
        set_figures(lua, accounts->services);
        lua_setfield(lua, -2, "service");
    }
    lua_setfield(lua, -2, "schedule");
}

void bd_result_accounts(lua_State *lua, const BdAccounts *accounts) {
    set_worker_seconds(lua, accounts);
    set_threads(lua, accounts);
    set_latencies(lua, accounts);
    set_schedule(lua, accounts);
}
