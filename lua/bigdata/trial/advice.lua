-- trial/advice.lua - what can be done about the errors that a database in the wrong state gives.

local failure = require "bigdata.failure"

local advice = {}

local ADVICE = {
  ["25006"] = { "the database is read-only",
    "connect to a database that can be written to (--dburl), not a standby, and without "
    .. "default_transaction_read_only" },
  ["42501"] = { "no permission to do this",
    "connect as the owner of the database, or use a database of its own: createdb bigdata" },
  ["3F000"] = { "the search path names no schema to create tables in",
    "set search_path to a schema that exists" },
  ["55P03"] = { "another session holds the tables",
    "wait until it has ended; pg_stat_activity shows it" },
  ["2BP01"] = { "other objects depend on the tables", "drop these first, such as views" },
}

-- Raise what a call of the connection returned if it failed, with advice where there is any.
function advice.check(value, message, info)
  if value ~= nil or message == nil then
    return value
  end
  local known = ADVICE[info and info.sqlstate or ""]
  if known then
    failure.raise(("%s: %s"):format(known[1], message), known[2], "CONFIG")
  end
  failure.raise(message, info and info.hint, info and info.code)
end

return advice
