-- testing: what a record causes, without a database.

local bigdata = require "bigdata"
local testing = require "bigdata.testing"

local path

local function write(text)
  path = path or os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

-- A scenario with the one step "step".
local function scenario(each, more)
  local made = bigdata.scenario { summary = "a test" }
  local step = more or {}
  step.source = function() return bigdata.source.count { count = 1 } end
  step.each = each
  made:step "step"(step)
  return made
end

local function fails(text, f, ...)
  local good, problem = pcall(f, ...)
  assert.is_false(good)
  assert.is_truthy(tostring(problem):find(text, 1, true), tostring(problem))
end

local function statements(each, record, options)
  return testing.statements(scenario(each), "step", record or {}, options)
end

describe("testing.statements", function()
  after_each(function()
    if path then os.remove(path) end
    path = nil
  end)

  it("gives statements with parameters as they go to the server", function()
    local sent = statements(function(db, row)
      db:exec("insert $1 $2 $3 $4 $5", row.name, 7, 0.5, true, nil)
      db:exec("commit")
    end, { name = "Albany" })
    assert.same({ { "insert $1 $2 $3 $4 $5", "Albany", "7", "0.5", "true", nil }, { "commit" } },
      sent)
    assert.equal(5, sent[1].n)
    assert.equal(0, sent[2].n)
  end)

  it("makes up answers that say where they are from", function()
    assert.same({
      { "select id from geo where n = $1", "4" }, { "select id from item" },
      { "insert $1 $2 $3", "id/1/1", "id/2/1", "10" },
      { "insert $1 $2 $3", "id/1/1", "id/2/2", "20" },
    }, statements(function(db, row)
      local geo = db:one("select id from geo where n = $1", row.n)
      for item, value in db:zip(db:all("select id from item"), row.items) do
        db:exec("insert $1 $2 $3", geo.id, item.id, value)
      end
    end, { n = 4, items = { 10, "20" } }))
  end)

  it("makes up three rows where the record has no list", function()
    local sent = statements(function(db)
      for row in db:zip(db:all("select x")) do db:exec("use $1", row.x) end
    end)
    assert.equal(4, #sent)
  end)

  describe("takes answers", function()
    local function each(db, row)
      local found = db:one("select id from geo_record where code = $1", row.code)
      local touched = db:exec("update t set x = $1", found.id)
      for item in db:zip(db:all("select id from dictionary_item")) do
        db:exec("insert $1 $2", item.id, touched)
      end
    end

    it("by text, part and pattern", function()
      local sent = statements(each, { code = "A" }, { answers = {
        ["select id from geo_record where code = $1"] = { { id = 31 } },
        ["dictionary"] = { { id = "a" }, { id = "b" } },
        ["^update %a+ set"] = 12,
      } })
      assert.same({ "update t set x = $1", "31" }, sent[2])
      assert.same({ { "insert $1 $2", "a", "12" }, { "insert $1 $2", "b", "12" } },
        { sent[4], sent[5] })
      assert.is_nil(sent[6])
    end)

    it("by functions of the parameters", function()
      local sent = statements(each, { code = "A" }, { answers = {
        geo_record = function(code) return { id = code .. "!" } end,
        dictionary_item = {},
      } })
      assert.equal("A!", sent[2][2])
      assert.equal(3, #sent)
    end)

    it("by the longest text that fits", function()
      local answers, sql = {}, "select id from geo_record"
      for length = 1, 18 do answers[sql:sub(1, length)] = { id = length } end
      local sent = statements(each, { code = "A" }, { answers = answers })
      assert.equal("18", sent[2][2])
      assert.same({ "insert $1 $2", "15", "1" }, sent[4])
    end)

    it("and refuses several for db:one", function()
      fails("2 rows where db:one wants exactly one", statements, each, { code = "A" },
        { answers = { geo_record = { { id = 1 }, { id = 2 } } } })
      fails("must be a table, not a number", statements, each, { code = "A" },
        { answers = { geo_record = 1 } })
    end)

    it("that raise, for the step to catch", function()
      assert.same({ { "insert" }, { "again" } }, statements(function(db)
        if not pcall(db.exec, db, "insert") then db:exec("again") end
      end, {}, { answers = { insert = function() error("refused") end } }))
    end)
  end)

  it("raises what the step's function raises", function()
    fails("no such code: X", statements, function(_, row)
      error("no such code: " .. row.code)
    end, { code = "X" })
    fails("db:zip over lists of 1 and 2 elements", statements, function(db, row)
      for _ in db:zip({ 1 }, row.items) do db:exec("x") end
    end, { items = { 1, 2 } })
    fails("nil was raised", statements, function() error(nil) end)
    fails("returned a number: it must return nothing", statements, function() return 1 end, {},
      { loop = "lua" })
    fails("it yields", statements, function() coroutine.yield() end)
  end)

  it("gives the function what scenario:worker has left in the state", function()
    local made = scenario(function(db, _, state) db:exec("insert $1", state.id) end)
    made:worker(function(db, _, state) state.id = db:one("select 7 as id").id end)
    assert.same({ { "insert $1", "7" } },
      testing.statements(made, "step", {}, { answers = { ["select 7"] = { id = 7 } } }))
    assert.same({ { "insert $1", "8" } },
      testing.statements(made, "step", {}, { state = { id = 8 } }))
  end)

  it("hands flags over, also those without a default", function()
    local made = scenario(function(db, _, _, opt) db:exec("select $1, $2", opt.size, opt.name) end)
    made:flag "size" { type = "integer" }
    made:flag "name" { type = "string", default = "x" }
    assert.same({ { "select $1, $2", "5", "x" } },
      testing.statements(made, "step", {}, { flags = { size = 5 } }))
    fails("flags has no key sizes; did you mean size?", testing.statements, made, "step", {},
      { flags = { sizes = 5 } })
  end)

  it("wants as many parameters as the statement has", function()
    fails("step step: the number of parameters is 2, that of values 1: insert $1 $2",
      statements, function(db) db:exec("insert $1 $2", 1) end)
    fails("parameter 1 is a table", statements, function(db) db:exec("insert $1", {}) end)
  end)

  it("names a field that the record lacks", function()
    fails("the record has no field nmae; did you mean name?", statements,
      function(db, row) db:exec("x $1", row.nmae) end, { name = "Albany" })
    fails("a row cannot be changed", statements, function(_, row) row.name = 1 end, { name = "" })
    fails("the record's field f is a function", statements, function() end, { f = print })
  end)

  it("chooses between plan and run", function()
    local made = scenario(nil, {
      plan = function(db) db:exec("as a plan") end,
      run = function(db, _, state) db:exec("in the loop $1", state.seen) end,
    })
    assert.same({ { "as a plan" } }, testing.statements(made, "step", {}))
    assert.same({ { "in the loop $1", "3" } },
      testing.statements(made, "step", {}, { loop = "lua", state = { seen = 3 } }))
  end)

  it("finds scenarios by path and by name, and names what is wrong", function()
    local record = { fileid = "", stusab = "", chariter = "", cifsn = "", logrecno = "1" }
    assert.equal(1, #testing.statements("row_by_row", "geo", record))
    assert.equal(1, #testing.statements("scenarios/row_by_row.lua", "geo", record))
    local line = debug.getinfo(1, "l").currentline + 2
    fails(("testing_spec.lua:%d: there is no scenario row_by_rwo; did you"):format(line), function()
      testing.statements("row_by_rwo", "geo", record)
    end)
    fails("the scenario has no step goe; did you mean geo?", testing.statements, "row_by_row",
      "goe", record)
    fails("a scenario, its path or its name is needed, not a nil", testing.statements, nil, "geo")
    fails("has no key answer", testing.statements, "row_by_row", "geo", record, { answer = {} })
  end)
end)

describe("testing.records", function()
  after_each(function()
    if path then os.remove(path) end
    path = nil
  end)

  it("reads the first of a source", function()
    write("1,2,3\n4,5,6\n7\n")
    local source <close> = bigdata.source.delimited {
      files = path, fields = { "x" }, rest = "more",
    }
    assert.same({ { x = "1", more = { "2", "3" } }, { x = "4", more = { "5", "6" } } },
      testing.records(source, 2))
    assert.same({ { x = "7", more = {} } }, testing.records(source, 5))
  end)

  it("takes the names from a file's first line", function()
    write("x,y\n1,2\n3,4\n")
    assert.same({ { x = "1", y = "2" } }, testing.records(path))
    assert.same({ { x = "1", y = "2" }, { x = "3", y = "4" } }, testing.records(path, 9))
  end)

  it("raises where a line is bad, or none is there", function()
    write("x,y\n1,2\n3\n")
    fails(path .. ":3: ", testing.records, path, 2)
    write("")
    fails("has no first line", testing.records, path)
    fails("/nowhere.csv", testing.records, "/nowhere.csv")
  end)
end)
