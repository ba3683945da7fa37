/*
 * From the table of a plan to the calls that build it: strict, with messages that name the
 * operation by its number, and the key. Numbers count from 1 in Lua and from 0 in C.
 */
#include "bind/l_plan.h"

#include "bind/guard.h"
#include "bind/table.h"

#include <inttypes.h>

#define MOST_NUMBER 65535 /* slots, loops, parameters */

typedef struct Reader {
    lua_State *lua;
    BdLuaPlan *self;
    BdTable plan;
    int field_index; /* stack index of: name of a field -> its number from 1 */
    BdErr *err;
} Reader;

static uint32_t number(const BdTable *table, const char *key) {
    return (uint32_t)bd_table_integer(table, key, 1, MOST_NUMBER) - 1;
}

/* A flag that can only be set: true = true. */
static void must_be_true(const BdTable *table, const char *key) {
    if (!bd_table_boolean_or(table, key, false)) {
        bd_table_error(table, "'%s' can only be true", key);
    }
}

static BdValue read_constant(const BdTable *param) {
    static const char *const keys[] = {"constant", NULL};
    bd_table_check_keys(param, keys);
    return (BdValue){.from = BD_VALUE_CONSTANT, .text = bd_table_string(param, "constant")};
}

static BdValue read_null(const BdTable *param) {
    static const char *const keys[] = {"null", NULL};
    bd_table_check_keys(param, keys);
    must_be_true(param, "null");
    return (BdValue){.from = BD_VALUE_CONSTANT, .text = NULL};
}

static BdValue read_field(const Reader *reader, const BdTable *param) {
    static const char *const keys[] = {"field", NULL};
    bd_table_check_keys(param, keys);
    const char *name = bd_table_string(param, "field");
    lua_pushstring(reader->lua, name);
    if (lua_rawget(reader->lua, reader->field_index) == LUA_TNIL) {
        bd_table_error(param, "the source has no field '%s'", name);
    }
    uint32_t index = (uint32_t)lua_tointeger(reader->lua, -1) - 1;
    lua_pop(reader->lua, 1);
    return (BdValue){.from = BD_VALUE_FIELD, .index = index};
}

static BdValue read_column(const BdTable *param) {
    static const char *const keys[] = {"slot", "column", "loop", NULL};
    bd_table_check_keys(param, keys);
    BdValue value = {.from = BD_VALUE_COLUMN};
    value.slot = number(param, "slot");
    value.text = bd_table_string(param, "column");
    if (bd_table_has(param, "loop")) {
        value.from = BD_VALUE_ITEM;
        value.loop = number(param, "loop");
    }
    return value;
}

static BdValue read_element(const BdTable *param) {
    static const char *const keys[] = {"element", "loop", NULL};
    bd_table_check_keys(param, keys);
    must_be_true(param, "element");
    return (BdValue){.from = BD_VALUE_ELEMENT, .loop = number(param, "loop")};
}

/* One parameter, on the top of the stack. One of five keys says what it is. */
static BdValue read_param(const Reader *reader, const BdTable *op, uint32_t i) {
    BdTable param = bd_table_at(reader->lua, -1, NULL, "%s, parameter %" PRIu32, op->what, i + 1);
    if (bd_table_has(&param, "constant")) {
        return read_constant(&param);
    }
    if (bd_table_has(&param, "null")) {
        return read_null(&param);
    }
    if (bd_table_has(&param, "field")) {
        return read_field(reader, &param);
    }
    if (bd_table_has(&param, "slot")) {
        return read_column(&param);
    }
    if (bd_table_has(&param, "element")) {
        return read_element(&param);
    }
    bd_table_error(&param, "one of 'constant', 'null', 'field', 'slot', 'element' is wanted");
}

