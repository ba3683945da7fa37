#include "bind/l_arrival.h"

#include "bind/guard.h"
#include "bind/result.h"
#include "bind/table.h"

#include <inttypes.h>

#define MOST_TABLES 1000
#define MOST_VALUES 65535

/* A column, on the top of the stack. */
static BdManifestColumn read_column(lua_State *lua, uint32_t i, uint32_t j) {
    static const char *const keys[] = {"value", "spelling", "limit", NULL};
    static const char *const kinds[] = {
        [BD_SPELLING_TEXT] = "text",           [BD_SPELLING_VARCHAR] = "varchar",
        [BD_SPELLING_CHAR] = "char",           [BD_SPELLING_INTEGER] = "integer",
        [BD_SPELLING_NUMERIC] = "numeric",     [BD_SPELLING_BOOL] = "bool",
        [BD_SPELLING_UUID] = "uuid",           [BD_SPELLING_DATE] = "date",
        [BD_SPELLING_TIMESTAMP] = "timestamp", [BD_SPELLING_TIMESTAMP + 1] = NULL};
    BdTable table =
        bd_table_at(lua, -1, keys, "verify, row %" PRIu32 ", column %" PRIu32, i + 1, j + 1);
    BdManifestColumn column = {
        .value = (uint32_t)bd_table_integer(&table, "value", 1, MOST_VALUES) - 1,
    };
    column.spelling.kind = (BdSpellingKind)bd_table_choice(&table, "spelling", kinds);
    column.spelling.limit = (int32_t)bd_table_integer(&table, "limit", -1, INT32_MAX);
    return column;
}

/* A row, on the top of the stack. */
static int read_row(lua_State *lua, uint32_t i, BdManifest *manifest, BdErr *err) {
    static const char *const keys[] = {"name", "table", "columns", NULL};
    BdTable row = bd_table_at(lua, -1, keys, "verify, row %" PRIu32, i + 1);
    const char *name = bd_table_string(&row, "name");
    uint32_t table = (uint32_t)bd_table_integer(&row, "table", 1, manifest->tables) - 1;
    uint32_t count = 0;
    BdTable list = bd_table_push_list(&row, "columns", &count);
    BdManifestColumn *columns = bd_scratch_push(lua, count, sizeof(*columns));
    for (uint32_t j = 0; j < count; j++) {
        lua_rawgeti(lua, list.index, (lua_Integer)j + 1);
        columns[j] = read_column(lua, i, j);
        lua_pop(lua, 1);
    }
    return bd_manifest_add(manifest, name, table, columns, count, err);
}

int bd_lua_read_manifest(lua_State *lua, BdManifest **out, BdErr *err) {
    static const char *const keys[] = {"tables", "rows", NULL};
    BdTable table = bd_table_at(lua, -1, keys, "pool:run, verify");
    uint32_t tables = (uint32_t)bd_table_integer(&table, "tables", 0, MOST_TABLES);
    uint32_t count = 0;
    BdTable rows = bd_table_push_list(&table, "rows", &count);
    if (bd_manifest_new(out, tables, err) != 0) {
        return -1;
    }
    for (uint32_t i = 0; i < count; i++) {
        int top = lua_gettop(lua);
        lua_rawgeti(lua, rows.index, (lua_Integer)i + 1);
        if (read_row(lua, i, *out, err) != 0) {
            return -1;
        }
        lua_settop(lua, top);
    }
    return 0;
}

/* Set groups that are not empty as a field of the table on the top of the stack. */
static void set_tallies(lua_State *lua, const char *key, const BdTally *tallies) {
    lua_newtable(lua);
    for (int i = 0; i < BD_ARRIVAL_GROUPS; i++) {
        if (tallies[i].rows > 0) {
            lua_createtable(lua, 0, 2);
            bd_result_integer(lua, "rows", tallies[i].rows);
            bd_result_integer(lua, "sum", (int64_t)tallies[i].sum);
            lua_rawseti(lua, -2, i);
        }
    }
    lua_setfield(lua, -2, key);
}

static void push_table(lua_State *lua, const BdArrival *arrival, uint32_t i) {
    const BdUnread *unread = &arrival->unread[i];
    lua_createtable(lua, 0, 3);
    set_tallies(lua, "acknowledged", arrival->acknowledged + (size_t)i * BD_ARRIVAL_GROUPS);
    set_tallies(lua, "doubtful", arrival->doubtful + (size_t)i * BD_ARRIVAL_GROUPS);
    if (unread->acknowledged) {
        lua_createtable(lua, 0, 2);
        bd_result_integer(lua, "column", (int64_t)unread->column + 1);
        lua_pushstring(lua, unread->value);
        lua_setfield(lua, -2, "value");
        lua_setfield(lua, -2, "unread");
    }
}

void bd_lua_push_arrival(lua_State *lua, const BdArrival *arrival) {
    lua_createtable(lua, 0, 3);
    lua_newtable(lua);
    for (uint32_t i = 0; i < arrival->manifest->tables; i++) {
        push_table(lua, arrival, i);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    lua_setfield(lua, -2, "tables");
    lua_pushstring(lua, arrival->unforeseen); /* nil for NULL */
    lua_setfield(lua, -2, "unforeseen");
    lua_pushboolean(lua, arrival->lost);
    lua_setfield(lua, -2, "lost");
}
