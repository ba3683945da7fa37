-- sweep/comparison.lua - the trials of a sweep against its first ones, and the sweep's drift. Pure.

local comparison = require "bigdata.statistics.comparison"
local drift = require "bigdata.statistics.drift"
local figures = require "bigdata.result.figures"
local options = require "bigdata.cli.options"
local series = require "bigdata.sweep.series"

local sweep_comparison = {}

-- Of several series over a number: the name of the first one, its trials by that number, and the
-- setting that it is of; nil if there are not several, or the others have numbers that it has not.
local function first_series(result)
  local over = series.over(result)
  if not over then return nil end
  local first, trials, others = series.name_of(result, result.trials[1], over), {}, {}
  for _, item in ipairs(result.trials) do
    if series.name_of(result, item, over) == first then
      trials[item.shown[over]] = item
    else
      others[#others + 1] = item
    end
  end
  for _, item in ipairs(others) do
    if not trials[item.shown[over]] then return nil end
  end
  if #others > 0 then return first, trials, over end
end

-- Are there several series over a number, which are compared with the first of them?
function sweep_comparison.has_series(result)
  return first_series(result) ~= nil
end

-- What the trials are compared with: the first one, or those of the first series; in words.
function sweep_comparison.base(result)
  local name, _, over = first_series(result)
  if not name then return result.trials[1].label end
  return ("%s, with the same %s"):format(name, options.dashed(over))
end

-- Compare all trials that have figures, by one figure of a step (as of figures.step), with the
-- first one; or, of series over a number, with that of the first series that has the same number. A
-- list of { label=, item=, comparison= }.
function sweep_comparison.of(result, step, figure)
  local list, _, trials, over = {}, first_series(result)
  for _, item in ipairs(result.trials) do
    local base = over and trials[item.shown[over]] or result.trials[1]
    local compared = comparison.of(figures.by_round(base, step, figure, result.repeats),
      figures.by_round(item, step, figure, result.repeats),
      { paired = true, cost = figure.cost, seed = result.seed })
    if item ~= base and compared.runs > 0 then
      list[#list + 1] = { label = item.label, item = item, comparison = compared }
    end
  end
  return list
end

-- What is found of each series but the first, by a figure of the main step: { name=, numbers= {
-- finding = list of numbers } }.
local function findings_by_series(result, over, figure)
  local list, known = {}, {}
  for _, line in ipairs(sweep_comparison.of(result, figures.main_step(result), figure)) do
    local name, words = series.name_of(result, line.item, over), line.comparison.words
    if not known[name] then
      known[name] = { name = name, numbers = {} }
      list[#list + 1] = known[name]
    end
    local numbers = known[name].numbers
    numbers[words] = numbers[words] or {}
    table.insert(numbers[words], line.item.shown[over])
  end
  return list
end

-- "faster at delay 5, 10; slower at delay 0"
local function findings_in_words(numbers, over)
  local parts = {}
  for _, words in ipairs(comparison.FINDINGS) do
    if numbers[words] then
      table.sort(numbers[words])
      parts[#parts + 1] = ("%s at %s %s"):format(words, options.dashed(over),
        table.concat(numbers[words], ", "))
    end
  end
  return table.concat(parts, "; ")
end

-- How series over a number compare with the first one, by a figure of the main step (the rate, if
-- none is given): a sentence for each, "poll against threads: faster at delay 5, 10; slower at
-- delay 0."; none if there is but one series. by: the figure in words, if it is to be named.
function sweep_comparison.sentences(result, figure, by)
  local first, _, over = first_series(result)
  local list = {}
  local found = first and findings_by_series(result, over, figure or figures.RATE) or {}
  for i, one in ipairs(found) do
    list[i] = ("%s against %s%s: %s."):format(one.name, first, by and ", " .. by or "",
      findings_in_words(one.numbers, over))
  end
  return list
end

-- All comparisons: a section for each step and figure, as of comparison_report.lines.
function sweep_comparison.sections(result)
  local sections = {}
  for _, step_name in ipairs(result.steps) do
    local step = figures.step(result.trials, step_name)
    for _, figure in ipairs(figures.COMPARED) do
      local section = sweep_comparison.of(result, step, figure)
      section.title, section.cost = figures.title(step, figure), figure.cost
      if #section > 0 then sections[#sections + 1] = section end
    end
  end
  return sections
end

-- Did the rates of the main step rise or fall over the sweep? As drift.of; nil if that is not told.
function sweep_comparison.drift(result)
  local trials, step = {}, figures.main_step(result)
  for i, item in ipairs(result.trials) do
    local one = { places = {}, figures = {} }
    for _, run in ipairs(item.runs) do
      local rate = figures.of(run, step, figures.RATE, item.shown)
      if rate then
        one.places[#one.places + 1] = run.place or #one.places + 1
        one.figures[#one.figures + 1] = rate
      end
    end
    trials[i] = one
  end
  return drift.of(trials, result.seed)
end

return sweep_comparison
