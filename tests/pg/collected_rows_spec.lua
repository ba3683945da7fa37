-- db:insert in the Lua loop by the methods that collect rows: what only a function that decides
-- anew for each record can do with it.

local kit = dofile "tests/support/scenario_kit.lua"

local METHODS = { "values", "unnest", "copy", "copy-binary" }

local function each_method(test)
  for _, method in ipairs(METHODS) do
    for _, more in ipairs { "", " --no-autocommit", " --insert-batch 50" } do
      local line = ("--insert %s%s"):format(method, more)
      it("with " .. line, function() test(line) end)
    end
  end
end

local function values(name, where)
  local list = {}
  for i, row in ipairs(kit.query(("select value from %s %s order by value"):format(name or "child",
    where or ""))) do
    list[i] = tonumber(row.value)
  end
  return list
end

-- Run the body, in which n is the record's number, and stands in line 7.
local function run(body, line, more)
  return kit.lua("local n = math.tointeger(row.n) " .. body, line, more)
end

local function done(body, line, more)
  local step, result = run(body, line, more)
  assert.equal("done", result.ended, step.samples[1] and step.samples[1].reason)
  assert.is_nil(step.arrival.why)
  return step, result
end

local function reason_of(body, line, more)
  local step = run(body, "--max-errors 99 " .. line, more)
  return step.samples[1].reason, step
end

setup(function()
  kit.open(30)
  kit.execute [[
    create table parent (id integer primary key);
    create table child (value integer unique, parent integer references parent);
    create table kinds (n integer, a text, b float8, c boolean)]]
end)
teardown(kit.close)
before_each(function() kit.execute "truncate parent, child, kinds" end)

