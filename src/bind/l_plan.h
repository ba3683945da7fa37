/*
 * l_plan.h - plans for Lua: core.plan and the object it makes.
 */
#ifndef BD_L_PLAN_H
#define BD_L_PLAN_H

#include "bind/object.h"
#include "run/plan.h"

/* User value of a plan: the list of the names of the fields that it expects. */
#define BD_PLAN_FIELDS 1

typedef struct BdLuaPlan {
    BdObject object;
    BdPlan *plan;
    bool rest; /* it expects a list after the fields */
} BdLuaPlan;

BdLuaPlan *bd_lua_check_plan(lua_State *lua, int arg);

/* NULL if the value is no plan. */
BdLuaPlan *bd_lua_test_plan(lua_State *lua, int index);

/* Raise if the plan at one stack index was not made for the fields of the source at the other. */
void bd_lua_plan_must_fit(lua_State *lua, int plan, int source);

/* Read the plan at stack index 1 (see the face of core.plan) into *self, which is at index 2: 0, or
 * -1 with *err. Wrong use raises. */
BD_MUSTCHECK int bd_lua_plan_read(lua_State *lua, BdLuaPlan *self, BdErr *err);

/* Make the metatable, and set `plan` into the table on the top of the stack. */
void bd_lua_open_plan(lua_State *lua);

#endif
