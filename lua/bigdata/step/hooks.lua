-- step/hooks.lua - calls the functions that a scenario gives for once per run and once per worker.

local core = require "bigdata.core"
local failure = require "bigdata.failure"
local plain_db = require "bigdata.step.plain_db"

local hooks = {}

-- An error of the function as a failure, so that its message is shown with its advice.
local function handler(name)
  return function(problem)
    local known = plain_db.is_error(problem)
    if known and problem.code == "STOPPED" then
      return failure.new("interrupted", nil, "STOPPED")
    end
    local raised = failure.new(("scenario:%s: %s"):format(name, failure.text(problem)),
      known and problem.hint, known and problem.code)
    raised.traceback = debug.traceback(nil, 2)
    return raised
  end
end

-- Call the function with a db over ask and in_transaction.
local function call(name, f, ask, in_transaction, ...)
  local db, close = plain_db.new(ask, in_transaction)
  local good, problem = xpcall(core.breakable, handler(name), f, db, ...)
  close()
  if not good then error(problem, 0) end
  if problem ~= nil then
    failure.raise(("scenario:%s: the function returned a %s: it must return nothing"):format(name,
      type(problem)))
  end
  if in_transaction() then
    failure.raise(("scenario:%s: the function leaves a transaction open"):format(name),
      "end it with commit or rollback")
  end
end

local function call_on_connection(name, f, conninfo, opt)
  local connection <close> = failure.check(core.connect(conninfo))
  call(name, f, function(sql, ...) return connection:ask(sql, ...) end,
    function() return connection:in_transaction() end, opt)
end

-- Before a run. Raises.
function hooks.set_up(scenario, conninfo, opt)
  if scenario.hooks.setup then
    call_on_connection("setup", scenario.hooks.setup, conninfo, opt)
  end
end

-- After a run, whatever became of it: true, or nil, message, info. An interrupt that has ended the
-- run does not count; another one does.
function hooks.tear_down(scenario, conninfo, opt)
  if not scenario.hooks.teardown then return true end
  if core.interrupted() then core.forget_interrupt() end
  return failure.protect(function()
    call_on_connection("teardown", scenario.hooks.teardown, conninfo, opt)
    return true
  end)
end

-- Before a step whose loop is not Lua's: on each session of the pool. Raises.
function hooks.prepare_workers(scenario, pool, size, opt)
  if not scenario.hooks.worker then return end
  for i = 1, size do
    call("worker", scenario.hooks.worker, function(sql, ...) return pool:ask(i, sql, ...) end,
      function() return pool:in_transaction(i) end, opt, {})
  end
end

return hooks
