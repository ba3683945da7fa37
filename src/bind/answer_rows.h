/*
 * answer_rows.h - the rows of an answer as Lua tables: column name -> value.
 *
 * Integers, floats and booleans are such in Lua; NULL is nil; anything else is the text that the
 * server sent.
 */
#ifndef BD_ANSWER_ROWS_H
#define BD_ANSWER_ROWS_H

#include "pg/answer.h"

#include <lua.h>

/* Push one row, which must exist. */
void bd_lua_push_answer_row(lua_State *lua, const BdAnswer *answer, int row);

/* Push the list of all rows. */
void bd_lua_push_answer_rows(lua_State *lua, const BdAnswer *answer);

#endif
