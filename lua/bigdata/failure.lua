-- failure.lua - an error that carries advice: raised with error(), told apart from other errors,
-- and turned into the `nil, message, info` that fallible functions return.

local place = require "bigdata.scenario.place"

local failure = {}

local Failure = { __name = "bigdata.failure" }

function Failure:__tostring()
  return self.message
end

-- code as in the core's errors: CONFIG unless something else is said.
function failure.new(message, hint, code)
  return setmetatable({ message = message, hint = hint or "", code = code or "CONFIG" }, Failure)
end

function failure.raise(message, hint, code)
  error(failure.new(message, hint, code), 0)
end

function failure.is(value)
  return getmetatable(value) == Failure
end

-- Raise what a fallible function returned; hand its values through if it did not fail.
function failure.check(value, message, info, ...)
  if value == nil and message ~= nil then
    if failure.is(info) then error(info, 0) end
    failure.raise(message, info and info.hint, info and info.code)
  end
  return value, message, info, ...
end

-- What was raised, as a message. where: what the message begins with if it is none; by default the
-- place of the innermost function that is not the library's own, for which this has to be called
-- before the stack is unwound.
function failure.text(problem, where)
  local meta = getmetatable(problem)
  if type(problem) == "string" or type(meta) == "table" and meta.__tostring then
    return tostring(problem)
  end
  return ("%sa %s was raised, which is no message"):format(where or place(), type(problem))
end

-- For xpcall: keep failures as they are, give anything else a traceback.
local function handler(problem)
  if failure.is(problem) then return problem end
  local new = failure.new(failure.text(problem), nil, "CONFIG")
  new.traceback = debug.traceback(nil, 2)
  return new
end

-- Call f(...): its results, or nil, message, info { code, hint, traceback }.
function failure.protect(f, ...)
  local results = table.pack(xpcall(f, handler, ...))
  if results[1] then return table.unpack(results, 2, results.n) end
  local problem = results[2]
  if type(problem) == "string" then -- Lua has no memory left for the handler
    problem = failure.new(problem, nil, "NOMEM")
  end
  return nil, problem.message, problem
end

return failure
