-- sweep/series.lua - the trials of a sweep as series over a setting that is a number. Pure.

local options = require "bigdata.cli.options"
local settings = require "bigdata.scenario.settings"

local series = {}

local LEAST_VALUES = 3

-- How many different numbers the setting takes; 0 if it is none somewhere.
function series.numbers_of(result, name)
  local seen, count = {}, 0
  for _, item in ipairs(result.trials) do
    local value = item.shown[name]
    if type(value) ~= "number" then return 0 end
    if not seen[value] then seen[value], count = true, count + 1 end
  end
  return count
end

-- The setting that lines can be laid over: the pool's size, or what takes most values; nil if
-- nothing takes three. The number of a copy is no setting.
function series.over(result)
  local best, most = nil, LEAST_VALUES - 1
  for _, name in ipairs(result.names) do
    local count = name ~= "copy" and series.numbers_of(result, name) or 0
    if name == "poolsize" and count >= LEAST_VALUES then return name end
    if count > most then best, most = name, count end
  end
  return best
end

local function differs(result, name)
  local first = result.trials[1].shown[name]
  for _, item in ipairs(result.trials) do
    if item.shown[name] ~= first then return true end
  end
  return false
end

-- What tells a trial from others with the same value of a setting: "poll", if it is but a word;
-- "engine poll, jobs 2".
function series.name_of(result, item, over)
  local names, parts = {}, {}
  for _, name in ipairs(result.names) do
    if name ~= over and differs(result, name) then names[#names + 1] = name end
  end
  for _, name in ipairs(names) do
    local value = item.shown[name]
    if value ~= nil then
      local plain = name == "system" or #names == 1 and type(value) == "string"
      parts[#parts + 1] = plain and settings.shown(value)
        or ("%s %s"):format(options.dashed(name), settings.shown(value))
    end
  end
  return table.concat(parts, ", ")
end

return series
