/*
 * l_zip.h - zip files for Lua: core.zip_members and core.zip_writer.
 */
#ifndef BD_L_ZIP_H
#define BD_L_ZIP_H

#include <lua.h>

/* Make the metatable, and set the functions into the table on the top of the stack. */
void bd_lua_open_zip(lua_State *lua);

#endif
