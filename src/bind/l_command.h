/*
 * l_command.h - running another program, for Lua: core.command.
 *
 *     core.command { argv = {...}, env = {"NAME=value", ...}, timeout = seconds (0: none) }
 *       -> { out=, err=, status= (nil if a signal ended it), signal= (nil if none), timed_out=,
 *            left_behind=, seconds=, cpu_user_seconds=, cpu_system_seconds=, peak_bytes= }
 *          | nil, message, info
 */
#ifndef BD_L_COMMAND_H
#define BD_L_COMMAND_H

#include <lua.h>

/* Set `command` into the table on the top of the stack. */
void bd_lua_open_command(lua_State *lua);

#endif
