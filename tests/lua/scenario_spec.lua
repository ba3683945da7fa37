-- scenarios: strict checking of what authors write, and how files are found and loaded.

local bigdata = require "bigdata"
local catalog = require "bigdata.scenario.catalog"
local core = require "bigdata.core"
local lfs = require "lfs"

local raises = dofile("tests/support/spec_kit.lua").raises_here

local function nothing() end

local function scenario()
  return bigdata.scenario { summary = "a test" }
end

describe("bigdata.scenario", function()
  it("keeps its summary, schema, flags and steps in order", function()
    local made = bigdata.scenario { summary = "a test", schema = "census" }
    made:flag "first" { type = "integer", default = 3, help = "a number" }
    made:flag "second" { type = "path" }
    made:step "one" { source = nothing, each = nothing }
    made:step "two" { source = nothing, plan = nothing, run = nothing }
    assert.equal("census", made.schema)
    assert.equal("first", made.flags[1].name)
    assert.equal(3, made.flags[1].default)
    assert.equal("second", made.flags[2].name)
    assert.equal("two", made.steps[2].name)
    assert.equal(nothing, made.steps[2].plan)
  end)

  it("refuses unknown keys with the near one", function()
    raises("no key sumary; did you mean summary?", function()
      bigdata.scenario { sumary = "x" }
    end)
    raises("step one has no key eech; did you mean each?", function()
      scenario():step "one" { source = nothing, eech = nothing }
    end)
    raises("flag x has no key defualt; did you mean default?", function()
      scenario():flag "x" { type = "string", defualt = "y" }
    end)
  end)

  it("refuses wrong types, and names them", function()
    raises("a scenario must be a table, not a string", function()
      bigdata.scenario "x"
    end)
    raises("a scenario: summary must be a string, not a number", function()
      bigdata.scenario { summary = 5 }
    end)
    raises("a scenario needs summary (string)", function()
      bigdata.scenario {}
    end)
    raises("step one: each must be a function, not a string", function()
      scenario():step "one" { source = nothing, each = "x" }
    end)
    raises("schema must be census, not cenus; did you mean census?", function()
      bigdata.scenario { summary = "x", schema = "cenus" }
    end)
  end)

  it("refuses steps that cannot be", function()
    raises("step one needs source (function)", function()
      scenario():step "one" { each = nothing }
    end)
    raises("step one needs each", function()
      scenario():step "one" { source = nothing }
    end)
    raises("step one has each and run", function()
      scenario():step "one" { source = nothing, each = nothing, run = nothing }
    end)
    raises("step one is declared twice", function()
      local made = scenario()
      made:step "one" { source = nothing, each = nothing }
      made:step "one" { source = nothing, each = nothing }
    end)
    raises('write scenario:step "one" {...}, without a comma in between', function()
      scenario():step("one", { source = nothing, each = nothing })
    end)
    raises("a step's name", function()
      local _ = scenario():step(5)
    end)
  end)

  it("keeps its functions for runs and workers, one of each", function()
    local made = scenario()
    for _, name in ipairs { "setup", "teardown", "worker" } do
      made[name](made, nothing)
      assert.equal(nothing, made.hooks[name])
      raises(("scenario:%s is given twice"):format(name), function() made[name](made, nothing) end)
      raises(("scenario:%s needs a function, not a string"):format(name), function()
        made[name](made, "x")
      end)
    end
  end)

  it("refuses flags that cannot be", function()
    raises("type must be boolean, integer, number, path or string, not int", function()
      scenario():flag "x" { type = "int" }
    end)
    raises("the default of a flag of type integer must be an integer, not a string", function()
      scenario():flag "x" { type = "integer", default = "3" }
    end)
    raises("--poolsize is an option of bigdata itself", function()
      scenario():flag "poolsize" { type = "integer" }
    end)
    raises("--max-errors is an option of bigdata itself", function()
      scenario():flag "max_errors" { type = "integer" }
    end)
    raises("--clients is an option of bigdata itself", function()
      scenario():flag "clients" { type = "integer" }
    end)
    raises("flag x is declared twice", function()
      local made = scenario()
      made:flag "x" { type = "string" }
      made:flag "x" { type = "string" }
    end)
    raises("the default c is not among the choices", function()
      scenario():flag "x" { type = "string", choices = { "a", "b" }, default = "c" }
    end)
    raises('write scenario:flag "x" {...}, without a comma in between', function()
      scenario():flag("x", { type = "string" })
    end)
    raises("a flag's name", function()
      local _ = scenario():flag "A-B"
    end)
  end)
end)