describe("tables are filled in the order in which a record comes to them", function()
  each_method(function(line)
    kit.execute "insert into parent values (1)"
    done([[
      local id = n // 2 * 2 + 1
      if n > 1 and n % 2 == 1 then db:insert("parent", { "id" }, id) end
      db:insert("child", { "value", "parent" }, n, n % 2 == 1 and id or 1)]], line,
      { count = 20 })
    assert.equal(20, #values())
  end)
end)

describe("rows of boxes, whose arrays have semicolons,", function()
  for _, method in ipairs(METHODS) do
    if method ~= "copy-binary" then
      it("are shipped together with --insert " .. method, function()
        kit.execute "create table if not exists boxes (n integer, b box); truncate boxes"
        local step = done([[db:insert("boxes", { "n", "b" }, { 1, 2, 3 },
          { "(1,1),(0,0)", "(2,2),(0,0)", "(3,3),(0,0)" })]], "--insert " .. method, { count = 2 })
        assert.equal(6, step.rows)
        assert.equal("2", kit.query "select count(*) as n from boxes where area(b) = 4"[1].n)
        for _, latency in ipairs(step.statement_latencies) do
          assert.is_truthy(latency.count <= 2, latency.sql)
        end
      end)
    end
  end
end)

describe("of lists with something that is no value, no row is collected", function()
  each_method(function(line)
    done([[
      local numbers = {}
      for i = 1, 9000 do numbers[i] = i end
      numbers[8500] = print
      local good, problem = pcall(db.insert, db, "child", { "value" }, numbers)
      assert(not good and tostring(problem):find("got function", 1, true), problem)]], line,
      { count = 1 })
    assert.equal(0, #values())
  end)
end)

describe("lists of any length and values of every kind", function()
  each_method(function(line)
    done([[
      local numbers, texts, floats = {}, {}, {}
      for i = 1, 5000 do
        numbers[i], texts[i] = i, i % 2 == 0 and tostring(i) or i / 2
        floats[i] = i % 3 == 0 and -i / 7 or i % 3 == 1 and 1 / 0 or nil
      end
      local kinds = db:all "select generate_series(1, 5000), null as b"
      for i, row in ipairs(kinds) do row.b = floats[i] end
      db:insert("kinds", { "n", "a", "b", "c" }, numbers, texts, kinds.b, n == 1)]], line,
      { count = 1 })
    assert.same({ rows = "5000", sum = "12502500", texts = "0", floats = "0", bools = "5000" },
      kit.query([[
        select count(*) as rows, sum(n) as sum, count(*) filter (where c) as bools,
          count(*) filter (where a::numeric <> case n % 2 when 0 then n else n / 2.0 end) as texts,
          count(*) filter (where b is distinct from
            case n % 3 when 0 then -n / 7::float8 when 1 then 'Infinity' end) as floats
        from kinds]])[1])
  end)
end)

describe("a transaction that is undone undoes the rows of its own", function()
  each_method(function(line)
    done([[
      db:insert("child", { "value" }, n * 10)
      local good = pcall(db.transaction, db, function()
        db:insert("child", { "value" }, n * 10 + 1)
        db:transaction(function() db:insert("child", { "value" }, n * 10 + 2) end)
        error "no"
      end)
      assert(not good)
      db:transaction(function() db:insert("child", { "value" }, n * 10 + 3) end)
      db:insert("child", { "value" }, n * 10 + 4)]], line)
    assert.same({ 10, 13, 14, 20, 23, 24, 30, 33, 34 }, values())
  end)
end)

describe("each place in the scenario is named with its own rows", function()
  each_method(function(line)
    local step = run([[
      db:insert("child", { "value" }, n)
      db:insert("child", { "value" }, n * 10)
      for i = 1, 3 do
        db:insert("child", { "value" }, n == 2 and i == 3 and 3000 or n * 100 + i)
      end]], "--max-errors 1 " .. line, { before = "scenario:setup(function(db) "
        .. "db:exec 'insert into child values (3000)' end)" })
    assert.same({ 2, 1 }, { step.records, step.failed })
    local reason = step.samples[1].reason
    assert.is_truthy(reason:find("test.lua:10: row 3 ('3000'): ", 1, true), reason)
    assert.is_nil(step.arrival.why)
  end)
end)

-- Where the row of record 2 is refused, behind a pcall.
local REFUSED = {
  ["anywhere"] = [[
    pcall(db.insert, db, "child", { "value" }, n == 2 and "many" or n)]],
  ["within a pipeline"] = [[
    pcall(db.pipeline, db, function()
      db:insert("child", { "value" }, n == 2 and "many" or n)
    end)]],
  ["within a transaction"] = [[
    db:transaction(function()
      pcall(db.insert, db, "child", { "value" }, n == 2 and "many" or n)
    end)]],
}

for where, body in pairs(REFUSED) do
  describe("a row that is refused fails its record, also behind a pcall, " .. where, function()
    each_method(function(line)
      local reason, step = reason_of(body, line)
      assert.is_truthy(reason:find("many", 1, true), reason)
      assert.same({ 2, 1 }, { step.records, step.failed })
      assert.same({ 1, 3 }, values())
    end)
  end)
end

describe("within a pipeline rows are sent when it has ended", function()
  each_method(function(line)
    done([[
      db:pipeline(function()
        db:exec("insert into parent (id) values ($1)", n)
        db:insert("child", { "value", "parent" }, n, n)
        db:transaction(function() db:insert("child", { "value", "parent" }, n + 100, n) end)
      end)]], line)
    assert.same({ 1, 2, 3, 101, 102, 103 }, values())
  end)
end)

describe("what is not there is named with what comes near, and its place", function()
  for _, method in ipairs(METHODS) do
    it("with --insert " .. method, function()
      local function refused(call)
        local reason, step = reason_of(call, "--insert " .. method)
        assert.same({ 0, 3 }, { step.records, step.failed })
        return reason
      end
      local reason = refused 'db:insert("chidl", { "value" }, 1)'
      assert.is_truthy(reason:find("test.lua:7: there is no table chidl with columns in ", 1, true),
        reason)
      reason = refused 'db:insert("child", { "valeu" }, 1)'
      assert.is_truthy(reason:find('test.lua:7: table child has no column "valeu"', 1, true),
        reason)
      reason = refused 'db:insert("child", { "value" }, {1, 2}, {3})'
      assert.is_truthy(reason:find("1 column of child, but 2 values", 1, true), reason)
      reason = refused 'db:insert("child", { "value", "parent" }, {1, 2}, {3})'
      assert.is_truthy(reason:find("test.lua:7: db:insert: lists of 2 and 1 elements", 1, true),
        reason)
    end)
  end
end)

it("the function for each worker inserts at once", function()
  run([[db:insert("child", { "value" }, n)]], "--insert copy", { before =
    "scenario:worker(function(db) db:insert('child', { 'value' }, 77) assert(db:one('select 1 as x "
    .. "from child')) end)" })
  assert.same({ 1, 2, 3, 77 }, values())
end)

it("a connection that is lost is no loss", function()
  local step = run([[
    db:insert("child", { "value" }, n)
    if n == 3 and not state.lost then
      state.lost = true
      db:exec "select pg_terminate_backend(pg_backend_pid())"
    end
    db:insert("child", { "value" }, n + 100)]],
    "--insert values --insert-batch 8 --reconnect 20", { count = 9 })
  assert.same({ 9, 18, 1 }, { step.records, step.rows, step.reconnects })
  assert.equal(18, #values())
end)

it("a connection that is lost after a table was looked up is no loss", function()
  kit.execute [[create or replace view killer as
    select pg_terminate_backend(pg_backend_pid()) as killed]]
  for _, protocol in ipairs { "prepared", "extended", "simple" } do
    kit.execute "truncate child"
    local step = run([[
      db:insert("child", { "value" }, n)
      if not state.lost then
        state.lost = true
        db:exec "select killed from killer"
      end]], "--insert values --reconnect 20 --protocol " .. protocol)
    assert.same({ 3, 0, 1 }, { step.records, step.failed, step.reconnects },
      step.samples[1] and step.samples[1].reason)
    assert.same({ 1, 2, 3 }, values())
  end
end)
