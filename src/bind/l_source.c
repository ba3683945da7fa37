#include "bind/l_source.h"

#include "bind/fail.h"
#include "bind/guard.h"
#include "core/interrupt.h"

#define NEXT_RECORDS 64 /* read ahead by next() */

static void release_source(void *object) {
    BdLuaSource *self = object;
    bd_notes_deinit(&self->rejects);
    bd_batch_free(self->batch); /* before the source, which owns the names of files */
    bd_source_close(self->source);
    self->batch = NULL;
    self->source = NULL;
    self->turn++;
}

static const BdType source_type = {
    .name = BD_OBJECT_PREFIX "source",
    .bytes = sizeof(BdLuaSource),
    .values = BD_SOURCE_REST,
    .release = release_source,
};

BdLuaSource *bd_lua_source_new(lua_State *lua) {
    return bd_object_new(lua, &source_type);
}

BdLuaSource *bd_lua_check_source(lua_State *lua, int arg) {
    return bd_object_check(lua, arg, &source_type);
}

BdLuaSource *bd_lua_test_source(lua_State *lua, int index) {
    return bd_object_test(lua, index, &source_type);
}

bool bd_lua_source_current(const BdLuaSource *self, BdRecord *record) {
    if (self->batch == NULL || self->next == 0) {
        return false;
    }
    *record = bd_batch_record(self->batch, self->next - 1);
    return true;
}

void bd_lua_source_use(lua_State *lua, BdLuaSource *self) {
    if (self->used) {
        luaL_error(lua, "the source was read from before: open it anew");
    }
    self->used = true;
}

static void release_text(void *text) {
    bd_buf_deinit(text);
}

static int check(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    const BdLuaSource *self = bd_lua_check_source(lua, 1);
    return bd_lua_done(lua, bd_source_check(self->source, &err), &err);
}

static void push_field(lua_State *lua, const BdRecord *record, uint32_t i) {
    lua_pushlstring(lua, bd_record_field(record, i), bd_record_length(record, i));
}

/* Push the record as a plain table: its fields by name, and the list of the rest. */
static void push_row(lua_State *lua, const BdLuaSource *self, const BdRecord *record) {
    lua_createtable(lua, 0, (int)self->fields + 1);
    int row = lua_gettop(lua);
    lua_getiuservalue(lua, 1, BD_SOURCE_FIELDS);
    for (uint32_t i = 0; i < self->fields; i++) {
        lua_rawgeti(lua, -1, (lua_Integer)i + 1);
        push_field(lua, record, i);
        lua_rawset(lua, row);
    }
    if (lua_getiuservalue(lua, 1, BD_SOURCE_REST) != LUA_TNIL) {
        lua_createtable(lua, (int)(record->fields - self->fields), 0);
        for (uint32_t i = self->fields; i < record->fields; i++) {
            push_field(lua, record, i);
            lua_rawseti(lua, -2, (lua_Integer)(i - self->fields) + 1);
        }
        lua_rawset(lua, row);
    }
    lua_settop(lua, row);
}

/* Fill the batch when all of it was given: 1, 0 at the end, -1 on failure. A failure is kept until
 * the records before it were given, and from then on: there is no way past it. */
static int refill(BdLuaSource *self) {
    if (self->next < bd_batch_size(self->batch)) {
        return 1;
    }
    BdRejectSink sink = {.reject = bd_notes_add, .context = &self->rejects};
    self->next = 0;
    bd_batch_reset(self->batch);
    int filled = self->failure.code == BD_E_NONE ? 1 : -1;
    while (filled > 0 && bd_batch_size(self->batch) == 0) {
        filled = bd_source_fill(self->source, self->batch, NEXT_RECORDS, sink, &self->failure);
        if (filled > 0 && bd_batch_size(self->batch) == 0 && bd_interrupted()) {
            filled = bd_err_set(&self->failure, BD_E_STOPPED, 0, "interrupted");
        }
    }
    return bd_batch_size(self->batch) > 0 ? 1 : filled;
}

static int next(lua_State *lua) {
    BdLuaSource *self = bd_lua_check_source(lua, 1);
    self->used = true;
    self->turn++;
    int filled = refill(self);
    if (filled < 0) {
        return bd_lua_fail(lua, &self->failure);
    }
    if (filled == 0) {
        lua_pushnil(lua);
        return 1;
    }
    BdRecord record = bd_batch_record(self->batch, self->next++);
    push_row(lua, self, &record);
    lua_pushstring(lua, record.file);
    lua_pushinteger(lua, record.line);
    return 3;
}

static int rejects(lua_State *lua) {
    BdLuaSource *self = bd_lua_check_source(lua, 1);
    lua_createtable(lua, self->rejects.count, 0);
    for (int i = 0; i < self->rejects.count; i++) {
        const BdNote *note = &self->rejects.kept[i];
        lua_createtable(lua, 0, 3);
        lua_pushstring(lua, note->file);
        lua_setfield(lua, -2, "file");
        lua_pushinteger(lua, note->line);
        lua_setfield(lua, -2, "line");
        lua_pushstring(lua, note->reason);
        lua_setfield(lua, -2, "reason");
        lua_rawseti(lua, -2, i + 1);
    }
    bd_notes_reset(&self->rejects);
    lua_pushinteger(lua, self->rejects.total);
    return 2;
}

static int fields(lua_State *lua) {
    const BdLuaSource *self = bd_lua_check_source(lua, 1);
    lua_createtable(lua, (int)self->fields, 0); /* a copy: the script may change it */
    lua_getiuservalue(lua, 1, BD_SOURCE_FIELDS);
    for (lua_Integer i = 1; i <= self->fields; i++) {
        lua_rawgeti(lua, -1, i);
        lua_rawseti(lua, -3, i);
    }
    lua_pop(lua, 1);
    lua_getiuservalue(lua, 1, BD_SOURCE_REST);
    return 2;
}

static int ending(lua_State *lua) {
    lua_pushstring(lua, bd_source_ending(bd_lua_check_source(lua, 1)->source));
    return 1;
}

static int push_bytes(lua_State *lua, int64_t count) {
    if (count < 0) {
        lua_pushnil(lua);
    } else {
        lua_pushinteger(lua, count);
    }
    return 1;
}

static int bytes(lua_State *lua) {
    return push_bytes(lua, bd_source_bytes(bd_lua_check_source(lua, 1)->source));
}

static int total_bytes(lua_State *lua) {
    return push_bytes(lua, bd_source_total_bytes(bd_lua_check_source(lua, 1)->source));
}

static int describe(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    const BdLuaSource *self = bd_lua_check_source(lua, 1);
    BdBuf *text = bd_guard_push(lua, sizeof(*text), release_text);
    if (bd_source_describe(self->source, text, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    lua_pushlstring(lua, text->p, text->len);
    return 1;
}

static const luaL_Reg methods[] = {
    {"describe", describe},
    {"check", check},
    {"next", next},
    {"rejects", rejects},
    {"read_all", bd_lua_source_read_all},
    {"fields", fields},
    {"ending", ending},
    {"bytes", bytes},
    {"total_bytes", total_bytes},
    {NULL, NULL},
};

void bd_lua_open_source(lua_State *lua) {
    bd_object_register(lua, &source_type, methods);
    bd_lua_push_source_kinds(lua);
    lua_setfield(lua, -2, "source");
}
