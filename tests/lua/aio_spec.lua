-- Futures, tasks and the event loop of bigdata.aio, over a db that answers at once.

local aio = require "bigdata.aio"
local own_function = require "bigdata.step.own_function"

local await = aio.await

-- A db that notes what it is asked for: what goes out together is one entry of the log.
local function recorder()
  local db = { log = {} }
  local function answer(name, sql, ...)
    if sql == "fail" then error("refused", 0) end
    return ("%s %s %s"):format(name, sql, table.concat({ ... }, ","))
  end
  for _, name in ipairs { "exec", "one", "all" } do
    db[name] = function(self, sql, ...)
      table.insert(self.log, sql)
      return answer(name, sql, ...)
    end
  end
  function db.gather(_, asked)
    local outcomes, sent = {}, {}
    for i, one in ipairs(asked) do
      sent[i] = one.arguments[1]
      local good, value = pcall(answer, one.name, table.unpack(one.arguments, 1, one.arguments.n))
      outcomes[i] = { good = good, value = value }
    end
    table.insert(db.log, table.concat(sent, " + "))
    return outcomes
  end
  function db.zip(_, ...) return "zip", ... end
  return db
end

-- Run f as the function of a step: what it left in the log.
local function run(f)
  local db = recorder()
  aio.step(f)(db, { name = "row" }, "state", "opt")
  return db.log
end

describe("aio.step", function()
  it("hands row, state and flags through, and waits where the function awaits", function()
    local seen
    local log = run(function(db, row, state, opt)
      local first = await(db:one("a", 1))
      seen = { row.name, state, opt, first, await(db:exec("b")), db:zip(1) }
    end)
    assert.same({ "row", "state", "opt", "one a 1", "exec b ", "zip", 1 }, seen)
    assert.same({ "a", "b" }, log)
  end)

  it("says what a db whose calls are awaited has", function()
    assert.error_matches(function() run(function(db) db:insert("t", { "a" }, 1) end) end,
      "^db:insert cannot be awaited; exec, one, all and zip are what there is")
  end)

  it("raises what its function raises", function()
    assert.has_error(function() run(function() error("broken", 0) end) end, "broken")
    assert.has_error(function() run(function(db) await(db:exec("fail")) end) end, "refused")
  end)

  it("lets an error of the database be caught", function()
    local caught
    run(function(db)
      caught = { pcall(await, db:exec("fail")) }
      await(db:exec("after"))
    end)
    assert.same({ false, "refused" }, caught)
  end)

  it("refuses to end while something that was begun is not awaited", function()
    local function refused(count, f)
      assert.has_error(function() run(f) end,
        ("the function ended, and %d of its calls were never awaited"):format(count))
    end
    refused(1, function(db) db:exec("a") end)
    refused(2, function(db) -- sent, but who would hear of its failure?
      db:exec("fail")
      db:exec("a")
      await(db:exec("b"))
    end)
    refused(1, function(db)
      aio.create_task(aio.async(function() await(db:exec("a")) end)())
    end)
    refused(1, function(db) aio.gather(db:exec("a"), db:exec("b")) end)
  end)

  it("sends what nobody has awaited yet together with what is", function()
    local log = run(function(db)
      local first, second = db:exec("a"), db:exec("b")
      await(second)
      await(first)
    end)
    assert.same({ "a + b" }, log)
  end)
end)

describe("async functions", function()
  it("run when they are awaited, with their arguments and results", function()
    local order = {}
    local add = aio.async(function(db, a, b)
      table.insert(order, "runs")
      await(db:exec("x"))
      return a + b, nil, "more"
    end)
    run(function(db)
      local call = add(db, 1, 2)
      table.insert(order, "called")
      order.results = table.pack(await(call))
    end)
    assert.same({ "called", "runs", results = { 3, nil, "more", n = 3 } }, order)
  end)

  it("go on side by side as tasks", function()
    local work = aio.async(function(db, name)
      await(db:exec(name .. "1"))
      await(db:exec(name .. "2"))
      return name
    end)
    local names
    local log = run(function(db)
      local a, b = aio.create_task(work(db, "a")), aio.create_task(work(db, "b"))
      names = { await(a), await(b) }
    end)
    assert.same({ "a", "b" }, names)
    assert.same({ "a1 + b1", "a2 + b2" }, log)
  end)
end)

describe("aio.gather", function()
  it("gives the results in the order of its arguments, from one pipeline", function()
    local results
    local log = run(function(db)
      results = await(aio.gather(db:one("a"), db:all("b"), db:exec("c")))
    end)
    assert.same({ "one a ", "all b ", "exec c " }, results)
    assert.same({ "a + b + c" }, log)
  end)

  it("takes async calls and futures that have their result, and nothing at all", function()
    local results
    local twice = aio.async(function(db, n) await(db:exec("x")) return 2 * n end)
    run(function(db)
      local done = db:exec("d")
      await(done)
      results = { await(aio.gather(done, twice(db, 4))), await(aio.gather()) }
    end)
    assert.same({ { "exec d ", 8 }, {} }, results)
  end)

  it("fails with the first error", function()
    assert.has_error(function()
      run(function(db) await(aio.gather(db:exec("a"), db:exec("fail"))) end)
    end, "refused")
  end)
end)

describe("misuse of aio", function()
  it("is told what is wrong", function()
    assert.has_error(function() await(aio.async(print)()) end,
      "aio.await outside of a function made by aio.step")
    local function refused(f, pattern)
      local good, problem = pcall(run, f)
      assert.is_false(good)
      assert.matches(pattern, problem)
    end
    refused(function() await(1) end, "aio.await takes an awaitable, not a number")
    refused(function() aio.gather(1) end, "bad argument #1 to aio.gather: an awaitable is wanted")
    refused(function() aio.create_task(1) end, "aio.create_task takes a call of an async function")
    refused(function() coroutine.yield() end, "an async function yields")
  end)

  it("does not wait for ever where tasks wait for each other", function()
    local good, problem = pcall(run, function()
      local task
      task = aio.create_task(aio.async(function() await(task) end)())
      await(task)
    end)
    assert.is_false(good)
    assert.matches("every task waits for another", problem)
  end)

  it("remembers the function that a step's was made from", function()
    local function f() end
    assert.equal(f, own_function.of(aio.step(f)))
    assert.equal(f, own_function.of(f))
  end)
end)
