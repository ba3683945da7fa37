-- The proof of arrival: what is lost or changed on the way is found, and nothing else.

local arrival = require "bigdata.trial.arrival"
local json = require "bigdata.result.json"
local json_schema = dofile "tests/support/json_schema.lua"
local kit = dofile "tests/support/scenario_kit.lua"
local report = require "bigdata.report"
local result_file = require "bigdata.result.file"

local COUNT = 300

-- Every row is (n, a text, an amount that must be rounded).
local INSERT = [[
    db:exec("insert into t (id, name, amount) values ($1, 'x', $2)", row.n, "5")]]

local function run(line, more, body)
  more = more or {}
  local loop = line:find("--loop lua", 1, true)
  more.key, more.count = more.key or loop and "run" or "each", more.count or COUNT
  local result = assert(kit.run(kit.scenario(body or INSERT, more), line))
  return result.steps[1], result
end

local function verified(step, table)
  assert.is_nil(step.arrival.why, step.arrival.why)
  local found = step.arrival.tables[1]
  assert.equal(table or "t", found.table)
  assert.is_nil(found.difference)
  assert.equal(found.rows, found.found)
  return found
end

-- Do something to the tables between the end of a step and its verification.
local function meddle(f)
  local finish = arrival.finish
  arrival.finish = function(...)
    f()
    return finish(...)
  end
  finally(function() arrival.finish = finish end)
end

-- The rows of the group that differs, by the query that the hint gives.
local function group_of(result)
  local ids = {}
  for i, row in ipairs(kit.query(result.error.hint)) do ids[i] = tonumber(row.id) end
  return ids
end

local function contains(list, value)
  for _, item in ipairs(list) do
    if item == value then return true end
  end
  return false
end

local function trigger(body)
  kit.execute(("create function meddle() returns trigger language plpgsql as 'begin %s end'")
    :format(body))
  kit.execute("create trigger meddle before insert on t for each row execute function meddle()")
end

setup(function() kit.open(60) end)
teardown(kit.close)

before_each(function()
  kit.execute("drop table if exists t cascade; drop table if exists u; "
    .. "drop function if exists meddle() cascade; drop type if exists colour; "
    .. "create table t (id int primary key, name text, amount numeric(10,2))")
end)

describe("the proof of arrival finds", function()
  for _, loop in ipairs { "c", "lua" } do
    describe("with --loop " .. loop, function()
      local line = "-c 4 --loop " .. loop

      it("rows that a trigger drops", function()
        trigger("if new.id % 100 = 0 then return null; end if; return new;")
        local step, result = run(line)
        assert.equal("failed", result.ended)
        local difference = step.arrival.tables[1]
        assert.equal(COUNT, difference.rows)
        assert.equal(COUNT - 3, difference.found)
        local first = difference.difference
        assert.is_true(first.acknowledged > first.found)
        assert.is_truthy(result.error.message:find("300 rows were acknowledged, but 297 came", 1,
          true), result.error.message)
        assert.is_truthy(report.text(result):find("one: arrived: NOT as acknowledged: t: 300 rows",
          1, true))
      end)

      it("a value that a trigger changes", function()
        trigger("if new.id = 77 then new.amount := 5.01; end if; return new;")
        local step, result = run(line)
        assert.equal("failed", result.ended)
        assert.equal(COUNT, step.arrival.tables[1].found)
        assert.is_true(contains(group_of(result), 77))
        assert.is_truthy(result.error.message:find("with other values", 1, true))
      end)
    end)
  end

  it("a row that another session deletes", function()
    meddle(function() kit.execute("delete from t where id = 20") end)
    local _, result = run("-c 4")
    assert.is_truthy(result.error.message:find("300 rows were acknowledged, but 299 came", 1, true),
      result.error.message)
  end)

  it("a row that another session deletes and one that it doubles", function()
    kit.execute("alter table t drop constraint t_pkey")
    meddle(function()
      kit.execute("delete from t where id = 20; insert into t select * from t where id = 21")
    end)
    local step, result = run("-c 4")
    assert.equal("failed", result.ended)
    assert.equal(COUNT, step.arrival.tables[1].found)
  end)

  it("values that have changed places between rows, and between columns", function()
    local body = [[
    db:exec("insert into t (id, name, amount) values ($1, $2, $3)", row.n, row.n, row.n)]]
    meddle(function()
      kit.execute("update t set amount = case id when 7 then 8 else 7 end where id in (7, 8)")
    end)
    local _, result = run("-c 4", nil, body)
    assert.equal("failed", result.ended)
    local ids = group_of(result)
    assert.is_true(contains(ids, 7) or contains(ids, 8))
  end)

  it("NULL where something else was sent", function()
    meddle(function() kit.execute("update t set amount = null where id = 9") end)
    local _, result = run("-c 4")
    assert.is_true(contains(group_of(result), 9))
  end)
end)

