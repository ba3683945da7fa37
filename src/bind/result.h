/*
 * result.h - numbers of a run as the fields of the table on the top of the stack.
 */
#ifndef BD_RESULT_H
#define BD_RESULT_H

#include "stats/rejects.h"

#include <lua.h>
#include <stdint.h>

void bd_result_integer(lua_State *lua, const char *key, int64_t value);

/* A time in nanoseconds, as seconds. */
void bd_result_seconds(lua_State *lua, const char *key, int64_t ns);

/* samples = {{file=, line=, reason=, sqlstate=}, ...} */
void bd_result_samples(lua_State *lua, const BdReject *samples, int count);

#endif
