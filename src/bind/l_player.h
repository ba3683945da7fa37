/*
 * l_player.h - a plan played without a server, request by request: how a plan is proved.
 */
#ifndef BD_L_PLAYER_H
#define BD_L_PLAYER_H

#include "bind/object.h"

/* plan:player(source) */
int bd_lua_plan_player(lua_State *lua);

/* Make the metatable. */
void bd_lua_open_player(lua_State *lua);

#endif
