/*
 * text.h - arguments that become C strings.
 */
#ifndef BD_TEXT_H
#define BD_TEXT_H

#include "core/span.h"

#include <lua.h>

/* The argument as a string without zero bytes, or an error. Lives as long as the argument. */
const char *bd_lua_check_text(lua_State *lua, int arg);

/* The same; NULL where it is nil or none. */
const char *bd_lua_opt_text(lua_State *lua, int arg);

/* Of a number as text, with its end. */
#define BD_NUMBER_BYTES 32

/*
 * The argument as the value of an SQL parameter: a string, a number, a boolean, or NULL for nil.
 * Lives as long as the argument and room, into which numbers are written: BD_NUMBER_BYTES.
 */
BdSpan bd_lua_check_value(lua_State *lua, int arg, char *room);

#endif
