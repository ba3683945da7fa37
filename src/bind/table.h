/*
 * table.h - tables of options, read strictly: an unknown key, a wrong type or a number out of range
 * is an error that names the table and the key.
 *
 * Reading is raw, so that what is read lives as long as the table holds it. Strings must not hold
 * zero bytes: they go to C. All functions leave the stack as it was, but for those that say push.
 */
#ifndef BD_TABLE_H
#define BD_TABLE_H

#include "core/attr.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct BdTable {
    lua_State *lua;
    int index;     /* on the stack, absolute */
    char what[80]; /* for messages: "core.pool", "op 3", "op 3, parameter 2" */
} BdTable;

/* The table at a stack index, called `what` in messages. keys: all that it may have, ended by NULL;
 * NULL: it is a list, or bd_table_check_keys() is called later. */
BdTable bd_table_at(lua_State *lua, int index, const char *const *keys, const char *what, ...)
    BD_PRINTF(4, 5);

/* Raise if the table has another key than these, which NULL ends. */
void bd_table_check_keys(const BdTable *table, const char *const *keys);

/* Raise "what: message". */
_Noreturn void bd_table_error(const BdTable *table, const char *fmt, ...) BD_PRINTF(2, 3);

bool bd_table_has(const BdTable *table, const char *key);

const char *bd_table_string(const BdTable *table, const char *key);
const char *bd_table_string_or(const BdTable *table, const char *key, const char *otherwise);

lua_Integer bd_table_integer(const BdTable *table, const char *key, lua_Integer least,
                             lua_Integer most);
lua_Integer bd_table_integer_or(const BdTable *table, const char *key, lua_Integer least,
                                lua_Integer most, lua_Integer otherwise);

/* A time in seconds, 0 or more, as nanoseconds; 0 where it is not given. */
int64_t bd_table_seconds_ns(const BdTable *table, const char *key);

bool bd_table_boolean_or(const BdTable *table, const char *key, bool otherwise);

/* The place of a string in `names`, which NULL ends; `otherwise` where it is not given. */
int bd_table_choice_or(const BdTable *table, const char *key, const char *const *names,
                       int otherwise);
int bd_table_choice(const BdTable *table, const char *key, const char *const *names);

/* Push the value of a key, which must be of the Lua type. */
void bd_table_push(const BdTable *table, const char *key, int type);

/* Push the table of a key and read it as a list; *count is its length. */
BdTable bd_table_push_list(const BdTable *table, const char *key, uint32_t *count);

/* Element i (from 1) of a list, as a string. */
const char *bd_table_element(const BdTable *list, uint32_t i);

#endif
