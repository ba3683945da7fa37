-- result/sighting.lua - what a backend was seen doing, as docs/result.md has it, in words. Pure.
--
-- What it waits for tells, not its state: one that has nothing to do waits for the client, be it
-- idle, in a transaction or in the midst of a COPY. One that receives, parses or commits what is
-- short is mostly seen in a state that begins with "idle", but waits for nothing.

local sighting = {}

sighting.IDLE = "idle"

-- Had it nothing to do, or waited for the client to send or take more?
function sighting.is_idle(seen)
  return seen.wait_event_type == "Client"
end

-- Did it wait for nothing? Of whom the state is not shown, the wait is not shown either.
function sighting.is_computing(seen)
  return not seen.wait_event_type and seen.state ~= "?"
end

-- What it did, in a word. event: how the event that it waited for is called; nil if it waited for
-- none.
function sighting.word(seen, event)
  if sighting.is_idle(seen) then return sighting.IDLE end
  return sighting.is_computing(seen) and "computing" or event or "not shown"
end

return sighting
