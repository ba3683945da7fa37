-- scenarios/interpreter_cost.lua
-- The same statements with and without an interpreter in the loop, under either engine. A shared
-- state on one event loop is no trial of its own: with --jobs 2 it is.
local bigdata = require "bigdata"

return bigdata.sweep {
  scenario = "row_by_row",
  summary = "what an interpreter in the loop costs, and what sharing it costs",
  vary = {
    engine = { "threads", "poll" },
    loop = { "c", "lua" },
    lua_state = { "worker", "shared" },
  },
  repeats = 3,
}
