-- bigdata.core: every function and method, used well and used badly, under an eager collector.

local core = require "bigdata.core"
local lfs = require "lfs"

local kit = dofile "tests/support/spec_kit.lua"
local raises = kit.raises

local folder

local function path(name) return folder .. "/" .. name end

local function write(name, text) return kit.write(path(name), text) end

local function write_zip(name, member, text)
  local writer <close> = assert(core.zip_writer(path(name), member))
  assert(writer:write(text))
  assert(writer:close())
  return path(name)
end

local function points(settings)
  local opts = { files = { { path = path("points.csv") } }, fields = { "x", "y" } }
  for key, value in pairs(settings or {}) do opts[key] = value end
  return assert(core.source.delimited(opts))
end

-- The call fails as the world's fault: nil, a message that holds the text, and what it is.
local function fails(code, text, value, message, info)
  assert.is_nil(value)
  assert.is_truthy(message:find(text, 1, true), message)
  assert.equal(code, info.code)
  assert.equal("string", type(info.sqlstate))
  assert.equal("string", type(info.hint))
  return info
end

-- Each method raises on the closed object, which can be closed again, and says that it is closed.
local function stays_closed(object, word, methods)
  object:close()
  object:close()
  assert.equal(word .. " (closed)", tostring(object))
  for _, name in ipairs(methods) do
    raises("attempt to use a closed " .. word, object[name], object)
  end
end

setup(function()
  folder = os.tmpname()
  os.remove(folder)
  assert(lfs.mkdir(folder))
  collectgarbage("incremental", 100, 1000)
end)

teardown(function()
  collectgarbage("incremental", 200, 100)
  for name in lfs.dir(folder) do os.remove(path(name)) end
  lfs.rmdir(folder)
end)

describe("core", function()
  it("has a version, a home and a clock", function()
    assert.is_truthy(core.version:find("^%d+%.%d+%.%d+$"))
    assert.equal("file", lfs.attributes(core.home .. "/lua/bigdata/init.lua", "mode"))
    local before = core.now()
    assert.equal("float", math.type(before))
    assert.is_true(core.now() >= before)
  end)

  it("tells terminals, signals and libpq's environment", function()
    assert.equal("boolean", type(core.isatty(1)))
    assert.is_false(core.isatty(9999))
    raises("number expected", core.isatty, "one")
    assert.is_nil(core.columns(9999))
    raises("a descriptor is wanted", core.isatty, -1)
    assert.is_false(core.interrupted())
    assert.equal("boolean", type(core.environment()))
  end)

  it("is the only module of its name", function()
    assert.equal(core, require "bigdata.core")
    assert.is_false(getmetatable(core.source.count { count = 1 }))
  end)
end)

