#include "bind/l_row.h"

#include "bind/interpreter.h"
#include "bind/object.h"

#include <lauxlib.h>

#define ROW BD_OBJECT_PREFIX "row"

typedef struct Row {
    const BdCurrent *current;
    int64_t number;
} Row;

/* Upvalues of __index: name of a field -> its number from 1, number of names, name of the rest. */
enum { NUMBERS = 1, COUNT, REST };

void bd_lua_push_row(lua_State *lua, const BdCurrent *current) {
    Row *row = lua_newuserdatauv(lua, sizeof(*row), 1);
    row->current = current;
    row->number = current->number;
    luaL_setmetatable(lua, ROW);
}

static const BdRecord *check_record(lua_State *lua) {
    const Row *row = luaL_checkudata(lua, 1, ROW);
    if (bd_interpreter_of(lua)->running != row->current || row->number != row->current->number) {
        luaL_error(lua, "this row belongs to another record, or to one that is done: rows cannot "
                        "be kept, but their values can");
    }
    return &row->current->record;
}

static void push_field(lua_State *lua, const BdRecord *record, uint32_t i) {
    lua_pushlstring(lua, bd_record_field(record, i), bd_record_length(record, i));
}

/* Push the list of the fields after the named ones: made once for a row, and kept with it. */
static void push_rest(lua_State *lua, const BdRecord *record) {
    if (lua_getiuservalue(lua, 1, 1) == LUA_TTABLE) {
        return;
    }
    uint32_t first = (uint32_t)lua_tointeger(lua, lua_upvalueindex(COUNT));
    int count = record->fields > first ? (int)(record->fields - first) : 0;
    lua_createtable(lua, count, 0);
    for (int i = 0; i < count; i++) {
        push_field(lua, record, first + (uint32_t)i);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    lua_pushvalue(lua, -1);
    lua_setiuservalue(lua, 1, 1);
}

static int row_index(lua_State *lua) {
    const BdRecord *record = check_record(lua);
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(NUMBERS)) != LUA_TNIL) {
        push_field(lua, record, (uint32_t)lua_tointeger(lua, -1) - 1);
    } else if (lua_rawequal(lua, 2, lua_upvalueindex(REST))) {
        push_rest(lua, record);
    } else {
        return luaL_error(lua, "the source has no field '%s'", luaL_tolstring(lua, 2, NULL));
    }
    return 1;
}

static int row_newindex(lua_State *lua) {
    return luaL_error(lua, "a row cannot be changed");
}

void bd_lua_open_row(lua_State *lua) {
    int rest = lua_gettop(lua);
    int fields = rest - 1;
    lua_Integer count = (lua_Integer)lua_rawlen(lua, fields);
    luaL_newmetatable(lua, ROW);
    lua_newtable(lua);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(lua, fields, i);
        lua_pushinteger(lua, i);
        lua_rawset(lua, -3);
    }
    lua_pushinteger(lua, count);
    lua_pushvalue(lua, rest);
    lua_pushcclosure(lua, row_index, REST);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, row_newindex);
    lua_setfield(lua, -2, "__newindex");
    lua_pop(lua, 1);
}
