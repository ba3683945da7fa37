-- sweep/comparison.lua - the trials of a sweep against its first one, and the sweep's drift. Pure.

local comparison = require "bigdata.statistics.comparison"
local drift = require "bigdata.statistics.drift"
local figures = require "bigdata.result.figures"

local sweep_comparison = {}

-- Compare all trials that have figures with the first, by one figure of one step: a list of
-- { label=, item=, comparison= }.
function sweep_comparison.with_first(result, step_name, figure)
  local first, list = result.trials[1], {}
  local base = figures.by_round(first, step_name, figure, result.repeats)
  for i = 2, #result.trials do
    local item = result.trials[i]
    local compared = comparison.of(base,
      figures.by_round(item, step_name, figure, result.repeats),
      { paired = true, cost = figure.cost, seed = result.seed })
    if compared.runs > 0 then
      list[#list + 1] = { label = item.label, item = item, comparison = compared }
    end
  end
  return list
end

local function title(result, step_name, figure)
  local unit = figure.title
  if figures.without_rows(result.trials, step_name) then unit = unit:gsub("row", "record") end
  return ("%s, %s"):format(step_name, unit)
end

-- All comparisons: a section for each step and figure, as of comparison_report.lines.
function sweep_comparison.sections(result)
  local sections = {}
  for _, step_name in ipairs(result.steps) do
    for _, figure in ipairs(figures.COMPARED) do
      local section = sweep_comparison.with_first(result, step_name, figure)
      section.title, section.cost = title(result, step_name, figure), figure.cost
      if #section > 0 then sections[#sections + 1] = section end
    end
  end
  return sections
end

-- Did the rates of the main step rise or fall over the sweep? As drift.of; nil if that is not told.
function sweep_comparison.drift(result)
  local trials, step_name = {}, figures.main_step(result)
  for i, item in ipairs(result.trials) do
    local one = { places = {}, figures = {} }
    for _, run in ipairs(item.runs) do
      local rate = figures.of(run, step_name, figures.RATE, item.shown)
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
