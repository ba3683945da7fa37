#include "bind/l_plan.h"

#include "bind/fail.h"
#include "bind/l_player.h"
#include "bind/l_source.h"

static void release_plan(void *object) {
    BdLuaPlan *self = object;
    bd_plan_free(self->plan);
    self->plan = NULL;
}

static const BdType plan_type = {
    .name = BD_OBJECT_PREFIX "plan",
    .bytes = sizeof(BdLuaPlan),
    .values = BD_PLAN_FIELDS,
    .release = release_plan,
    .stays = true, /* for its players */
};

BdLuaPlan *bd_lua_check_plan(lua_State *lua, int arg) {
    return bd_object_check(lua, arg, &plan_type);
}

BdLuaPlan *bd_lua_test_plan(lua_State *lua, int index) {
    return bd_object_test(lua, index, &plan_type);
}

/* Are the lists on the top of the stack and below it the same? */
static bool equal_lists(lua_State *lua) {
    lua_Integer count = (lua_Integer)lua_rawlen(lua, -1);
    bool equal = count == (lua_Integer)lua_rawlen(lua, -2);
    for (lua_Integer i = 1; equal && i <= count; i++) {
        lua_rawgeti(lua, -1, i);
        lua_rawgeti(lua, -3, i);
        equal = lua_rawequal(lua, -1, -2);
        lua_pop(lua, 2);
    }
    return equal;
}

void bd_lua_plan_must_fit(lua_State *lua, int plan, int source) {
    const BdLuaPlan *self = lua_touserdata(lua, plan);
    lua_getiuservalue(lua, plan, BD_PLAN_FIELDS);
    lua_getiuservalue(lua, source, BD_SOURCE_FIELDS);
    bool fits = equal_lists(lua);
    fits = (lua_getiuservalue(lua, source, BD_SOURCE_REST) != LUA_TNIL) == self->rest && fits;
    lua_pop(lua, 3);
    if (!fits) {
        luaL_error(lua, "plan \"%s\" was made for a source with other fields",
                   bd_plan_name(self->plan));
    }
}

static int make_plan(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    lua_settop(lua, 1);
    BdLuaPlan *self = bd_object_new(lua, &plan_type);
    self->object.open = true; /* from here on the collector sees to what it holds */
    if (bd_lua_plan_read(lua, self, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    lua_settop(lua, 2);
    return 1;
}

static const luaL_Reg methods[] = {
    {"player", bd_lua_plan_player},
    {NULL, NULL},
};

void bd_lua_open_plan(lua_State *lua) {
    bd_object_register(lua, &plan_type, methods);
    lua_pushcfunction(lua, make_plan);
    lua_setfield(lua, -2, "plan");
}