/* Push an array of the operation's parameters. */
static const BdValue *push_params(const Reader *reader, const BdTable *op, uint32_t *count) {
    lua_State *lua = reader->lua;
    uint32_t length = 0;
    BdTable list = bd_table_push_list(op, "params", &length);
    *count = (uint32_t)bd_table_integer(op, "n", 0, MOST_NUMBER);
    if (length != *count) {
        bd_table_error(op, "'params' has %" PRIu32 " elements, but 'n' is %" PRIu32, length,
                       *count);
    }
    BdValue *values = bd_scratch_push(lua, length, sizeof(*values));
    for (uint32_t i = 0; i < length; i++) {
        lua_rawgeti(lua, list.index, (lua_Integer)i + 1);
        values[i] = read_param(reader, op, i);
        lua_pop(lua, 1);
    }
    return values;
}

static int read_statement(const Reader *reader, const BdTable *op, BdOpKind kind) {
    static const char *const keys[] = {"op", "where", "sql", "slot", "n", "params", NULL};
    static const char *const exec_keys[] = {"op", "where", "sql", "n", "params", NULL};
    bool fills = kind != BD_OP_EXEC;
    bd_table_check_keys(op, fills ? keys : exec_keys);
    const char *where = bd_table_string(op, "where");
    const char *sql = bd_table_string(op, "sql");
    uint32_t slot = fills ? number(op, "slot") : 0;
    uint32_t count = 0;
    const BdValue *values = push_params(reader, op, &count);
    return bd_plan_add_statement(reader->self->plan, kind, sql, values, count, slot, where,
                                 reader->err);
}

/* One list of a zip, on the top of the stack. */
static BdList read_list(const Reader *reader, const BdTable *op, uint32_t i) {
    static const char *const slot_keys[] = {"slot", NULL};
    static const char *const rest_keys[] = {"rest", NULL};
    BdTable list = bd_table_at(reader->lua, -1, NULL, "%s, list %" PRIu32, op->what, i + 1);
    bool slot = bd_table_has(&list, "slot");
    bd_table_check_keys(&list, slot ? slot_keys : rest_keys);
    if (slot) {
        return (BdList){.kind = BD_LIST_SLOT, .slot = number(&list, "slot")};
    }
    must_be_true(&list, "rest");
    return (BdList){.kind = BD_LIST_REST};
}

/* Push an array of the operation's lists. */
static const BdList *push_lists(const Reader *reader, const BdTable *op, uint32_t *count) {
    lua_State *lua = reader->lua;
    BdTable table = bd_table_push_list(op, "lists", count);
    BdList *lists = bd_scratch_push(lua, *count, sizeof(*lists));
    for (uint32_t i = 0; i < *count; i++) {
        lua_rawgeti(lua, table.index, (lua_Integer)i + 1);
        lists[i] = read_list(reader, op, i);
        lua_pop(lua, 1);
    }
    return lists;
}

static int read_insert(const Reader *reader, const BdTable *op) {
    static const char *const keys[] = {"op", "where",  "table", "columns", "sql",
                                       "n",  "params", "lists", "loop",    NULL};
    bd_table_check_keys(op, keys);
    uint32_t columns = 0;
    BdTable names = bd_table_push_list(op, "columns", &columns);
    const char **list = bd_scratch_push(reader->lua, columns, sizeof(*list));
    for (uint32_t i = 0; i < columns; i++) {
        list[i] = bd_table_element(&names, i + 1);
    }
    BdInsert insert = {.table = bd_table_string(op, "table"),
                       .columns = list,
                       .sql = bd_table_string(op, "sql"),
                       .loop = number(op, "loop")};
    insert.lists = push_lists(reader, op, &insert.list_count);
    insert.values = push_params(reader, op, &insert.count);
    if (insert.count != columns) {
        bd_table_error(op, "'columns' has %" PRIu32 " elements, but 'n' is %" PRIu32, columns,
                       insert.count);
    }
    return bd_plan_add_insert(reader->self->plan, &insert, bd_table_string(op, "where"),
                              reader->err);
}

static int read_zip(const Reader *reader, const BdTable *op) {
    static const char *const keys[] = {"op", "where", "loop", "lists", NULL};
    bd_table_check_keys(op, keys);
    const char *where = bd_table_string(op, "where");
    uint32_t loop = number(op, "loop");
    uint32_t count = 0;
    const BdList *lists = push_lists(reader, op, &count);
    return bd_plan_add_zip(reader->self->plan, lists, count, loop, where, reader->err);
}

