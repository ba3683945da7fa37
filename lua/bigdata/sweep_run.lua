-- sweep_run.lua - runs the trials of a sweep in turns, all on one server.

local core = require "bigdata.core"
local failure = require "bigdata.failure"
local settings = require "bigdata.settings"
local sweep = require "bigdata.sweep"
local trial = require "bigdata.trial"

local sweep_run = {}

local function largest_pool(trials)
  local largest = 0
  for _, item in ipairs(trials) do largest = math.max(largest, item.settings.poolsize) end
  return largest
end

-- A private server for all trials, if one is needed: nil as with trial.server.
local function start_server(result, dburl, watch)
  return trial.server({ dburl = dburl, poolsize = largest_pool(result.trials) }, watch)
end

local function failed(message, info)
  return { ended = "failed", steps = {}, error = { message = message, hint = info.hint } }
end

-- Run one trial; a trial that fails has its place in the result, too.
local function run_one(result, item, conninfo, watch)
  local run_settings = settings.with(item.settings, {}, result.scenario, { dburl = conninfo })
  local outcome, message, info = trial.run(result.scenario, run_settings, item.flags, watch)
  outcome = outcome or failed(message, info)
  item.runs[#item.runs + 1] = outcome
  result.server = result.server or outcome.server
  if outcome.ended == "interrupted" then
    result.ended = "interrupted"
  elseif outcome.ended ~= "done" then
    result.ended = "failed"
  end
end

-- All trials once, then all of them again: what drifts with time falls on all of them alike.
local function run_turns(result, conninfo, announce, watch)
  local number, count = 0, #result.trials * result.repeats
  for _ = 1, result.repeats do
    for _, item in ipairs(result.trials) do
      if core.interrupted() then result.ended = "interrupted" end
      if result.ended == "interrupted" then return end
      number = number + 1
      announce(number, count, item.label)
      run_one(result, item, conninfo, watch)
    end
  end
end

-- What is wrong with the scenario is said once, before there is a server.
local function check(result)
  local known = {}
  for _, item in ipairs(result.trials) do
    local loop = item.settings.loop
    if not known[loop] then
      failure.check(trial.compile(result.scenario, item.flags, loop))
      known[loop] = true
    end
  end
end

-- Where nobody answers, no trial needs to be tried.
local function check_server(conninfo)
  failure.check(core.connect(conninfo)):close()
end

local function run(result, dburl, announce, watch)
  check(result)
  local server <close> = start_server(result, dburl, watch)
  local conninfo = dburl or server and server:conninfo() or nil
  check_server(conninfo)
  run_turns(result, conninfo, announce, watch)
  if result.server and server then result.server.private = true end
  return result
end

-- Run a sweep: { name=, summary=, scenario=, names= of what the trials set, repeats=, server=,
-- trials= as of sweep.trials, each with its runs, the results of trial.run; ended= }; or nil,
-- message, info when nothing could be run. ended is "done", "failed" if a trial failed, or
-- "interrupted".
-- announce: function(number, count, label), called before each trial; watch: as of trial.run.
function sweep_run.run(object, run_settings, flags, announce, watch)
  local trials, problem, info = sweep.trials(object, run_settings, flags)
  if not trials then return nil, problem, info end
  for _, item in ipairs(trials) do item.runs = {} end
  local result = {
    name = object.name, summary = object.summary, scenario = object.scenario,
    names = object.names, repeats = object.repeats, trials = trials, ended = "done",
  }
  local good, message, why = failure.protect(run, result, run_settings.dburl, announce, watch)
  if good then return result end
  if why.code ~= "STOPPED" and not core.interrupted() then return nil, message, why end
  result.ended = "interrupted"
  return result
end

return sweep_run