describe("the proof of arrival accepts", function()
  for _, loop in ipairs { "c", "lua" } do
    for _, engine in ipairs { "threads", "poll" } do
      for _, more in ipairs { "", "--no-autocommit", "-M simple", "-M extended",
        "--commit-every 7" } do
        local line = ("-c 4 --loop %s --engine %s %s"):format(loop, engine, more)
        it("rows sent with " .. line, function()
          local found = verified((run(line)))
          assert.equal(COUNT, found.rows)
        end)
      end
    end
  end

  it("the same rows with the same checksum, whatever the settings", function()
    local checksums = {}
    for _, line in ipairs { "-c 1", "-c 7 --engine poll", "-c 3 --loop lua --no-autocommit" } do
      kit.execute("truncate t")
      checksums[verified((run(line))).checksum] = true
    end
    local number = 0
    for _ in pairs(checksums) do number = number + 1 end
    assert.equal(1, number)
  end)

  it("a table that others have filled before", function()
    kit.execute("insert into t select i, i, i from generate_series(1000, 1999) i")
    assert.equal(COUNT, verified((run("-c 4"))).rows)
  end)

  for _, more in ipairs { "", "--no-autocommit", "--loop lua", "--engine poll --no-autocommit",
    "--commit-every 16", "--loop lua --commit-every 1000" } do
    it("records that fail: " .. more, function()
      kit.execute("insert into t values (10), (20), (30)")
      local step = run("-c 4 --max-errors 5 " .. more, nil, [[
    db:exec("insert into u (id, name) values ($1, $2)", row.n, row.n)
    db:exec("insert into t (id, name) values ($1, $2)", row.n, row.n)]],
        kit.execute("create table u (id int, name text)"))
      assert.equal(3, step.failed)
      for _, found in ipairs(step.arrival.tables) do
        assert.is_nil(found.difference)
        assert.equal(found.table == "u" and not more:find("commit") and COUNT or COUNT - 3,
          found.rows)
      end
    end)
  end

  for _, line in ipairs { "", "--loop lua", "--engine poll --no-autocommit",
    "-M extended", "--loop lua --commit-every 7" } do
    it("pipelines and transactions: " .. line, function()
      assert.equal(3 * COUNT, verified((run("-c 4 " .. line, nil, [[
    db:pipeline(function()
      db:exec("insert into t (name, amount) values ($1, 1)", row.n)
      db:exec("insert into t (name, amount) values ($1, 1)", row.n)
    end)
    db:transaction(function()
      db:exec("insert into t (name, amount) values ($1, 1)", row.n)
    end)]], kit.execute("alter table t alter id add generated always as identity")))).rows)
    end)
  end

  for _, loop in ipairs { "c", "lua" } do
    for _, more in ipairs { "--insert row", "--insert pipeline",
      "--insert pipeline --engine poll --commit-every 7" } do
      local line = ("-c 3 --loop %s %s"):format(loop, more)
      it("db:insert, with " .. line, function()
        assert.equal(COUNT, verified((run(line, { before = 'local T = "public.t"' }, [[
    db:insert(T, { "id", "name", 'amount' }, row.n, "a,b", 5)]]))).rows)
        kit.execute("truncate t")
        verified((run(line, { before = 'local COLUMNS = { "amount", "id" }' }, [[
    db:insert('t', COLUMNS, 5, row.n)]])))
      end)
    end
  end

  for _, loop in ipairs { "c", "lua" } do
    for _, method in ipairs { "row", "pipeline", "values", "unnest", "copy", "copy-binary" } do
      local line = ("-c 3 --loop %s --insert %s"):format(loop, method)
      it("db:insert of lists, with " .. line, function()
        kit.execute("drop table t; create table t (n int, name text, amount numeric(10,2))")
        assert.equal(COUNT * 12, verified((run(line, nil, [[
    local rows = db:all("select nullif(i * $1::int, 8) as name, i || '.505' as amount"
      .. " from generate_series(1, 12) as i", row.n)
    db:insert("t", { "n", "name", "amount" }, row.n, rows.name, rows.amount)]]))).rows)
      end)
    end
  end

  for _, line in ipairs { "", "--no-autocommit", "--commit-every 16" } do
    it("what is rolled back and caught, with --loop lua " .. line, function()
      kit.execute("insert into t values (10), (20)")
      local found = verified((run("-c 2 --loop lua " .. line, nil, [[
    db:transaction(function()
      db:exec("insert into t (id, name) values ($1, $2)", 1000 + row.n, "kept")
      pcall(db.transaction, db, function()
        db:exec("insert into t (id, name) values ($1, $2)", 2000 + row.n, "undone for 10 and 20")
        db:exec("insert into t (id, name) values ($1, $2)", row.n, "refused for 10 and 20")
      end)
    end)]])))
      assert.equal(3 * COUNT - 4, found.rows)
    end)
  end

  it("values of all types that it compares, as people write them", function()
    kit.execute([[
      create type colour as enum ('red', 'blue');
      create table u (a smallint, b bigint, c numeric(8,3), d numeric, e varchar(4), f char(6),
        g boolean, h uuid, i date, j timestamp, k json, l colour, m text, n varchar, o int)]])
    local found = verified(run("-c 2", { count = 5 }, [[
    db:exec("insert into u values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14," ..
      "$15)",
      " 007", "-0", "1.0005", "0012.340", "ab    ", "\u{e4}b ", "YES",
      "{A0EEBC999C0B4EF8BB6D6BB9BD380A11}", "2000-04-01", "2000-04-01T12:00:00.500", '{"a" : 1}',
      "blue", "Do\u{f1}a\t\\ \u{20ac}", "", nil)]]), "u")
    assert.same({}, found.left_out)
    assert.is_truthy(found.checksum)
  end)

  it("random values, in the rows of a file", function()
    kit.execute("create table u (a bigint, b numeric(12,2), c numeric, d text, e char(9))")
    local lines = {}
    math.randomseed(5)
    for i = 1, 2000 do
      local number = ("%s%d.%0" .. math.random(1, 6) .. "d"):format(
        math.random(3) == 1 and "-" or "", math.random(0, 99999), math.random(0, 99999))
      lines[i] = ("%d,%s,%s,%s,%s"):format(math.random(-1 << 40, 1 << 40), number, number,
        ("\u{e9}x"):rep(math.random(0, 20)), ("y"):rep(math.random(1, 9)) .. " ")
    end
    local path = kit.write("values.csv", table.concat(lines, "\n") .. "\n")
    local scenario = kit.write("file.lua", ([[
      local bigdata = require "bigdata"
      local scenario = bigdata.scenario { summary = "a test" }
      scenario:step "one" {
        source = function()
          return bigdata.source.delimited { files = { %q }, fields = { "a", "b", "c", "d", "e" } }
        end,
        each = function(db, row)
          db:exec("insert into u values ($1, $2, $3, $4, $5)", row.a, row.b, row.c, row.d, row.e)
        end,
      }
      return scenario]]):format(path))
    local result = assert(kit.run(scenario, "-c 3"))
    assert.equal(2000, verified(result.steps[1], "u").rows)
  end)
end)

