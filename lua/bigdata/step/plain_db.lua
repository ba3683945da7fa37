-- step/plain_db.lua - the `db` of the functions that prepare a run and clean up after it: the same
-- calls as in a step of the Lua loop, over a connection that simply waits for each answer.

local blocks = require "bigdata.step.blocks"
local lists = require "bigdata.step.lists"
local place = require "bigdata.scenario.place"

local plain_db = {}

local Error = { __name = "bigdata.error" }
Error.__index = Error

function Error:__tostring()
  return self.place .. self.message
end

-- Raise an error at the scenario's place.
local function fail(message, ...)
  error(place() .. message:format(...), 0)
end

-- Raise what the server said to a statement.
local function raise(sql, message, info)
  error(setmetatable({
    message = message, sql = sql, place = place(),
    sqlstate = info.sqlstate, hint = info.hint, code = info.code,
  }, Error), 0)
end

-- Is the value an error that a db has raised?
function plain_db.is_error(value)
  return getmetatable(value) == Error
end

-- A db whose statements go to ask(sql, ...) -> rows, rows touched, or nil, message, info;
-- in_transaction() says whether they are in a transaction, and whether that has failed. Also a
-- function that makes the db of no more use.
function plain_db.new(ask, in_transaction)
  local methods = {}
  local closed = false

  local function send(self, name, sql, ...)
    if not rawequal(self, methods) then
      fail("write db:%s(...), with a colon", name)
    end
    if closed then fail "db is used after the function that it was given to" end
    if type(sql) ~= "string" then
      fail("db:%s needs the statement as a string, not a %s", name, type(sql))
    end
    local results = table.pack(pcall(ask, sql, ...))
    if not results[1] then fail("db:%s: %s", name, results[2]) end
    if not results[2] then raise(sql, results[3], results[4]) end
    return results[2], results[3]
  end

  function methods:exec(sql, ...)
    local _, touched = send(self, "exec", sql, ...)
    return touched
  end

  function methods:one(sql, ...)
    local rows = send(self, "one", sql, ...)
    if #rows ~= 1 then
      fail("%d rows where db:one wants exactly one: %s", #rows, sql)
    end
    return rows[1]
  end

  function methods:all(sql, ...)
    local rows = send(self, "all", sql, ...)
    return rows
  end

  function methods.zip(_, ...) return lists.zip(...) end

  blocks.add(methods, function(...) methods:exec(...) end,
    function() return select(2, in_transaction()) end)

  return methods, function() closed = true end
end

return plain_db
