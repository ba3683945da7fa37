/*
 * l_row.h - the row that a step's function is called with: the fields of a record, by name.
 */
#ifndef BD_L_ROW_H
#define BD_L_ROW_H

#include "input/record.h"

#include <lua.h>
#include <stdint.h>

/* The record that a task is on. A row is of use as long as the numbers are the same, and only to
 * the task whose function is running. */
typedef struct BdCurrent {
    BdRecord record;
    int64_t number; /* another one for every record, and when it is done */
} BdCurrent;

/* Push a row for the current record; *current must outlive it. */
void bd_lua_push_row(lua_State *lua, const BdCurrent *current);

/* Make the metatable: the list of the fields' names, and the name of the rest or nil, are on the
 * top of the stack. */
void bd_lua_open_row(lua_State *lua);

#endif
