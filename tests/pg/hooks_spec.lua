-- The functions that a scenario gives for once per run and once per worker, in both loops.

local kit = dofile "tests/support/scenario_kit.lua"
local core = require "bigdata.core"

setup(function() kit.open(40) end)
teardown(kit.close)

before_each(function()
  kit.execute [[
    drop table if exists noted;
    create table noted (id serial, what text, pid int default pg_backend_pid())]]
end)

local NOTE = [[local NOTE = "insert into noted (what) values ($1)" ]]

-- Run a scenario of one step, with these functions before it.
local function run(before, line, more)
  more = more or {}
  local path = kit.scenario(more.body or [[db:exec(NOTE, row.n)]], {
    before = NOTE .. before:gsub("\n", " "), key = "each", count = more.count,
  })
  return kit.run(path, line)
end

local function noted(where)
  local list = {}
  for i, row in ipairs(kit.query("select what from noted " .. (where or "order by id"))) do
    list[i] = row.what
  end
  return list
end

-- Nothing could be run; the message holds the text.
local function refused(text, result, message)
  assert.is_nil(result)
  assert.is_truthy(message:find(text, 1, true), message)
end

for _, loop in ipairs { "c", "lua", "lua --lua-state shared --engine poll" } do
  describe("with --loop " .. loop, function()
    local function run_loop(before, line, more)
      return run(before, ("--loop %s %s"):format(loop, line or ""), more)
    end

    it("setup comes before and teardown after all else, with db and opt", function()
      local result = assert(run_loop([[
        scenario:flag "word" { type = "string", default = "w" }
        scenario:setup(function(db, opt) assert(db:exec(NOTE, opt.word .. 1) == 1) end)
        scenario:teardown(function(db, opt) db:exec(NOTE, opt.word .. 2) end)
        scenario:worker(function(db, opt) db:exec(NOTE, "worker " .. opt.word) end)]], "-c 1"))
      assert.equal("done", result.ended)
      assert.same({ "w1", "worker w", "1", "2", "3", "w2" }, noted())
      assert.equal(3, result.steps[1].rows)
      assert.equal(3, result.steps[1].statements)
    end)

    it("the worker's function is called on every connection of the pool", function()
      assert(run_loop([[
        scenario:worker(function(db)
          db:exec("create temporary table mine (x text)")
          db:exec(NOTE, "worker")
        end)]], "-c 7", { count = 50, body = [[
          db:exec("insert into mine values ($1)", row.n)
          db:exec(NOTE, "row")]] }))
      assert.equal(7, #noted "where what = 'worker'")
      assert.equal(50, #noted "where what = 'row'")
      assert.same({ { n = "0" } }, kit.query [[select count(*) as n from noted where what = 'row'
        and pid not in (select pid from noted where what = 'worker')]])
    end)

    it("what the worker's function prepares is there in every step", function()
      local path = kit.write("test.lua", [[
        local bigdata = require "bigdata"
        local scenario = bigdata.scenario { summary = "a test" }
        scenario:worker(function(db)
          local known = db:all "select 1 from pg_prepared_statements where name = 'mine'"
          if #known == 0 then db:exec "prepare mine as insert into noted (what) values ('mine')" end
        end)
        for _, name in ipairs { "first", "second" } do
          scenario:step(name) {
            source = function() return bigdata.source.count { count = 4 } end,
            each = function(db) db:exec "execute mine" end,
          }
        end
        return scenario]])
      assert.equal("done", assert(kit.run(path, "-c 2 --loop " .. loop)).ended)
      assert.equal(8, #noted())
    end)

    it("db has values as in the Lua loop", function()
      local CHECK = [[(function(db)
          local r = db:one("select 1 as i, 1.5::float8 as f, true as t, 2.50 as n, null as z")
          assert(math.type(r.i) == "integer" and r.f == 1.5 and r.t == true)
          assert(r.n == "2.50" and r.z == nil)
          local sum = 0
          for a, b in db:zip(db:all("select generate_series(1, 3) as x"), { 4, 5, 6 }) do
            sum = sum + a.x * b
          end
          assert(sum == 32)
          local good, err = pcall(db.exec, db, "select 1 / $1::int", 0)
          assert(not good and err.sqlstate == "22012" and err.message == "division by zero")
          assert(err.sql == "select 1 / $1::int" and err.unknown == nil)
          assert(tostring(err):find("division by zero", 1, true))
          assert(not pcall(db.one, db, "select 1 where false"))
          assert(not pcall(db.zip, db, { 1 }, {}))
          assert(not pcall(db.exec, db, "select $1", {}))
          assert(not pcall(db.exec, db, "select $1::int", 1, 2))
          assert(db:one("select $1::float8 as x", 0.1 + 0.2).x == 0.1 + 0.2)
        end)]]
      local result, message = run_loop(([[
        scenario:setup(%s) scenario:worker(%s) scenario:teardown(%s)]]):format(CHECK, CHECK, CHECK))
      assert(result, message)
      assert.equal("done", result.ended, result.error and result.error.message)
    end)

    it("nothing is run if the setup fails, and nothing torn down", function()
      refused("scenario:setup: ", run_loop [[
        scenario:setup(function(db) db:exec("select 1 / 0") end)
        scenario:teardown(function(db) db:exec(NOTE, "torn down") end)]])
      refused("test.lua:3: no good", run_loop [[scenario:setup(function() error("no good") end)]])
      assert.same({}, noted())
    end)

    it("nothing is run if a worker's function fails, but all is torn down", function()
      refused("scenario:worker: ", run_loop [[
        scenario:worker(function(db) db:exec("select 1 / 0") end)
        scenario:teardown(function(db) db:exec(NOTE, "torn down") end)]])
      refused("test.lua:3: no good", run_loop [[scenario:worker(function() error("no good") end)]])
      assert.same({ "torn down" }, noted())
    end)

    it("an error names the line of the scenario that it is about", function()
      for _, hook in ipairs { "setup", "worker" } do
        refused(("scenario:%s: %s/test.lua:3: division by zero"):format(hook, kit.folder),
          run_loop(('scenario:%s(function(db) db:exec("select 1 / 0") end)'):format(hook)))
        refused("test.lua:3: a table was raised, which is no message",
          run_loop(("scenario:%s(function() error {} end)"):format(hook)))
        refused("test.lua:3: cannot insert multiple commands into a prepared statement; make a",
          run_loop(('scenario:%s(function(db) db:exec("select 1; select 2") end)'):format(hook)))
      end
      local result = assert(
        run_loop [[scenario:teardown(function(db) db:exec("select 1 / 0") end)]])
      assert.is_truthy(result.error.message:find("test.lua:3: division by zero", 1, true))
    end)

    it("all is torn down after a run that failed", function()
      local result = assert(run_loop(
        [[scenario:teardown(function(db) db:exec(NOTE, "torn down") end)]], "",
        { body = [[db:exec("select 1 / $1::int", "0")]] }))
      assert.equal("errors", result.ended)
      assert.same({ "torn down" }, noted())
    end)

    it("a teardown that fails, fails the run", function()
      local result = assert(run_loop [[scenario:teardown(function() error("no good") end)]])
      assert.equal("failed", result.ended)
      assert.equal(3, result.steps[1].rows)
      assert.is_truthy(result.error.message:find("scenario:teardown: .*test.lua:3: no good"))
    end)

    it("they return nothing, and leave no transaction open", function()
      refused("must return nothing", run_loop [[scenario:setup(function() return 1 end)]])
      refused("must return nothing", run_loop [[scenario:worker(function() return 1 end)]])
      refused("leaves a transaction open",
        run_loop [[scenario:setup(function(db) db:exec("begin") end)]])
      refused("leaves a transaction open",
        run_loop [[scenario:worker(function(db) db:exec("begin") end)]])
    end)

    it("a transaction with a statement that failed does not end as if all were well", function()
      for _, hook in ipairs { "setup", "worker" } do
        refused("test.lua:3: a statement of its transaction had failed", run_loop(([[
          scenario:%s(function(db)
            db:transaction(function()
              db:exec(NOTE, 1)
              pcall(function() db:exec("select 1 / 0") end)
            end)
          end)]]):format(hook)))
        assert.same({}, noted())
        assert(run_loop(([[
          scenario:%s(function(db)
            db:transaction(function()
              db:exec(NOTE, "kept")
              pcall(function() db:transaction(function() db:exec("select 1 / 0") end) end)
            end)
          end)]]):format(hook), "-c 1 --limit 1"))
        assert.same({ "kept", "1" }, noted())
        kit.execute "truncate noted"
      end
    end)

    it("a db that is kept is of no more use", function()
      local result = assert(run_loop [[
        local kept
        scenario:setup(function(db) kept = db end)
        scenario:teardown(function() kept:exec("select 1") end)]])
      local message = result.error.message
      assert.is_truthy(message:find("db is used after the function", 1, true), message)
    end)
  end)
end

describe("state", function()
  for _, state in ipairs { "worker", "shared" } do
    for _, engine in ipairs { "threads", "poll --jobs 2" } do
      it(("is each worker's own, with %s and %s"):format(state, engine), function()
        assert(run([[
          scenario:worker(function(db, _, state)
            state.pid = db:one("select pg_backend_pid() as pid").pid
            state.count = 0
          end)]], ("--loop lua -c 6 --lua-state %s --engine %s"):format(state, engine),
          { count = 60, body = [[
            state.count = state.count + 1
            assert(db:one("select pg_backend_pid() as pid").pid == state.pid)
            db:exec(NOTE, state.count)]] }))
        assert.same({ { n = "60", wrong = "0" } }, kit.query [[
          select count(*) as n, count(*) filter (where what::int <> place) as wrong from (
            select what, row_number() over (partition by pid order by id) as place from noted)
            as numbered]])
      end)
    end
  end

  it("cannot be compiled", function()
    for _, body in ipairs { "db:exec(NOTE, state.x)", "state.x = row.n db:exec(NOTE, 1)",
      "db:exec(NOTE, state)" } do
      local result, message, info = run("", "--loop c", { body = body })
      refused("the worker's state", result, message)
      assert.is_truthy(message:find("test.lua:7", 1, true), message)
      assert.is_truthy(info.hint:find("--loop lua", 1, true), info.hint)
    end
  end)
end)

it("an interrupted run is torn down", function()
  local marker = kit.folder .. "/marker"
  local path = kit.scenario([[db:exec("select pg_sleep(100)")]], { before = NOTE .. ([[
    scenario:worker(function() io.open("%s", "w"):close() end)
    scenario:teardown(function(db) db:exec(NOTE, "torn down") end)]]):format(marker)
    :gsub("\n", " "), key = "each" })
  local command = ([["%s" "%s" --quiet --dburl "%s" >/dev/null 2>&1 & pid=$!
    n=0
    while [ ! -e '%s' ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done
    kill -INT $pid; wait $pid]]):format(os.getenv("BIGDATA") or core.home .. "/build/bigdata", path,
    kit.server:conninfo(), marker)
  assert.equal(130, (select(3, os.execute(command))))
  assert.same({ "torn down" }, noted())
end)
