-- result/sighting.lua - what a backend was seen doing, as docs/result.md has it, in words. Pure.

local sighting = {}

sighting.IDLE = "idle"

-- Had it nothing to do, in a transaction or not, or waited for the client to send or take more?
function sighting.is_idle(seen)
  return seen.state:find("^idle") ~= nil or seen.wait_event_type == "Client"
end

-- What it did, in a word. event: how the event that it waited for is called; nil if it waited for
-- none.
function sighting.word(seen, event)
  if sighting.is_idle(seen) then return sighting.IDLE end
  return event or seen.state == "active" and "computing" or seen.state
end

return sighting
