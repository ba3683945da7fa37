-- step/interpreted.lua - calls a step's function as the Lua loop does, but without a database: what
-- it sends is noted, and answered with made-up values.
--
-- Answers are an object with three functions, each given the number of the statement, from 1, and
-- the statement as it was noted, { sql=, params={ n=, [i]=string|nil } }:
--   touched(n, statement)  what db:exec returns
--   row(n, statement)      the row of db:one
--   rows(n, statement)     the rows of db:all

local blocks = require "bigdata.step.blocks"
local core = require "bigdata.core"
local lists = require "bigdata.step.lists"
local place = require "bigdata.scenario.place"
local values = require "bigdata.values"

local interpreted = {}

-- The row of the n-th statement's answer with that number, each of whose columns holds what
-- value(n, row, column) says.
function interpreted.row(value, n, row)
  return setmetatable({}, {
    __index = function(_, column) return value(n, row, column) end,
  })
end

-- So many of them.
function interpreted.rows(value, n, count)
  local rows = {}
  for row = 1, count do rows[row] = interpreted.row(value, n, row) end
  return lists.of_rows(rows)
end

-- What a made-up column holds, so that no two are the same and each says where it is from: the
-- column id of the first statement's second row holds "id/1/2".
function interpreted.value(n, row, column)
  return ("%s/%d/%d"):format(column, n, row)
end

local function noted(sent, ...)
  local params = { n = select("#", ...) - 1 }
  for i = 1, params.n do
    local value, problem = values.text((select(i + 1, ...)))
    if problem then error(("%sparameter %d is %s"):format(place(), i, problem), 0) end
    params[i] = value
  end
  local statement = { sql = (...), params = params }
  sent[#sent + 1] = statement
  return #sent, statement
end

-- A db that notes statements in `sent` and has them answered.
local function noting_db(sent, answers)
  local db = {}

  function db.exec(_, ...) return answers.touched(noted(sent, ...)) end
  function db.one(_, ...) return answers.row(noted(sent, ...)) end
  function db.all(_, ...) return answers.rows(noted(sent, ...)) end

  blocks.add(db, function(...) noted(sent, ...) end, function() return false end)

  -- What bigdata.aio sends at once.
  function db.gather(_, requests)
    local outcomes = {}
    for i, request in ipairs(requests) do
      local arguments = request.arguments
      local good, value = pcall(db[request.name], db, table.unpack(arguments, 1, arguments.n))
      outcomes[i] = { good = good, value = value }
    end
    return outcomes
  end

  function db.zip(_, ...) return lists.zip(...) end

  return db
end

-- Call the step's function for a record: the list of what it sends, { sql=, params= } each, what it
-- raised, and what it returned, if anything.
function interpreted.call(f, row, answers, state, opt)
  local sent = {}
  local thread = coroutine.create(core.breakable)
  local good, outcome = coroutine.resume(thread, f, noting_db(sent, answers), row, state, opt)
  if good and coroutine.status(thread) ~= "dead" then good, outcome = false, "it yields" end
  coroutine.close(thread)
  if good then return sent, nil, outcome end
  return sent, outcome == nil and "nil was raised" or outcome
end

return interpreted
