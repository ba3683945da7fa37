--- Explicit awaiting, as users of Python's asyncio write it: async functions, tasks, futures.
--
-- A step's function made by `aio.step` is given a `db` whose calls return futures at once; `await`
-- gives a future's result. What is asked for while nobody waits goes out together, in one pipeline.
-- Every call and every task has to be awaited: a function that ends before fails its record.
-- There is an event loop for each record, within the record's own coroutine; waiting for the server
-- is left to the engine, as ever.
--
-- It does the work that asyncio does, with the same parts (a future for each statement, a task for
-- each concurrent function, a trampoline between them), so that their cost can be measured against
-- plain coroutines, where `db:one(...)` just waits.
-- @module bigdata.aio
-- @usage
-- local aio = require "bigdata.aio"
-- local await = aio.await
--
-- scenario:step "data" {
--   source = ...,
--   run = aio.step(function(db, row)
--     local geo, items = table.unpack(await(aio.gather(
--       db:one(SELECT_GEO, row.fileid, row.stusab, row.logrecno),
--       db:all(SELECT_DICTIONARY, row.cifsn))))
--     ...
--   end),
-- }

local own_function = require "bigdata.step.own_function"

local aio = {}

-- Futures.

local Future = { __name = "bigdata.future" }
Future.__index = Future

local function is_future(value)
  return type(value) == "table" and getmetatable(value) == Future
end

-- A future belongs to the event loop of its record.
local function new_future(loop)
  return setmetatable({ loop = loop, done = false }, Future)
end

-- The future has its result, or its error: whoever waits for it can go on.
local function settle(future, good, ...)
  future.done, future.good, future.results = true, good, table.pack(...)
  for _, wake in ipairs(future.waiting or {}) do wake() end
  future.waiting = nil
end

-- A future of what was asked for or begun, which somebody has to await.
local function promise(loop)
  local future = new_future(loop)
  future.promised, loop.promised = true, loop.promised + 1
  return future
end

local function keep_promise(future)
  if future.promised then
    future.promised, future.loop.promised = false, future.loop.promised - 1
  end
end

local function when_done(future, wake)
  if future.done then
    wake()
  else
    future.waiting = future.waiting or {}
    table.insert(future.waiting, wake)
  end
end

-- The error of a statement was raised where the event loop sent it: it belongs where the scenario
-- awaits it. level: of the caller's caller.
local function at_place(problem, level)
  local info = debug.getinfo(level, "Sl")
  local place = ("%s:%d: "):format(info.short_src, info.currentline)
  if type(problem) == "userdata" then return problem:at(place) end
  if type(problem) == "string" then return (problem:gsub("^%S*/aio%.lua:%d+: ", place)) end
  return problem
end

-- What a settled future gives: its results, or its error raised again.
local function result_of(future)
  if not future.good then error(future.results[1], 0) end
  return table.unpack(future.results, 1, future.results.n)
end

-- Calls of async functions, which run when they are awaited or made a task.

local Call = { __name = "bigdata.call" }
Call.__index = Call

local function is_call(value)
  return type(value) == "table" and getmetatable(value) == Call
end

--- Make a function async: calling it gives an awaitable, and runs nothing yet.
-- @param f function
-- @return function
function aio.async(f)
  return function(...)
    return setmetatable({ f = f, arguments = table.pack(...) }, Call)
  end
end

-- The event loop.

-- The loop whose task is running; there is one interpreter to a thread, and one task at a time.
local running

local Loop = {}
Loop.__index = Loop

-- db: the plain one, whose calls wait.
local function new_loop(db)
  return setmetatable({ db = db, ready = {}, asked = {}, promised = 0 }, Loop)
end

local function start_task(loop, f, ...)
  local task = promise(loop)
  local arguments = table.pack(...)
  task.thread = coroutine.create(function()
    settle(task, pcall(f, table.unpack(arguments, 1, arguments.n)))
  end)
  table.insert(loop.ready, task)
  return task
end

-- Let a task go on until it awaits something that is not there yet.
local function step_task(loop, task)
  running = loop
  local good, awaited = coroutine.resume(task.thread)
  running = nil
  if not good then error(awaited, 0) end
  if task.done then return end
  if not is_future(awaited) then
    error("an async function yields: it can only await futures, tasks and async calls", 0)
  end
  when_done(awaited, function() table.insert(loop.ready, task) end)
end

