/*
 * answer_rows.h - the rows of an answer as Lua tables: column name -> value.
 *
 * Integers, floats and booleans are such in Lua; NULL is nil; anything else is the text that the
 * server sent. Reading a column that the answer has not raises.
 */
#ifndef BD_ANSWER_ROWS_H
#define BD_ANSWER_ROWS_H

#include "pg/answer.h"

#include <lua.h>
#include <stdbool.h>

/* Push one row, which must exist. */
void bd_lua_push_answer_row(lua_State *lua, const BdAnswer *answer, int row);

/* Push the list of all rows. Its field of a column's name is the list of that column's values,
 * whose length is what # says, also where there are nils. */
void bd_lua_push_answer_rows(lua_State *lua, const BdAnswer *answer);

/* Is the value at a stack index such a list of a column's values? */
bool bd_lua_is_column(lua_State *lua, int index);

/* Make the metatable; once per state. */
void bd_lua_open_answer_rows(lua_State *lua);

#endif
