-- trace: what is recorded of a step's function, and what is refused, with the place and a way out.

local trace = require "bigdata.step.trace"

local FIELDS = { "fileid", "logrecno" }
local HERE = debug.getinfo(1, "S").source:gsub("^@", "")

local function record(each)
  return trace.record({ name = "data", each = each }, FIELDS, "items")
end

local function line_here()
  return debug.getinfo(2, "l").currentline
end

-- The function is refused at `line` of this file, for a reason that holds `text`.
local function refused(line, text, each)
  local spec, message, info = record(each)
  assert.is_nil(spec)
  local place = ("step data, %s:%d: "):format(HERE, line)
  assert.equal(place, message:sub(1, #place))
  assert.is_truthy(message:find(text, 1, true), message)
  return info
end

describe("trace", function()
  it("records a statement with parameters by origin", function()
    local line
    local spec = assert(record(function(db, row)
      line = line_here() + 1
      db:exec("select $1, $2, $3, $4, $5, $6", row.fileid, nil, "text", 42, true, 1.5)
    end))
    assert.same({
      name = "data", fields = FIELDS, rest = true,
      ops = {
        {
          op = "exec", sql = "select $1, $2, $3, $4, $5, $6", n = 6,
          where = ("%s:%d"):format(HERE, line),
          params = {
            { field = "fileid" }, { null = true }, { constant = "text" }, { constant = "42" },
            { constant = "true" }, { constant = "1.5" },
          },
        },
      },
    }, spec)
  end)

  it("counts trailing nils as parameters", function()
    local spec = assert(record(function(db) db:exec("select $1, $2", nil, nil) end))
    assert.equal(2, spec.ops[1].n)
  end)

  it("records what one finds, by the columns that are read", function()
    local spec = assert(record(function(db, row)
      local geo = db:one("select id, name from geo where logrecno = $1", row.logrecno)
      db:exec("insert into seen values ($1, $2)", geo.name, geo.id)
    end))
    assert.equal("one", spec.ops[1].op)
    assert.equal(1, spec.ops[1].slot)
    assert.same({ { slot = 1, column = "name" }, { slot = 1, column = "id" } }, spec.ops[2].params)
  end)

  it("records a loop once, between its marks", function()
    local spec = assert(record(function(db, row)
      local geo = db:one("select 1 as id")
      local items = db:all("select 2 as id")
      for item, value in db:zip(items, row.items) do
        db:exec("insert $1, $2, $3", geo.id, item.id, value)
      end
    end))
    local kinds = {}
    for i, op in ipairs(spec.ops) do kinds[i] = op.op end
    assert.same({ "one", "all", "zip", "exec", "end" }, kinds)
    assert.same({ { slot = 2 }, { rest = true } }, spec.ops[3].lists)
    assert.same({
      { slot = 1, column = "id" }, { slot = 2, column = "id", loop = 1 },
      { element = true, loop = 1 },
    }, spec.ops[4].params)
    assert.equal(spec.ops[3].where, spec.ops[5].where)
  end)

  it("records loops within loops, and one after the other", function()
    local spec = assert(record(function(db, row)
      local as, bs = db:all("select 1 as x"), db:all("select 2 as y")
      for a in db:zip(as) do
        for b, element in db:zip(bs, row.items) do
          db:exec("e $1 $2 $3", a.x, b.y, element)
        end
        local c = db:one("select 3 as z")
        db:exec("c $1", c.z)
      end
      for element in db:zip(row.items) do db:exec("again $1", element) end
    end))
    local shown = {}
    for i, op in ipairs(spec.ops) do shown[i] = op.op .. (op.loop or "") end
    assert.equal("all all zip1 zip2 exec end2 one exec end1 zip3 exec end3",
      table.concat(shown, " "))
    assert.same({ slot = 1, column = "x", loop = 1 }, spec.ops[5].params[1])
  end)

  it("records pipelines and transactions between their marks", function()
    local spec = assert(record(function(db)
      local got = db:pipeline(function()
        db:transaction(function() db:exec "x" end)
        return db:one "y"
      end)
      db:exec("z $1", got.id)
    end))
    local kinds = {}
    for i, op in ipairs(spec.ops) do kinds[i] = op.op end
    assert.equal("pipeline begin exec commit one sync exec", table.concat(kinds, " "))
    assert.equal(spec.ops[1].where, spec.ops[6].where)
    assert.equal(spec.ops[2].where, spec.ops[4].where)
    assert.same({ slot = 1, column = "id" }, spec.ops[7].params[1])
  end)

  it("records what is cached as rows", function()
    local spec = assert(record(function(db, row)
      for item in db:zip(db:cached("select $1 as id", row.fileid)) do db:exec("e $1", item.id) end
    end))
    assert.equal("cached", spec.ops[1].op)
    assert.same({ { slot = 1 } }, spec.ops[2].lists)
  end)

  it("records an insert as a loop of its own over its lists", function()
    local spec = assert(record(function(db, row)
      local items = db:cached "select 1 as id, 2 as other"
      db:insert("s.Odd name", { "a", "order", "c", "d" },
        row.fileid, items.id, row.items, items.other)
      db:insert("t", { "x" }, nil)
    end))
    local op = spec.ops[2]
    assert.equal('insert into s."Odd name" (a, "order", c, d) values ($1, $2, $3, $4)', op.sql)
    assert.same({ { slot = 1 }, { rest = true } }, op.lists)
    assert.same({
      { field = "fileid" }, { slot = 1, column = "id", loop = op.loop },
      { element = true, loop = op.loop }, { slot = 1, column = "other", loop = op.loop },
    }, op.params)
    assert.same({}, spec.ops[3].lists)
    assert.same({ "x" }, spec.ops[3].columns)
    assert.not_equal(op.loop, spec.ops[3].loop)
  end)

  it("refuses an insert that does not fit together", function()
    refused(line_here() + 1, "2 columns of t, but 1 value", function(db)
      db:insert("t", { "a", "b" }, 1)
    end)
    refused(line_here() + 1, "column a is named twice", function(db)
      db:insert("t", { "a", "a" }, 1, 2)
    end)
    refused(line_here() + 1, "the columns must be a list of names", function(db)
      db:insert("t", "a", 1)
    end)
    refused(line_here() + 1, "the columns must be a list of names", function(db)
      db:insert("t", setmetatable({}, { __index = { "a" }, __len = function() return 1 end }), 1)
    end)
    refused(line_here() + 1, "the table must be a name", function(db)
      db:insert("a.b.c", { "a" }, 1)
    end)
    refused(line_here() + 1, "value 1 is the rows of db:all: name one of their", function(db)
      db:insert("t", { "a" }, db:all "select 1")
    end)
  end)

  it("gives the function the flags", function()
    local spec = assert(trace.record({
      name = "data",
      each = function(db, _, _, opt)
        if opt.loud then db:exec "loud" end
        db:exec "x"
      end,
    }, FIELDS, nil, { loud = true }))
    assert.equal(2, #spec.ops)
  end)

  it("refuses a block without a function", function()
    refused(line_here() + 1, "db:pipeline needs a function, not a string", function(db)
      db:pipeline "x"
    end)
    refused(line_here() + 1, "db:transaction needs a function, not row", function(db, row)
      db:transaction(row)
    end)
  end)

  it("refuses a column where it is no list", function()
    refused(line_here() + 2, "argument 1 is column id of the rows of db:all", function(db)
      local rows = db:all "select 1 as id"
      for _ in db:zip(rows.id) do db:exec "x" end
    end)
    refused(line_here() + 2, "is a list: only db:insert takes it", function(db)
      local rows = db:all "select 1 as id"
      db:exec("x $1", rows.id)
    end)
  end)

  it("traces plan where it is given", function()
    local spec = assert(trace.record({
      name = "data",
      plan = function(db) db:exec("planned") end,
      run = function() error("not to be called") end,
    }, FIELDS))
    assert.equal("planned", spec.ops[1].sql)
    assert.is_false(spec.rest)
  end)

  it("names the function's place where a tail call hides the line", function()
    local line = line_here() + 1
    local each = function(db)
      return db:exec("select $1", {})
    end
    local _, message = record(each)
    assert.is_truthy(message:find(("%s:%d: parameter 1 is a table"):format(HERE, line), 1, true),
      message)
  end)

  it("refuses a function that returns a value", function()
    local line = line_here() + 1
    local each = function(db, row)
      return db:exec("select $1", row.fileid)
    end
    local _, message = record(each)
    assert.is_truthy(message:find(("%s:%d: the function returns a value"):format(HERE, line), 1,
      true), message)
  end)
end)

-- luacheck: ignore 512 (loops that are left at once are what is tried here)

-- What a plan cannot do: a description, the reason given, and the function, which fails on its
-- second line.
local CANNOT = {
  { "adding", "arithmetic (+) on row.fileid", function(_, row)
    return row.fileid + 1 end },
  { "adding to a number", "arithmetic (+) on row.fileid", function(_, row)
    return 1 + row.fileid end },
  { "negating", "arithmetic (-)", function(_, row)
    return -row.fileid end },
  { "integer division", "arithmetic (//)", function(_, row)
    return row.fileid // 2 end },
  { "shifting", "arithmetic (<<)", function(_, row)
    return row.fileid << 2 end },
  { "concatenating", "concatenation", function(_, row)
    return "x" .. row.fileid end },
  { "comparing order", "a comparison", function(_, row)
    return row.fileid < "5" end },
  { "comparing two values", "a comparison (==", function(_, row)
    return row.fileid == row.logrecno end },
  { "tostring", "tostring() on row.fileid", function(_, row)
    return tostring(row.fileid) end },
  { "formatting", "tostring()", function(_, row)
    return ("%s"):format(row.fileid) end },
  { "the length of a value", "the length (#)", function(_, row)
    return #row.fileid end },
  { "the length of the list", "the length (#) on row.items", function(_, row)
    return #row.items end },
  { "calling", "a call on row.fileid", function(_, row)
    return (row.fileid()) end },
  { "calling a method of strings", ".upper of row.fileid", function(_, row)
    return (row.fileid:upper()) end },
  { "pairs", "pairs() on row", function(_, row)
    for _ in pairs(row) do break end end },
  { "ipairs", "row.items[1]", function(_, row)
    for _ in ipairs(row.items) do break end end },
  { "indexing the list", "row.items[2]", function(_, row)
    return row.items[2] end },
  { "assigning to the record", "assigning to row.fileid", function(_, row)
    row.fileid = "1" end },
  { "assigning to db", "assigning to db", function(db)
    db.exec = print end },
  { "an unknown field", "no field filid; did you mean fileid?", function(_, row)
    return row.filid end },
  { "an unknown method", "no db:exce; did you mean exec?", function(db)
    db:exce("select 1") end },
  { "a method called with a point", "write db:exec(...)", function(db)
    db.exec("select 1") end },
  { "a statement that is no string", "needs the statement as a string, not a number", function(db)
    db:exec(1) end },
  { "a field as a statement", "needs the statement as a string, not row.fileid", function(db, row)
    db:exec(row.fileid) end },
  { "the list as a parameter", "parameter 1, row.items, is a list", function(db, row)
    db:exec("select $1", row.items) end },
  { "the record as a parameter", "parameter 2, row, is the whole record", function(db, row)
    db:exec("select $1, $2", 1, row) end },
  { "a found row as a parameter", "is a whole row", function(db)
    db:exec("select $1", db:one("select 1")) end },
  { "a count of rows as a parameter", "the number of rows", function(db)
    db:exec("select $1", db:exec("select 1")) end },
  { "a table as a parameter", "parameter 1 is a table", function(db)
    db:exec("select $1", {}) end },
  { "a zero byte", "parameter 1 is text with a zero byte", function(db)
    db:exec("select $1", "a\0b") end },
  { "zip without lists", "needs at least one list", function(db)
    for _ in db:zip() do print() end end },
  { "zip over a value", "argument 1 is row.fileid", function(db, row)
    for _ in db:zip(row.fileid) do print() end end },
  { "zip over a table", "argument 2 is a table", function(db, row)
    for _ in db:zip(row.items, {}) do print() end end },
  { "zip without a loop", "no loop goes over it", function(db, row)
    db:zip(row.items) end },
  { "a column by number", "read by their names", function(db)
    return db:one("select 1")[1] end },
  { "break", "leaving a loop", function(db, row)
    for _ in db:zip(row.items) do break end end },
  { "return out of a loop", "leaving a loop", function(db, row)
    for value in db:zip(row.items) do return value end end },
  { "yielding", "yielding", function(db)
    db:exec("select 1") coroutine.yield() end },
  { "statements without end", "more than 10,000 statements", function(db)
    while true do db:exec("select 1") end end },
}

describe("trace refuses", function()
  for _, case in ipairs(CANNOT) do
    local name, reason, each = table.unpack(case)
    it(name, function()
      local info = refused(debug.getinfo(each, "S").linedefined + 1, reason, each)
      assert.equal("CONFIG", info.code)
    end)
  end

  it("with a way out", function()
    local info = refused(line_here() + 1, "arithmetic",
      function(_, row) return row.fileid + 1 end)
    assert.is_truthy(info.hint:find("pass values through unchanged", 1, true))
  end)

  it("also when the scenario catches the error", function()
    local info = refused(line_here() + 2, "concatenation", function(db, row)
      pcall(function()
        return row.fileid .. "x" end)
      db:exec("select 1")
    end)
    assert.is_truthy(info)
  end)

  it("the rows of a loop when it is over", function()
    refused(line_here() + 3, "outside of its loop", function(db)
      local kept
      for item in db:zip(db:all("select 1 as id")) do kept = item end
      db:exec("select $1", kept.id)
    end)
  end)

  it("what was found within a loop when it is over", function()
    refused(line_here() + 5, "outside of its loop", function(db, row)
      local found
      for value in db:zip(row.items) do
        found = db:one("select $1 as id", value)
      end
      db:exec("select $1", found.id)
    end)
  end)

  it("a loop left early by its own means", function()
    refused(line_here() + 1, "left early", function(db, row)
      local step = db:zip(row.items)
      step()
      db:exec("select 1")
    end)
  end)

  it("a value kept from another step", function()
    local kept
    assert(record(function(db, row)
      kept = row.fileid
      db:exec("select $1", kept)
    end))
    refused(line_here() + 1, "row.fileid belongs to another record", function(db)
      db:exec("select $1", kept)
    end)
  end)

  it("a step without a statement", function()
    local spec, message, info = record(function(db, row)
      if row.fileid == "uSF1" then db:exec("select 1") end
    end)
    assert.is_nil(spec)
    assert.equal("step data sends no statement", message)
    assert.is_truthy(info.hint:find("use --loop lua", 1, true))
  end)

  it("what is too much for a statement, or nothing for one", function()
    refused(line_here() + 2, "70,000 parameters are more than the 65,535 that", function(db)
      local values = {}
      db:exec("select 1", table.unpack(values, 1, 70000))
    end)
    refused(line_here() + 1, "the statement holds a zero byte", function(db)
      db:exec("select 1 \0")
    end)
  end)

  it("what is raised and is no message", function()
    local _, message = record(function()
      error {}
    end)
    local place = ("%s:%d: "):format(HERE, line_here() - 2)
    assert.equal("step data: " .. place .. "a table was raised, which is no message", message)
    local own = setmetatable({}, { __tostring = function() return "own" end })
    _, message = record(function() error(own) end)
    assert.equal("step data: own", message)
  end)

  it("an error of the scenario's own, with its place and traceback", function()
    local spec, message, info = record(function()
      local nothing = FIELDS.none
      return nothing.at_all
    end)
    assert.is_nil(spec)
    assert.is_truthy(message:find("step data: .*trace_spec.lua:%d+: attempt to index a nil value"))
    assert.is_truthy(info.traceback:find("stack traceback"))
  end)
end)
