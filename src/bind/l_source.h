/*
 * l_source.h - sources for Lua: core.source.delimited, .fixed, .count and .random, and the object
 * that they make.
 */
#ifndef BD_L_SOURCE_H
#define BD_L_SOURCE_H

#include "bind/notes.h"
#include "bind/object.h"
#include "input/source.h"

/* User values of a source. */
enum {
    BD_SOURCE_FIELDS = 1, /* list of the names of its fields */
    BD_SOURCE_REST        /* name of the list of all further fields, or nil */
};

typedef struct BdLuaSource {
    BdObject object;
    BdSource *source;
    BdBatch *batch; /* what next() reads from */
    uint32_t next;  /* the record of it that next() gives next; the one before is the current one */
    int64_t turn;   /* rises whenever the current record changes */
    bool used;      /* it was read from: a run would miss what was read */
    uint32_t fields; /* names of fields */
    BdErr failure;   /* what the source ended with, once the records before it were given */
    BdNotes rejects; /* noted by next() */
} BdLuaSource;

BdLuaSource *bd_lua_check_source(lua_State *lua, int arg);

/* NULL if the value is no source. */
BdLuaSource *bd_lua_test_source(lua_State *lua, int index);

/* The record that next() gave last; false if there is none. It lives until `turn` changes or the
 * source is closed. */
bool bd_lua_source_current(const BdLuaSource *self, BdRecord *record);

/* Raise if the source was read from; else note that it now is. */
void bd_lua_source_use(lua_State *lua, BdLuaSource *self);

/* Push a closed source, for a constructor to open. */
BdLuaSource *bd_lua_source_new(lua_State *lua);

/* source:read_all() */
int bd_lua_source_read_all(lua_State *lua);

/* Make the metatable, and set `source`, the table of constructors, into the table on the top of the
 * stack. */
void bd_lua_open_source(lua_State *lua);

/* Push the table of constructors. */
void bd_lua_push_source_kinds(lua_State *lua);

#endif
