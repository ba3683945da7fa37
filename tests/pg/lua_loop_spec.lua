-- The Lua loop: the same tables as the loop of plans, whatever the settings; values in both
-- directions; errors that a function can catch.

local kit = dofile "tests/support/scenario_kit.lua"
local sample = require "bigdata.census.sample"

local RECORDS = 12
local ITEMS = 222

local CONTENTS = [[
  select count(*) as count, sum(d.value) as sum,
    md5(string_agg(concat_ws(' ', g.fileid, g.stusab, g.chariter, g.cifsn, g.logrecno,
      d.dictionary_item_id, d.value), ',' order by g.logrecno, d.dictionary_item_id)) as md5
  from data_element as d join geo_record as g on g.id = d.geo_record_id]]

setup(function() kit.open(80) end)
teardown(kit.close)

-- The step went through all its records.
local function done(body, line, more)
  local step, result = kit.lua(body, line, more)
  local samples = step.samples[1]
  assert.equal("done", result.ended, samples and samples.reason)
  return step
end

describe("the tables of row_by_row", function()
  local folder, expected, counts

  local function run(line)
    local result = assert(kit.run("row_by_row", line, { "--directory", folder }))
    assert.equal("done", result.ended)
    return result
  end

  setup(function()
    folder = kit.folder .. "/sample"
    assert(sample.generate { records = RECORDS, seed = 7, output = folder })
    local result = run "--loop c -c 3"
    counts = { result.steps[1].statements, result.steps[2].statements }
    expected = kit.query(CONTENTS)[1]
    assert.equal(tostring(RECORDS * ITEMS), expected.count)
  end)

  teardown(function() os.execute(("rm -r '%s'"):format(folder)) end)

  for _, engine in ipairs { "threads", "poll", "poll --jobs 2" } do
    for _, state in ipairs { "worker", "shared" } do
      for _, poolsize in ipairs { 1, 15, 50 } do
        local line = ("--engine %s --lua-state %s -c %d"):format(engine, state, poolsize)
        it("are the same with " .. line, function()
          local result = run("--loop lua " .. line)
          assert.same(expected, kit.query(CONTENTS)[1])
          assert.same(counts, { result.steps[1].statements, result.steps[2].statements })
          assert.equal(RECORDS * ITEMS, result.steps[2].rows)
        end)
      end
      for _, protocol in ipairs { "prepared", "extended", "simple" } do
        for _, more in ipairs { "", "--no-autocommit" } do
          local line = ("--engine %s --lua-state %s -c 3 -M %s %s"):format(engine, state, protocol,
            more)
          it("are the same with " .. line, function()
            local result = run("--loop lua " .. line)
            assert.same(expected, kit.query(CONTENTS)[1])
            assert.equal(RECORDS * ITEMS, result.steps[2].rows)
          end)
        end
      end
    end
  end
end)

