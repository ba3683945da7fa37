-- trial/way.lua - how a trial gets to the server: straight, or through a proxy that makes the way
-- longer (--delay).

local core = require "bigdata.core"
local failure = require "bigdata.failure"

local way = {}

local Way = {}
Way.__index = Way

-- direct: how to connect straight on; the way's own conninfo is how to go it, with so many
-- connections. Raises.
function way.open(direct, delay_ms, connections)
  local self = setmetatable({ direct = direct, conninfo = direct }, Way)
  if (delay_ms or 0) > 0 then
    self.proxy = failure.check(core.proxy {
      conninfo = direct, delay = delay_ms / 2000, clients = connections,
    })
    self.conninfo = self.proxy:conninfo()
  end
  return self
end

-- A step's clock starts.
function Way:begin()
  if self.proxy then self.user, self.system = self.proxy:used() end
end

-- The step is over. The proxy is a thread of this process, but stands for a network: what it has
-- used meanwhile is not the client's.
function Way:settle(outcome)
  if not self.user then return end
  local user, system = self.proxy:used()
  outcome.cpu_user_seconds = math.max(0, outcome.cpu_user_seconds - (user - self.user))
  outcome.cpu_system_seconds = math.max(0, outcome.cpu_system_seconds - (system - self.system))
  self.user, self.system = nil, nil
end

function Way:close()
  if self.proxy then self.proxy:close() end
end

Way.__close = Way.close

return way
