#include "bind/l_zip.h"

#include "bind/fail.h"
#include "bind/guard.h"
#include "bind/object.h"
#include "bind/result.h"
#include "bind/text.h"
#include "input/stream.h"
#include "input/zip_writer.h"

/* ---- members ---- */

typedef struct Members {
    BdZipMember *list;
    size_t count;
} Members;

static void release_members(void *data) {
    Members *members = data;
    bd_zip_members_free(members->list, members->count);
}

static int zip_members(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    const char *path = bd_lua_check_text(lua, 1);
    Members *members = bd_guard_push(lua, sizeof(*members), release_members);
    if (bd_zip_members(&members->list, &members->count, path, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    lua_createtable(lua, (int)members->count, 0);
    for (size_t i = 0; i < members->count; i++) {
        const BdZipMember *member = &members->list[i];
        lua_createtable(lua, 0, 3);
        lua_pushstring(lua, member->name);
        lua_setfield(lua, -2, "name");
        bd_result_integer(lua, "bytes", member->bytes);
        bd_result_integer(lua, "compressed_bytes", member->compressed_bytes);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ---- writer ---- */

typedef struct Writer {
    BdObject object;
    BdZipWriter *writer;
} Writer;

/* Left open by the script: the file is ended all the same, and nobody hears of a failure. */
static void release_writer(void *object) {
    Writer *self = object;
    BdZipWriter *writer = self->writer;
    self->writer = NULL;
    bd_zip_writer_close(writer, NULL);
}

static const BdType writer_type = {
    .name = BD_OBJECT_PREFIX "zip_writer",
    .bytes = sizeof(Writer),
    .release = release_writer,
};

static int zip_writer(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    const char *path = bd_lua_check_text(lua, 1);
    const char *member = bd_lua_check_text(lua, 2);
    Writer *self = bd_object_new(lua, &writer_type);
    if (bd_zip_writer_open(&self->writer, path, member, &err) != 0) {
        return bd_lua_fail(lua, &err);
    }
    self->object.open = true;
    return 1;
}

static int write_text(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    size_t bytes = 0;
    Writer *self = bd_object_check(lua, 1, &writer_type);
    luaL_checktype(lua, 2, LUA_TSTRING);
    const char *text = lua_tolstring(lua, 2, &bytes);
    return bd_lua_done(lua, bd_zip_writer_write(self->writer, text, bytes, &err), &err);
}

/* As release_writer(), but the script hears of a failure. A second close does nothing. */
static int close_writer(lua_State *lua) {
    BdErr err = BD_ERR_INIT;
    int result = 0;
    Writer *self = luaL_checkudata(lua, 1, writer_type.name);
    if (self->object.open) {
        BdZipWriter *writer = self->writer;
        self->object.open = false;
        self->writer = NULL;
        result = bd_zip_writer_close(writer, &err);
    }
    return bd_lua_done(lua, result, &err);
}

static const luaL_Reg methods[] = {
    {"write", write_text},
    {"close", close_writer},
    {NULL, NULL},
};

void bd_lua_open_zip(lua_State *lua) {
    bd_object_register(lua, &writer_type, methods);
    lua_pushcfunction(lua, zip_members);
    lua_setfield(lua, -2, "zip_members");
    lua_pushcfunction(lua, zip_writer);
    lua_setfield(lua, -2, "zip_writer");
}
