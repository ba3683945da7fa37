--- The library that scenarios are written with: `local bigdata = require "bigdata"`.
-- A scenario is a Lua file that builds a scenario, adds flags and steps to it, and returns it.
-- @module bigdata

local scenario = require "bigdata.scenario"
local source = require "bigdata.source"

local bigdata = {}

--- Begin a scenario.
-- @function scenario
-- @param settings a table: `summary`, one line that says what it does; `schema`, the name of the
-- schema that its statements need (only "census"), or nothing for statements that need none
-- @return the scenario, with the methods `flag` and `step`
-- @see scenario
bigdata.scenario = scenario.new

--- Streams of records: `delimited`, `fixed`, `count`.
-- @see source
bigdata.source = source

return bigdata
