-- sweep/file.lua - sweeps and searches from the documents that result/file.lua writes: to report
-- them again, and to go on with sweeps.

local failure = require "bigdata.failure"
local options = require "bigdata.cli.options"
local result_file = require "bigdata.result.file"
local settings = require "bigdata.scenario.settings"
local size_search = require "bigdata.sweep.size_search"
local tables = require "bigdata.tables"

local sweep_file = {}

local HINT = "a sweep's results are written by --json FILE"

local function by_label(trials)
  local found = {}
  for _, item in ipairs(trials) do found[item.label] = item end
  return found
end

-- Make the sweep the search that it was: what it has found comes from its rates again.
local function search_again(result, terms)
  for _, item in ipairs(result.trials) do
    item.size = item.shown[terms.over]
    if math.type(item.size) ~= "integer" then
      error(("the trial %s has no %s to search for"):format(item.label, tostring(terms.over)), 0)
    end
  end
  result.over, result.within, result.limit = terms.over, terms.within, terms.limit
  if result.ended == "done" then result.found = size_search.judge_runs(result) end
end

-- The sweep in a document, in the form that sweep_run.run gives but for what only running needs, or
-- the search, as search_run.run gives it; nil if the document is that of a single run.
function sweep_file.read(document)
  if not document.trials then return nil end
  local trials = {}
  for i, item in ipairs(document.trials) do
    trials[i] = { label = item.trial, shown = item.shown, runs = {} }
  end
  local found = by_label(trials)
  local server
  for _, run in ipairs(document.results) do
    local item = found[run.trial]
    if item then item.runs[#item.runs + 1] = run end
    server = server or run.server
  end
  local result = {
    name = document.sweep, summary = document.summary, scenario = document.scenario,
    names = document.varied, steps = document.step_names, repeats = document.repeats,
    seed = document.seed, trials = trials, missing = document.left_out or {}, server = server,
    ended = document.ended,
  }
  if document.search then search_again(result, document.search) end
  return result
end

local function same_list(one, other)
  if #one ~= #other then return false end
  for i, value in ipairs(one) do
    if other[i] ~= value then return false end
  end
  return true
end

-- In what the stored sweep is not the one that is to go on: nil if in nothing.
local function other_than(stored, result)
  if stored.scenario ~= result.scenario then return "it is of scenario " .. stored.scenario end
  if not same_list(stored.steps, result.steps) then return "its steps are others" end
  if stored.seed ~= result.seed then return ("its seed is %d"):format(stored.seed) end
  local labels = by_label(result.trials)
  for _, item in ipairs(stored.trials) do
    if not labels[item.label] and #item.runs > 0 then return "it has a trial " .. item.label end
  end
end

-- The name of what a run was told otherwise than its trial is to be, its value then, and the value
-- now; nil if there is nothing. What a run does not know is not compared. A switch that was not
-- given is off; how long other programs may take changes no figure.
local function first_difference(run, item)
  for option in options.each_of_trial(options.RUN) do
    local key = options.key_of(option)
    local was, is = run.settings[key], item.settings[key]
    if not option.argument then was, is = was or false, is or false end
    if was ~= nil and was ~= is and key ~= "timeout" then return key, was, is end
  end
  for _, name in ipairs(tables.names(item.scenario.flags)) do
    local was, is = (run.flags or {})[name], item.flags[name]
    if run.flags and was ~= is then return name, was, is end
  end
end

local function refuse(path, why, hint)
  failure.raise(("%s holds another sweep than this one: %s"):format(path, why),
    hint or "go on with the same scenario and the same options")
end

local function check_run(run, item, path)
  local name, was, is = first_difference(run, item)
  if not name then return end
  name = options.dashed(name)
  refuse(path, ("--%s was %s, and is %s"):format(name, settings.shown(was), settings.shown(is)),
    ("go on with the same --%s, or begin another sweep, without --continue"):format(name))
end

local function adopt(stored, result, path)
  local why = other_than(stored, result)
  if why then refuse(path, why) end
  local items = by_label(result.trials)
  for _, item in ipairs(stored.trials) do
    for _, run in ipairs(item.runs) do
      if run.ended == "done" and (run.round or 1) <= result.repeats then
        check_run(run, items[item.label], path)
        table.insert(items[item.label].runs, run)
      end
    end
  end
end

-- A function for sweep_run.run that adds the runs which the file holds. Raises.
function sweep_file.earlier(path)
  local _, document = failure.check(result_file.load(path))
  local stored = sweep_file.read(document)
  if not stored or stored.over then failure.raise(("%s is no sweep"):format(path), HINT) end
  return function(result) adopt(stored, result, path) end
end

return sweep_file
