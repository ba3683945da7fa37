/*
 * state.h - the Lua state of the program: made, entered under protection, closed.
 *
 * Ownership: bd_state_close() closes every object that scripts have left open; NULL is allowed.
 * Threads:   one, the main thread.
 * Tests:     the environment variable BIGDATA_TEST_GC=N makes the garbage collector of every state
 *            as eager as N, up to 1000, says.
 */
#ifndef BD_STATE_H
#define BD_STATE_H

#include "core/attr.h"
#include "core/err.h"
#include "core/span.h"

struct lua_State;

/* Why Lua failed. Lives until the state is closed. */
typedef struct BdFailure {
    BdSpan message;
    BdSpan traceback; /* the message and where it came from */
} BdFailure;

/*
 * Make a state with the standard libraries, bigdata.core, and the program's Lua modules before all
 * others in the search path. They are found beside the program: in a checkout at
 * <program's folder>/.., installed at <program's folder>/../share/bigdata.
 */
BD_MUSTCHECK int bd_state_open(struct lua_State **out, BdErr *err);

/* The same with an allocator of one's own, as lua_newstate() has it. */
typedef void *BdLuaAllocFn(void *data, void *p, size_t old_bytes, size_t bytes);
BD_MUSTCHECK int bd_state_open_with(struct lua_State **out, BdLuaAllocFn *allocate, void *data,
                                    BdErr *err);

/* Call main() of bigdata.cli with the arguments after the program's name. *status is what it
 * returns, the exit status. */
BD_MUSTCHECK int bd_state_run(struct lua_State *lua, int argc, char **argv, int *status,
                              BdFailure *failure);

void bd_state_close(struct lua_State *lua);

#endif
