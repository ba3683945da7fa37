-- scenarios/row_by_row_gevent.lua
-- What gevent does: one event loop, on which every connection has a coroutine that waits unawares.
local bigdata = require "bigdata"

return bigdata.variant {
  scenario = "row_by_row",
  summary = "row_by_row as gevent runs it: green threads, which are coroutines on one event loop",
  settings = { engine = "poll", jobs = 1, loop = "lua", lua_state = "worker" },
}
