/*
 * The constructors of sources: core.source.delimited, .fixed, .count and .random. Strings and
 * arrays handed to C are borrowed from the table of options, which stays on the stack; what is
 * opened goes into the source's userdata at once.
 */
#include "bind/l_source.h"

#include "bind/fail.h"
#include "bind/guard.h"
#include "bind/table.h"
#include "input/lines.h"

#include <string.h>

#define MOST_FIELDS 1000000

typedef struct Files {
    const BdSourceFile *list;
    size_t count;
} Files;

static const char *const file_keys[] = {"path", "member", NULL};
static const char *const rest_file_keys[] = {"path", "member", "rest_count", NULL};

/* Read files = {{path=, member=, rest_count=}, ...}; leaves the list and its memory on the stack.
 * fields: those before the rest. */
static Files push_files(const BdTable *opts, const char *const *keys, uint32_t fields) {
    lua_State *lua = opts->lua;
    uint32_t count = 0;
    BdTable list = bd_table_push_list(opts, "files", &count);
    if (count == 0) {
        bd_table_error(opts, "'files' is empty");
    }
    BdSourceFile *files = bd_scratch_push(lua, count, sizeof(*files));
    for (uint32_t i = 0; i < count; i++) {
        lua_rawgeti(lua, list.index, (lua_Integer)i + 1);
        BdTable file = bd_table_at(lua, -1, keys, "%s, file %u", opts->what, (unsigned)i + 1);
        files[i].path = bd_table_string(&file, "path");
        files[i].member = bd_table_string_or(&file, "member", NULL);
        if (bd_table_has(&file, "rest_count")) {
            files[i].fields =
                fields + (uint32_t)bd_table_integer(&file, "rest_count", 1, MOST_FIELDS);
        }
        lua_pop(lua, 1);
    }
    return (Files){.list = files, .count = count};
}

/* Add the name on the top of the stack to the source's fields; pops it. names: stack index of them,
 * and `seen` of the set of them. */
static void add_field(const BdTable *opts, BdLuaSource *self, int names, int seen) {
    lua_State *lua = opts->lua;
    lua_pushvalue(lua, -1);
    if (lua_rawget(lua, seen) != LUA_TNIL) {
        bd_table_error(opts, "field '%s' is named twice", lua_tostring(lua, -2));
    }
    lua_pop(lua, 1);
    lua_pushvalue(lua, -1);
    lua_pushboolean(lua, 1);
    lua_rawset(lua, seen);
    lua_rawseti(lua, names, (lua_Integer)++self->fields);
}

/* Take over the names of the fields, from a list of strings, and the name of the rest. The source
 * is at stack index 2. */
static void set_fields(const BdTable *opts, BdLuaSource *self, const BdTable *list, uint32_t count,
                       const char *rest) {
    lua_State *lua = opts->lua;
    lua_createtable(lua, (int)count, 0);
    int names = lua_gettop(lua);
    lua_newtable(lua);
    for (uint32_t i = 1; i <= count; i++) {
        lua_pushstring(lua, bd_table_element(list, i));
        add_field(opts, self, names, names + 1);
    }
    if (rest != NULL) {
        lua_pushstring(lua, rest);
        lua_pushvalue(lua, -1);
        if (lua_rawget(lua, names + 1) != LUA_TNIL) {
            bd_table_error(opts, "field '%s' is named twice", rest);
        }
        lua_pop(lua, 1);
        lua_setiuservalue(lua, 2, BD_SOURCE_REST);
    }
    lua_pushvalue(lua, names);
    lua_setiuservalue(lua, 2, BD_SOURCE_FIELDS);
    lua_settop(lua, names - 1);
}

/* The end of each constructor; the source is at stack index 2. */
static int opened(lua_State *lua, BdLuaSource *self, int result, BdErr *err) {
    if (result != 0) {
        return bd_lua_fail(lua, err);
    }
    self->object.open = true;
    if (bd_batch_new(&self->batch, err) != 0) {
        return bd_lua_fail(lua, err);
    }
    lua_settop(lua, 2);
    return 1;
}

static char delimiter_of(const BdTable *opts) {
    const char *text = bd_table_string_or(opts, "delimiter", ",");
    if (strlen(text) != 1 || strchr("\r\n", text[0]) != NULL) {
        bd_table_error(opts, "'delimiter' must be one byte, and no line end");
    }
    return text[0];
}