describe("core.source", function()
  setup(function()
    write("points.csv", "1,2\n3,4\n5,6\n")
    write("bad.csv", "1,2\n3\n4,x\n5,6\n7,8,9\n")
    write("rest.csv", "a,1,2,3\r\nb,\r\nc,4\r\n")
    write("fixed.txt", "ab  12\ncd   3\n")
    local lines = {}
    for i = 1, 300 do lines[i] = ("%d,%d\n"):format(i, -i) end
    write("many.csv", table.concat(lines))
  end)

  it("gives rows by name with file and line, and nil at the end", function()
    local source <close> = points()
    local row, file, line = source:next()
    assert.same({ x = "1", y = "2" }, row)
    assert.equal(path("points.csv"), file)
    assert.equal(1, line)
    assert.same({ x = "3", y = "4" }, (source:next()))
    assert.same({ x = "5", y = "6" }, (source:next()))
    assert.is_nil(source:next())
    assert.equal(1, select("#", source:next()))
  end)

  it("goes through more records than a batch holds, and several files", function()
    local source <close> = points {
      files = { { path = path("many.csv") }, { path = path("points.csv") } },
    }
    local count, sum = 0, 0
    for row in source.next, source do count, sum = count + 1, sum + row.x + row.y end
    assert.equal(303, count)
    assert.equal(21, sum)
  end)

  it("puts further fields into the list of the rest", function()
    local source <close> = points {
      files = { { path = path("rest.csv") } }, fields = { "key" }, rest = "items", rest_min = 1,
    }
    assert.same({ key = "a", items = { "1", "2", "3" } }, (source:next()))
    assert.same({ key = "b", items = { "" } }, (source:next()))
    assert.equal("CRLF", source:ending())
    assert.same({ { "key" }, "items" }, { source:fields() })
  end)

  it("has as many further fields as each file is said to have", function()
    local source <close> = points {
      files = { { path = path("rest.csv"), rest_count = 3 }, { path = path("points.csv") } },
      fields = { "key" }, rest = "items",
    }
    assert.same({ key = "a", items = { "1", "2", "3" } }, (source:next()))
    assert.same({ key = "1", items = { "2" } }, (source:next()))
    local rejects = source:rejects()
    assert.equal("2 fields where 4 are wanted", rejects[1].reason)
    assert.same({ 2, 3 }, { rejects[1].line, rejects[2].line })
    raises("unknown key 'rest_count'", core.source.delimited, {
      files = { { path = path("points.csv"), rest_count = 1 } }, fields = { "x", "y" },
    })
  end)

  it("leaves bad lines out and notes them", function()
    local source <close> = points { files = { { path = path("bad.csv") } }, numbers_from = 1 }
    assert.same({ x = "1", y = "2" }, (source:next()))
    assert.same({ x = "5", y = "6" }, (source:next()))
    assert.is_nil(source:next())
    local rejects, total = source:rejects()
    assert.equal(3, total)
    assert.same({ 2, 3, 5 }, { rejects[1].line, rejects[2].line, rejects[3].line })
    assert.equal(path("bad.csv"), rejects[1].file)
    assert.is_truthy(rejects[1].reason:find("field"))
    local again, still = source:rejects()
    assert.same({ {}, 3 }, { again, still })
  end)

  it("keeps at most a hundred bad lines, and counts all", function()
    write("worse.csv", ("x\n"):rep(250))
    local source <close> = points { files = { { path = path("worse.csv") } } }
    assert.is_nil(source:next())
    local rejects, total = source:rejects()
    assert.same({ 100, 250 }, { #rejects, total })
  end)

  it("is ended by Ctrl-C where it finds no good line", function()
    finally(core.forget_interrupt)
    write("worst.csv", ("x\n"):rep(100000) .. "1,2\n")
    local source <close> = points { files = { { path = path("worst.csv") } } }
    os.execute("kill -TERM $PPID")
    fails("STOPPED", "interrupted", source:next())
    local good <close> = points()
    assert.same({ x = "1", y = "2" }, (good:next()))
  end)

  it("gives its fields as a copy", function()
    local source <close> = points()
    source:fields()[1] = "changed"
    assert.same({ "x", "y" }, (source:fields()))
    assert.is_nil((select(2, source:fields())))
  end)

  it("knows its bytes, where they can be known", function()
    local source <close> = points()
    assert.same({ 0, 12, "none" }, { source:bytes(), source:total_bytes(), source:ending() })
    assert.equal(3, source:read_all().records)
    assert.same({ 12, "LF" }, { source:bytes(), source:ending() })
    local count <close> = core.source.count { count = 5 }
    assert.is_nil(count:total_bytes())
  end)

  it("reads columns of fixed width, trimmed", function()
    local source <close> = assert(core.source.fixed {
      files = { { path = path("fixed.txt") } },
      line_bytes = 6,
      columns = { { name = "name", start = 1, length = 4 }, { name = "n", start = 5, length = 2 } },
    })
    assert.same({ name = "ab", n = "12" }, (source:next()))
    assert.same({ name = "cd", n = "3" }, (source:next()))
    assert.is_nil(source:next())
  end)

  it("counts", function()
    local source <close> = core.source.count { count = 2, field = "id" }
    assert.same({ id = "1" }, (source:next()))
    assert.same({ id = "2" }, (source:next()))
    assert.is_nil(source:next())
    local plain <close> = core.source.count { count = 1 }
    assert.same({ n = "1" }, (plain:next()))
    local none <close> = core.source.count { count = 0 }
    assert.is_nil(none:next())
  end)

  it("says when a file cannot be read, before and while reading", function()
    local files = { { path = path("points.csv") }, { path = path("no") } }
    local source <close> = points { files = files }
    fails("IO", path("no"), source:check())
    for _ = 1, 3 do assert.equal("table", type(source:next())) end
    fails("IO", path("no"), source:next())
    fails("IO", path("no"), source:next())
    local good <close> = points()
    assert.is_true(good:check())
  end)

  it("reads a member of a zip", function()
    write_zip("points.zip", "points.txt", "7,8\n")
    local files = { { path = path("points.zip"), member = "points.txt" } }
    local source <close> = points { files = files }
    local row, file = source:next()
    assert.same({ x = "7", y = "8" }, row)
    assert.equal(path("points.zip") .. "(points.txt)", file)
    local other <close> = points { files = { { path = path("points.zip"), member = "no.txt" } } }
    local value, message = other:check()
    assert.is_nil(value)
    assert.is_truthy(message:find("no.txt", 1, true))
  end)

  it("raises on a table that is not as it should be", function()
    local delimited, fixed, count = core.source.delimited, core.source.fixed, core.source.count
    local files = { { path = "x" } }
    raises("a table is wanted", delimited)
    raises("unknown key 'color'", delimited, { files = files, fields = { "x" }, color = 1 })
    raises("unknown key: a number", delimited, { files = files, fields = { "x" }, 1 })
    raises("'files' must be a table", delimited, { fields = { "x" } })
    raises("'files' is empty", delimited, { files = {}, fields = { "x" } })
    raises("file 1: 'path' must be a string", delimited, { files = { {} }, fields = { "x" } })
    raises("must not hold a zero byte", delimited,
      { files = { { path = "a\0b" } }, fields = { "x" } })
    raises("'fields' is empty", delimited, { files = files, fields = {} })
    raises("element 2 must be a string", delimited, { files = files, fields = { "x", 2 } })
    raises("'x' is named twice", delimited, { files = files, fields = { "x", "x" } })
    raises("'x' is named twice", delimited, { files = files, fields = { "x" }, rest = "x" })
    raises("'delimiter' must be one byte", delimited,
      { files = files, fields = { "x" }, delimiter = "::" })
    raises("'rest_min'", delimited, { files = files, fields = { "x" }, rest_min = 1 })
    raises("'rest_max' must be a whole number from 3", delimited,
      { files = files, fields = { "x" }, rest = "r", rest_min = 3, rest_max = 2 })
    raises("'numbers_from' must be a whole number", delimited,
      { files = files, fields = { "x" }, numbers_from = 1.5 })
    raises("column 1: 'length' must be a whole number from 1 to 2", fixed,
      { files = files, line_bytes = 4, columns = { { name = "a", start = 3, length = 3 } } })
    raises("'columns' is empty", fixed, { files = files, line_bytes = 4, columns = {} })
    raises("'count' must be a whole number", count, { count = -1 })
    raises("'count' must be a number", count, { count = "7" })
  end)

  it("cannot be used once it is closed", function()
    stays_closed(points(), "source", { "check", "next", "rejects", "read_all", "fields", "ending",
      "bytes", "total_bytes" })
    raises("source expected", points().next, {})
    assert.is_truthy(tostring(points()):find("^source %(0x"))
  end)

  it("is closed by the collector, whatever was left open", function()
    local files = { { path = write("long.csv", ("1,2\n"):rep(100000)) } }
    kit.is_collected(function()
      for _ = 1, 50 do points({ files = files }):next() end
    end)
  end)

  describe("read_all", function()
    it("counts what there is", function()
      local source <close> = points { files = { { path = path("many.csv") } } }
      local read = source:read_all()
      assert.same({ 300, 600, 0, "done" },
        { read.records, read.fields, read.rejects, read.ended })
      assert.equal(lfs.attributes(path("many.csv"), "size"), read.bytes)
      assert.equal("float", math.type(read.seconds))
      assert.same({}, read.samples)
    end)

    it("stops at the limit", function()
      local source <close> = points { files = { { path = path("many.csv") } } }
      assert.equal(70, source:read_all { limit = 70 }.records)
    end)

    it("stops at the first bad line, or counts and samples as many as allowed", function()
      local files = { { path = path("bad.csv") } }
      local strict <close> = points { files = files, numbers_from = 1 }
      local read = strict:read_all()
      assert.same({ "errors", 1, 1 }, { read.ended, read.rejects, read.records })
      assert.same({ path("bad.csv"), 2 }, { read.samples[1].file, read.samples[1].line })
      assert.is_truthy(read.samples[1].reason:find("field"))
      local patient <close> = points { files = files, numbers_from = 1 }
      read = patient:read_all { max_errors = 3 }
      assert.same({ "done", 3, 2, 3 }, { read.ended, read.rejects, read.records, #read.samples })
    end)

    it("fails where the file does", function()
      local source <close> = points { files = { { path = path("no") } } }
      fails("IO", path("no"), source:read_all())
    end)

    it("wants a fresh source and known options", function()
      local source <close> = points()
      raises("unknown key 'limits'", source.read_all, source, { limits = 1 })
      raises("'limit' must be a whole number", source.read_all, source, { limit = -1 })
      source:next()
      raises("was read from before", source.read_all, source)
    end)
  end)
end)

describe("core.zip", function()
  it("writes members and lists them", function()
    write_zip("one.zip", "one.txt", ("text "):rep(1000))
    local members = core.zip_members(path("one.zip"))
    assert.equal(1, #members)
    assert.same({ "one.txt", 5000 }, { members[1].name, members[1].bytes })
    assert.is_true(members[1].compressed_bytes < 200)
  end)

  it("lists nothing for a file that is no zip, and fails for one that is not there", function()
    assert.same({}, core.zip_members(write("plain.txt", "plain")))
    fails("IO", path("no.zip"), core.zip_members(path("no.zip")))
    raises("string expected", core.zip_members, {})
    raises("zero byte", core.zip_members, "a\0b")
  end)

  it("fails where a zip cannot be written", function()
    fails("IO", "/no/such", core.zip_writer("/no/such/folder.zip", "a"))
    raises("string expected", core.zip_writer, path("x.zip"))
    local writer = core.zip_writer(path("x.zip"), "a")
    raises("string expected", writer.write, writer, 1)
    assert.is_true(writer:close())
    assert.is_true(writer:close())
    stays_closed(writer, "zip_writer", { "write" })
  end)

  it("ends a file that the script forgot", function()
    do core.zip_writer(path("left.zip"), "a"):write("text") end
    collectgarbage()
    collectgarbage()
    assert.equal(1, #core.zip_members(path("left.zip")))
  end)
end)

local SELECT = "select id from t where x = $1"
local ITEMS = "select item from u where y = $1"

-- A plan for records of x, y and a list: select one, select all, insert for each.
local function loop_ops()
  return {
    { op = "one", sql = SELECT, where = "s.lua:1", slot = 1, n = 1, params = { { field = "x" } } },
    { op = "all", sql = ITEMS, where = "s.lua:2", slot = 2, n = 1, params = { { field = "y" } } },
    { op = "zip", where = "s.lua:3", loop = 1, lists = { { slot = 2 }, { rest = true } } },
    { op = "exec", sql = "insert into v values ($1, $2, $3, $4, $5)", where = "s.lua:4", n = 5,
      params = { { slot = 1, column = "id" }, { slot = 2, column = "item", loop = 1 },
        { element = true, loop = 1 }, { constant = "c" }, { null = true } } },
    { op = "end", loop = 1 },
  }
end

local function plan_of(ops, settings)
  local spec = { name = "data", fields = { "x", "y" }, rest = true, ops = ops }
  for key, value in pairs(settings or {}) do spec[key] = value end
  return core.plan(spec)
end

describe("core.plan", function()
  local function one_op(op) return plan_of { op } end
  local function param(value)
    return one_op { op = "exec", sql = "s $1", where = "s.lua:1", n = 1, params = { value } }
  end

  it("is made from a table", function()
    assert.is_truthy(tostring(assert(plan_of(loop_ops()))):find("^plan %(0x"))
  end)

  it("raises on wrong use, naming the operation and the key", function()
    raises("unknown key 'op'", core.plan, { op = 1 })
    raises("'ops' must be a table", plan_of)
    raises("'fields' must be a table", plan_of, {}, { fields = 1 })
    raises("'rest' must be a boolean", plan_of, {}, { rest = 1 })
    raises("op 1: a table is wanted", one_op, 7)
    raises("op 1: 'op' must be a string", one_op, {})
    raises("op 1: 'op' has the unknown value 'two'", one_op, { op = "two" })
    raises("op 1: unknown key 'slot'", one_op, { op = "exec", slot = 1 })
    raises("op 1: 'where' must be a string", one_op, { op = "exec" })
    raises("op 1: 'sql' must be a string", one_op, { op = "exec", where = "w" })
    raises("op 1: 'slot' must be a number", one_op, { op = "one", where = "w", sql = "s" })
    raises("op 1: 'slot' must be a whole number from 1", one_op,
      { op = "all", where = "w", sql = "s", slot = 0 })
    raises("op 1: 'params' must be a table", one_op, { op = "exec", where = "w", sql = "s" })
    raises("op 1: 'n' must be a number", one_op,
      { op = "exec", where = "w", sql = "s", params = {} })
    raises("op 1: 'params' has 0 elements, but 'n' is 2", one_op,
      { op = "exec", where = "w", sql = "s", params = {}, n = 2 })
    raises("op 1: 'loop' must be a number", one_op, { op = "end" })
    raises("op 1: 'lists' must be a table", one_op, { op = "zip", where = "w", loop = 1 })
    raises("op 1, list 1: unknown key 'all'", one_op,
      { op = "zip", where = "w", loop = 1, lists = { { all = true } } })
    local ops = loop_ops()
    ops[3].lists[1].slot = "2"
    raises("op 3, list 1: 'slot' must be a number", plan_of, ops)
  end)

  it("raises on a parameter that is none", function()
    raises("op 1, parameter 1: a table is wanted", param, "x")
    raises("op 1, parameter 1: one of 'constant'", param, {})
    raises("op 1, parameter 1: one of 'constant'", param, { value = 1 })
    raises("op 1, parameter 1: unknown key 'row'", param, { field = "x", row = 1 })
    raises("op 1, parameter 1: unknown key 'loop'", param, { null = true, loop = 1 })
    raises("op 1, parameter 1: unknown key 'null'", param, { constant = "x", null = true })
    raises("op 1, parameter 1: 'constant' must be a string", param, { constant = 1 })
    raises("op 1, parameter 1: 'null' can only be true", param, { null = false })
    raises("op 1, parameter 1: the source has no field 'z'", param, { field = "z" })
    raises("op 1, parameter 1: 'column' must be a string", param, { slot = 1 })
    raises("op 1, parameter 1: 'loop' must be a number", param, { element = true })
  end)

  it("fails where it does not fit together, naming the place in the scenario", function()
    fails("CONFIG", "sends no statement", plan_of {})
    fails("CONFIG", "s.lua:1", param { element = true, loop = 1 })
    fails("CONFIG", "s.lua:1", param { slot = 1, column = "id" })
    fails("CONFIG", "w: the number of parameters is 1", one_op {
      op = "exec", sql = "s $1", where = "w", n = 0, params = {} })
    local ops = loop_ops()
    table.remove(ops)
    fails("CONFIG", "s.lua:3", plan_of(ops))
  end)
end)

describe("plan:player", function()
  local function list_source(text)
    write("list.csv", text or "1,a,10,20\n2,b\n")
    return points { files = { { path = path("list.csv") } }, rest = "items" }
  end

  it("plays the plan on the source's current record", function()
    local source <close> = list_source()
    local player <close> = plan_of(loop_ops()):player(source)
    source:next()
    assert.is_true(player:start())
    assert.same({ SELECT, { n = 1, "1" }, 1, { "id" } }, { player:next() })
    assert.is_true(player:answer { { id = "77", more = "?" } })
    assert.same({ ITEMS, { n = 1, "a" }, 2, { "item" } }, { player:next() })
    assert.is_true(player:answer { { item = "i1" }, {} })
    local sql, params, slot = player:next()
    assert.same({ "insert into v values ($1, $2, $3, $4, $5)", { n = 5, "77", "i1", "10", "c" } },
      { sql, params, slot })
    assert.is_true(player:answer {})
    assert.same({ n = 5, "77", nil, "20", "c" }, (select(2, player:next())))
    assert.is_true(player:answer {})
    assert.is_nil(player:next())
    assert.is_true(source:next() ~= nil and player:start())
    assert.same({ n = 1, "2" }, (select(2, player:next())))
  end)

  it("tells slots apart that the same statement fills", function()
    local ops = {}
    for slot, key in ipairs { "a", "b" } do
      ops[slot] = { op = "one", sql = SELECT, where = "w", slot = slot, n = 1,
        params = { { field = "x" } } }
      ops[slot + 2] = { op = "exec", sql = "i $1", where = "w", n = 1,
        params = { { slot = slot, column = key } } }
    end
    local source <close> = list_source()
    local player <close> = plan_of(ops):player(source)
    source:next()
    player:start()
    assert.same({ SELECT, { n = 1, "1" }, 1, { "a" } }, { player:next() })
    player:answer { { a = "A" } }
    assert.same({ SELECT, { n = 1, "1" }, 2, { "b" } }, { player:next() })
    player:answer { { b = "B" } }
    assert.same({ "i $1", { n = 1, "A" } }, { player:next() })
    player:answer {}
    assert.same({ "i $1", { n = 1, "B" } }, { player:next() })
  end)

  it("counts rows of which the plan takes no column", function()
    local source <close> = list_source()
    local player <close> = plan_of({
      { op = "one", sql = "s", where = "w.lua:9", slot = 1, n = 0, params = {} },
    }):player(source)
    source:next()
    player:start()
    assert.same({ "s", { n = 0 }, 1, {} }, { player:next() })
    assert.is_true(player:answer { {} })
    assert.is_nil(player:next())
    player:start()
    player:next()
    fails("FORMAT", "w.lua:9", player:answer { {}, {} })
  end)

  it("fails a record whose lists are not equally long", function()
    local source <close> = list_source()
    local player <close> = plan_of(loop_ops()):player(source)
    source:next()
    player:start()
    player:next()
    player:answer { { id = "1" } }
    player:next()
    player:answer { { item = "i" } }
    fails("FORMAT", "s.lua:3", player:next())
    raises("next() comes after start()", player.next, player)
    assert.is_true(player:start())
  end)

  it("raises when it is used out of turn", function()
    local source <close> = list_source()
    local player <close> = plan_of(loop_ops()):player(source)
    raises("no current record", player.start, player)
    raises("next() comes after start()", player.next, player)
    source:next()
    player:start()
    raises("answer() comes after next()", player.answer, player, {})
    player:next()
    raises("next() comes after start()", player.next, player)
    raises("a table is wanted", player.answer, player)
    raises("row 1: a table is wanted", player.answer, player, { "x" })
    raises("row 1: 'id' must be a string", player.answer, player, { { id = 1 } })
    source:next()
    raises("gone on to another record", player.answer, player, {})
    player:start()
    source:close()
    raises("gone on to another record", player.next, player)
    raises("no current record", player.start, player)
    stays_closed(player, "player", { "start", "next", "answer" })
  end)

  it("wants the fields that the plan was made for", function()
    local plan = plan_of(loop_ops())
    raises("other fields", plan.player, plan, points())
    raises("other fields", plan.player, plan, points { rest = "r", fields = { "y", "x" } })
    raises("other fields", plan.player, plan, points { rest = "r", fields = { "x" } })
    raises("source expected", plan.player, plan, {})
    raises("plan expected", plan.player, points())
  end)

  it("keeps plan and source alive", function()
    local function make()
      local source = list_source()
      source:next()
      return plan_of(loop_ops()):player(source)
    end
    local player <close> = make()
    collectgarbage()
    collectgarbage()
    player:start()
    assert.same({ n = 1, "1" }, (select(2, player:next())))
  end)

  it("can be dropped in the middle of a record", function()
    local long = ("1,a,10,20\n"):rep(50000)
    kit.is_collected(function()
      for _ = 1, 20 do
        local source = list_source(long)
        source:next()
        local player = plan_of(loop_ops()):player(source)
        player:start()
        player:next()
        player:answer { { id = "1" } }
      end
    end)
  end)
end)

describe("core.server, core.connect and core.pool", function()
  it("raise on wrong use", function()
    raises("unknown key 'port'", core.server, { port = 1 })
    raises("'max_connections' must be a whole number", core.server, { max_connections = 0 })
    raises("'settings': element 1 must be a string", core.server, { settings = { 1 } })
    raises("string expected", core.connect, 7)
    raises("a table is wanted", core.pool)
    raises("unknown key 'poolsize'", core.pool, { poolsize = 1 })
    raises("'size' must be a whole number from 1", core.pool, { size = 0 })
    raises("'size' must be a number", core.pool, { size = "1" })
    raises("'protocol' has the unknown value 'copy'", core.pool, { protocol = "copy" })
  end)

  it("fail where there is no server", function()
    local nowhere = "host=" .. path("nowhere")
    fails("CONN", "nowhere", core.connect(nowhere))
    fails("CONN", "nowhere", core.pool { conninfo = nowhere, size = 2 })
  end)
end)
