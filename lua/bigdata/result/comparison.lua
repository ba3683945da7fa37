-- result/comparison.lua - two sets of results against each other: what else differs between them,
-- and how their figures compare. Pure but for failure.raise.

local comparison = require "bigdata.statistics.comparison"
local failure = require "bigdata.failure"
local figures = require "bigdata.result.figures"
local places = require "bigdata.result.places"
local statistics = require "bigdata.statistics"
local tables = require "bigdata.tables"
local text = require "bigdata.text"

local result_comparison = {}

--- What cannot be compared.

local function step_of(item, name)
  for _, run in ipairs(item.runs) do
    for _, step in ipairs(run.ended == "done" and run.steps or {}) do
      if step.name == name then return step, run end
    end
  end
end

-- Runs that were given as much time as others, and not as many records, differ in rows.
local function is_timed(run)
  return run.settings ~= nil and (run.settings.time or 0) > 0
end

local function amount_of(step)
  if step.rows > 0 then return text.plural(step.rows, "row") end
  return text.plural(step.records, "record")
end

local function check_rows(one, other, item, against, name)
  local step, run = step_of(item, name)
  local other_step, other_run = step_of(against, name)
  if not (step and other_step) or is_timed(run) or is_timed(other_run) then return end
  if step.rows ~= other_step.rows or step.records ~= other_step.records and step.rows == 0 then
    failure.raise(("step %s has %s in %s, and %s in %s"):format(name, amount_of(step), one.path,
      amount_of(other_step), other.path),
      "only runs over the same records can be compared")
  end
end

-- The trials that both have: a list of { label=, item=, against= }. Sets of one trial each are
-- compared whatever their settings are.
local function common_trials(one, other)
  if #one.trials == 1 and #other.trials == 1 then
    local item, against = one.trials[1], other.trials[1]
    local label = item.label == against.label and item.label or other.path
    return { { label = label, item = item, against = against } }
  end
  local list = {}
  for _, item in ipairs(one.trials) do
    for _, against in ipairs(other.trials) do
      if item.label == against.label then
        list[#list + 1] = { label = item.label, item = item, against = against }
      end
    end
  end
  return list
end

local function check(one, other, pairs_of_trials)
  if one.scenario ~= other.scenario then
    failure.raise(("%s is of scenario %s, and %s of %s: these are not to be compared"):format(
      one.path, one.scenario, other.path, other.scenario))
  end
  if #pairs_of_trials == 0 then
    failure.raise(("%s and %s have no trial in common"):format(one.path, other.path),
      "trials are compared with those of the same settings: run both under the same --vary")
  end
  for _, pair in ipairs(pairs_of_trials) do
    for _, name in ipairs(one.steps) do
      check_rows(one, other, pair.item, pair.against, name)
    end
  end
end

--- What else differs.

local function add_differences(list, what, one, other)
  local names = {}
  for name in pairs(one) do names[name] = true end
  for name in pairs(other) do names[name] = true end
  for _, name in ipairs(text.keys(names)) do
    local before, after = one[name], other[name]
    if type(before) ~= "table" and type(after) ~= "table" and before ~= after then
      list[#list + 1] = ("%s %s: %s, %s"):format(what, name,
        before == nil and "none" or tostring(before), after == nil and "none" or tostring(after))
    end
  end
end

-- In what the settings of two trials' runs differ: a list of lines.
local function settings_differences(pair)
  local list, run, against = {}, pair.item.runs[1] or {}, pair.against.runs[1] or {}
  add_differences(list, "setting", run.settings or {}, against.settings or {})
  add_differences(list, "flag", run.flags or {}, against.flags or {})
  return list
end

--- Comparing.

local function section_of(pairs_of_trials, step, figure, seed)
  local section = { title = figures.title(step, figure), cost = figure.cost }
  for _, pair in ipairs(pairs_of_trials) do
    local base = figures.list(pair.item, step, figure)
    local values = figures.list(pair.against, step, figure)
    if #base > 0 and #values > 0 then
      section[#section + 1] = {
        label = pair.label, base = statistics.median(base), value = statistics.median(values),
        comparison = comparison.of(base, values, { cost = figure.cost, seed = seed }),
      }
    end
  end
  return section
end

local function compare(one, other, seed)
  local common = common_trials(one, other)
  check(one, other, common)
  local result = {
    one = one, other = other, where = places.differences { one, other },
    how = settings_differences(common[1]), sections = {},
  }
  local trials = tables.append(tables.append({}, one.trials), other.trials)
  for _, name in ipairs(one.steps) do
    local step = figures.step(trials, name)
    for _, figure in ipairs(figures.COMPARED) do
      local section = section_of(common, step, figure, seed)
      if #section > 0 then result.sections[#result.sections + 1] = section end
    end
  end
  if #result.sections == 0 then
    failure.raise(("%s and %s have no figure that can be compared"):format(one.path, other.path),
      "runs that failed, or took no time, have none")
  end
  return result
end

-- Compare two sets, as of result_set.load: { one=, other=, where= and how= what else differs, lists
-- of lines, sections= as of comparison_report.lines, each line with the medians `base` and `value`
-- }; or nil, message, info.
function result_comparison.of(one, other, seed)
  return failure.protect(compare, one, other, seed or 1)
end

local LOSSES = { slower = true, dearer = true }

-- The losses of more than that share which were found: a list of lines.
function result_comparison.losses(result, share)
  local lines = {}
  for _, section in ipairs(result.sections) do
    for _, line in ipairs(section) do
      local loss = math.abs(line.comparison.ratio - 1)
      if LOSSES[line.comparison.words] and loss > share then
        lines[#lines + 1] = ("%s: %s: %s by %.1f %%"):format(line.label, section.title,
          line.comparison.words, loss * 100)
      end
    end
  end
  return lines
end

return result_comparison