static int read_end(const Reader *reader, const BdTable *op) {
    static const char *const keys[] = {"op", "where", "loop", NULL};
    bd_table_check_keys(op, keys);
    return bd_plan_add_end(reader->self->plan, number(op, "loop"), reader->err);
}

static int read_mark(const Reader *reader, const BdTable *op, BdOpKind kind) {
    static const char *const keys[] = {"op", "where", NULL};
    bd_table_check_keys(op, keys);
    return bd_plan_add_mark(reader->self->plan, kind, bd_table_string(op, "where"), reader->err);
}

/* One operation, on the top of the stack. */
static int read_op(const Reader *reader, uint32_t i) {
    static const char *const kinds[] = {
        [BD_OP_EXEC] = "exec",     [BD_OP_ONE] = "one",           [BD_OP_ALL] = "all",
        [BD_OP_CACHED] = "cached", [BD_OP_INSERT] = "insert",     [BD_OP_ZIP] = "zip",
        [BD_OP_END] = "end",       [BD_OP_PIPELINE] = "pipeline", [BD_OP_SYNC] = "sync",
        [BD_OP_BEGIN] = "begin",   [BD_OP_COMMIT] = "commit",     [BD_OP_COMMIT + 1] = NULL};
    BdTable op = bd_table_at(reader->lua, -1, NULL, "op %" PRIu32, i + 1);
    BdOpKind kind = (BdOpKind)bd_table_choice(&op, "op", kinds);
    switch (kind) {
    case BD_OP_INSERT:
        return read_insert(reader, &op);
    case BD_OP_ZIP:
        return read_zip(reader, &op);
    case BD_OP_END:
        return read_end(reader, &op);
    case BD_OP_PIPELINE:
    case BD_OP_SYNC:
    case BD_OP_BEGIN:
    case BD_OP_COMMIT:
        return read_mark(reader, &op, kind);
    default:
        return read_statement(reader, &op, kind);
    }
}

/* Keep the names of the fields with the plan, and leave name -> number on the stack. */
static uint32_t read_fields(Reader *reader) {
    lua_State *lua = reader->lua;
    uint32_t count = 0;
    BdTable list = bd_table_push_list(&reader->plan, "fields", &count);
    lua_createtable(lua, (int)count, 0);
    lua_createtable(lua, 0, (int)count);
    reader->field_index = lua_gettop(lua);
    for (uint32_t i = 1; i <= count; i++) {
        const char *name = bd_table_element(&list, i);
        lua_pushstring(lua, name);
        lua_rawseti(lua, -3, i);
        lua_pushstring(lua, name);
        lua_pushinteger(lua, i);
        lua_rawset(lua, -3);
    }
    lua_pushvalue(lua, -2);
    lua_setiuservalue(lua, 2, BD_PLAN_FIELDS);
    return count;
}

static int read_ops(const Reader *reader) {
    lua_State *lua = reader->lua;
    uint32_t count = 0;
    BdTable ops = bd_table_push_list(&reader->plan, "ops", &count);
    for (uint32_t i = 0; i < count; i++) {
        int top = lua_gettop(lua);
        lua_rawgeti(lua, ops.index, (lua_Integer)i + 1);
        if (read_op(reader, i) != 0) {
            return -1;
        }
        lua_settop(lua, top);
    }
    return 0;
}

int bd_lua_plan_read(lua_State *lua, BdLuaPlan *self, BdErr *err) {
    static const char *const keys[] = {"name", "fields", "rest", "ops", NULL};
    Reader reader = {.lua = lua, .self = self, .err = err};
    reader.plan = bd_table_at(lua, 1, keys, "core.plan");
    const char *name = bd_table_string(&reader.plan, "name");
    uint32_t fields = read_fields(&reader);
    self->rest = bd_table_boolean_or(&reader.plan, "rest", false);
    uint32_t rest = self->rest ? fields : UINT32_MAX;
    if (bd_plan_new(&self->plan, name, rest, err) != 0 || read_ops(&reader) != 0) {
        return -1;
    }
    return bd_plan_end(self->plan, err);
}
