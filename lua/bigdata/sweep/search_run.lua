-- sweep/search_run.lua - searches for a size by running a scenario, all on one server.

local compile = require "bigdata.trial.compile"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local figures = require "bigdata.result.figures"
local options = require "bigdata.cli.options"
local search = require "bigdata.search"
local settings = require "bigdata.scenario.settings"
local size_search = require "bigdata.sweep.size_search"
local sweep = require "bigdata.sweep"
local tables = require "bigdata.tables"
local trial = require "bigdata.trial"

local search_run = {}

-- Connections beside the pool's that a trial makes: for its tables and for the monitor.
local SPARE_CONNECTIONS = 3

local FREE = [[
  select current_setting('max_connections')::integer
    - current_setting('superuser_reserved_connections')::integer
    - (select count(*) from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid()) as free]]

-- The largest size to look at: for connections, not more than the server has left.
local function largest(terms, conninfo)
  local connection <close> = failure.check(core.connect(conninfo))
  local most = terms.to or search.OVER[terms.over]
  if terms.over ~= "poolsize" then return most end
  local free = tonumber(failure.check(connection:query(FREE))[1].free) - SPARE_CONNECTIONS
  if free < (terms.from or 1) then
    failure.raise("the server has no connections left", "raise its max_connections")
  end
  return math.min(most, free), free < most and free or nil
end

local function new_item(result, size)
  local item = {
    label = ("%s %d"):format(options.dashed(result.over), size), shown = {}, runs = {},
    size = size,
  }
  result.trials[#result.trials + 1] = item
  table.sort(result.trials, function(a, b) return a.size < b.size end)
  return item
end

local function item_of(result, size)
  for _, item in ipairs(result.trials) do
    if item.size == size then return item end
  end
  return new_item(result, size)
end

-- Run one trial of that size: its rate, or nil. Raises when the user interrupts.
local function measure(result, scenario, run_settings, flags, size, hooks)
  local item = item_of(result, size)
  result.count = result.count + 1
  hooks.announce(result.count, item.label)
  local changed = settings.with(run_settings, {}, scenario, { [result.over] = size })
  if result.over == "jobs" then changed.poolsize = math.max(changed.poolsize, size) end
  local outcome, message, info = trial.run(scenario, changed, flags, hooks.watch)
  if core.interrupted() then failure.raise("interrupted", nil, "STOPPED") end
  outcome = outcome or trial.failed(scenario.name, changed, message, info)
  outcome.place, outcome.round = result.count, #item.runs + 1
  item.runs[outcome.round], item.shown = outcome, sweep.meaning(options.of_trial(changed))
  item.shown[result.over] = item.size
  result.server = result.server or outcome.server
  result.repeats = math.max(result.repeats, outcome.round)
  return figures.of(outcome, result.steps[#result.steps], figures.RATE, item.shown)
end

local function check(scenario, terms, run_settings, flags)
  if terms.over == "jobs" and run_settings.engine == "threads" then
    failure.raise("with --engine threads there are no event loops to search for",
      "use --engine poll")
  end
  if terms.over ~= "jobs" then failure.check(options.check(run_settings)) end
  failure.check(compile.steps(scenario, flags, run_settings))
  return true
end

-- What is wrong with a search, known without a server: true, or nil, message, info.
function search_run.check(scenario, terms, run_settings, flags)
  return failure.protect(check, scenario, terms, run_settings, flags)
end

local function run(result, scenario, terms, run_settings, flags, hooks)
  check(scenario, terms, run_settings, flags)
  local server <close> = trial.server({
    dburl = run_settings.dburl, poolsize = terms.to or search.OVER.poolsize,
  }, hooks.watch)
  local conninfo = run_settings.dburl or server and server:conninfo() or nil
  local most
  most, result.free = largest(terms, conninfo)
  local changed = settings.with(run_settings, {}, scenario, {})
  changed.dburl = conninfo
  result.found = size_search.find(function(size)
    return measure(result, scenario, changed, flags, size, hooks)
  end, {
    least = terms.from or 1, most = most, within = terms.within, repeats = terms.repeats,
    seed = result.seed,
  })
  if result.server and server then result.server.private = true end
  return true
end

local SILENT = {
  announce = function() end, -- (number, label)
  watch = nil,               -- as of trial.run
}

-- Search: { found= as of size_search.find, nil if nothing had a rate; over=, free= the connections
-- that the server has left, if that was the limit; count=, and what a sweep's result has, a trial
-- for each size }; or nil, message, info.
-- terms: { over=, from=, to=, within=, repeats= }; hooks: as SILENT.
function search_run.run(scenario, terms, run_settings, flags, hooks)
  hooks = setmetatable(hooks or {}, { __index = SILENT })
  local result = {
    name = scenario.name, summary = scenario.summary, scenario = scenario.name, over = terms.over,
    names = { terms.over }, steps = tables.names(scenario.steps), repeats = 1,
    seed = run_settings.seed or 1, trials = {}, missing = {}, count = 0, ended = "done",
  }
  local good, message, why = failure.protect(run, result, scenario, terms, run_settings, flags,
    hooks)
  if not good and why.code ~= "STOPPED" then return nil, message, why end
  result.ended = not good and "interrupted" or result.found and "done" or "failed"
  return result
end

return search_run
