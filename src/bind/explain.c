#include "bind/explain.h"

#include "bind/l_db.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* Does the text name a place, "file:12:"? */
static bool has_place(const char *text) {
    for (const char *colon = strchr(text, ':'); colon != NULL; colon = strchr(colon + 1, ':')) {
        size_t digits = strspn(colon + 1, "0123456789");
        if (digits > 0 && colon[1 + digits] == ':') {
            return true;
        }
    }
    return false;
}

/* Where the coroutine stands in the scenario, "file:12: "; "" if that cannot be said. Allocates
 * nothing. */
static void find_place(lua_State *lua, char *place, size_t size) {
    lua_Debug where;
    place[0] = '\0';
    for (int level = 0; lua_getstack(lua, level, &where) != 0; level++) {
        if (lua_getinfo(lua, "Sl", &where) != 0 && where.currentline > 0) {
            snprintf(place, size, "%s:%d: ", where.short_src, where.currentline);
            return;
        }
    }
}

void bd_lua_explain(lua_State *lua, int status, bool stopped, BdErr *err) {
    char place[LUA_IDSIZE + 16];
    const BdErr *known = bd_lua_db_error(lua, -1);
    find_place(lua, place, sizeof(place));
    if (stopped) {
        bd_err_set(err, BD_E_STOPPED, 0, "%sthe function was stopped", place);
    } else if (status == LUA_YIELD) {
        bd_err_set(err, BD_E_CONFIG, 0, "%sthe function yields: only calls of db may wait", place);
    } else if (status == LUA_ERRMEM) {
        bd_err_set(err, BD_E_NOMEM, 0, "%sthe interpreter needs more memory than --lua-memory",
                   place);
    } else if (known != NULL) {
        *err = *known;
    } else if (lua_type(lua, -1) == LUA_TSTRING) {
        const char *text = lua_tostring(lua, -1);
        bd_err_set(err, BD_E_CONFIG, 0, "%s%s", has_place(text) ? "" : place, text);
    } else {
        bd_err_set(err, BD_E_CONFIG, 0, "%sa %s was raised, which is no message", place,
                   luaL_typename(lua, -1));
    }
}
