-- page/warnings.lua - what the reader must know before believing a result. Pure.

local comparison_report = require "bigdata.report.comparison"
local figures = require "bigdata.result.figures"
local places = require "bigdata.result.places"
local problems = require "bigdata.report.problems"
local series = require "bigdata.page.series"
local statistics = require "bigdata.statistics"
local sweep_comparison = require "bigdata.sweep.comparison"

local warnings = {}

local LEAST_RUNS = 3

-- A true rate that may be so many times what is shown hides differences that matter.
local MOST_FACTOR = 1.15

-- How many times what is shown the true rate of a trial may be: the median over the trials; nil
-- without enough runs.
local function typical_factor(result)
  local step, factors = figures.main_step(result), {}
  for _, item in ipairs(result.trials) do
    local rates = figures.list(item, step, figures.RATE)
    if #rates >= LEAST_RUNS then
      local found = series.summary(rates)
      factors[#factors + 1] = math.sqrt(found.high / found.low)
    end
  end
  return statistics.median(factors)
end

local function about_runs(result)
  if result.repeats < LEAST_RUNS and #result.trials > 1 then
    return "With fewer than three runs of each trial, no difference can be told from noise "
      .. "(--repeat)."
  end
  local factor = typical_factor(result)
  if factor and factor > MOST_FACTOR then
    return ("The runs of a trial differ a lot: typically, its true rate may be anything from %s to "
      .. "%s times what is shown. More runs (--repeat), longer ones, or a machine that does "
      .. "nothing else, tell more."):format(comparison_report.factor(1 / factor),
      comparison_report.factor(factor))
  end
end

local function about_places(result)
  local lines = places.differences { result }
  if #lines > 0 then
    return ("The runs were made on different machines or servers: %s."):format(
      table.concat(lines, "; "))
  end
end

local function about_drift(result)
  local drift = sweep_comparison.drift(result)
  if drift and drift.found then
    return ("The rates drifted over the sweep, by %+.0f %% from its first run to its last: all "
      .. "trials alike, since they took turns."):format(drift.change * 100)
  end
end

-- A list of sentences.
function warnings.sentences(result)
  local list = {}
  list[#list + 1] = about_places(result)
  list[#list + 1] = about_runs(result)
  list[#list + 1] = about_drift(result)
  for _, item in ipairs(result.missing or {}) do
    list[#list + 1] = ("%s was left out: %s."):format(item.label, item.why)
  end
  for _, one in ipairs(problems.of(result)) do
    list[#list + 1] = ("%s: %s."):format(one.label, one.why)
  end
  return list
end

return warnings
