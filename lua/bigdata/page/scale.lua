-- page/scale.lua - from values to places in a picture, and the values to mark on an axis. Pure.

local scale = {}

local Scale = {}
Scale.__index = Scale

-- A step between marks that is 1, 2 or 5 times a power of ten.
local function round_step(span, count)
  local raw = span / count
  local power = 10 ^ math.floor(math.log(raw, 10))
  for _, factor in ipairs { 1, 2, 5, 10 } do
    if factor * power >= raw * (1 - 1e-9) then return factor * power end
  end
end

-- From 0 to at least the largest value.
function scale.linear(largest, from, to)
  if largest <= 0 or largest ~= largest then largest = 1 end
  local step = round_step(largest, 5)
  local last = math.ceil(largest / step - 1e-9) * step
  local marks = {}
  for value = 0, last + step / 2, step do marks[#marks + 1] = value end
  return setmetatable({ low = 0, high = last, from = from, to = to, marks = marks }, Scale)
end

local function log_marks(low, high)
  local marks = {}
  local decades = math.log(high / low, 10)
  local factors = decades > 3 and { 1 } or { 1, 2, 5 }
  for power = math.floor(math.log(low, 10)), math.ceil(math.log(high, 10)) do
    for _, factor in ipairs(factors) do
      local value = factor * 10.0 ^ power
      if value >= low * 0.999 and value <= high * 1.001 then marks[#marks + 1] = value end
    end
  end
  return marks
end

-- Logarithmic, from the least to the largest value, both above 0. marks: nil for round ones.
function scale.log(least, largest, from, to, marks)
  local low, high = least * 0.93, largest * 1.07
  return setmetatable({
    low = low, high = high, from = from, to = to, log = true,
    marks = marks or log_marks(low, high),
  }, Scale)
end

-- The nearest value not below that is 1, 2 or 5 times a power of ten; or not above, where it is to
-- be the lower end.
local function round_value(value, lower)
  local power, best = 10.0 ^ math.floor(math.log(value, 10)), nil
  for _, factor in ipairs { 1, 2, 5, 10 } do
    local near = factor * power
    if lower and near <= value * 1.001 then best = near end
    if not lower and not best and near >= value * 0.999 then best = near end
  end
  return best
end

-- Logarithmic, between round values; least and largest are above 0.
function scale.round_log(least, largest, from, to)
  local low, high = round_value(least, true), round_value(largest, false)
  if high <= low then high = low * 10 end
  return setmetatable({ low = low, high = high, from = from, to = to, log = true,
    marks = log_marks(low, high) }, Scale)
end

-- The place of a value.
function Scale:place(value)
  local share
  if self.log then
    share = math.log(value / self.low) / math.log(self.high / self.low)
  else
    share = (value - self.low) / (self.high - self.low)
  end
  return self.from + share * (self.to - self.from)
end

local UNITS = { { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" } }
local LEAST_WITH_UNITS = 1e4

-- A value as the axis shows it: 0.02, or 5000; on an axis that reaches further, 5k, 12k, 1.5M.
function Scale:shown(value)
  for _, unit in ipairs(self.high >= LEAST_WITH_UNITS and UNITS or {}) do
    if value >= unit[1] then return ("%.3g%s"):format(value / unit[1], unit[2]) end
  end
  return ("%.4g"):format(value)
end

return scale