-- Send what was asked for since the last time, and settle its futures.
local function flush(loop)
  local asked = loop.asked
  loop.asked = {}
  if #asked == 0 then error("every task waits for another: none can go on", 0) end
  if #asked == 1 then
    local one = asked[1]
    settle(one.future, pcall(one.method, loop.db, table.unpack(one.arguments, 1, one.arguments.n)))
    return
  end
  for i, outcome in ipairs(loop.db:gather(asked)) do
    settle(asked[i].future, outcome.good, outcome.value)
  end
end

local function run_until(loop, task)
  keep_promise(task)
  while not task.done do
    local ready = loop.ready
    if #ready == 0 then
      flush(loop)
    else
      loop.ready = {}
      for _, next_task in ipairs(ready) do step_task(loop, next_task) end
    end
  end
  if task.good and loop.promised > 0 then
    error(("the function ended, and %d of its calls were never awaited"):format(loop.promised), 0)
  end
  return result_of(task)
end

-- The loop that the caller runs in.
local function own_loop(what)
  return running or error(("aio.%s outside of a function made by aio.step"):format(what), 3)
end

-- Awaiting.

--- Wait for an awaitable: what a call of `db` or of an async function gave, a task, or what
-- `aio.gather` gave.
-- @param awaitable what to wait for
-- @return its results; an error that it ended with is raised here
function aio.await(awaitable)
  own_loop "await"
  if is_call(awaitable) then
    return awaitable.f(table.unpack(awaitable.arguments, 1, awaitable.arguments.n))
  end
  if not is_future(awaitable) then
    error(("aio.await takes an awaitable, not a %s"):format(type(awaitable)), 2)
  end
  keep_promise(awaitable)
  if not awaitable.done then coroutine.yield(awaitable) end
  if not awaitable.good then error(at_place(awaitable.results[1], 3), 0) end
  return result_of(awaitable)
end

--- Begin an async call as a task of its own, which goes on whenever others wait.
-- @param call what an async function gave
-- @return a future of its results
function aio.create_task(call)
  local loop = own_loop "create_task"
  if not is_call(call) then
    error("aio.create_task takes a call of an async function", 2)
  end
  return start_task(loop, call.f, table.unpack(call.arguments, 1, call.arguments.n))
end

--- Wait for several awaitables at once. Statements among them are sent in one pipeline.
-- @param ... awaitables; calls of async functions become tasks
-- @return a future of the list of their first results, in their order; it fails with the error of
-- the first that fails
function aio.gather(...)
  local loop = own_loop "gather"
  local all, list, missing = promise(loop), {}, select("#", ...)
  if missing == 0 then settle(all, true, list) end
  for i, awaitable in ipairs { ... } do
    local future = is_call(awaitable) and aio.create_task(awaitable) or awaitable
    if not is_future(future) then
      error(("bad argument #%d to aio.gather: an awaitable is wanted"):format(i), 2)
    end
    keep_promise(future)
    when_done(future, function()
      missing = missing - 1
      if all.done then return end
      if not future.good then return settle(all, false, future.results[1]) end
      list[i] = future.results[1]
      if missing == 0 then settle(all, true, list) end
    end)
  end
  return all
end

-- The db whose calls return futures.

local AsyncDb = {}
AsyncDb.__index = AsyncDb

local function asking(name)
  AsyncDb[name] = function(self, ...)
    local loop = self.loop
    local future = promise(loop)
    table.insert(loop.asked, {
      future = future, method = loop.db[name], name = name, arguments = table.pack(...),
    })
    return future
  end
end

asking "exec"
asking "one"
asking "all"

-- Nothing to wait for: as it is.
function AsyncDb:zip(...)
  return self.loop.db:zip(...)
end

setmetatable(AsyncDb, { __index = function(_, name)
  error(("db:%s cannot be awaited; exec, one, all and zip are what there is"):format(name), 2)
end })

--- Make a step's function from an async one.
-- @usage run = aio.step(function(db, row, state, opt) ... end)
-- @param f function of `(db, row, state, opt)`, as any step's; its `db` has `exec`, `one` and
-- `all`, which return futures, and `zip`
-- @return function for `run` of a step
function aio.step(f)
  return own_function.note(function(db, ...)
    local loop = new_loop(db)
    local async_db = setmetatable({ loop = loop }, AsyncDb)
    run_until(loop, start_task(loop, f, async_db, ...))
  end, f)
end

return aio
