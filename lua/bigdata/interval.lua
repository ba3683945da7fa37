-- interval.lua - how long units took, and where the workers' time went, between two looks at a step
-- under way: the core's progress then, and before (nil for the first). Pure.

local interval = {}

-- What a worker's time goes to, as src/stats/shares.h has it.
interval.STATES = { "source", "client", "send", "server", "turn" }

-- The mean time in seconds of the units that were stored in between; nil if none was.
function interval.latency(p, before)
  local units = (p.units or 0) - (before and before.units or 0)
  if units <= 0 then return nil end
  return (p.unit_seconds - (before and before.unit_seconds or 0)) / units
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
