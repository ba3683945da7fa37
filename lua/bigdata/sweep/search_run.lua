-- sweep/search_run.lua - searches for a size by running a scenario, all on one server.

local compile = require "bigdata.trial.compile"
local connections = require "bigdata.trial.connections"
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

-- The smallest size to look at: no connections for which there would be more event loops than them.
local function smallest(terms, run_settings)
  local least = terms.from or 1
  return terms.over == "poolsize" and math.max(least, run_settings.jobs) or least
end

-- The connections that the server has left for the pool's.
local function free_connections(conninfo, least)
  local free = connections.left(conninfo) - SPARE_CONNECTIONS
  if free < least then
    failure.raise("the server has no connections left", "raise its max_connections")
  end
  return free
end

-- The largest size to look at, and the limit that made it smaller than was wanted, or nil: for
-- connections what the server has left, for event loops the pool's size.
local function largest(terms, run_settings, conninfo)
  local wanted, limit = terms.to or search.OVER[terms.over], run_settings.poolsize
  if terms.over == "poolsize" then
    limit = free_connections(conninfo, smallest(terms, run_settings))
  end
  return math.min(wanted, limit), limit < wanted and limit or nil
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

-- Run one trial of that size: its rate, or nil; in records, for in which it is told is known only
-- when all trials have been run. Raises when the user interrupts.
-- context: { result=, scenario=, settings=, flags=, hooks=, private= is the server a private one? }
local function measure(context, size)
  local result, scenario = context.result, context.scenario
  local item = item_of(result, size)
  result.count = result.count + 1
  context.hooks.announce(result.count, item.label)
  local changed = settings.with(context.settings, {}, scenario, { [result.over] = size })
  local outcome, message, info = trial.run(scenario, changed, context.flags, context.hooks.watch)
  outcome = outcome or trial.failed(scenario.name, changed, message, info)
  outcome.place, outcome.round = result.count, #item.runs + 1
  item.runs[outcome.round], item.shown = outcome, sweep.meaning(options.of_trial(changed))
  item.shown[result.over] = item.size
  if outcome.server then outcome.server.private = context.private end
  result.server = result.server or outcome.server
  result.repeats = math.max(result.repeats, outcome.round)
  if core.interrupted() then failure.raise("interrupted", nil, "STOPPED") end
  local step = { name = result.steps[#result.steps], by_records = true }
  return figures.of(outcome, step, figures.RATE, item.shown)
end

local function check(scenario, terms, run_settings, flags)
  local least, over = smallest(terms, run_settings), terms.over
  if run_settings.resume then
    failure.raise("--resume continues the load of one scenario, and no search")
  elseif over == "jobs" and run_settings.engine == "threads" then
    failure.raise("with --engine threads there are no event loops to search for",
      "use --engine poll")
  elseif least > (terms.to or search.OVER[over]) then
    failure.raise(("a search for up to %d connections has none for %d event loops"):format(
      terms.to or search.OVER[over], least), "use fewer --jobs")
  end
  failure.check(options.check(tables.copy(run_settings, { [over] = least })))
  failure.check(compile.steps(scenario, flags, run_settings))
  return true
end

-- What is wrong with a search, known without a server: true, or nil, message, info.
function search_run.check(scenario, terms, run_settings, flags)
  return failure.protect(check, scenario, terms, run_settings, flags)
end

local function run(context, terms)
  local result, run_settings, hooks = context.result, context.settings, context.hooks
  check(context.scenario, terms, run_settings, context.flags)
  local wanted = terms.over == "jobs" and run_settings.poolsize or terms.to or search.OVER.poolsize
  local server <close> = trial.server({ dburl = run_settings.dburl, poolsize = wanted },
    hooks.watch)
  local conninfo = run_settings.dburl or server and server:conninfo() or nil
  local most
  most, result.limit = largest(terms, run_settings, conninfo)
  context = tables.copy(context, {
    settings = tables.copy(run_settings, { dburl = conninfo }), private = server ~= nil,
  })
  size_search.find(function(size) return measure(context, size) end, {
    least = smallest(terms, run_settings), most = most, within = terms.within,
    repeats = terms.repeats, seed = result.seed,
  })
  result.found = size_search.judge_runs(result)
  return true
end

local SILENT = {
  announce = function() end, -- (number, label)
  watch = nil,               -- as of trial.run
}

-- Search: { found= as of size_search.judge, nil if nothing had a rate, or the user interrupted;
-- over=, within=, limit= the connections that the server has left, or for event loops those of the
-- pool, if that was the limit; count=, and what a sweep's result has, a trial for each size }; or
-- nil, message, info.
-- terms: { over=, from=, to=, within=, repeats= }; hooks: as SILENT.
function search_run.run(scenario, terms, run_settings, flags, hooks)
  hooks = setmetatable(hooks or {}, { __index = SILENT })
  local result = {
    name = scenario.name, summary = scenario.summary, scenario = scenario.name,
    over = terms.over, within = terms.within, names = { terms.over },
    steps = tables.names(scenario.steps), repeats = 1, seed = run_settings.seed or 1, trials = {},
    missing = {}, count = 0, ended = "done",
  }
  local good, message, why = failure.protect(run, {
    result = result, scenario = scenario, settings = run_settings, flags = flags, hooks = hooks,
  }, terms)
  if not good and why.code ~= "STOPPED" and not core.interrupted() then
    return nil, message, why
  end
  result.ended = not good and "interrupted" or result.found and "done" or "failed"
  return result
end

return search_run
