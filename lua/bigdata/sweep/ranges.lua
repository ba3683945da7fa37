-- sweep/ranges.lua - lists of values as they are written on the command line: "threads,poll",
-- "1,2,5", "1..64x2" (1, 2, 4, ... 64), "10..100+10" (10, 20, ... 100), "1..4" (1, 2, 3, 4). Pure.

local text = require "bigdata.text"

local ranges = {}

local MOST = 10000
local HOW = "a range is written as in 1..8, 10..100+10 or 1..64x2"

local function number(digits)
  return math.tointeger(tonumber(digits)) or tonumber(digits)
end

-- The next number of a range; nil and why where it would never end.
local function stepper(sign, step)
  if sign == "x" then
    if step <= 1 then return nil, "the factor must be above 1" end
    return function(value) return value * step end
  end
  if step <= 0 then return nil, "the step must be above 0" end
  return function(value) return value + step end
end

local function shown(value)
  return ("%.15g"):format(value)
end

-- One part of a list, "10..100+10", added to `values`.
local function add_range(values, part, first, last, sign, step)
  first, last, step = number(first), number(last), number(step)
  if not (first and last and step) then return nil, ("%s: %s"):format(part, HOW) end
  if first > last then return nil, ("%s: it ends before it begins"):format(part) end
  if sign == "x" and first <= 0 then return nil, ("%s: it must begin above 0"):format(part) end
  local following, problem = stepper(sign, step)
  if not following then return nil, ("%s: %s"):format(part, problem) end
  local value = first
  while value <= last * (1 + 1e-12) do
    if #values >= MOST then
      return nil, ("%s: that is more than %s values"):format(part, text.count(MOST))
    end
    values[#values + 1] = shown(value)
    value = following(value)
  end
  return true
end

local function add_part(values, part)
  local first, last, sign, step = part:match("^([%d.]-)%.%.([%d.]-)([x+])([%d.]+)$")
  if not first then
    first, last = part:match("^([%d.]-)%.%.([%d.]+)$")
    sign, step = "+", "1"
  end
  if first then return add_range(values, part, first, last, sign, step) end
  values[#values + 1] = part
  return true
end

-- The values that a list stands for, as strings in its order; or nil and what is wrong with it.
function ranges.expand(list)
  local values = {}
  for part in (list .. ","):gmatch("([^,]*),") do
    part = part:match("^%s*(.-)%s*$")
    if part == "" then
      return nil, list:find("%S") and ("%s: a value is missing"):format(list) or "the list is empty"
    end
    local good, problem = add_part(values, part)
    if not good then return nil, problem end
  end
  return values
end

return ranges
