/*
 * result_accounts.h - where a step's time went, as fields of the table on the top of the stack.
 */
#ifndef BD_RESULT_ACCOUNTS_H
#define BD_RESULT_ACCOUNTS_H

#include "run/accounts.h"

#include <lua.h>

/*
 * worker_seconds = { source =, client =, send =, server =, turn =, lua =, lock = }
 * threads        = { { wall_seconds =, waited_seconds =, cpu_user_seconds =, ... }, ... }
 * latency        = { count =, mean_seconds =, ..., quantiles = { { share =, seconds =, ... } } }
 * statement_latencies = { { sql =, count =, mean_seconds =, ... }, ... }, in the order of their use
 * untimed_statements = how many were executed that are in none of these; left out where it is 0
 * schedule       = { waited_seconds =, lag_mean_seconds =, lag_max_seconds =, service = { ... } }
 *
 * Latencies are left out where nothing was timed, the schedule where there is none.
 */
void bd_result_accounts(lua_State *lua, const BdAccounts *accounts);

/* source =, client =, send =, server =, turn =, into the table on the top of the stack. */
void bd_result_shares(lua_State *lua, const int64_t shares_ns[BD_SHARES]);

#endif
