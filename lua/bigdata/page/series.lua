-- page/series.lua - a sweep's figures as series over a setting that is a number. Pure.

local figures = require "bigdata.result.figures"
local options = require "bigdata.cli.options"
local settings = require "bigdata.scenario.settings"
local statistics = require "bigdata.statistics"
local text = require "bigdata.text"

local series = {}

local LEAST_VALUES = 3

-- How many different numbers the setting takes; 0 if it is none somewhere.
local function numbers_of(result, name)
  local seen, count = {}, 0
  for _, item in ipairs(result.trials) do
    local value = item.shown[name]
    if type(value) ~= "number" then return 0 end
    if not seen[value] then seen[value], count = true, count + 1 end
  end
  return count
end

-- The setting that lines can be laid over: the pool's size, or what takes most values; nil if
-- nothing takes three.
function series.over(result)
  local best, most = nil, LEAST_VALUES - 1
  for _, name in ipairs(result.names) do
    local count = numbers_of(result, name)
    if name == "poolsize" and count >= LEAST_VALUES then return name end
    if count > most then best, most = name, count end
  end
  return best
end

-- What tells a trial from others with the same value: "engine poll".
local function name_of(result, item, over)
  local parts = {}
  for _, name in ipairs(result.names) do
    local value = item.shown[name]
    local differs = false
    for _, other in ipairs(result.trials) do differs = differs or other.shown[name] ~= value end
    if name ~= over and differs and value ~= nil then
      local shown = settings.shown(value)
      parts[#parts + 1] = name == "system" and shown
        or ("%s %s"):format(options.dashed(name), shown)
    end
  end
  return table.concat(parts, ", ")
end

local function point_of(item, over, values, title)
  local middle = statistics.median(values)
  return {
    x = item.shown[over], y = middle,
    low = math.min(table.unpack(values)), high = math.max(table.unpack(values)),
    hint = ("%s: %s %s (%s..%s, %s)"):format(item.label,
      middle >= 100 and text.count(middle) or ("%.4g"):format(middle), title,
      ("%.4g"):format(math.min(table.unpack(values))),
      ("%.4g"):format(math.max(table.unpack(values))), text.plural(#values, "run")),
  }
end

-- The series of a figure over a setting: { name=, points = as of chart.lines, runs = { { size=,
-- rate= } } for a fit }. Those without a figure are left out.
function series.of(result, over, figure)
  local list, known = {}, {}
  for _, item in ipairs(result.trials) do
    local values = figures.list(item, figures.main_step(result), figure)
    local name = name_of(result, item, over)
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
