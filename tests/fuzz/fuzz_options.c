/*
 * fuzz_options.c - any command line, against the options of a run and two flags of a scenario.
 *
 * Input: the arguments, one a line. They are parsed, or refused with a message that is one line;
 * anything else, an error in the Lua code above all, is an abort. Runs in the checkout's folder.
 */
#include "bind/l_core.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char parser[] =
    "package.path = './lua/?.lua;./lua/?/init.lua;' .. package.path\n"
    "local arguments = require 'bigdata.cli.arguments'\n"
    "local options = require 'bigdata.cli.options'\n"
    "local flags = {\n"
    "  { name = 'directory', type = 'path', default = 'data/sample' },\n"
    "  { name = 'some_number', type = 'integer', default = 1 },\n"
    "}\n"
    "return function(text)\n"
    "  local list = {}\n"
    "  for line in (text .. '\\n'):gmatch '([^\\n]*)\\n' do list[#list + 1] = line end\n"
    "  local values, message, info = arguments.parse(list, options.RUN, flags)\n"
    "  if values then\n"
    "    assert(type(values) == 'table' and type(message) == 'table')\n"
    "  else\n"
    "    assert(type(message) == 'string' and message ~= '' and type(info) == 'table')\n"
    "  end\n"
    "end\n";

/* The parser, as a function on the top of a state that lives as long as the process. */
static lua_State *open_parser(void) {
    static lua_State *lua;
    if (lua == NULL) {
        lua = luaL_newstate();
        luaL_openlibs(lua);
        luaL_getsubtable(lua, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
        lua_pushliteral(lua, "."); /* the home */
        lua_pushcclosure(lua, bd_lua_open_core, 1);
        lua_setfield(lua, -2, "bigdata.core");
        lua_settop(lua, 0);
        if (luaL_loadbuffer(lua, parser, sizeof(parser) - 1, "=parser") != LUA_OK ||
            lua_pcall(lua, 0, 1, 0) != LUA_OK) {
            fprintf(stderr, "%s\n", lua_tostring(lua, -1));
            abort();
        }
    }
    return lua;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    lua_State *lua = open_parser();
    lua_pushvalue(lua, -1);
    lua_pushlstring(lua, (const char *)data, size);
    if (lua_pcall(lua, 1, 0, 0) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
        abort();
    }
    return 0;
}