/* How many fields a line has, and which of them are numbers. */
static BdDelimited format_of(const BdTable *opts, uint32_t fields, bool rest) {
    BdDelimited format = {.delimiter = delimiter_of(opts)};
    if (!rest && (bd_table_has(opts, "rest_min") || bd_table_has(opts, "rest_max"))) {
        bd_table_error(opts, "'rest_min' and 'rest_max' are of use with 'rest' only");
    }
    lua_Integer least = bd_table_integer_or(opts, "rest_min", 0, MOST_FIELDS, 0);
    format.min_fields = fields + (uint32_t)least;
    format.max_fields = rest ? UINT32_MAX : fields;
    if (bd_table_has(opts, "rest_max")) {
        format.max_fields =
            fields + (uint32_t)bd_table_integer(opts, "rest_max", least, MOST_FIELDS);
    }
    lua_Integer from = bd_table_integer_or(opts, "numbers_from", 1, MOST_FIELDS, 0);
    format.number_from = from == 0 ? UINT32_MAX : (uint32_t)(from - 1);
    return format;
}

static int delimited(lua_State *lua) {
    static const char *const keys[] = {"files",    "delimiter", "fields",       "rest",
                                       "rest_min", "rest_max",  "numbers_from", NULL};
    BdErr err = BD_ERR_INIT;
    lua_settop(lua, 1);
    BdTable opts = bd_table_at(lua, 1, keys, "source.delimited");
    BdLuaSource *self = bd_lua_source_new(lua);
    uint32_t count = 0;
    BdTable list = bd_table_push_list(&opts, "fields", &count);
    const char *rest = bd_table_string_or(&opts, "rest", NULL);
    if (count == 0 && rest == NULL) {
        bd_table_error(&opts, "'fields' is empty");
    }
    set_fields(&opts, self, &list, count, rest);
    BdDelimited format = format_of(&opts, count, rest != NULL);
    Files files = push_files(&opts, rest != NULL ? rest_file_keys : file_keys, count);
    int result = bd_source_open_delimited(&self->source, files.list, files.count, &format, &err);
    return opened(lua, self, result, &err);
}

/* Read columns = {{name=, start=, length=}, ...}: the columns go to an array that stays on the
 * stack, the names to the source. */
static BdColumn *push_columns(const BdTable *opts, BdLuaSource *self, BdFixed *format) {
    static const char *const keys[] = {"name", "start", "length", NULL};
    lua_State *lua = opts->lua;
    BdTable list = bd_table_push_list(opts, "columns", &format->count);
    if (format->count == 0) {
        bd_table_error(opts, "'columns' is empty");
    }
    BdColumn *columns = bd_scratch_push(lua, format->count, sizeof(*columns));
    lua_createtable(lua, (int)format->count, 0);
    int names = lua_gettop(lua);
    for (uint32_t i = 0; i < format->count; i++) {
        lua_rawgeti(lua, list.index, (lua_Integer)i + 1);
        BdTable column = bd_table_at(lua, -1, keys, "%s, column %u", opts->what, (unsigned)i + 1);
        lua_pushstring(lua, bd_table_string(&column, "name"));
        lua_rawseti(lua, names, (lua_Integer)i + 1);
        lua_Integer start = bd_table_integer(&column, "start", 1, format->line_bytes);
        lua_Integer most = format->line_bytes - start + 1;
        columns[i].start = (uint32_t)(start - 1);
        columns[i].width = (uint32_t)bd_table_integer(&column, "length", 1, most);
        lua_pop(lua, 1);
    }
    BdTable name_list = bd_table_at(lua, names, NULL, "%s", opts->what);
    set_fields(opts, self, &name_list, format->count, NULL);
    return columns;
}

static int fixed(lua_State *lua) {
    static const char *const keys[] = {"files", "line_bytes", "columns", NULL};
    BdErr err = BD_ERR_INIT;
    lua_settop(lua, 1);
    BdTable opts = bd_table_at(lua, 1, keys, "source.fixed");
    BdLuaSource *self = bd_lua_source_new(lua);
    BdFixed format = {0};
    format.line_bytes = (uint32_t)bd_table_integer(&opts, "line_bytes", 1, BD_LINE_MAX_BYTES);
    format.columns = push_columns(&opts, self, &format);
    Files files = push_files(&opts, file_keys, 0);
    int result = bd_source_open_fixed(&self->source, files.list, files.count, &format, &err);
    return opened(lua, self, result, &err);
}

