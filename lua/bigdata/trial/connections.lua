-- trial/connections.lua - the pool of a run. With --reconnect it is opened again where the server
-- was lost between two steps; what is lost within a step is the workers' business.

local core = require "bigdata.core"
local failure = require "bigdata.failure"

local connections = {}

local FIRST_DELAY = 0.1 -- seconds, before trying again; doubled each time
local LONGEST_DELAY = 5

local TOO_MANY_CONNECTIONS = "53300"

local Connections = {}
Connections.__index = Connections

local function open_pool(conninfo, settings, most)
  local pool, message, info = core.pool {
    conninfo = conninfo, size = settings.poolsize, protocol = settings.protocol,
  }
  if pool then return pool end
  local hint = info.hint
  if info.sqlstate == TOO_MANY_CONNECTIONS then
    hint = ("the server allows %s connections in all: use a smaller --poolsize than %d, or raise "
      .. "its max_connections"):format(most, settings.poolsize)
  end
  failure.raise(message, hint, info.code)
end

-- The run's pool, opened if it is not.
function Connections:get()
  if not self.pool then
    self.pool = open_pool(self.conninfo, self.settings, self.most)
    self:tell()
  end
  return self.pool
end

-- The pool has connections that it had not before.
function Connections:tell()
  if self.opened then self.opened(self.pool) end
end

function Connections:close()
  if self.pool then self.pool:close() end
  self.pool = nil
end

Connections.__close = Connections.close

-- Call begin(pool), which raises what keeps a step from being begun, and return its result. While
-- that is a lost connection, open the pool again, for as long as --reconnect says.
function Connections:patiently(begin)
  local give_up = core.now() + (self.settings.reconnect or 0)
  local delay = FIRST_DELAY
  while true do
    local result, _, problem = failure.protect(function() return begin(self:get()) end)
    if result then return result end
    if problem.code ~= "CONN" or core.now() + delay > give_up or core.interrupted() then
      error(problem, 0)
    end
    self:close()
    core.wait(delay)
    delay = math.min(2 * delay, LONGEST_DELAY)
  end
end

local LEFT = [[
  select pg_backend_pid() as pid, current_setting('max_connections')::integer
    - current_setting('superuser_reserved_connections')::integer
    - (select count(*) from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid()) as number]]

local function ask_left(conninfo)
  local connection <close> = failure.check(core.connect(conninfo))
  return failure.check(connection:query(LEFT))[1]
end

-- How many connections the server has left, and whether that says nothing of how many there may be,
-- since a pooler stands before it, which gives the next one the same of its own. Raises.
function connections.left(conninfo)
  local row = ask_left(conninfo)
  return tonumber(row.number), row.pid == ask_left(conninfo).pid
end

-- The field `opened` may be set to a function, which is called with the pool whenever it was opened
-- again, and by tell(). most: how many connections the server allows.
function connections.open(conninfo, settings, most)
  local made = setmetatable({ conninfo = conninfo, settings = settings, most = most }, Connections)
  made:get()
  return made
end

return connections
