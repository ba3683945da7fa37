-- statistics/init.lua - figures that sum up a list of numbers. Pure; lists are left as they are.

local statistics = {}

-- Is it a number that can be reckoned with: neither NaN nor infinite?
function statistics.finite(value)
  return type(value) == "number" and value == value and math.abs(value) < math.huge
end

local function sorted(values)
  local copy = table.move(values, 1, #values, 1, {})
  table.sort(copy)
  return copy
end

-- The value below which the share p (0 to 1) of the values lies; between two of them, the line
-- that joins them tells. nil for an empty list.
function statistics.quantile(values, p)
  if #values == 0 then return nil end
  local order = sorted(values)
  local place = 1 + (#order - 1) * p
  local below = math.floor(place)
  local above = math.min(below + 1, #order)
  return order[below] + (place - below) * (order[above] - order[below])
end

function statistics.median(values)
  return statistics.quantile(values, 0.5)
end

function statistics.mean(values)
  local sum = 0
  for _, value in ipairs(values) do sum = sum + value end
  return sum / #values
end

-- The sum of the squared distances from the mean.
local function squares(values)
  local mean, sum = statistics.mean(values), 0
  for _, value in ipairs(values) do sum = sum + (value - mean) ^ 2 end
  return sum
end

-- The variance of what the values are a sample of; needs two values.
function statistics.variance(values)
  return squares(values) / (#values - 1)
end

function statistics.deviation(values)
  return math.sqrt(statistics.variance(values))
end

statistics.NORMAL_95 = 1.959964 -- 95 % of a normal distribution lie within so many deviations

-- The same of Student's distribution with 1 to 9 degrees of freedom.
local STUDENT_95 = { 12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622 }

-- 95 % of Student's distribution lie within so many deviations. From ten degrees of freedom on it
-- is near enough to the normal one for Fisher's expansion (1925), right to three places.
function statistics.student_95(freedom)
  if freedom < 10 then return STUDENT_95[math.max(math.floor(freedom), 1)] end
  local z = statistics.NORMAL_95
  return z + (z ^ 3 + z) / (4 * freedom)
    + (5 * z ^ 5 + 16 * z ^ 3 + 3 * z) / (96 * freedom ^ 2)
    + (3 * z ^ 7 + 19 * z ^ 5 + 17 * z ^ 3 - 15 * z) / (384 * freedom ^ 3)
end

return statistics
