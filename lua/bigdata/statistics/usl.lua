-- statistics/usl.lua - the Universal Scalability Law (Gunther: Guerrilla Capacity Planning, 2007)
-- fitted to throughputs. Pure.
--
--     X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))
--
-- lambda is what one of the N connections achieves, sigma the share of the work that only one can
-- do at a time (contention), kappa what every pair costs to keep in agreement (coherency). With
-- kappa above zero there is a peak, at N = sqrt((1 - sigma) / kappa).
--
-- The fit minimises the squared residuals by Levenberg and Marquardt's method; neither sigma nor
-- kappa can be negative.

local statistics = require "bigdata.statistics"

local usl = {}

local LEAST_SIZES = 4
local STEPS = 200

-- The law's throughput for n connections.
function usl.rate(fit, n)
  return fit.lambda * n / (1 + fit.sigma * (n - 1) + fit.kappa * n * (n - 1))
end

--- Linear algebra, as far as it is needed.

-- Solve a x = b for small a by elimination; nil if there is no one solution.
local function solve(a, b)
  local rows = {}
  for i, row in ipairs(a) do
    rows[i] = table.move(row, 1, #row, 1, {})
    rows[i][#row + 1] = b[i]
  end
  local n = #rows
  for i = 1, n do
    local best = i
    for j = i + 1, n do
      if math.abs(rows[j][i]) > math.abs(rows[best][i]) then best = j end
    end
    rows[i], rows[best] = rows[best], rows[i]
    if rows[i][i] == 0 then return nil end
    for j = 1, n do
      local factor = j ~= i and rows[j][i] / rows[i][i] or 0
      for k = i, n + 1 do rows[j][k] = rows[j][k] - factor * rows[i][k] end
    end
  end
  local x = {}
  for i = 1, n do x[i] = rows[i][n + 1] / rows[i][i] end
  return x
end

--- The fit.

local NAMES = { "lambda", "sigma", "kappa" }

-- What the rate gains by each parameter, at a point.
local function gradient(fit, n)
  local divisor = 1 + fit.sigma * (n - 1) + fit.kappa * n * (n - 1)
  local by_divisor = -fit.lambda * n / divisor ^ 2
  return { n / divisor, by_divisor * (n - 1), by_divisor * n * (n - 1) }
end

-- A parameter that stands on its bound and would go beyond it is not one to move: without it in the
-- equations the others find their best.
local function hold(fit, matrix, right)
  for i, name in ipairs(NAMES) do
    if fit[name] == 0 and right[i] <= 0 then
      for j = 1, 3 do matrix[i][j], matrix[j][i] = 0, 0 end
      matrix[i][i], right[i] = 1, 0
    end
  end
end

-- The normal equations of a step from here, and the sum of squares here.
local function equations(fit, points)
  local matrix, right, sum = { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 0 } }, { 0, 0, 0 }, 0
  for _, point in ipairs(points) do
    local residual, slopes = point.rate - usl.rate(fit, point.size), gradient(fit, point.size)
    sum = sum + residual ^ 2
    for i = 1, 3 do
      right[i] = right[i] + slopes[i] * residual
      for j = 1, 3 do matrix[i][j] = matrix[i][j] + slopes[i] * slopes[j] end
    end
  end
  hold(fit, matrix, right)
  return matrix, right, sum
end

local function moved(fit, step)
  local to = {}
  for i, name in ipairs(NAMES) do to[name] = math.max(fit[name] + step[i], 0) end
  return to
end

-- A step that is damped, the more the shorter; nil where none can be found.
local function damped_step(matrix, right, damping)
  local damped = {}
  for i, row in ipairs(matrix) do
    damped[i] = table.move(row, 1, 3, 1, {})
    damped[i][i] = row[i] * (1 + damping)
  end
  return solve(damped, right)
end

-- Go downhill from a start.
local function descend(fit, points)
  local damping = 1e-3
  local matrix, right, sum = equations(fit, points)
  for _ = 1, STEPS do
    local step = damped_step(matrix, right, damping)
    local next_fit = step and moved(fit, step)
    local next_matrix, next_right, next_sum
    if next_fit then next_matrix, next_right, next_sum = equations(next_fit, points) end
    if next_sum and next_sum < sum then
      fit, matrix, right, sum = next_fit, next_matrix, next_right, next_sum
      damping = damping / 5
    else
      damping = damping * 4
    end
  end
  return fit, sum, matrix
end

-- Several starts: from a straight line to a peak within what was measured.
local function best_of(points)
  local steepest, largest = 0, 0
  for _, point in ipairs(points) do
    steepest = math.max(steepest, point.rate / point.size)
    largest = math.max(largest, point.size)
  end
  local best, least, matrix
  for _, sigma in ipairs { 0, 0.02, 0.2, 0.8 } do
    for _, kappa in ipairs { 0, 0.1 / largest ^ 2, 4 / largest ^ 2 } do
      local start = { lambda = steepest, sigma = sigma, kappa = kappa }
      local fit, sum, at = descend(start, points)
      if not least or sum < least then best, least, matrix = fit, sum, at end
    end
  end
  return best, least, matrix
end

-- The parameters' standard errors: nil for one that stands on its bound, or could be anything.
local function errors_of(fit, matrix, deviation)
  local errors = {}
  for i, name in ipairs(NAMES) do
    local unit = { 0, 0, 0 }
    unit[i] = 1
    local column = fit[name] > 0 and solve(matrix, unit)
    if column and column[i] > 0 then errors[name] = deviation * math.sqrt(column[i]) end
  end
  return errors
end

local function sizes_of(points)
  local seen, count = {}, 0
  for _, point in ipairs(points) do
    if not seen[point.size] then seen[point.size], count = true, count + 1 end
  end
  return count
end

-- Fit the law to points, a list of { size=, rate= }. Returns { lambda, sigma, kappa, errors = their
-- standard errors, peak_size, peak_rate (nil where there is no peak), error = the residuals' root
-- mean square as a share of the mean rate, fit_share = R squared }; or nil and why not.
function usl.fit(points)
  local usable = {}
  for _, point in ipairs(points) do
    if statistics.finite(point.rate) and point.rate > 0 then usable[#usable + 1] = point end
  end
  if sizes_of(usable) < LEAST_SIZES then
    return nil, ("the Universal Scalability Law needs at least %d sizes"):format(LEAST_SIZES)
  end
  local fit, sum, matrix = best_of(usable)
  local rates = {}
  for i, point in ipairs(usable) do rates[i] = point.rate end
  fit.errors = errors_of(fit, matrix, math.sqrt(sum / math.max(#usable - 3, 1)))
  fit.error = math.sqrt(sum / #usable) / statistics.mean(rates)
  fit.fit_share = 1 - sum / (statistics.variance(rates) * (#rates - 1))
  if fit.kappa > 0 and fit.sigma < 1 then
    fit.peak_size = math.max(math.sqrt((1 - fit.sigma) / fit.kappa), 1)
    fit.peak_rate = usl.rate(fit, fit.peak_size)
  end
  return fit
end

return usl
