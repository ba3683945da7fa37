-- cli/server.lua - which server is meant: what --dburl says, with --host, --port, --username and
-- --dbname in the place of its own.

local core = require "bigdata.core"
local failure = require "bigdata.failure"

local server = {}

-- libpq would name what it takes for a database, with a password that may stand in it.
local function check_name(name)
  if name and (name:find("=", 1, true) or name:find("://", 1, true)) then
    failure.raise("--dbname is the name of a database, and no connection string",
      "give that with --dburl")
  end
end

local function choose(values)
  check_name(values.dbname)
  local parts = {
    host = values.host, port = values.port and tostring(values.port), user = values.username,
    dbname = values.dbname,
  }
  if next(parts) then values.dburl = failure.check(core.conninfo(values.dburl, parts)) end
  return true
end

-- Make dburl, among the options' values, the one connection string that all of them mean; it stays
-- nil where none was given. True, or nil, message, info.
function server.choose(values)
  return failure.protect(choose, values)
end

return server