describe("catalog", function()
  local folder, before

  local function write(name, text)
    local file = assert(io.open(name, "w"))
    file:write(text)
    file:close()
  end

  setup(function()
    before = lfs.currentdir()
    folder = os.tmpname()
    os.remove(folder)
    assert(lfs.mkdir(folder))
    assert(lfs.chdir(folder))
    assert(lfs.mkdir("scenarios"))
    write("scenarios/mine.lua", [[
      local bigdata = require "bigdata"
      local s = bigdata.scenario { summary = "mine" }
      s:step "one" { source = function() end, each = function() end }
      return s]])
    write("no_step.lua", "return require 'bigdata'.scenario { summary = 'no step' }")
    write("syntax.lua", "local x = = 1")
    write("fails.lua", "local x\nreturn x.y")
    write("number.lua", "return 7")
    write("empty.lua", "")
  end)

  teardown(function()
    lfs.chdir(before)
    os.execute("rm -r '" .. folder .. "'")
  end)

  it("loads by name and by path", function()
    local by_name = assert(catalog.load("mine"))
    assert.equal("mine", by_name.name)
    assert.equal("scenarios/mine.lua", by_name.path)
    assert.equal("mine", assert(catalog.load("scenarios/mine.lua")).summary)
    assert.equal("mine", assert(catalog.load(folder .. "/scenarios/mine.lua")).name)
  end)

  it("knows the word by which a command line finds what it has loaded", function()
    assert.equal("mine", assert(catalog.load("scenarios/mine.lua")).word)
    assert.equal("row_by_row", assert(catalog.load("row_by_row")).word)
    assert.equal("row_by_row_gevent", assert(catalog.load("row_by_row_gevent")).word)
    assert.equal("pool_sweep", assert(catalog.load("pool_sweep")).word)
    local path = folder .. "/scenarios/mine.lua"
    assert.equal(path, assert(catalog.load(path)).word)
    assert.equal("./scenarios/mine.lua", assert(catalog.load("./scenarios/mine.lua")).word)
  end)

  it("looks in the program's own folder after that", function()
    assert.equal(core.home .. "/scenarios/row_by_row.lua", catalog.find("row_by_row"))
    local names = {}
    for _, entry in ipairs(catalog.names()) do names[entry.name] = entry.path end
    assert.equal("scenarios/mine.lua", names.mine)
    assert.is_truthy(names.row_by_row)
  end)

  it("prefers the current folder's scenario of a name", function()
    write("scenarios/row_by_row.lua", "return nil")
    local paths = {}
    for _, entry in ipairs(catalog.names()) do
      if entry.name == "row_by_row" then paths[#paths + 1] = entry.path end
    end
    os.remove("scenarios/row_by_row.lua")
    assert.same({ "scenarios/row_by_row.lua" }, paths)
  end)

  it("suggests a near name", function()
    local loaded, message, info = catalog.load("mien")
    assert.is_nil(loaded)
    assert.equal("there is no scenario mien", message)
    assert.equal("did you mean mine?", info.hint)
    assert.equal("did you mean row_by_row?", select(3, catalog.load("x/row_by_rwo.lua")).hint)
  end)

  local function fails(name, text)
    local loaded, message, info = catalog.load(name)
    assert.is_nil(loaded)
    assert.is_truthy(message:find(text), message)
    return info
  end

  it("says where a file is wrong", function()
    fails("syntax.lua", "^syntax.lua:1: ")
    assert.is_truthy(fails("fails.lua", "^fails.lua:2: ").traceback:find("fails.lua:2"))
    fails("number.lua", "number.lua returns a number, not a scenario")
    assert.equal("end the file with: return scenario",
      fails("empty.lua", "empty.lua returns nothing, not a scenario").hint)
    fails("no_step.lua", "the scenario has no step")
  end)

  it("gives a file globals to read, and none to set", function()
    local function loading(text, code)
      write("globals.lua", code)
      fails("globals.lua", "^globals.lua:2: .*" .. text)
    end
    loading("the scenario sets the global variable count: write local count", "\ncount = 1")
    loading("the scenario sets the global variable _G.count", "\n_G['_G.count'] = 1")
    loading("the scenario sets the global variable f", "\nfunction f() end")
    loading("there is no global variable count: is it misspelt", "\nlocal _ = count")
    loading("a scenario cannot call os.exit", "\nos.exit(0)")
    loading("a scenario cannot call debug.sethook", "\ndebug.sethook()")
    assert.is_nil(rawget(_G, "count"))
    write("reads.lua", [[
      local bigdata = require "bigdata"
      assert(os.time() > 0 and math.pi > 3 and #debug.traceback() > 0 and _G.print == print)
      for _, name in ipairs { "string", "table", "io", "utf8", "coroutine" } do
        assert(type(_G[name]) == "table")
      end
      local s = bigdata.scenario { summary = "reads" }
      s:step "one" { source = function() end, each = function() end }
      return s]])
    assert.equal("reads", assert(catalog.load("reads.lua")).summary)
  end)
end)
