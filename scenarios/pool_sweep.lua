-- scenarios/pool_sweep.lua
-- How many connections are enough? The same rows with more and more of them, under either engine.
local bigdata = require "bigdata"

return bigdata.sweep {
  scenario = "row_by_row",
  summary = "row by row with 1 to 100 connections, under either engine",
  vary = { engine = { "threads", "poll" }, poolsize = { 1, 2, 5, 10, 15, 25, 50, 100 } },
  repeats = 3,
}
