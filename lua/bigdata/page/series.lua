-- page/series.lua - a sweep's figures as series over a setting that is a number. Pure.

local figures = require "bigdata.result.figures"
local options = require "bigdata.cli.options"
local statistics = require "bigdata.statistics"
local sweep_series = require "bigdata.sweep.series"
local text = require "bigdata.text"

local series = {}

-- A number for tables and hints.
function series.shown(value)
  if value >= 100 then return text.count(value) end
  return ("%.3g"):format(value)
end

local shown = series.shown

series.over, series.name_of = sweep_series.over, sweep_series.name_of

-- The name of the axis for a setting.
function series.axis(over)
  return over == "poolsize" and "connections" or options.dashed(over)
end

-- Fewer runs tell nothing about their spread.
local LEAST_RUNS = 3

-- The 95 % interval of the runs' geometric mean, by Student's distribution; nil for too few of
-- them.
local function interval(values)
  if #values < LEAST_RUNS then return nil end
  local logs = {}
  for i, value in ipairs(values) do
    if value <= 0 then return nil end
    logs[i] = math.log(value)
  end
  local half = statistics.student_95(#logs - 1) * statistics.deviation(logs) / math.sqrt(#logs)
  local middle = statistics.mean(logs)
  return math.exp(middle - half), math.exp(middle + half)
end

-- What the runs' figures come to: { y= the median, least=, most=, runs=, low=, high= the 95 %
-- interval, or of fewer than three runs the range }.
function series.summary(values)
  local least, most = math.min(table.unpack(values)), math.max(table.unpack(values))
  local low, high = interval(values)
  return {
    y = statistics.median(values), least = least, most = most, runs = #values,
    low = low or least, high = high or most,
  }
end

-- What is shown under the pointer.
function series.hint(label, found, title)
  local range = found.runs > 1 and (", %s to %s in %s"):format(shown(found.least),
    shown(found.most), text.plural(found.runs, "run")) or ""
  return ("%s: %s %s%s"):format(label, shown(found.y), title, range)
end

-- How medians and ranges are to be read, after a clause on the picture.
function series.about(result, clause)
  if result.repeats < 2 then return ("One run of each trial; %s."):format(clause) end
  local runs = text.plural(result.repeats, "run")
  if result.ended ~= "done" then runs = "up to " .. runs end
  return ("Medians of %s, and %s; %s."):format(runs, result.repeats >= LEAST_RUNS
    and "the range that holds the true value 95 times of 100" or "their range", clause)
end

-- The step of a trial's run whose rate is in the middle: it stands for the trial where runs cannot
-- be merged. nil if no run has a rate.
function series.middle_step(result, item)
  local step_name, list = figures.main_step(result), {}
  for _, run in ipairs(item.runs) do
    local rate = figures.of(run, step_name, figures.RATE, item.shown)
    if rate then list[#list + 1] = { run = run, rate = rate } end
  end
  table.sort(list, function(a, b) return a.rate < b.rate end)
  local middle = list[(#list + 1) // 2]
  for _, step in ipairs(middle and middle.run.steps or {}) do
    if step.name == step_name then return step end
  end
end

-- The rows of the table behind lines, and which of its columns are numbers.
function series.rows(list, over, title)
  local rows = { { "series", over, title, "least", "most", "95 % from", "to" } }
  for _, line in ipairs(list) do
    for _, point in ipairs(line.points) do
      rows[#rows + 1] = { line.name, shown(point.x), shown(point.y), shown(point.least),
        shown(point.most), shown(point.low), shown(point.high) }
    end
  end
  return rows
end

series.NUMBERS = { false, true, true, true, true, true, true }

local function point_of(item, over, values, title)
  local point = series.summary(values)
  point.x = item.shown[over]
  point.hint = series.hint(item.label, point, title)
  return point
end

-- The series of a figure over a setting: { name=, points = as of lines.svg, runs = { { size=,
-- rate= } } for a fit }. Those without a figure are left out.
function series.of(result, over, figure)
  local list, known = {}, {}
  for _, item in ipairs(result.trials) do
    local values = figures.list(item, figures.main_step(result), figure)
    local name = series.name_of(result, item, over)
    if #values > 0 then
      if not known[name] then
        known[name] = { name = name, points = {}, runs = {} }
        list[#list + 1] = known[name]
      end
      local one = known[name]
      one.points[#one.points + 1] = point_of(item, over, values, figure.title)
      for _, value in ipairs(values) do
        one.runs[#one.runs + 1] = { size = item.shown[over], rate = value }
      end
    end
  end
  for _, one in ipairs(list) do
    table.sort(one.points, function(a, b) return a.x < b.x end)
  end
  return list
end

return series
