-- sweep/file.lua - sweeps from the documents that result/file.lua writes: to report them again, and
-- to go on with them.

local failure = require "bigdata.failure"
local result_file = require "bigdata.result.file"

local sweep_file = {}

local HINT = "a sweep's results are written by --json FILE"

local function by_label(trials)
  local found = {}
  for _, item in ipairs(trials) do found[item.label] = item end
  return found
end

-- The sweep in a document, in the form that sweep_run.run gives but for what only running needs;
-- nil if the document is that of a single run.
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
  return {
    name = document.sweep, summary = document.summary, scenario = document.scenario,
    names = document.varied, steps = document.step_names, repeats = document.repeats,
    seed = document.seed, trials = trials, missing = document.left_out or {}, server = server,
    ended = document.ended,
  }
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

-- In what a run's settings differ from its trial's, of those that both know: nil if in nothing.
-- What the trial shows is compared by the labels already.
local function first_difference(run, item)
  for _, name in ipairs { "limit", "time", "queue", "poolsize", "protocol", "autocommit" } do
    local was, is = (run.settings or {})[name], item.settings[name]
    if was ~= nil and was ~= is then
      return ("%s was %s, and is %s"):format(name, tostring(was), tostring(is))
    end
  end
end

local function adopt(stored, result, path)
  local why = other_than(stored, result)
  local items = by_label(result.trials)
  for _, item in ipairs(stored.trials) do
    for _, run in ipairs(why and {} or item.runs) do
      if run.ended == "done" and (run.round or 1) <= result.repeats then
        why = why or first_difference(run, items[item.label])
        table.insert(items[item.label].runs, run)
      end
    end
  end
  if why then
    failure.raise(("%s holds another sweep than this one: %s"):format(path, why),
      "go on with the same scenario and the same options")
  end
end

-- A function for sweep_run.run that adds the runs which the file holds. Raises.
function sweep_file.earlier(path)
  local _, document = failure.check(result_file.load(path))
  local stored = sweep_file.read(document)
  if not stored then failure.raise(("%s is no sweep"):format(path), HINT) end
  return function(result) adopt(stored, result, path) end
end

return sweep_file
