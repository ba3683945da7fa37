-- db:cached, db:transaction and db:pipeline: the same in both loops and on both engines.

local kit = dofile "tests/support/scenario_kit.lua"
local kept = kit.kept

local WAYS = {}
for _, loop in ipairs { "c", "lua" } do
  for _, engine in ipairs { "threads", "poll" } do
    WAYS[#WAYS + 1] = ("--loop %s --engine %s"):format(loop, engine)
  end
end

setup(function()
  kit.open(40)
  kit.execute [[create table "Odd name" (id int, "order" text, n numeric(10,2))]]
  kit.execute "create table asked (key text); create table kept (n int primary key, word text)"
  kit.execute [[create function look_up(text) returns setof int language sql as
    'insert into asked values ($1); select generate_series(1, 3)']]
  -- Returns when three connections have called it.
  kit.execute [[
    create sequence calls;
    create function meet() returns void language plpgsql as $$
    begin
      perform nextval('calls');
      for i in 1 .. 1000 loop
        exit when (select last_value >= 3 from calls);
        perform pg_sleep(0.01);
      end loop;
    end $$]]
end)

teardown(kit.close)

before_each(function() kit.execute [[truncate asked, kept, "Odd name"]] end)

-- Run the body for so many records: the step's result, and how it ended.
local function run(body, line, more)
  more = more or {}
  more.key = more.key or "each"
  local result = assert(kit.run(kit.scenario(body, more), line))
  local sample = result.steps[1].samples[1]
  return result.steps[1], result.ended, sample and sample.reason
end

local function done(...)
  local step, ended, reason = run(...)
  assert.equal("done", ended, reason)
  return step
end

for _, way in ipairs(WAYS) do
  describe("with " .. way, function()
    local one = way .. " -c 1"

    describe("db:cached", function()
      it("asks once for each set of arguments", function()
        done([[
          db:cached("select * from look_up($1) as id", row.n)
          local rows = db:cached("select * from look_up('same') as id")
          for item in db:zip(rows) do
            db:exec("insert into kept values ($1::int * 10 + $2::int)", row.n, item.id)
          end
          db:cached("select * from look_up($1) as id", nil)]], one)
        assert.equal("11 12 13 21 22 23 31 32 33", kept())
        local asked = kit.query "select key, count(*) from asked group by 1 order by 1"
        assert.same({
          { key = "1", count = "1" }, { key = "2", count = "1" }, { key = "3", count = "1" },
          { key = "same", count = "1" }, { count = "1" },
        }, asked)
      end)

      it("tells an empty text from NULL, and one text from another", function()
        done([[
          for _ = 1, 2 do
            db:cached("select * from look_up($1::text || $2) as id", "", "ab")
            db:cached("select * from look_up($1::text || $2) as id", "a", "b")
            db:cached("select * from look_up(coalesce($1, $2)) as id", nil, "x")
            db:cached("select * from look_up(coalesce($1, $2)) as id", "", "x")
          end]], one, { count = 2 })
        assert.equal("4", kit.query("select count(*) from asked")[1].count)
      end)

      it("asks once per connection", function()
        kit.execute "alter sequence calls restart"
        done([[db:cached "select id from meet(), look_up('x') as id"]], way .. " -c 3",
          { count = 60 })
        assert.equal("3", kit.query("select count(*) from asked")[1].count)
      end)

      it("asks again where too much is kept already", function()
        done([[
          for _ = 1, 2 do
            db:cached("select repeat('x', 6000000) as big from look_up($1) limit 1", row.n)
          end]], one)
        assert.equal("4", kit.query("select count(*) from asked")[1].count)
      end)
    end)

    describe("db:transaction", function()
      local BODY = [[
        db:transaction(function()
          db:exec("insert into kept values ($1, 'first')", row.n)
          db:exec("insert into kept values (10 + 6 / (2 - $1::int), 'second')", row.n)
        end)]]

      it("keeps all of a record or nothing", function()
        local step = run(BODY, one .. " --max-errors 1")
        assert.equal(1, step.failed)
        assert.equal("1=first 3=first 4=second 16=second", kept())
      end)

      it("is a savepoint in the worker's own", function()
        local step = run(BODY, one .. " --no-autocommit --max-errors 1")
        assert.equal(1, step.failed)
        assert.equal("1=first 3=first 4=second 16=second", kept())
      end)

      it("is a savepoint in another one", function()
        done([[
          db:transaction(function()
            db:exec("insert into kept values ($1)", row.n)
            db:transaction(function()
              db:exec("insert into kept values ($1::int + 10)", row.n)
            end)
            db:exec("insert into kept values ($1::int + 20)", row.n)
          end)]], one, { count = 1 })
        assert.equal("1 11 21", kept())
      end)
    end)

    describe("db:pipeline", function()
      it("sends everything, and takes all answers", function()
        local step = done([[
          db:pipeline(function()
            db:exec("insert into kept values ($1, 'a')", row.n)
            db:exec("insert into kept values ($1::int + 10, 'b')", row.n)
          end)
          db:exec("update kept set word = word || 'c' where n = $1", row.n)]], one)
        assert.equal("1=ac 2=ac 3=ac 11=b 12=b 13=b", kept())
        assert.equal(9, step.rows)
        assert.equal(9, step.statements)
      end)

      it("waits where an answer is needed", function()
        done([[
          db:pipeline(function()
            db:exec("insert into kept values ($1, 'a')", row.n)
            local found = db:one("select word, count(*) from kept where n = $1 group by 1", row.n)
            db:exec("insert into kept values ($1::int + 10, $2)", row.n, found.word)
          end)]], one)
        assert.equal("1=a 2=a 3=a 11=a 12=a 13=a", kept())
      end)

      it("may have nothing in it, or only what waits", function()
        done([[
          db:pipeline(function() end)
          db:pipeline(function() db:one "select 1" end)
          db:exec("insert into kept values ($1)", row.n)]], one)
        assert.equal("1 2 3", kept())
      end)

      it("is undone as a whole, and fails at the statement at fault", function()
        local step, ended, reason = run([[
          db:pipeline(function()
            db:exec("insert into kept values ($1, 'first')", row.n)
            db:exec("insert into kept values (10 + 6 / (2 - $1::int), 'second')", row.n)
            db:exec("insert into kept values ($1::int + 20, 'third')", row.n)
          end)]], one .. " --max-errors 1")
        assert.equal("done", ended)
        assert.equal(1, step.failed)
        assert.is_truthy(reason:find("test.lua:9: division by zero", 1, true), reason)
        assert.equal("1=first 3=first 4=second 16=second 21=third 23=third", kept())
        assert.equal(6, step.rows)
      end)

      it("may be in a transaction, and hold one", function()
        local body = [[
          db:%s(function()
            db:%s(function()
              db:exec("insert into kept values ($1, 'first')", row.n)
              db:exec("insert into kept values (10 + 6 / (2 - $1::int), 'second')", row.n)
            end)
          end)]]
        for _, order in ipairs { { "pipeline", "transaction" }, { "transaction", "pipeline" } } do
          for _, more in ipairs { "", " --no-autocommit" } do
            kit.execute "truncate kept"
            local step = run(body:format(table.unpack(order)), one .. " --max-errors 1" .. more)
            assert.equal(1, step.failed)
            assert.equal("1=first 3=first 4=second 16=second", kept())
          end
        end
      end)

      it("counts the rows of a transaction that it has begun before an answer", function()
        local step = done([[
          db:pipeline(function()
            db:transaction(function()
              db:exec("insert into kept values ($1)", row.n)
              db:one "select 1 as one"
            end)
          end)]], one)
        assert.equal("1 2 3", kept())
        assert.equal(3, step.rows)
      end)

      it("keeps and counts what a transaction in it has committed before a failure", function()
        local body = [[
          db:pipeline(function()
            db:transaction(function()
              db:exec("insert into kept values ($1, 'first')", row.n)
            end)
            db:exec("insert into kept values (10 + 6 / (2 - $1::int), 'second')", row.n)
          end)]]
        local stored = { [""] = "1=first 2=first 3=first 4=second 16=second",
          [" --no-autocommit"] = "1=first 3=first 4=second 16=second" }
        for more, all in pairs(stored) do
          kit.execute "truncate kept"
          local step, _, reason = run(body, one .. " --max-errors 1" .. more)
          assert.equal(1, step.failed)
          assert.is_truthy(reason:find("division by zero", 1, true), reason)
          assert.equal(all, kept())
          assert.equal(select(2, all:gsub("=", "")), step.rows)
          assert.is_nil(step.arrival.why, step.arrival.why)
          assert.is_nil(step.arrival.tables[1].difference)
        end
      end)

      it("is undone as a whole where lists are of unequal length", function()
        local step, _, reason = run([[
          local rows = db:all("select generate_series(1, 3) as id")
          local others = db:all("select generate_series(1, 4 - abs(2 - $1::int)) as id", row.n)
          db:pipeline(function()
            db:exec("insert into kept values ($1)", row.n)
            for a, b in db:zip(rows, others) do
              db:exec("insert into kept values ($1::int * 10 + $2::int)", row.n, b.id)
            end
          end)]], one .. " --max-errors 1")
        assert.equal(1, step.failed)
        assert.is_truthy(reason:find("db:zip over lists of 3 and 4 elements", 1, true), reason)
        assert.equal("1 3 11 12 13 31 32 33", kept())
        assert.equal(8, step.rows)
        assert.is_nil(step.arrival.tables[1].difference)
      end)

      it("refuses the simple protocol", function()
        local good, result, message = pcall(kit.run,
          kit.scenario("db:pipeline(function() db:exec 'select 1' end)", { key = "each" }),
          one .. " -M simple")
        assert.is_true(good)
        message = message or result.steps[1].samples[1].reason
        assert.is_truthy(message:find("the simple protocol has no pipelines", 1, true), message)
      end)

      it("takes 100,000 statements, whatever the sockets hold", function()
        local step = done([[
          local rows = db:cached "select generate_series(1, 100000) as id"
          db:pipeline(function()
            for item in db:zip(rows) do
              db:exec("insert into kept values ($1, $2)", item.id, ("x"):rep(20))
            end
          end)]], one, { count = 1 })
        assert.equal(100000, step.rows)
        assert.equal("100000", kit.query("select count(*) from kept")[1].count)
      end)
    end)
  end)
end

-- What db:insert has stored.
local function stored()
  local lines = {}
  for i, row in ipairs(kit.query [[select * from "Odd name" order by id, n]]) do
    lines[i] = ("%s:%s:%s"):format(row.id, row.order, row.n)
  end
  return table.concat(lines, " ")
end

-- Run it on a source of lines with a list.
local function run_lines(each, line, lines)
  kit.write("lines.csv", table.concat(lines, "\n") .. "\n")
  local path = kit.write("lines.lua", ([[
    local bigdata = require "bigdata"
    local scenario = bigdata.scenario { summary = "a test" }
    local lines = { files = "%s/lines.csv", fields = { "id" }, rest = "items" }
    scenario:step "one" {
      source = function() return bigdata.source.delimited(lines) end,

      each = function(db, row)
%s
      end,
    }
    return scenario]]):format(kit.folder, each))
  local result, message = kit.run(path, line)
  if not result then return nil, message end
  local sample = result.steps[1].samples[1]
  return result.steps[1], sample and sample.reason, result.ended
end

for _, way in ipairs(WAYS) do
  for _, method in ipairs(kit.METHODS) do
    local line = ("%s -c 1 --insert %s --max-errors 1"):format(way, method)

    describe("db:insert with " .. line, function()
      local COLUMNS = [[{ "id", "order", "n" }]]

      it("inserts a row of scalars", function()
        local step = run_lines(("db:insert('Odd name', %s, row.id, 'x', nil)"):format(COLUMNS),
          line, { "1", "2" })
        assert.equal("1:x:nil 2:x:nil", stored())
        assert.equal(2, step.rows)
      end)

      it("inserts a row for each element of its lists, and repeats scalars", function()
        local step = run_lines(([[
          local words = db:all(
            "select 'w' || i as word, i + 0.5 as n from generate_series(1, 2) as i")
          db:insert("Odd name", %s, row.id, words.word, row.items)
          db:insert("public.Odd name", %s, 10, words.word, words.n)]]):format(COLUMNS, COLUMNS),
          line, { "1,0.25,7", "2,3,4" })
        assert.equal("1:w1:0.25 1:w2:7.00 2:w1:3.00 2:w2:4.00 "
          .. "10:w1:1.50 10:w1:1.50 10:w2:2.50 10:w2:2.50", stored())
        assert.equal(8, step.rows)
      end)

      it("inserts nothing for empty lists, and NULL for NULL in a column", function()
        local step = run_lines(([[
          local none = db:all "select 1 as id where false"
          db:insert("Odd name", { "id" }, none.id)
          local some = db:all "select nullif(i, 2) as id from generate_series(1, 3) as i"
          db:insert("Odd name", { "order", "id" }, row.id, some.id)]]), line, { "1" })
        assert.equal("1:1:nil 3:1:nil nil:1:nil", stored())
        assert.equal(3, step.rows)
      end)

      it("fails a record whose lists are not equally long, with both lengths", function()
        local step, reason = run_lines([[
          local two = db:all "select i from generate_series(1, 2) as i"
          db:insert("Odd name", { "id", "n" }, two.i, row.items)]], line, { "1,5", "1,6,7" })
        assert.equal(1, step.failed)
        assert.is_truthy(reason:find("lines.lua:%d+: db:insert: lists of 2 and 1 elements"), reason)
        assert.equal("1:nil:6.00 2:nil:7.00", stored())
      end)

      it("names the insert whose row the server refuses", function()
        local step, reason = run_lines([[
          db:insert("Odd name", { "id", "n" }, row.id, row.items)
          db:exec "select 1"]], line, { "1,5,x,6", "2,7" })
        assert.equal(1, step.failed)
        local _, place = reason:find("lines.lua:8: ", 1, true)
        assert.is_truthy(place and reason:find("numeric", place, true), reason)
        local left = { row = "1:nil:5.00 2:nil:7.00", pipeline = "2:nil:7.00" }
        assert.equal(left[method] or "1:nil:5.00 1:nil:6.00 2:nil:7.00", stored())
      end)

      it("refuses a number of values that is not that of the columns", function()
        local step, message = run_lines([[db:insert("Odd name", { "id", "n" }, row.id)]], line,
          { "1" })
        assert.is_truthy(message:find("db:insert: 2 columns of Odd name, but 1 value", 1, true),
          message)
        assert.is_true(step == nil or step.failed == 1)
      end)

      it("refuses a table or column that is not there", function()
        local _, message = run_lines([[db:insert("Odd nane", { "id" }, row.id)]], line, { "1" })
        assert.is_truthy(message:find("Odd nane", 1, true), message)
        _, message = run_lines([[db:insert("Odd name", { "ix" }, row.id)]], line, { "1" })
        assert.is_truthy(message:find("ix", 1, true), message)
        assert.is_truthy(message:find("lines.lua:8", 1, true), message)
      end)

      it("goes with transactions and pipelines", function()
        for _, more in ipairs { "", " --no-autocommit", " --commit-every 2" } do
          kit.execute [[truncate "Odd name"]]
          local step = run_lines([[
            db:transaction(function()
              db:insert("Odd name", { "id", "n" }, row.id, row.items)
              db:pipeline(function() db:insert("Odd name", { "id", "n" }, row.id, row.items) end)
            end)]], line .. more, { "1,5", "2,7,x", "3,8" })
          assert.equal(1, step.failed)
          assert.equal("1:nil:5.00 1:nil:5.00 3:nil:8.00 3:nil:8.00", stored())
          assert.equal(4, step.rows)
        end
      end)
    end)
  end
end

describe("more statements than are told apart", function()
  it("are counted", function()
    local step = run([[for i = 1, 70 do db:exec(("select %d + $1::int"):format(i), row.n) end]], "",
      { count = 5 })
    assert.equal(64, #step.statement_latencies)
    assert.equal(30, step.untimed_statements)
    assert.is_nil(run([[db:exec "select 1"]], "").untimed_statements)
  end)
end)

it("hooks have the same calls", function()
  done([[db:exec "select 1"]], "--loop lua -c 1", { before = ([[
    local function hook(db)
      local rows = db:cached("select $1::int as x", 5)
      assert(rows == db:cached("select $1::int as x", 5) and rows[1].x == 5 and #rows.x == 1)
      db:pipeline(function() db:exec "insert into kept values (1)" end)
      assert(not pcall(db.transaction, db, function() db:exec "insert into kept values (1)" end))
      db:transaction(function() db:exec "truncate kept" end)
    end
    scenario:setup(hook); scenario:worker(hook)]]):gsub("\n", " ") })
  assert.equal("", kept())
end)
