-- interval.lua - how long units took, and where the workers' time went, between two looks at a step
-- under way: the core's progress then, and before (nil for the first). Pure.

local interval = {}

-- What a worker's time goes to, as src/stats/shares.h has it.
interval.STATES = { "source", "client", "send", "server", "turn" }

-- How many units were stored in between.
function interval.units(p, before)
  return (p.units or 0) - (before and before.units or 0)
end

-- The times that units took in between: a list of { seconds=, count= }, the shortest first, and how
-- many they are.
local function times(p, before)
  local earlier, list, all = before and before.units_by_seconds or {}, {}, 0
  for seconds, count in pairs(p.units_by_seconds) do
    local more = count - (earlier[seconds] or 0)
    if more > 0 then list[#list + 1] = { seconds = seconds, count = more } end
    all = all + more
  end
  table.sort(list, function(a, b) return a.seconds < b.seconds end)
  return list, all
end

local function quantile(list, all, share)
  local so_far = 0
  for _, one in ipairs(list) do
    so_far = so_far + one.count
    if so_far >= share * all then return one.seconds end
  end
end

local function deviation(list, all)
  local sum, squares = 0, 0
  for _, one in ipairs(list) do sum = sum + one.count * one.seconds end
  for _, one in ipairs(list) do squares = squares + one.count * (one.seconds - sum / all) ^ 2 end
  return math.sqrt(squares / all)
end

-- How long the units took that were stored in between: { mean=, deviation=, p95= } in seconds; nil
-- if none was. The mean is exact, the others are so within a 64th of the times.
function interval.latency(p, before)
  local units = interval.units(p, before)
  if units <= 0 then return nil end
  local list, all = times(p, before)
  if all == 0 then return nil end -- the workers count while they are looked at
  return {
    mean = (p.unit_seconds - (before and before.unit_seconds or 0)) / units,
    deviation = deviation(list, all), p95 = quantile(list, all, 0.95),
  }
end

-- How long after the moments that --rate gives them units began, on average of those stored, in
-- seconds; nil if none was.
function interval.lag(p, before)
  local units = interval.units(p, before)
  if units <= 0 or not p.lag_seconds then return nil end
  return (p.lag_seconds - (before and before.lag_seconds or 0)) / units
end

-- The shares of the workers' time, which add up to 1, by their names; nil if nothing was stored. It
-- is their time up to the last unit that each has stored.
function interval.shares(p, before)
  if not p.share_seconds then return nil end
  local shares, all = {}, 0
  for _, state in ipairs(interval.STATES) do
    local earlier = before and before.share_seconds and before.share_seconds[state] or 0
    shares[state] = p.share_seconds[state] - earlier
    all = all + shares[state]
  end
  if all <= 0 then return nil end
  for _, state in ipairs(interval.STATES) do shares[state] = shares[state] / all end
  return shares
end

return interval
