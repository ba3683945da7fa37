-- step/blocks.lua - the calls of db that take a function or keep answers, for what stands in for
-- the db of the Lua loop: it waits for every answer, and has one connection of its own.

local insertion = require "bigdata.step.insertion"
local place = require "bigdata.scenario.place"
local values = require "bigdata.values"

local blocks = {}

local BEGIN, COMMIT, ROLLBACK = "begin", "commit", "rollback"
local SAVEPOINT = "savepoint bigdata"

local function check_function(name, f)
  if type(f) ~= "function" then
    error(("%sdb:%s needs a function, not a %s"):format(place(), name, type(f)), 0)
  end
end

-- What tells a statement with its parameters from others.
local function key_of(sql, ...)
  local parts = { sql }
  for i = 1, select("#", ...) do
    local value = values.text((select(i, ...)))
    parts[i + 1] = value and "=" .. value or ""
  end
  return table.concat(parts, "\0")
end

-- Add db:cached, db:insert, db:pipeline and db:transaction to a db that has db:all. send(sql, ...)
-- runs a statement; has_failed() says whether one of the transaction under way was refused.
function blocks.add(db, send, has_failed)
  local known, depth = {}, 0

  function db.insert(_, name, columns, ...)
    local sql, problem = insertion.statement(name, columns, select("#", ...))
    local rows
    if sql then rows, problem = insertion.rows(...) end
    if problem then error(("%sdb:insert: %s"):format(place(), problem), 0) end
    for _, row in ipairs(rows) do send(sql, table.unpack(row, 1, row.n)) end
  end

  function db.cached(self, ...)
    local key = key_of(...)
    known[key] = known[key] or self:all(...)
    return known[key]
  end

  function db.pipeline(_, f)
    check_function("pipeline", f)
    return f()
  end

  function db.transaction(_, f)
    check_function("transaction", f)
    local within = depth > 0
    send(within and SAVEPOINT or BEGIN)
    depth = depth + 1
    local results = table.pack(pcall(f))
    depth = depth - 1
    local good, problem = results[1], results[2]
    if good and has_failed() then
      good, problem = false, place() .. "a statement of its transaction had failed"
    end
    if not good then
      send(within and "rollback to " .. SAVEPOINT or ROLLBACK)
      error(problem, 0)
    end
    send(within and "release " .. SAVEPOINT or COMMIT)
    return table.unpack(results, 2, results.n)
  end
end

return blocks
