/*
 * copy.h - values from one Lua state to another: nil, booleans, integers, floats, strings, and
 * tables of these. Integers stay integers; strings may hold zero bytes.
 */
#ifndef BD_COPY_H
#define BD_COPY_H

#include <lua.h>

/*
 * Push a copy of the value at an absolute index of `from` onto `to`. Raises in `to` for a value
 * that cannot be copied, a table more than 16 deep, and when memory runs out; `from` is then left
 * with a few more values on its stack.
 */
void bd_lua_copy(lua_State *from, int index, lua_State *to);

#endif
