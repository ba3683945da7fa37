-- What a scenario's function may do wrong in the Lua loop: a clear error with file and line, and
-- never a crash, nor a run that cannot be ended.

local kit = dofile "tests/support/scenario_kit.lua"
local core = require "bigdata.core"

setup(function() kit.open(80) end)
teardown(kit.close)

-- The first bad record's reason begins with the place and the text.
local function fails(text, body, line, more)
  local step, result = kit.lua(body, line, more)
  assert.equal("errors", result.ended)
  local reason = step.samples[1].reason
  assert.is_truthy(reason:find("^[^\n]*test%.lua:%d+: "), reason)
  assert.is_truthy(reason:find(text, 1, true), reason)
  return step, reason
end

describe("a function that does not end", function()
  local LOOPS = {
    ["runs in circles"] = "while true do end",
    ["catches what stops it"] = "while true do pcall(function() while true do end end) end",
    ["catches again and again"] = "while true do pcall(error) end",
    ["runs in circles in a coroutine"] = "coroutine.wrap(function() while true do end end)()",
    ["makes coroutines that end"] = [[
      while true do
        coroutine.resume(coroutine.create(function() for _ = 1, 5000 do end end))
      end]],
    ["makes coroutines that do not"] = [[
      while true do coroutine.resume(coroutine.create(function() while true do end end)) end]],
  }

  local function is_ended_by_time(what, engine)
    it(("and %s is ended by --time, with %s"):format(what, engine), function()
      local path = kit.scenario(LOOPS[what])
      local result = assert(kit.run(path, "--loop lua -c 2 --time 0.1 --engine " .. engine))
      local step = result.steps[1]
      assert.equal("time", step.ended)
      assert.equal(0, step.records + step.failed)
      assert.is_true(step.seconds >= 1.1) -- a second of patience, which is counted
      local source = step.worker_seconds.source / step.seconds / 2
      -- One of the workers may have had no record before the time was up.
      assert.is_true(source < 0.6, "it had a record, but for " .. source .. " of its time")
    end)
  end

  for what in pairs(LOOPS) do is_ended_by_time(what, "poll") end
  is_ended_by_time("runs in circles", "threads")

  -- One worker after the other, each with a second of patience: what it runs makes no difference.
  is_ended_by_time("catches what stops it", "threads --lua-state shared")

  it("but asks the database is ended by --time, with some patience", function()
    local path = kit.scenario [[while true do pcall(db.exec, db, "select 1") end]]
    local result = assert(kit.run(path, "--loop lua -c 2 --time 0.1"))
    assert.equal("time", result.steps[1].ended)
    assert.equal(0, result.steps[1].records)
  end)

  -- A first step whose function does this with its second record, and a second one.
  local TWO_STEPS = [[
    local bigdata = require "bigdata"
    local scenario = bigdata.scenario { summary = "does not end, and goes on" }
    local function source() return bigdata.source.count { count = 2 } end
    local function insert(db, row) db:exec("insert into filled values ($1)", row.n) end
    scenario:step "endless" {
      source = source,
      run = function(db, row)
        if row.n == "1" then return insert(db, row) end
        %s
      end,
    }
    scenario:step "next" {
      source = source,
      run = function(db, row) db:exec("insert into filled values ($1::int + 10)", row.n) end,
    }
    return scenario]]

  for what, body in pairs {
    ["a transaction"] = "insert(db, row) while true do end",
    ["its own transaction"] = "db:transaction(function() insert(db, row) while true do end end)",
    ["a pipeline"] = "db:pipeline(function() insert(db, row) while true do end end)",
  } do
    it("leaves nothing to the next step of " .. what, function()
      kit.execute "drop table if exists filled; create table filled (n integer)"
      local path = kit.write("two_steps.lua", TWO_STEPS:format(body))
      local result = assert(kit.run(path, "--loop lua -c 1 --time 1"
        .. (what == "a transaction" and " --no-autocommit" or "")))
      assert.same({ "done", "time", "done" },
        { result.ended, result.steps[1].ended, result.steps[2].ended })
      assert.same({ 1, 0, 2 },
        { result.steps[1].records, result.steps[1].failed, result.steps[2].records })
      assert.equal("1 11 12",
        kit.query("select string_agg(n::text, ' ' order by n) as all from filled")[1].all)
    end)
  end

  -- Start the program on the scenario, interrupt it when the function runs, and give its exit
  -- status.
  local function interrupted(path, line)
    local marker = kit.folder .. "/marker"
    os.remove(marker)
    local command = ([[MARKER='%s' "%s" "%s" --quiet --dburl "%s" %s >/dev/null 2>&1 & pid=$!
      n=0
      while [ ! -e '%s' ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done
      kill -INT $pid; wait $pid]]):format(marker, os.getenv("BIGDATA") or
      core.home .. "/build/bigdata", path, kit.server:conninfo(), line, marker)
    return (select(3, os.execute(command)))
  end

  local MARK = [[io.open(os.getenv("MARKER"), "w"):close()]]

  for _, loop in ipairs { "while true do end", "while true do pcall(error) end",
    [[while true do pcall(db.exec, db, "select pg_sleep(100)") end]] } do
    for _, line in ipairs { "--engine threads --lua-state shared", "--engine poll -c 3" } do
      it(("is ended by Ctrl-C: %s, with %s"):format(loop, line), function()
        local path = kit.scenario(MARK .. "\n" .. loop)
        assert.equal(130, interrupted(path, "--loop lua " .. line))
      end)
    end
  end

  it("is ended by Ctrl-C where it is called for each worker", function()
    local path = kit.scenario("", {
      before = ("scenario:worker(function() %s while true do end end)"):format(MARK),
    })
    assert.equal(130, interrupted(path, "--loop lua"))
  end)
end)

describe("a function that", function()
  it("comes to its end soon after --time is up is waited for", function()
    local step, result = kit.lua([[
      local begin = os.clock()
      while os.clock() - begin < 0.2 do end
      db:exec("select 1")]], "--time 0.1")
    assert.equal("time", result.steps[1].ended)
    assert.same({ 1, 0 }, { step.records, step.failed })
  end)

  it("returns a value is refused", function()
    fails("the function returned a number: it must return nothing", "return 5")
    fails("the function returned a boolean", "return nil, false")
    fails("the function returned a number", "return db:exec('select 1')")
  end)

  for _, state in ipairs { "worker -c 1", "shared -c 20" } do
    it("uses db or row after its record is told so, with --lua-state " .. state, function()
      local function late(what, text)
        local path = kit.scenario(([[
          kept = kept or %s
          if kept == %s then db:exec("select 1") return end
          %s]]):format(what, what, text), { before = "local kept", count = 100 })
        local result = assert(kit.run(path, "--loop lua --lua-state " .. state))
        assert.equal("errors", result.ended)
        return result.steps[1].samples[1].reason
      end
      assert.is_truthy(late("db", "kept:exec('select 1')")
        :find("test.lua:9: this db belongs to another record", 1, true))
      assert.is_truthy(late("row", "kept.n = kept.n .. ''")
        :find("test.lua:9: this row belongs to another record", 1, true))
    end)
  end

  it("leaves db and row to finalizers does no harm", function()
    local step = kit.lua([[
      setmetatable({}, { __gc = function()
        pcall(function() return row.n end)
        pcall(function() db:exec("select 1") end)
      end })
      _, _ = db, row
      db:exec("select 1")]], "", { before = "local _", count = 50 })
    assert.equal(50, step.records)
  end)

  it("calls db in another coroutine is told so", function()
    fails("db cannot be used in a coroutine of the scenario's own",
      [[coroutine.wrap(function() db:exec("select 1") end)()]])
  end)

  it("calls db where Lua cannot wait is told so", function()
    fails("db cannot be used inside a function that Lua calls from C",
      [[table.sort({ 1, 2, 3 }, function() db:exec("select 1") end)]])
    fails("the function yields: only calls of db may wait", [[
      pcall(string.gsub, "x", "x", function() db:exec("select 1") end)
      coroutine.yield()]])
  end)

  it("yields by itself is refused", function()
    fails("the function yields: only calls of db may wait", "coroutine.yield(1, 2)")
  end)

  it("raises what is no message is told so", function()
    fails("a table was raised, which is no message", "error({})")
    fails("a nil was raised, which is no message", "error(nil)")
    fails("a nil was raised, which is no message", "error()")
    fails("a function was raised, which is no message", "error(print)")
    fails("a table was raised", [[error(setmetatable({}, { __tostring = error }))]])
  end)

  it("recurses without end is told so", function()
    fails("stack overflow", "local function f() return 1 + f() end\nf()")
    fails("", "local function f() pcall(f) error('deep') end\nf()")
    fails("overflow", [[
      local t = setmetatable({}, {})
      getmetatable(t).__index = function(_, k) return t[k .. "x"] end
      local _ = t.x]])
    local step = kit.lua([[
      if row.n == "2" then local function f() return 1 + f() end f() end
      db:exec("select 1")]], "--max-errors 1")
    assert.equal(2, step.records)
  end)

  for _, state in ipairs { "worker", "shared" } do
    it("eats memory without end is told so, with --lua-state " .. state, function()
      local line = "--lua-memory 20 --lua-state " .. state
      fails("the interpreter needs more memory than --lua-memory",
        "local t = {} while true do t[#t + 1] = {} end", line)
      fails("the interpreter needs more memory than --lua-memory",
        "local s = 'x' while true do s = s .. s end", line)
      local step = kit.lua([[
        if row.n == "2" then local t = {} while true do t[#t + 1] = {} end end
        db:exec("select 1")]], "--max-errors 1 " .. line)
      assert.equal(2, step.records)
    end)
  end

  it("asks for more than its interpreter can hold leaves nothing of it behind", function()
    local function peak_bytes(times)
      return kit.lua(([[
        for _ = 1, %d do
          assert(not pcall(db.all, db, "select repeat('x', 12000000) as x"))
        end]]):format(times), "-c 1 --lua-memory 10", { count = 1 }).peak_bytes
    end
    -- AddressSanitizer keeps the first 256 MB of what was freed.
    local after_forty = peak_bytes(40)
    assert.is_true(peak_bytes(80) < after_forty + 100e6)
  end)

  it("makes statements without end is told so", function()
    fails("more than 10000 different statements: write values as parameters",
      [[for i = 1, 10001 do pcall(db.exec, db, "select $1 + " .. i) end
      db:exec("select 'one more'")]], "", { count = 1 })
  end)

  it("gives wrong parameters is told so", function()
    fails("bad argument #2 to 'exec' (string, number, boolean or nil expected, got table)",
      [[db:exec("select $1", {})]])
    fails("bad argument #2 to 'exec' (must not hold a zero byte)", [[db:exec("select $1", "\0")]])
    fails("bad argument #1 to 'exec' (string expected, got no value)", [[db:exec()]])
    fails("the number of parameters is 2, that of values 1", [[db:exec("select $1, $2", 1)]])
    fails("the number of parameters is 1, that of values 2", [[db:one("select $1", 1, 2)]])
    fails("the number of parameters is 0, that of values 1", [[db:all("select 1", nil)]])
    fails("bad argument #1 to", [[db.exec("select 1")]])
    fails("bad argument #1 to", [[db.exec(setmetatable({}, getmetatable(db)), "select 1")]])
    fails("the source has no field 'm'", [[db:exec("select $1", row.m)]])
    fails("a row cannot be changed", [[row.n = 5]])
  end)

  it("calls what would be felt outside is refused", function()
    fails("a scenario cannot call os.exit", "os.exit(0)")
    fails("a scenario cannot call os.exit", [[require("os").exit(0)]])
    fails("a scenario cannot call debug.sethook", "debug.sethook()")
    fails("a scenario cannot call os.setlocale", [[os.setlocale("C")]])
  end)

  it("sets or reads a global variable is refused", function()
    fails("the scenario sets the global variable count: write local count", "count = 1")
    fails("there is no global variable count: is it misspelt", "local _ = count + 1")
  end)
end)

it("an interpreter that is too small for the scenario says so", function()
  local path = kit.scenario("", { before = "local _ = ('x'):rep(20000000)" })
  local result, message = kit.run(path, "--loop lua --lua-memory 10")
  assert.is_nil(result)
  assert.is_truthy(message:find("needs more memory than --lua-memory", 1, true), message)
end)
