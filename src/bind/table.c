#include "bind/table.h"

#include "core/clock.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_S    1e9 /* the longest time: 31 years, well inside of int64_t nanoseconds */
#define LONGEST_LIST 1000000

void bd_table_error(const BdTable *table, const char *fmt, ...) {
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    luaL_error(table->lua, "%s: %s", table->what, text);
    __builtin_unreachable();
}

static bool is_one_of(const char *name, const char *const *names) {
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

void bd_table_check_keys(const BdTable *table, const char *const *keys) {
    lua_State *lua = table->lua;
    lua_pushnil(lua);
    while (lua_next(lua, table->index) != 0) {
        lua_pop(lua, 1);
        if (lua_type(lua, -1) != LUA_TSTRING) {
            bd_table_error(table, "unknown key: a %s", luaL_typename(lua, -1));
        }
        if (!is_one_of(lua_tostring(lua, -1), keys)) {
            bd_table_error(table, "unknown key '%s'", lua_tostring(lua, -1));
        }
    }
}

BdTable bd_table_at(lua_State *lua, int index, const char *const *keys, const char *what, ...) {
    BdTable table = {.lua = lua, .index = lua_absindex(lua, index)};
    va_list args;
    va_start(args, what);
    vsnprintf(table.what, sizeof(table.what), what, args);
    va_end(args);
    if (!lua_istable(lua, index)) {
        bd_table_error(&table, "a table is wanted, not %s", luaL_typename(lua, index));
    }
    if (keys != NULL) {
        bd_table_check_keys(&table, keys);
    }
    return table;
}

/* Push the value of a key; returns its type. */
static int get(const BdTable *table, const char *key) {
    lua_pushstring(table->lua, key);
    return lua_rawget(table->lua, table->index);
}

bool bd_table_has(const BdTable *table, const char *key) {
    bool has = get(table, key) != LUA_TNIL;
    lua_pop(table->lua, 1);
    return has;
}

void bd_table_push(const BdTable *table, const char *key, int type) {
    if (get(table, key) != type) {
        bd_table_error(table, "'%s' must be a %s, not %s", key, lua_typename(table->lua, type),
                       luaL_typename(table->lua, -1));
    }
}

/* The string on the top of the stack, which is popped: a table holds it. */
static const char *pop_string(const BdTable *table, const char *name) {
    size_t bytes = 0;
    const char *text = lua_tolstring(table->lua, -1, &bytes);
    if (strlen(text) != bytes) {
        bd_table_error(table, "'%s' must not hold a zero byte", name);
    }
    lua_pop(table->lua, 1);
    return text;
}

const char *bd_table_string(const BdTable *table, const char *key) {
    bd_table_push(table, key, LUA_TSTRING);
    return pop_string(table, key);
}

const char *bd_table_string_or(const BdTable *table, const char *key, const char *otherwise) {
    return bd_table_has(table, key) ? bd_table_string(table, key) : otherwise;
}

lua_Integer bd_table_integer(const BdTable *table, const char *key, lua_Integer least,
                             lua_Integer most) {
    int whole = 0;
    bd_table_push(table, key, LUA_TNUMBER);
    lua_Integer value = lua_tointegerx(table->lua, -1, &whole);
    if (!whole || value < least || value > most) {
        bd_table_error(table,
                       "'%s' must be a whole number from " LUA_INTEGER_FMT " to " LUA_INTEGER_FMT
                       ", not %s",
                       key, least, most, luaL_tolstring(table->lua, -1, NULL));
    }
    lua_pop(table->lua, 1);
    return value;
}

lua_Integer bd_table_integer_or(const BdTable *table, const char *key, lua_Integer least,
                                lua_Integer most, lua_Integer otherwise) {
    return bd_table_has(table, key) ? bd_table_integer(table, key, least, most) : otherwise;
}

int64_t bd_table_seconds_ns(const BdTable *table, const char *key) {
    if (!bd_table_has(table, key)) {
        return 0;
    }
    bd_table_push(table, key, LUA_TNUMBER);
    lua_Number seconds = lua_tonumber(table->lua, -1);
    if (!(seconds >= 0 && seconds <= LONGEST_S)) {
        bd_table_error(table, "'%s' must be a number of seconds from 0 to %.0f, not %s", key,
                       LONGEST_S, luaL_tolstring(table->lua, -1, NULL));
    }
    lua_pop(table->lua, 1);
    return (int64_t)(seconds * (double)BD_NS_PER_S);
}

bool bd_table_boolean_or(const BdTable *table, const char *key, bool otherwise) {
    if (!bd_table_has(table, key)) {
        return otherwise;
    }
    bd_table_push(table, key, LUA_TBOOLEAN);
    bool value = lua_toboolean(table->lua, -1);
    lua_pop(table->lua, 1);
    return value;
}

int bd_table_choice(const BdTable *table, const char *key, const char *const *names) {
    const char *text = bd_table_string(table, key);
    for (int i = 0; names[i] != NULL; i++) {
        if (strcmp(text, names[i]) == 0) {
            return i;
        }
    }
    bd_table_error(table, "'%s' has the unknown value '%s'", key, text);
}

int bd_table_choice_or(const BdTable *table, const char *key, const char *const *names,
                       int otherwise) {
    return bd_table_has(table, key) ? bd_table_choice(table, key, names) : otherwise;
}

BdTable bd_table_push_list(const BdTable *table, const char *key, uint32_t *count) {
    bd_table_push(table, key, LUA_TTABLE);
    lua_Unsigned length = lua_rawlen(table->lua, -1);
    if (length > LONGEST_LIST) {
        bd_table_error(table, "'%s' is too long", key);
    }
    *count = (uint32_t)length;
    return bd_table_at(table->lua, -1, NULL, "%s, '%s'", table->what, key);
}

const char *bd_table_element(const BdTable *list, uint32_t i) {
    char name[16];
    snprintf(name, sizeof(name), "%u", (unsigned)i);
    if (lua_rawgeti(list->lua, list->index, i) != LUA_TSTRING) {
        bd_table_error(list, "element %s must be a string, not %s", name,
                       luaL_typename(list->lua, -1));
    }
    return pop_string(list, name);
}