static int count_up(lua_State *lua) {
    static const char *const keys[] = {"count", "field", NULL};
    BdErr err = BD_ERR_INIT;
    lua_settop(lua, 1);
    BdTable opts = bd_table_at(lua, 1, keys, "source.count");
    BdLuaSource *self = bd_lua_source_new(lua);
    int64_t count = bd_table_integer(&opts, "count", 0, INT64_MAX);
    lua_createtable(lua, 1, 0);
    lua_pushstring(lua, bd_table_string_or(&opts, "field", "n"));
    lua_rawseti(lua, -2, 1);
    BdTable names = bd_table_at(lua, -1, NULL, "%s", opts.what);
    set_fields(&opts, self, &names, 1, NULL);
    return opened(lua, self, bd_source_open_count(&self->source, count, &err), &err);
}

static const char *const draw_kinds[] = {"sequence", "uniform", "zipfian",
                                         "gaussian", "text",    NULL};

#define MOST_APART ((lua_Integer)1 << 52)
#define MOST_TEXT  100000

/* Read {name=, kind=, low=, high=, exponent=}. */
static BdDraw read_draw(const BdTable *column) {
    BdDraw draw = {.kind = (BdDrawKind)bd_table_choice(column, "kind", draw_kinds)};
    bool text = draw.kind == BD_DRAW_TEXT;
    draw.low = bd_table_integer(column, "low", text ? 0 : -MOST_APART / 2,
                                text ? MOST_TEXT : MOST_APART / 2);
    draw.high = bd_table_integer(column, "high", draw.low, text ? MOST_TEXT : MOST_APART / 2);
    bd_table_push(column, "exponent", LUA_TNUMBER);
    draw.exponent = lua_tonumber(column->lua, -1);
    lua_pop(column->lua, 1);
    if (!(draw.exponent > 0 && draw.exponent < 1000)) {
        bd_table_error(column, "'exponent' must be above 0");
    }
    return draw;
}

static int draw_fields(lua_State *lua) {
    static const char *const keys[] = {"count", "seed", "columns", NULL};
    static const char *const column_keys[] = {"name", "kind", "low", "high", "exponent", NULL};
    BdErr err = BD_ERR_INIT;
    lua_settop(lua, 1);
    BdTable opts = bd_table_at(lua, 1, keys, "source.random");
    BdLuaSource *self = bd_lua_source_new(lua);
    int64_t count = bd_table_integer(&opts, "count", 0, INT64_MAX);
    int64_t seed = bd_table_integer(&opts, "seed", INT64_MIN, INT64_MAX);
    uint32_t fields = 0;
    BdTable list = bd_table_push_list(&opts, "columns", &fields);
    if (fields == 0 || fields > MOST_FIELDS) {
        bd_table_error(&opts, "'columns' must have 1 to %d columns", MOST_FIELDS);
    }
    BdDraw *draws = bd_scratch_push(lua, fields, sizeof(*draws));
    lua_createtable(lua, (int)fields, 0);
    int names = lua_gettop(lua);
    for (uint32_t i = 0; i < fields; i++) {
        lua_rawgeti(lua, list.index, (lua_Integer)i + 1);
        BdTable column =
            bd_table_at(lua, -1, column_keys, "%s, column %u", opts.what, (unsigned)i + 1);
        lua_pushstring(lua, bd_table_string(&column, "name"));
        lua_rawseti(lua, names, (lua_Integer)i + 1);
        draws[i] = read_draw(&column);
        lua_pop(lua, 1);
    }
    BdTable name_list = bd_table_at(lua, names, NULL, "%s", opts.what);
    set_fields(&opts, self, &name_list, fields, NULL);
    int result = bd_source_open_random(&self->source, draws, fields, count, (uint64_t)seed, &err);
    return opened(lua, self, result, &err);
}

void bd_lua_push_source_kinds(lua_State *lua) {
    static const luaL_Reg kinds[] = {{"delimited", delimited},
                                     {"fixed", fixed},
                                     {"count", count_up},
                                     {"random", draw_fields},
                                     {NULL, NULL}};
    luaL_newlib(lua, kinds);
}
