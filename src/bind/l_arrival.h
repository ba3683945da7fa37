/*
 * l_arrival.h - what is to be verified, read from Lua, and what has arrived, for Lua.
 */
#ifndef BD_L_ARRIVAL_H
#define BD_L_ARRIVAL_H

#include "stats/arrival.h"

#include <lua.h>

/*
 * Read the table on the top of the stack: { tables = n, rows = { { name=, table= (from 1), columns
 * = { { value= (from 1), spelling=, limit= }, ... } }, ... } }. *out, which must be NULL before, is
 * the caller's however this ends. Raises what is wrong with the table.
 */
BD_MUSTCHECK int bd_lua_read_manifest(lua_State *lua, BdManifest **out, BdErr *err);

/*
 * Push { tables = { { acknowledged=, doubtful= (group from 0 -> { rows=, sum= }), unread = nil or {
 * column= (from 1), value= } }, ... }, unforeseen = nil or SQL, lost = boolean }.
 */
void bd_lua_push_arrival(lua_State *lua, const BdArrival *arrival);

#endif
