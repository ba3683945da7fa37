-- sweep/run.lua - runs the trials of a sweep, all on one server.
--
-- Every round runs each trial once, in an order of its own, drawn by the seed: what drifts with
-- time falls on all trials alike, and none always comes after the same other one.

local compile = require "bigdata.trial.compile"
local connections = require "bigdata.trial.connections"
local core = require "bigdata.core"
local external = require "bigdata.external"
local failure = require "bigdata.failure"
local random = require "bigdata.statistics.random"
local settings = require "bigdata.scenario.settings"
local sweep = require "bigdata.sweep"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local trial = require "bigdata.trial"

local sweep_run = {}

-- From so many runs on the user is asked, when the first has shown how long they will take.
local HUGE = 500

--- The plan: which trial is run when.

local function plan(trials, repeats, seed)
  local generator, list = random.new(seed), {}
  for round = 1, repeats do
    local order = {}
    for i = 1, #trials do order[i] = i end
    for _, i in ipairs(generator:shuffle(order)) do
      list[#list + 1] = { round = round, item = trials[i] }
    end
  end
  return list
end

-- Has the trial been run in that round before (in a sweep that goes on)?
local function is_done(item, round)
  for _, run in ipairs(item.runs) do
    if run.round == round then return true end
  end
  return false
end

local function still_to_run(list)
  local left = {}
  for place, turn in ipairs(list) do
    turn.place = place
    if not is_done(turn.item, turn.round) then left[#left + 1] = turn end
  end
  return left
end

-- How long the turns from the i-th on will take, in seconds: each as its trial took on the average,
-- or else as all did.
local function time_left(left, i)
  local all, runs = 0, 0
  for n = 1, i - 1 do all, runs = all + left[n].took, runs + 1 end
  if runs == 0 then return nil end
  local spent, count = {}, {}
  for n = 1, i - 1 do
    local item = left[n].item
    spent[item], count[item] = (spent[item] or 0) + left[n].took, (count[item] or 0) + 1
  end
  local seconds = 0
  for n = i, #left do
    local item = left[n].item
    seconds = seconds + (count[item] and spent[item] / count[item] or all / runs)
  end
  return seconds
end

--- Running.

local function largest_pool(trials)
  local largest = 0
  for _, item in ipairs(trials) do largest = math.max(largest, item.settings.poolsize) end
  return largest
end

-- A private server for all trials, if one is needed: nil as with trial.server.
local function start_server(result, dburl, watch)
  return trial.server({ dburl = dburl, poolsize = largest_pool(result.trials) }, watch)
end

-- What cut one run short: nil, where it did what it was to do.
local function trouble(outcome)
  if outcome.ended == "done" or outcome.ended == "interrupted" then
    return outcome.ended == "interrupted" and "interrupted" or nil
  end
  return "failed"
end

-- Give a turn's outcome its place in the result.
local function keep(result, turn, outcome)
  local item = turn.item
  outcome.round, outcome.place, outcome.trial = turn.round, turn.place, item.label
  item.runs[#item.runs + 1] = outcome
  result.ended = trouble(outcome) or result.ended
end

-- Run one turn; a trial that fails has its place in the result, too. place: { conninfo= and
-- private= of the server }.
local function run_turn(result, turn, place, watch)
  local item, began = turn.item, core.now()
  local run_settings = settings.with(item.settings, {}, item.scenario, { dburl = place.conninfo })
  local run, what = trial.run, item.scenario
  if item.external then run, what = external.run, item.external end
  local outcome, message, info = run(what, run_settings, item.flags, watch, item.scenario)
  outcome = outcome or trial.failed(what.name, item.settings, message, info)
  keep(result, turn, outcome)
  turn.took = core.now() - began
  if outcome.server then
    outcome.server.private = place.private
    result.server = result.server or outcome.server
  end
end

-- Go through the turns that are left. Raises where the user, asked about the time, said no.
local function run_turns(result, left, place, hooks)
  for i, turn in ipairs(left) do
    if core.interrupted() then result.ended = "interrupted" end
    if result.ended == "interrupted" then return end
    hooks.announce(turn.place, #result.plan, turn.item.label, time_left(left, i))
    run_turn(result, turn, place, hooks.watch)
    hooks.save(result)
    if i == 1 and #left > HUGE and not hooks.confirm(#left - 1, time_left(left, 2)) then
      failure.raise("the sweep is not run", "fewer values, or a smaller --repeat, make it shorter",
        "STOPPED")
    end
  end
end

-- What of a trial decides how its steps are compiled, and which files they read: a string.
local function kind_of(item)
  local parts = { item.settings.loop, item.settings.insert, item.settings.protocol }
  for _, flag in ipairs(item.scenario.flags) do
    parts[#parts + 1] = tostring(item.flags[flag.name])
  end
  return table.concat(parts, "\0")
end

local function check(trials)
  local known = {}
  for _, item in ipairs(trials) do
    local kind = kind_of(item)
    known[item.scenario] = known[item.scenario] or {}
    if not item.external and not known[item.scenario][kind] then
      failure.check(compile.steps(item.scenario, item.flags, item.settings))
      known[item.scenario][kind] = true
    end
  end
  return true
end

-- What is wrong with the scenarios of trials, known without a server: true, or nil, message, info.
function sweep_run.check(trials)
  return failure.protect(check, trials)
end

-- Trials that want more connections than the server has left fail without being tried; how many
-- another program will have is not known. Raises where nobody answers: no trial needs to be tried.
local function refuse_too_large(result, conninfo)
  local most, pooled = connections.left(conninfo)
  for _, turn in ipairs(pooled and {} or still_to_run(result.plan)) do
    local item = turn.item
    if not item.external and item.settings.poolsize > most then
      keep(result, turn, trial.failed(item.scenario.name, item.settings,
        ("the server has no more than %s left"):format(text.plural(most, "connection")),
        { hint = "use a smaller --poolsize, or raise its max_connections" }))
    end
  end
end

-- Other programs that are not installed are left out, by name.
local function leave_out_missing(result)
  local kept = {}
  for _, item in ipairs(result.trials) do
    local missing = item.external and external.missing(item.external)
    if missing then
      result.missing[#result.missing + 1] = { label = item.label, why = missing }
    else
      kept[#kept + 1] = item
    end
  end
  result.trials = kept
  if #kept == 0 then failure.raise("none of the sweep's programs is installed") end
end

local function run(result, dburl, hooks)
  check(result.trials)
  local server <close> = start_server(result, dburl, hooks.watch)
  local conninfo = dburl or server and server:conninfo() or nil
  refuse_too_large(result, conninfo)
  run_turns(result, still_to_run(result.plan),
    { conninfo = conninfo, private = server ~= nil }, hooks)
  return result
end

local SILENT = {
  announce = function() end,               -- (number, count, label, seconds left or nil)
  watch = nil,                             -- as of trial.run
  save = function() end,                   -- (result): after each run
  confirm = function() return true end,    -- (runs, seconds): is a huge sweep to be run?
}

local function new_result(object, trials, names)
  return {
    name = object.name, summary = object.summary, scenario = object.scenario.name,
    names = names, steps = tables.names(object.scenario.steps), repeats = object.repeats,
    trials = trials, missing = {}, ended = "done",
  }
end

-- How many runs the sweep is, and whether that is a huge number.
function sweep_run.size(object, run_settings, flags)
  local trials, problem, info = sweep.trials(object, run_settings, flags)
  if not trials then return nil, problem, info end
  return #trials * object.repeats, #trials * object.repeats > HUGE
end

local function begin(object, run_settings, flags, earlier)
  if run_settings.resume then
    failure.raise("--resume continues the load of one scenario, and no sweep")
  end
  local trials, names = failure.check(sweep.trials(object, run_settings, flags))
  for _, item in ipairs(trials) do item.runs = {} end
  local result = new_result(object, trials, names)
  result.seed = run_settings.seed or 1
  leave_out_missing(result)
  if earlier then earlier(result) end
  result.plan = plan(result.trials, result.repeats, result.seed)
  return result
end

-- Run a sweep. Returns { name=, summary=, scenario= its name, names= of what the trials set, steps=
-- their names, repeats=, seed=, server=, ended=,
--   trials= as of sweep.trials, each with its runs: results of trial.run with the round and the
--     place in the sweep of each,
--   missing= what was left out: { label=, why= } };
-- or nil, message, info when nothing could be run. ended is "done", "failed" if a trial failed, or
-- "interrupted". hooks: as SILENT; earlier: function(result), which adds runs that were done
-- before; raises.
function sweep_run.run(object, run_settings, flags, hooks, earlier)
  hooks = setmetatable(hooks or {}, { __index = SILENT })
  local result, problem, info = failure.protect(begin, object, run_settings, flags, earlier)
  if not result then return nil, problem, info end
  local good, message, why = failure.protect(run, result, run_settings.dburl, hooks)
  if good then return result end
  if why.code ~= "STOPPED" and not core.interrupted() then return nil, message, why end
  result.ended = "interrupted"
  return result
end

return sweep_run
