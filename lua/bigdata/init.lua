--- The library that scenarios are written with: `local bigdata = require "bigdata"`.
-- A scenario is a Lua file that builds a scenario, adds flags and steps to it, and returns it.
-- @module bigdata

local external = require "bigdata.external"
local scenario = require "bigdata.scenario"
local search = require "bigdata.search"
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

--- Streams of records: `delimited`, `fixed`, `count`, `random`.
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
-- The trials take turns: each round runs all of them, in an order drawn by `--seed`; and one table
-- compares them in the end. Options on the command line hold for all trials.
-- @function sweep
-- @param definition a table: `scenario`, as for a variant; `vary`, lists of values for settings and
-- flags by name, of which every combination is a trial (combinations are left out that differ from
-- another one only by a setting without effect; a list may be written as on the command line,
-- `"1..64x2"`); `trials`, a list of tables of settings, beside which may stand `name`, and
-- `scenario` for a trial that runs another one, or of `bigdata.external` programs; with both, every
-- trial is run with every combination; `repeats`, how often (1); `settings`, other defaults, as for
-- a variant; `summary`
-- @return the sweep, for the file to return
-- @usage return bigdata.sweep {
--   scenario = "row_by_row",
--   vary = { engine = { "threads", "poll" }, poolsize = { 1, 5, 15, 50 } },
--   repeats = 3,
-- }
bigdata.sweep = sweep.new

--- Make a search: the smallest number of connections, or of event loops, with which a scenario is
-- nearly as fast as with any other. Sizes are doubled, the gap around the answer is halved, what
-- may be the answer is measured again. `--find poolsize` does the same for any scenario.
-- @function search
-- @param definition a table: `scenario`, as for a variant; `over`, "poolsize" or "jobs"; `from` (1)
-- and `to` (for connections at most what the server allows); `within`, how near the best is near
-- enough, as a share (0.05); `repeats` of what may be the answer (3); `settings`; `summary`
-- @return the search, for the file to return
-- @usage return bigdata.search { scenario = "row_by_row", over = "poolsize" }
bigdata.search = search.new

--- Make another program a trial of a sweep. It is run on the scenario's empty tables, and gets by
-- environment variables where the server is (`BIGDATA_DBURL`, a libpq connection string), the
-- pool's size (`BIGDATA_POOLSIZE`), the limit of records (`BIGDATA_LIMIT`, 0 is none), and the
-- scenario's flags (`BIGDATA_DIRECTORY`, ...). It prints one JSON object, or ends with one:
-- `rows` and `seconds` of what is to be compared, and, if it knows them, `cpu_user_seconds` and
-- `cpu_system_seconds` of the same part; else the kernel's account of the whole program counts.
-- @function external
-- @param definition a table: `name`; `command`, a list of words, of which files are looked for in
-- the current folder, then in the program's own; `check`, a command that succeeds where all is
-- installed that the program needs (without it, its first word is looked for), and `needs`, what to
-- install; `step`, the step that its figures belong to (the last one); `timeout` in seconds
-- @return the program, for the list `trials` of a sweep
-- @usage bigdata.external {
--   name = "psycopg2, threads", command = { "python3", "load.py" }, needs = "python3-psycopg2",
-- }
bigdata.external = external.new

return bigdata
