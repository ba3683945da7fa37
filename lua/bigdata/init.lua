--- The library that scenarios are written with: `local bigdata = require "bigdata"`.
-- A scenario is a Lua file that builds a scenario, adds flags and steps to it, and returns it.
-- @module bigdata

local scenario = require "bigdata.scenario"
local source = require "bigdata.source"
local sweep = require "bigdata.sweep"
local variant = require "bigdata.variant"

local bigdata = {}

--- Begin a scenario.
-- @function scenario
-- @param settings a table: `summary`, one line that says what it does; `schema`, the name of the
-- schema that its statements need (only "census"), or nothing for statements that need none;
-- `settings`, other defaults for options of the run and for flags, as in `{ loop = "lua" }`
-- @return the scenario, with the methods `flag` and `step`
-- @see scenario
bigdata.scenario = scenario.new

--- Streams of records: `delimited`, `fixed`, `count`.
-- @see source
bigdata.source = source

--- Make a scenario that stands on another one: the same flags and steps, under other settings.
-- Options on the command line go before these settings.
-- @function variant
-- @param definition a table: `scenario`, the name or the path of the other scenario, which is
-- looked for beside the file first, then where all scenarios are; `summary`; `settings`, a table of
-- the options (`engine = "poll"`, `lua_state = "shared"`, `autocommit = false`) and of the other
-- scenario's flags that get another default
-- @return the variant, for the file to return
-- @usage return bigdata.variant {
--   scenario = "row_by_row", summary = "row by row with 50 connections",
--   settings = { poolsize = 50 },
-- }
bigdata.variant = variant.new

--- Make a sweep: a scenario that is run several times, under settings that vary, all on one server.
-- The trials take turns (A B C A B C), and one table compares them in the end. Options on the
-- command line hold for all trials.
-- @function sweep
-- @param definition a table: `scenario`, as for a variant; `vary`, lists of values for settings and
-- flags by name, of which every combination is a trial (the names are taken in alphabetical order,
-- and combinations are left out that differ from another one only by a setting without effect); or
-- instead of it `trials`, a list of tables of settings; `repeats`, how often each trial is run (1);
-- `settings`, other defaults, as for a variant; `summary`
-- @return the sweep, for the file to return
-- @usage return bigdata.sweep {
--   scenario = "row_by_row",
--   vary = { engine = { "threads", "poll" }, poolsize = { 1, 5, 15, 50 } },
--   repeats = 3,
-- }
bigdata.sweep = sweep.new

return bigdata
