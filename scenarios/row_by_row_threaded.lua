-- scenarios/row_by_row_threaded.lua
-- What a thread pool in CPython does: one interpreter, whose lock goes from thread to thread.
local bigdata = require "bigdata"

return bigdata.variant {
  scenario = "row_by_row",
  summary = "row_by_row as a Python thread pool runs it: threads that share one interpreter's lock",
  settings = { engine = "threads", loop = "lua", lua_state = "shared" },
}
