/*
 * l_db_impl.h - the inside of db, for the files that make it.
 */
#ifndef BD_L_DB_IMPL_H
#define BD_L_DB_IMPL_H

#include "bind/l_db.h"

/* The BdAsk of the db at stack index 1, if it is of use here and now, or an error. The metatable of
 * db is upvalue 1 of every method. */
BdAsk *bd_lua_check_ask(lua_State *lua);

/* Make room in the ask for statements with so many values in all. */
void bd_lua_make_room(lua_State *lua, BdAsk *ask, uint32_t count, size_t values);

/* Put statement i, whose text is at a stack index with its values behind it, into the ask, as its
 * values from `first` on. all: the number of values for which there is room. They must stay on the
 * stack until it was sent. */
void bd_lua_take_statement_at(lua_State *lua, BdAsk *ask, uint32_t i, BdAskKind kind, int index,
                              uint32_t values, size_t first, size_t all);

/* The same for the only statement, whose values reach to the top of the stack. */
void bd_lua_take_statement(lua_State *lua, BdAsk *ask, BdAskKind kind, int index);

/* Where the scenario calls the method of db that runs. */
BdAskPlace bd_lua_place(lua_State *lua);

/* Ask for so many statements, and yield; then go on with `then`. */
int bd_lua_yield_for(lua_State *lua, BdAsk *ask, uint32_t count, lua_KContext context,
                     lua_KFunction then);

/* Ask for the statement, and yield; then go on with `then`. detached: in a pipeline, without
 * waiting for the answer. */
int bd_lua_yield(lua_State *lua, BdAsk *ask, bool detached, lua_KContext context,
                 lua_KFunction then);

/* How text goes out while a part of a pipeline is under way. */
typedef enum BdAskHow {
    BD_ASK_ALONG, /* in the part: it is sent at once, and nothing waits for its answer */
    BD_ASK_LAST,  /* in the part, which it ends */
    BD_ASK_AFTER  /* after the part, which is ended first */
} BdAskHow;

/* Ask for the text, or where it is NULL only for the end of the part, and yield; then go on with
 * `then`. */
int bd_lua_ask_text(lua_State *lua, BdAsk *ask, const char *text, BdAskHow how,
                    lua_KContext context, lua_KFunction then);

/* Push an error of the database, with its statement's text, raised at a place; NULL: where the
 * scenario stands. */
void bd_lua_push_db_error(lua_State *lua, const BdErr *err, const char *sql,
                          const BdAskPlace *place);

/* Raise it if a request of the pipeline was refused that nobody waited for. */
void bd_lua_check_pipeline(lua_State *lua, const BdAsk *ask);

/* Push the error that request i has ended with. */
void bd_lua_push_refusal(lua_State *lua, const BdAsk *ask, uint32_t i);

/* Raise what came of the last request, if it was refused, and let go of its answer. */
void bd_lua_check_asked(lua_State *lua, BdAsk *ask);

/* Collect the rows of db:insert. The stack: its arguments, so many values among them, and the text
 * of the statement that inserts one row. */
int bd_lua_collect(lua_State *lua, BdAsk *ask, int count);

/* Let go of all that were loaded. */
void bd_ask_unload(BdAsk *ask);

/* How many rows so many values from a stack index on make. */
lua_Integer bd_lua_count_rows(lua_State *lua, int index, int count);

int bd_lua_db_insert(lua_State *lua);
int bd_lua_db_pipeline(lua_State *lua);
int bd_lua_db_transaction(lua_State *lua);

void bd_lua_open_db_error(lua_State *lua);

#endif
