-- What a function of the Lua loop catches by pcall: what is stored then, and what counts.

local kit = dofile "tests/support/scenario_kit.lua"
local kept = kit.kept

setup(function()
  kit.open(40)
  kit.execute [[create table "Odd name" (id int, "order" text, n numeric(10,2))]]
  kit.execute "create table kept (n int primary key, word text)"
end)

teardown(kit.close)

before_each(function() kit.execute [[truncate kept, "Odd name"]] end)

-- Run the body with one worker: the step's result, how it ended, and why its first record failed.
local function run(body, line)
  local step, result = kit.lua(body, line)
  local sample = step.samples[1]
  return step, result.ended, sample and sample.reason
end

local function lua(...)
  local step, ended, reason = run(...)
  assert.equal("done", ended, reason)
  return step
end

describe("what pcall catches, in the Lua loop:", function()
  it("a transaction is rolled back, and the connection goes on", function()
    for _, line in ipairs { "", " --no-autocommit" } do
      kit.execute "truncate kept"
      lua([[
        local good, problem = pcall(db.transaction, db, function()
          db:exec("insert into kept values ($1, 'first')", row.n)
          db:exec("insert into kept values (10 / (2 - $1::int), 'second')", row.n)
        end)
        assert(good == (row.n ~= "2"), problem)
        assert(good or problem.sqlstate == "22012")
        db:exec("insert into kept values ($1::int + 20)", row.n)]], line)
      assert.equal("-10=second 1=first 3=first 10=second 21 22 23", kept())
    end
  end)

  it("an error of the function's own rolls back as well", function()
    lua [[
      local good, problem = pcall(db.transaction, db, function()
        db:exec("insert into kept values ($1)", row.n)
        error("no more", 0)
      end)
      assert(not good and problem == "no more")]]
    assert.equal("", kept())
  end)

  it("a statement's error within a transaction does not pass for success", function()
    local _, _, reason = run([[
      db:transaction(function()
        db:exec("insert into kept values ($1)", row.n)
        pcall(db.exec, db, "select 1 / 0")
      end)]])
    assert.is_truthy(reason:find("test.lua:7: a statement of its transaction had failed", 1, true),
      reason)
    assert.equal("", kept())
  end)

  it("an inner transaction is undone alone", function()
    lua [[
      db:transaction(function()
        db:exec("insert into kept values ($1)", row.n)
        pcall(db.transaction, db, function()
          db:exec("insert into kept values ($1::int + 10)", row.n)
          db:exec("select 1 / 0")
        end)
        db:exec("insert into kept values ($1::int + 20)", row.n)
      end)]]
    assert.equal("1 2 3 21 22 23", kept())
  end)

  it("a pipeline fails at its statement at fault, and the connection goes on", function()
    lua [[
      local good, problem = pcall(db.pipeline, db, function()
        db:exec("insert into kept values ($1)", row.n)
        db:exec("select 1 / ($1::int - 2)", row.n)
        for i = 1, 1000 do db:exec("select 1") end
      end)
      assert(good == (row.n ~= "2"))
      assert(good or problem.sql:find("select 1 / ", 1, true))
      assert(good or tostring(problem):find("test.lua:9: division by zero", 1, true))
      db:exec("insert into kept values ($1::int + 20)", row.n)]]
    assert.equal("1 3 21 22 23", kept())
  end)

  it("an error in a pipeline fails it, also where it was caught inside", function()
    lua [[
      local good, problem = pcall(db.pipeline, db, function()
        db:exec "select 1 / 0"
        assert(not pcall(db.one, db, "select 1"))
        assert(not pcall(db.exec, db, "select 1"))
      end)
      assert(not good and problem.sqlstate == "22012")
      db:exec("insert into kept values ($1)", row.n)]]
    assert.equal("1 2 3", kept())
  end)

  it("what a savepoint undoes does not count", function()
    for _, line in ipairs { "", " --no-autocommit", " --commit-every 2 -M simple" } do
      kit.execute "truncate kept"
      local pipeline = line:find("simple", 1, true) and "db:transaction" or "db:pipeline"
      local step = lua([[
        db:transaction(function()
          db:exec("insert into kept values ($1)", row.n)
          local good = pcall(db.transaction, db, function()
            db:exec("insert into kept values ($1::int + 10)", row.n)
            db:transaction(function()
              db:exec("insert into kept values ($1::int + 20)", row.n)
            end)
            error "no"
          end)
          assert(not good)
          ]] .. pipeline .. [[(function()
            db:exec("insert into kept values ($1::int + 30)", row.n)
            db:transaction(function() db:exec("insert into kept values ($1::int + 40)", row.n) end)
            db:exec("insert into kept values ($1::int + 50)", row.n)
          end)
        end)]], line)
      assert.equal("1 2 3 31 32 33 41 42 43 51 52 53", kept())
      assert.equal(12, step.rows)
      assert.is_nil(step.arrival.tables[1].difference)
    end
  end)

  it("a savepoint that is not db:transaction's is refused", function()
    local REFUSAL = "test.lua:7: a record cannot set savepoints itself: use db:transaction"
    local BODY = [[
      db:exec " Savepoint a"
      db:exec("insert into kept values ($1)", row.n)
      db:exec "rollback to savepoint a"]]
    local result, message = kit.run(kit.scenario(BODY, { key = "each" }), "--no-autocommit")
    assert.is_nil(result)
    assert.equal(REFUSAL, message:match(REFUSAL:gsub("%p", "%%%0")), message)
    result = assert(kit.run(kit.scenario(BODY), "--no-autocommit --loop lua"))
    local reason = result.steps[1].samples[1].reason
    assert.equal(REFUSAL, reason:match(REFUSAL:gsub("%p", "%%%0")), reason)
    assert.equal(0, result.steps[1].rows)
    assert.equal("", kept())
  end)

  it("what was sent in a pipeline that fails does not count", function()
    local step = lua [[
      local good, problem = pcall(db.pipeline, db, function()
        db:exec("insert into kept values ($1)", row.n)
        error("no", 0)
      end)
      assert(not good and problem == "no")
      db:exec("insert into kept values ($1::int + 20)", row.n)]]
    assert.equal("21 22 23", kept())
    assert.equal(3, step.rows)
    assert.is_nil(step.arrival.tables[1].difference)
  end)

  it("a transaction that fails in a pipeline is rolled back", function()
    local step = lua [[
      local good, problem = pcall(db.pipeline, db, function()
        db:exec("insert into kept values ($1::int + 10)", row.n)
        db:transaction(function()
          db:exec("insert into kept values ($1)", row.n)
          error("no", 0)
        end)
      end)
      assert(not good and problem == "no")
      db:exec("insert into kept values ($1::int + 20)", row.n)]]
    assert.equal("21 22 23", kept())
    assert.equal(3, step.rows)
    assert.is_nil(step.arrival.tables[1].difference)
  end)

  it("a transaction in a failed pipeline is ended", function()
    lua [[
      local good = pcall(db.pipeline, db, function()
        db:transaction(function()
          db:exec("insert into kept values ($1)", row.n)
          db:exec "select 1 / 0"
        end)
      end)
      assert(not good)
      db:exec("insert into kept values ($1::int + 20)", row.n)]]
    assert.equal("21 22 23", kept())
  end)

  it("blocks return what their functions return", function()
    lua [[
      local a, b = db:pipeline(function()
        return db:transaction(function() return db:one("select 7 as x").x, "two" end)
      end)
      assert(a == 7 and b == "two")
      assert(select("#", db:pipeline(function() end)) == 0)]]
  end)

  it("a field of rows is a column", function()
    lua [[
      local rows = db:all "select i, nullif(i, 3) as odd from generate_series(1, 3) as i"
      assert(#rows == 3 and #rows.odd == 3)
      assert(rows.odd[1] == 1 and rows.odd[3] == nil and rows.i[3] == 3 and rows[4] == nil)
      local good, problem = pcall(function() return rows.even end)
      assert(not good and problem:find('no column "even"', 1, true), problem)
      assert(not pcall(db.zip, db, rows.i))]]
  end)

  it("a statement is prepared that an error has kept from being so", function()
    local step = run([[
      if row.n == "1" then
        db:insert("kept", { "n" }, { 1, 1 })
        db:insert("Odd name", { "id" }, row.n)
        error "no"
      end
      db:insert("Odd name", { "id" }, row.n)]], "--insert pipeline --max-errors 3")
    assert.same({ 2, 1, 2 }, { step.records, step.failed, step.rows })
  end)

  it("rows that the scenario has changed have no columns", function()
    lua [[
      local rows = db:all "select i from generate_series(1, 3) as i"
      rows[2] = "two"
      local good, problem = pcall(function() return rows.i end)
      assert(not good and problem:find("row 2 of the answer is a string", 1, true), problem)
      assert(not pcall(getmetatable(rows).__index, io.stdout, "i"))]]
  end)
end)
