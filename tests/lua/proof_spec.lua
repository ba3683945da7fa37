-- proof: plans that do what the function does are accepted, others refused with what parts them.

local core = require "bigdata.core"
local proof = require "bigdata.step.proof"
local trace = require "bigdata.step.trace"

local path

local function write(text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function open()
  return assert(core.source.delimited {
    files = { { path = path } }, delimiter = ",", fields = { "code", "name" }, rest = "items",
  })
end

local function prove(each, settings)
  local source <close> = open()
  local step = { name = "data", each = each, plan = settings and settings.plan }
  local fields, rest = source:fields()
  local spec = assert(trace.record(step, fields, rest))
  return proof.prove(step, spec, assert(core.plan(spec)), source)
end

local function refused(each, ...)
  local good, message, info = prove(each)
  assert.is_nil(good)
  for _, text in ipairs { ... } do
    assert.is_truthy(message:find(text, 1, true), message)
  end
  return info
end

describe("proof", function()
  before_each(function()
    path = os.tmpname()
    write("A,first,1,2,3\nB,second,4,5\nA,third\n")
  end)

  after_each(function() os.remove(path) end)

  it("accepts what passes values through", function()
    assert(prove(function(db, row)
      local geo = db:one("select id from geo where code = $1", row.code)
      local items = db:all("select id, kind from item where name = $1", row.name)
      for item, value in db:zip(items, row.items) do
        db:exec("insert $1 $2 $3 $4 $5", geo.id, item.id, item.kind, value, nil)
      end
    end))
  end)

  it("accepts lists that are bound to the record's only by way of others", function()
    assert(prove(function(db, row)
      local as, bs, free = db:all("select 1 as x"), db:all("select 2 as y"), db:all("select 3 as z")
      for a, b in db:zip(as, bs) do db:exec("first $1 $2", a.x, b.y) end
      for b, value in db:zip(bs, row.items) do
        db:exec("second $1 $2", b.y, value)
        for c in db:zip(free) do db:exec("third $1 $2", c.z, b.y) end
      end
    end))
  end)

  it("accepts pipelines, transactions and what is cached", function()
    assert(prove(function(db, row)
      local items = db:cached("select id from item where name = $1", row.name)
      db:transaction(function()
        db:transaction(function() db:exec("nested $1", row.code) end)
        db:pipeline(function()
          for item, value in db:zip(items, row.items) do db:exec("e $1 $2", item.id, value) end
        end)
      end)
      db:cached("select id from item where name = $1", row.name)
    end))
  end)

  it("accepts inserts, whose rows are statements to it", function()
    assert(prove(function(db, row)
      local items = db:cached("select id from item where name = $1", row.name)
      local free = db:all "select 1 as x"
      db:insert("element", { "code", "item", "value" }, row.code, items.id, row.items)
      db:insert("free", { "x" }, free.x)
      db:insert("one", { "code", "nothing" }, row.code, nil)
    end))
    refused(function(db, row)
      db:insert("t", { "a" }, row.code == "A" and row.name or "x")
    end, "they part at statement 1", "insert into t (a) values ($1)")
  end)

  it("says what has failed in a transaction", function()
    refused(function(db, row)
      db:transaction(function()
        db:exec("select $1", row.code)
        if row.code == "B" then error "no B" end
      end)
    end, "called for the record at " .. path .. ":2, its function fails", "no B")
  end)

  it("accepts a source without a record", function()
    write("")
    assert.is_true(prove(function(db, row) db:exec("select $1", row.code) end))
  end)

  it("accepts constants of every kind", function()
    assert(prove(function(db) db:exec("select $1 $2 $3 $4", 1, 0.1, false, "x") end))
  end)

  it("proves plan against itself", function()
    assert(prove(nil, { plan = function(db, row) db:exec("select $1", row.code) end }))
  end)

  it("finds a test of equality, and names the record and the statement", function()
    local info = refused(function(db, row)
      db:exec("always $1", row.code)
      if row.code == "B" then db:exec("only for B $1", row.name) end
    end, "step data:", path .. ":2", "part at statement 2", "only for B $1", "('second')",
      "nothing more")
    assert.is_truthy(info.hint:find("a test of equality or of truth", 1, true))
  end)

  it("finds a test that chooses a parameter", function()
    refused(function(db, row)
      db:exec("select $1", row.code == "A" and "is A" or "is not A")
    end, path .. ":1", "('is A')", "('is not A')")
  end)

  it("finds a test of an answer for NULL", function()
    refused(function(db)
      local found = db:one("select id from geo")
      if found.id then db:exec("found $1", found.id) end
    end, "when its answers are NULL", "statement 2", "found $1")
  end)

  it("finds a test of the number of rows touched", function()
    refused(function(db)
      if db:exec("update") == 0 then db:exec("insert") end
    end, "when its answers are NULL")
  end)

  it("finds a variable kept from record to record", function()
    local count = 0
    refused(function(db)
      count = count + 1
      db:exec("select $1", count)
    end, "part at statement 1")
  end)

  it("finds values that tonumber() has lost", function()
    write("5,first\n")
    refused(function(db, row) db:exec("select $1", tonumber(row.code)) end, "('5')", "(NULL)")
  end)

  it("finds what is kept from one turn of a loop to the next", function()
    refused(function(db, row)
      local before
      for value in db:zip(row.items) do
        db:exec("pair $1 $2", before, value)
        before = value
      end
    end, "part at statement 2", "('1', '2')", "(NULL, '2')")
  end)

  it("reports an error that only real records show", function()
    refused(function(db, row)
      local names = { A = "known" }
      db:exec("select $1", row.code)
      if row.code == "B" then error(("no name for %s"):format(names.B)) end
    end, "its function fails", "no name for nil", path .. ":2")
  end)

  it("hands on that the source cannot be read", function()
    local source <close> = open()
    local step = { name = "data", each = function(db) db:exec("select 1") end }
    local spec = assert(trace.record(step, source:fields()))
    local plan = assert(core.plan(spec))
    os.remove(path)
    local good, message = proof.prove(step, spec, plan, source)
    assert.is_nil(good)
    assert.is_truthy(message:find(path, 1, true))
  end)
end)
