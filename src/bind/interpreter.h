/*
 * interpreter.h - a Lua state that executes a step's function for every record.
 *
 * It loads the scenario anew. One thread uses it, or several take turns.
 *
 * Ownership: the statements it has met are its own; tasks must be freed before it is closed.
 * Threads:   opened and closed by the main thread while no others run.
 */
#ifndef BD_INTERPRETER_H
#define BD_INTERPRETER_H

#include "bind/l_row.h"
#include "bind/turn.h"
#include "core/attr.h"
#include "core/err.h"
#include "pg/statement.h"
#include "run/control.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* The numbers of its statements are below this. */
#define BD_INTERPRETER_STATEMENTS 10000

typedef struct BdInterpreter {
    lua_State *lua;
    BdTurn *turn;             /* to take before touching lua; NULL if one thread has it alone */
    const BdControl *control; /* of the step under way */
    size_t memory_bytes;      /* in use */
    size_t memory_limit;      /* 0: none */
    int each;                 /* registry references: the step's function, */
    int worker;               /* the scenario's function for each worker, or nil, */
    int flags;                /* the values of the scenario's flags, */
    int insertion;            /* what makes the statement of db:insert, */
    int statements;           /* and SQL -> BdStatement * */
    int last_text;            /* registry index: the SQL that was looked up last, */
    const char *last_sql;     /* the same, */
    const BdStatement *last;  /* and its statement */
    BdStatement **list;       /* all statements, to be freed */
    uint32_t count;
    const BdCurrent *running; /* whose function it is running; NULL: nobody's */
    lua_State *coroutine;     /* that function's */
    int64_t resumed_ns;       /* since when; 0: that was not asked yet */
    bool stopped;             /* what it was running was made to stop */
} BdInterpreter;

/* What an interpreter is made from. */
typedef struct BdInterpreterOpts {
    lua_State *lua; /* the main state, with ... */
    int loop;       /* ... at this index the table {path=, step=, flags=, fields=, rest=} */
    size_t memory_limit;
    BdTurn *turn;
    const BdControl *control;
} BdInterpreterOpts;

BD_MUSTCHECK int bd_interpreter_open(BdInterpreter **out, const BdInterpreterOpts *opts,
                                     BdErr *err);

/* NULL is allowed. */
void bd_interpreter_close(BdInterpreter *interpreter);

/* The interpreter that a coroutine belongs to. */
BdInterpreter *bd_interpreter_of(lua_State *lua);

/* The statement with that text, which is at a stack index of lua. Raises if it is none. */
const BdStatement *bd_interpreter_statement(lua_State *lua, int index);

/* Make `lua`, a coroutine, stop when the step is to stop. */
void bd_interpreter_watch(lua_State *lua);

#endif