describe("the proof of arrival says", function()
  local function why(text, line, body, more)
    local step = run(line or "-c 2", more, body)
    assert.equal("done", step.ended)
    assert.is_truthy(step.arrival.why and step.arrival.why:find(text, 1, true), step.arrival.why)
    return step
  end

  it("that it was not wanted", function()
    local _, result = run("-c 2 --no-verify")
    assert.is_truthy(report.text(result):find("one: not verified: --no-verify", 1, true))
  end)

  it("which statement it cannot judge, and where", function()
    why("a statement that begins with update (", nil, [[
    db:exec("update t set amount = 1 where id = $1", row.n)]])
    why("an insert that is not of the form", nil, [[
    db:exec("insert into t (id) select $1::int", row.n)]])
    why("on conflict", nil, [[
    db:exec("insert into t (id) values ($1) on conflict do nothing", row.n)]])
    why("begins with delete", "-c 1 --loop lua", [[
    db:exec("insert into t (id) values ($1)", row.n + 1000)
    db:exec("delete from t where id = $1", row.n + 1000)]])
  end)

  it("that a statement was put together while it ran", function()
    why("not written out", "-c 1 --loop lua", [[
    db:exec("insert into " .. "t (id) values ($1)", row.n)]])
  end)

  it("that a table cannot be looked at", function()
    kit.execute("create view u as select id from t")
    why("public.u is no ordinary table", nil, [[
    db:exec("insert into public.u (id) values ($1)", row.n)]])
    kit.execute("drop view u")
  end)

  it("which columns it has left out", function()
    kit.execute("create table u (a int, b float8, c timestamptz, d int)")
    local step, result = run("-c 2", nil, [[
    db:exec("insert into u (a, b, c, d) values ($1, $2, now(), $3)", row.n, "0.1", 3)]])
    local found = verified(step, "u")
    assert.same({ "b (double precision)", "c (timestamp with time zone)" }, found.left_out)
    local text = report.text(result):gsub("%s+", " ") -- a line may be broken anywhere
    assert.is_truthy(text:find(", without b (double precision), c (timestamp", 1, true))
  end)

  it("that it can only count", function()
    local found = verified((run("-c 2", nil, [[
    db:exec("insert into t (id, amount) values ($1, $2)", row.n, "1e1")]])))
    assert.is_truthy(found.counted:find('amount was given as "1e1"', 1, true), found.counted)
    kit.execute("truncate t")
    found = verified((run("-c 2", { count = 3 }, [[
    db:exec("insert into t (id, name) values ($1, $2)", row.n, "1e1")
    db:exec("insert into t (name, id) values ('7', $1::int + 100)", row.n)]])))
    assert.is_truthy(found.counted:find("different columns", 1, true), found.counted)
    assert.equal(6, found.rows)
  end)

  for _, more in ipairs { "", "--loop lua", "--engine poll" } do
    it("between which numbers it must be when a connection was lost: " .. more, function()
      trigger("if new.id = 50 then perform pg_terminate_backend(pg_backend_pid()); end if; "
        .. "return new;")
      local step, result = run("-c 1 " .. more)
      assert.equal("failed", result.ended)
      local found = step.arrival.tables[1]
      assert.same({ 49, 1, 49 }, { found.rows, found.doubtful, found.found })
      assert.is_nil(found.difference)
      assert.is_truthy(report.text(result):find(
        "t at least 49, at most 50 rows, of which 49 came, checksum", 1, true))
    end)
  end

  it("that nothing is in doubt when a transaction was lost before its COMMIT", function()
    trigger("if new.id = 50 then perform pg_terminate_backend(pg_backend_pid()); end if; "
      .. "return new;")
    local step = run("-c 1 --commit-every 20")
    local found = step.arrival.tables[1]
    assert.same({ 40, 0, 40 }, { found.rows, found.doubtful, found.found })
  end)

  it("all of it in a result file, too, as its schema has it", function()
    local file <close> = assert(io.open("docs/result.schema.json"))
    local schema = assert(json.decode(file:read("a")))
    local function check(line)
      local _, result = run(line)
      local written = assert(json.decode(result_file.text(result)))
      assert.same({}, json_schema.problems(schema, written))
      return written.steps[1].arrival
    end
    assert.equal("--no-verify", check("-c 2 --no-verify").why)
    kit.execute("truncate t")
    local tables = check("-c 2").tables
    assert.equal(COUNT, tables[1].found)
    assert.is_nil(tables[1].difference)
    kit.execute("truncate t")
    trigger("if new.id = 77 then new.amount := 5.01; end if; return new;")
    assert.equal("id", check("-c 2").tables[1].difference.column)
  end)

  it("also of counted rows that some are missing", function()
    trigger("if new.id = 7 then return null; end if; return new;")
    local _, result = run("-c 2", nil, [[
    db:exec("insert into t (id, amount) values ($1, $2)", row.n, "1e1")]])
    assert.equal("failed", result.ended)
    assert.is_truthy(result.error.message:find("300 rows were acknowledged, but 299 came", 1, true))
  end)
end)
