/*
 * object.h - what all exposed types have in common: a userdata that is open, busy or closed.
 *
 * An object is made closed, then its resource is opened into it and `open` set, so that nothing is
 * lost if Lua raises in between. `close`, `__close` and `__gc` are one function, which releases the
 * resource once. While a run uses an object it is busy: everything else on it raises.
 */
#ifndef BD_OBJECT_H
#define BD_OBJECT_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* The first member of every exposed type. */
typedef struct BdObject {
    bool open; /* it holds its resource */
    bool busy; /* a run is using it */
} BdObject;

#define BD_OBJECT_PREFIX "bigdata."

typedef struct BdType {
    const char *name;              /* "bigdata.source": of the metatable */
    size_t bytes;                  /* of an object */
    int values;                    /* Lua values that an object keeps: its user values */
    void (*release)(void *object); /* give back what it holds; called once */
    bool stays;                    /* others point into it: only the collector closes it */
} BdType;

/* Make the metatable; once per state. methods: ended by {NULL, NULL}. */
void bd_object_register(lua_State *lua, const BdType *type, const luaL_Reg *methods);

/* Push a closed object, set to zero. */
void *bd_object_new(lua_State *lua, const BdType *type);

/* The argument as an open and idle object of the type, or an error. */
void *bd_object_check(lua_State *lua, int arg, const BdType *type);

/* The value at a stack index as an open and idle object of the type; NULL if it is something else,
 * an error if it is closed or busy. */
void *bd_object_test(lua_State *lua, int index, const BdType *type);

#endif
