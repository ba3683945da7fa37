-- What is checked of a trial before any server is needed. The running itself is in tests/pg.

local bigdata = require "bigdata"
local compile = require "bigdata.trial.compile"
local dry_run = require "bigdata.trial.dry_run"

local SETTINGS = { loop = "c", limit = 0, max_errors = 0, poolsize = 1 }

local function scenario(...)
  local made = bigdata.scenario { summary = "a test" }
  made.name = "test"
  for i, step in ipairs { ... } do made:step("step" .. i)(step) end
  return made
end

local function count_to(n)
  return function() return bigdata.source.count { count = n } end
end

local function insert(db, row)
  db:exec("insert into seen values ($1)", row.n)
end

local function fails(text, ...)
  local compiled, message, info = compile.steps(scenario(...), {}, SETTINGS)
  assert.is_nil(compiled)
  assert.is_truthy(message:find(text, 1, true), message)
  return info
end

describe("compile.steps", function()
  it("compiles every step", function()
    local compiled = assert(compile.steps(scenario(
      { source = count_to(3), each = insert }, { source = count_to(3), plan = insert }),
      {}, SETTINGS))
    assert.equal(2, #compiled)
    assert.equal("step2", compiled[2].spec.name)
  end)

  it("hands the flags to the source", function()
    local seen
    assert(compile.steps(scenario {
      source = function(opt)
        seen = opt.up_to
        return bigdata.source.count { count = opt.up_to }
      end,
      each = insert,
    }, { up_to = 7 }, SETTINGS))
    assert.equal(7, seen)
  end)

  it("hands the run's settings to the source, too, and of these no address", function()
    local seen
    assert(compile.steps(scenario {
      source = function(_, run)
        seen = run
        return bigdata.source.count { count = run.limit }
      end,
      each = insert,
    }, {}, { loop = "c", limit = 7, time = 1.5, dburl = "password=secret" }))
    assert.same({ loop = "c", limit = 7, time = 1.5 }, seen)
  end)

  it("refuses a step that has only run", function()
    local info = fails("step step1 has nothing but run", { source = count_to(1), run = insert })
    assert.is_truthy(info.hint:find("plan beside run"))
  end)

  it("refuses what is no source", function()
    fails("returns nothing, not a source", { source = function() end, each = insert })
    fails("returns a number, not a source", { source = function() return 1 end, each = insert })
  end)

  it("says where a source function raises an error, though a tail call leaves no line", function()
    local begins = debug.getinfo(1, "l").currentline + 1
    local function source() return bigdata.source.count { cuont = 1 } end
    local where = "step step1: tests/lua/compile_spec.lua:%d: %s"
    fails(where:format(begins, "source.count has no key cuont"), { source = source, each = insert })
    fails(where:format(begins + 4, "a table was raised, which is no message"),
      { source = function() error {} end, each = insert })
    fails(where:format(begins + 6, "no good"),
      { source = function() error "no good" end, each = insert })
  end)

  it("refuses a source that is closed", function()
    local source = bigdata.source.count { count = 3 }
    local function same() return source end
    local info = fails("step step1: its source function returns a source that is closed",
      { source = function() source:close() return source end, each = insert })
    assert.is_truthy(info.hint:find("open a new one each time", 1, true))
    source = bigdata.source.count { count = 3 }
    fails("step step2: its source function returns a source that is closed",
      { source = same, each = insert }, { source = same, each = insert })
  end)

  it("names a missing file", function()
    fails("/nowhere/file.csv", {
      source = function()
        return bigdata.source.delimited { files = "/nowhere/file.csv", fields = { "n" } }
      end,
      each = insert,
    })
  end)

  it("names a missing file, even if its turn would come late", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(("1\n"):rep(100))
    file:close()
    fails("/nowhere/second.csv", {
      source = function()
        return bigdata.source.delimited {
          files = { path, "/nowhere/second.csv" }, fields = { "n" },
        }
      end,
      each = insert,
    })
    os.remove(path)
  end)

  it("refuses parameters that do not fit the statement", function()
    fails("compile_spec.lua:", {
      source = count_to(1),
      each = function(db, row) db:exec("select $1, $2", row.n) end,
    })
  end)

  it("keeps the traceback of an error in a source", function()
    local info = fails("attempt to index a nil value", {
      source = function()
        local nothing = SETTINGS.none
        return nothing.at_all
      end,
      each = insert,
    })
    assert.is_truthy(info.traceback:find("compile_spec.lua"))
  end)
end)

describe("a dry run", function()
  local function run(settings, ...)
    local written = {}
    local result, message = dry_run.run(scenario(...), settings, {},
      function(words) written[#written + 1] = words end)
    return result, table.concat(written), message
  end

  it("prints the plan and what was read", function()
    local result, text = run(SETTINGS, {
      source = count_to(1000),
      each = function(db, row)
        local found = db:one("select id\n  from geo where n = $1", row.n)
        local rows = db:all("select x from item where y = $1 and z = $2", "const", nil)
        for item in db:zip(rows) do
          db:exec("insert into a values ($1, $2)", found.id, item.x)
        end
      end,
    })
    assert.equal("done", result.ended)
    assert.equal(1000, result.steps[1].records)
    assert.is_truthy(text:find([[
step step1
  row1 = one: select id from geo where n = $1
      $1 = row.n
  rows2 = all: select x from item where y = $1 and z = $2
      $1 = 'const', $2 = NULL
  for each of rows2:
    exec: insert into a values ($1, $2)
        $1 = row1.id, $2 = rows2[].x
  read: 1,000 records, 1,000 fields, ]], 1, true), text)
  end)

  it("of the Lua loop says what is called, and calls nothing", function()
    local lua = { loop = "lua", limit = 0, max_errors = 0, poolsize = 1 }
    local function fail() error("called") end
    local place = debug.getinfo(fail, "S")
    place = ("%s:%d"):format(place.short_src, place.linedefined)
    local result, text = run(lua, { source = count_to(3), run = fail },
      { source = count_to(2), each = fail })
    assert.equal("done", result.ended)
    assert.equal(2, result.steps[2].records)
    assert.is_truthy(text:find("step step1\n  calls run for every record: " .. place
      .. "\n  (not called here)\n  read: 3 records", 1, true), text)
    assert.is_truthy(text:find("step step2\n  calls each for every record: " .. place
      .. "\n  (not called here; --loop c shows a plan)\n  read: 2 records", 1, true), text)
    local none, _, problem = run(lua, { source = count_to(3), plan = insert })
    assert.is_nil(none)
    assert.is_truthy(problem:find("no function for the Lua loop", 1, true), problem)
  end)

  it("keeps to the limit", function()
    local result = run({ loop = "c", limit = 10, max_errors = 0 },
      { source = count_to(1000), each = insert })
    assert.equal(10, result.steps[1].records)
  end)

  describe("over bad lines", function()
    local path

    before_each(function()
      path = os.tmpname()
      local file = assert(io.open(path, "w"))
      file:write("1,a\n2\n3,c\n4,d,e\n5,f\n")
      file:close()
    end)

    after_each(function() os.remove(path) end)

    local function step()
      return {
        source = function()
          return bigdata.source.delimited { files = path, fields = { "n", "name" } }
        end,
        each = insert,
      }
    end

    it("stops when they are too many, and does not go on to the next step", function()
      local result, text = run({ limit = 0, max_errors = 1 }, step(), step())
      assert.equal("errors", result.ended)
      assert.equal(1, #result.steps)
      assert.is_truthy(text:find(path .. ":2: ", 1, true), text)
    end)

    it("goes on when they are allowed", function()
      local result, text = run({ limit = 0, max_errors = 2 }, step(), step())
      assert.equal("done", result.ended)
      assert.equal(3, result.steps[2].records)
      assert.equal(2, result.steps[2].rejects)
      assert.is_truthy(text:find("2 records were left out", 1, true), text)
    end)
  end)
end)
