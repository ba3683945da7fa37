/*
 * guard.h - what a C function holds while it calls Lua's interface, which may raise at any time.
 *
 * A guard is a block of memory on the Lua stack that is released when the function that pushed it
 * returns, or is left by an error: exactly once.
 */
#ifndef BD_GUARD_H
#define BD_GUARD_H

#include <lua.h>
#include <stddef.h>

/* Push a guard of so many bytes, set to zero, and return them. `release` gets them at the end, and
 * must cope with the zeroed state. The value must stay where it is on the stack. */
void *bd_guard_push(lua_State *lua, size_t bytes, void (*release)(void *data));

/* Push a block that Lua frees when nothing refers to it: room for an array of plain values. */
void *bd_scratch_push(lua_State *lua, size_t count, size_t size);

/* Make the metatable; once per state. */
void bd_guard_register(lua_State *lua);

#endif
