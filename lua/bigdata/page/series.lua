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

-- "15 connections", "delay 10".
function series.counted(value, over)
  if over == "poolsize" then return text.plural(value, "connection") end
  return ("%s %s"):format(options.dashed(over), shown(value))
end

-- What a trial is called: "threads with 15 connections"; its own label, if there are no series.
function series.label(result, item)
  local over = series.over(result)
  if not over then return #result.trials == 1 and result.name or item.label end
  local name, value = series.name_of(result, item, over), series.counted(item.shown[over], over)
  return name == "" and value or ("%s with %s"):format(name, value)
end

-- The same where trials stand under the names of their series: "15 connections", and "threads"; or
-- the whole, and nil.
function series.place(result, item)
  local over = series.over(result)
  if not over then return series.label(result, item), nil end
  return series.counted(item.shown[over], over), series.name_of(result, item, over)
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
function series.hint(label, found, unit)
  local range = found.runs > 1 and (", %s to %s in %s"):format(shown(found.least),
    shown(found.most), text.plural(found.runs, "run")) or ""
  return ("%s: %s %s%s"):format(label, shown(found.y), unit, range)
end

-- The fewest and the most runs of the trials that have a rate.
local function runs_of(result)
  local step, least, most = figures.main_step(result), math.huge, 0
  for _, item in ipairs(result.trials) do
    local count = #figures.list(item, step, figures.RATE)
    if count > 0 then least, most = math.min(least, count), math.max(most, count) end
  end
  return least, most
end

local MOST_BANDS = 6

-- Would the bands of so many series hide each other?
function series.are_many(list)
  return #list > MOST_BANDS
end

-- Of what the picture is, how medians and ranges are to be read, and a clause more. bare: the
-- ranges are not in the picture.
function series.about(result, clause, bare)
  local least, most = runs_of(result)
  local step = ("The step %s"):format(figures.main_step(result).name)
  if most < 2 then return ("%s, one run of each trial; %s."):format(step, clause) end
  local ranges = bare and "; their ranges are in the table"
    or most < LEAST_RUNS and ", and their range"
    or ", and the range that holds the true value 95 times of 100"
  return ("%s: medians of %s%s%s; %s."):format(step, least < most and "up to " or "",
    text.plural(most, "run"), ranges, clause)
end

-- The same of a picture that shows one run of each trial.
function series.about_one(result, clause)
  local _, most = runs_of(result)
  return ("The step %s%s: %s."):format(figures.main_step(result).name,
    most > 1 and ", of each trial the run with the middle rate" or "", clause)
end

-- The step of a trial's run whose rate is in the middle: it stands for the trial where runs cannot
-- be merged. nil if no run has a rate.
function series.middle_step(result, item)
  local main, list = figures.main_step(result), {}
  for _, run in ipairs(item.runs) do
    local rate = figures.of(run, main, figures.RATE, item.shown)
    if rate then list[#list + 1] = { run = run, rate = rate } end
  end
  table.sort(list, function(a, b) return a.rate < b.rate end)
  local middle = list[(#list + 1) // 2]
  for _, step in ipairs(middle and middle.run.steps or {}) do
    if step.name == main.name then return step end
  end
end

-- The rows of the table behind lines, and which of its columns are numbers.
function series.rows(list, over, unit)
  local rows = { { "series", over, unit, "least", "most", "95 % from", "to" } }
  for _, line in ipairs(list) do
    for _, point in ipairs(line.points) do
      rows[#rows + 1] = { line.name, shown(point.x), shown(point.y), shown(point.least),
        shown(point.most), shown(point.low), shown(point.high) }
    end
  end
  return rows
end

series.NUMBERS = { false, true, true, true, true, true, true }

local function point_of(result, item, over, values, unit)
  local point = series.summary(values)
  point.x = item.shown[over]
  point.hint = series.hint(series.label(result, item), point, unit)
  return point
end

-- All series over a setting, without points, by their names and as a list. Their colours are the
-- same in all pictures.
local function empty_series(result, over)
  local list, known = {}, {}
  for _, item in ipairs(result.trials) do
    local name = series.name_of(result, item, over)
    if not known[name] then
      known[name] = { name = name, colour = #list + 1, points = {}, runs = {} }
      list[#list + 1] = known[name]
    end
  end
  return known, list
end

-- The series of a figure over a setting: { name=, colour=, points = as of lines.svg, runs = {
-- { size=, rate= } } for a fit }. Those without a figure are left out.
function series.of(result, over, figure)
  local known, all = empty_series(result, over)
  local step = figures.main_step(result)
  local unit = figures.unit(step, figure)
  for _, item in ipairs(result.trials) do
    local values = figures.list(item, step, figure)
    if #values > 0 then
      local one = known[series.name_of(result, item, over)]
      one.points[#one.points + 1] = point_of(result, item, over, values, unit)
      for _, value in ipairs(values) do
        one.runs[#one.runs + 1] = { size = item.shown[over], rate = value }
      end
    end
  end
  local list = {}
  for _, one in ipairs(all) do
    table.sort(one.points, function(a, b) return a.x < b.x end)
    if #one.points > 0 then list[#list + 1] = one end
  end
  return list
end

return series