describe("values", function()
  it("come as integers, floats, booleans and text", function()
    done [[
      local r = db:one("select 7 as i, -9223372036854775808 as least, 2::smallint as small, "
        .. "1.5::float8 as f, 3::float4 as whole, 'NaN'::float8 as nan, "
        .. "'-Infinity'::float8 as inf, "
        .. "true as yes, false as no, 1.50::numeric as n, 'x' as t, null as nothing, "
        .. "date '2000-01-02' as d, 5::oid as o")
      assert(math.type(r.i) == "integer" and r.i == 7)
      assert(r.least == math.mininteger and r.small == 2 and r.o == 5)
      assert(r.f == 1.5 and math.type(r.whole) == "float" and r.whole == 3)
      assert(r.nan ~= r.nan and r.inf == -math.huge)
      assert(r.yes == true and r.no == false and r.nothing == nil)
      assert(r.n == "1.50" and r.t == "x" and r.d == "2000-01-02")]]
  end)

  it("of columns that the answer has not raise, those that are NULL do not", function()
    done [[
      local function absent(row, name)
        local good, problem = pcall(function() return row[name] end)
        assert(not good and problem:find('test.lua:8: the answer has no column "' .. name .. '"'),
          problem)
      end
      local whole = db:one("select 1 as a")
      absent(whole, "b")
      local holed = db:one("select null as a, null as b")
      assert(holed.a == nil and holed.b == nil and next(holed) == nil)
      absent(holed, "c")
      local rows = db:all("select nullif(i, 2) as i from generate_series(1, 3) as i")
      assert(rows[1].i == 1 and rows[2].i == nil and rows[3].i == 3)
      absent(rows[2], "j")
      absent(rows[3], "j")]]
  end)

  for _, protocol in ipairs { "prepared", "extended", "simple" } do
    it("go as parameters of every kind, by the protocol " .. protocol, function()
      done([[
        local r = db:one("select $1::text as a, $2::bigint as b, $3::float8 as c, "
          .. "$4::boolean as d, $5::text as e, $6::float8 as f", "it's \\ \"q\" \u{e9}",
          math.maxinteger, 0.1 + 0.2, false, nil, -1e308)
        assert(r.a == "it's \\ \"q\" \u{e9}" and r.b == math.maxinteger)
        assert(r.c == 0.1 + 0.2 and r.d == false and r.e == nil and r.f == -1e308)
        local many = { 0, -0.0, 1/3, 2^53, 5e-324, math.pi, 1e15 + 0.3 }
        for _, x in ipairs(many) do
          assert(db:one("select $1::float8 as x", x).x == x)
        end]], "-M " .. protocol)
    end)
  end

  it("of a record are text, its list a list", function()
    done [[assert(row.n == "1" or row.n == "2" or row.n == "3")]]
  end)

  it("say how many rows a statement touched", function()
    kit.execute "drop table if exists touched; create table touched (x int)"
    local step = done([[
      assert(db:exec("insert into touched select generate_series(1, 5)") == 5)
      assert(db:exec("update touched set x = 0 where x > 3") == 2)
      assert(db:exec("delete from touched") == 5)
      assert(db:exec("select 1") == 0)]], "", { count = 1 })
    assert.equal(12, step.rows)
  end)

  it("survive an eager collector", function()
    finally(function() collectgarbage("incremental", 200, 100) end) -- the file is loaded here, too
    for _, line in ipairs { "--lua-state shared --engine threads", "--engine poll -M simple" } do
      local path = kit.scenario([[
        local n = tonumber(row.n)
        for item, text in db:zip(db:all("select generate_series(1, 20) as x, $1::int as n", n),
            db:all("select generate_series(1, 20)::text || $1 as t", "t" .. n)) do
          assert(item.n == n and text.t == item.x .. "t" .. n)
        end
        local good, err = pcall(db.exec, db, "select $1::int / 0", n)
        assert(not good and err.sqlstate == "22012" and err.sql == "select $1::int / 0")]],
        { before = "collectgarbage('incremental', 100, 1000)", count = 20 })
      local result = assert(kit.run(path, "--loop lua -c 4 " .. line))
      local samples = result.steps[1].samples[1]
      assert.equal("done", result.ended, samples and samples.reason)
    end
  end)

  it("are zipped", function()
    done [[
      local seen = {}
      for a, b in db:zip(db:all("select generate_series(1, 3) as x"), { "a", "b", "c" }) do
        seen[#seen + 1] = a.x .. b
      end
      assert(table.concat(seen) == "1a2b3c")
      for _ in db:zip({}, {}) do error("there is nothing") end]]
  end)
end)

describe("an error", function()
  local function fails(text, body, line, more)
    local step, result = kit.lua(body, line, more)
    assert.equal("errors", result.ended)
    local reason = step.samples[1].reason
    assert.is_truthy(reason:find("test.lua:7: " .. text, 1, true), reason)
    return step
  end

  it("raised by the function fails the record, with file and line", function()
    fails("no good", [[error("no good")]])
    fails("no good", [[error("no good", 0)]])
    fails("attempt to index a nil value", [[local t; t.x = 1]])
    local step = kit.lua([[if row.n == "2" then error("the second") end]], "--max-errors 1")
    assert.equal(1, step.failed)
    assert.equal(2, step.records)
  end)

  it("of the database fails the record, with file and line and SQLSTATE", function()
    local step = fails("", [[db:exec("select 1 / 0")]])
    assert.equal("22012", step.samples[1].sqlstate)
    assert.is_truthy(step.samples[1].reason:find("division by zero", 1, true))
    fails("", [[db:exec("selec 1")]])
    fails("", [[db:exec("select 1 / 0")]], "-M simple --no-autocommit")
  end)

  for _, protocol in ipairs { "prepared", "extended", "simple" } do
    it("of the database can be caught and looked into, by the protocol " .. protocol, function()
      done([[
        for _ = 1, 2 do
          local good, err = pcall(db.one, db, "select 1 / $1::int as x", 0)
          assert(not good and err.sqlstate == "22012" and err.message == "division by zero")
          assert(err.sql == "select 1 / $1::int as x" and err.unknown == nil)
          assert(tostring(err):find("division by zero", 1, true))
          assert(not pcall(db.exec, db, "insert into no_such_table values (1)"))
          assert(db:one("select 1 / $1::int as x", 1).x == 1)
        end]], "-M " .. protocol)
    end)
  end

  it("that is caught and raised again is the same", function()
    local step = fails("",
      [[local _, err = pcall(function() db:exec("select 1 / 0") end); error(err)]])
    assert.equal("22012", step.samples[1].sqlstate)
  end)

  it("that is swallowed fails the record of a transaction, which cannot commit", function()
    kit.execute "drop table if exists swallowed; create table swallowed (x text)"
    local body = [[
      db:exec("insert into swallowed values ($1)", row.n)
      if row.n == "2" then pcall(db.exec, db, "select 1 / 0") end]]
    for _, protocol in ipairs { "prepared", "simple" } do
      local step = kit.lua(body, "--no-autocommit --max-errors 5 -M " .. protocol)
      assert.equal(1, step.failed)
      assert.equal(2, step.rows)
      assert.is_truthy(step.samples[1].reason:find("transaction", 1, true))
    end
    assert.same({ { x = "1" }, { x = "3" } },
      kit.query("select distinct x from swallowed order by x"))
  end)

  it("is a number of rows that db:one does not want", function()
    fails("0 rows where db:one wants exactly one", [[db:one("select 1 where false")]])
    fails("2 rows where db:one wants exactly one", [[db:one("select generate_series(1, 2)")]])
  end)

  it("is a zip of unequal lists, or of none", function()
    fails("db:zip over lists of 2 and 1 elements", [[db:zip({ 1, 2 }, { 1 })]])
    fails("bad argument #1 to 'zip'", [[db:zip(5)]])
    fails("bad argument #1 to 'zip'", [[db:zip()]])
  end)

  it("closes variables that are to be closed, which may not use db", function()
    local step = kit.lua([[
      local guard <close> = setmetatable({}, { __close = function() pcall(coroutine.yield) end })
      local function ask() pcall(db.exec, db, "select 1") end
      local other <close> = setmetatable({}, { __close = ask })
      if row.n == "2" then error("the second") end
      db:exec("select 1")]], "--max-errors 3")
    assert.is_true(step.failed >= 1)
    assert.equal(3, step.failed + step.records)
  end)
end)
