-- variant: scenarios that stand on another one.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local lfs = require "lfs"
local options = require "bigdata.cli.options"

local write = dofile("tests/support/spec_kit.lua").write

local before, folder

-- A file that returns bigdata.variant of this table.
local function variant(name, definition)
  write(name, ('return require "bigdata".variant %s'):format(definition))
end

local BASE = [[
  local scenario = require "bigdata".scenario { summary = "base" }
  scenario:flag "up_to" { type = "integer", default = 3, choices = { 3, 5 } }
  scenario:flag "loud" { type = "boolean", default = true }
  scenario:step "count" {
    source = function(opt) return require "bigdata".source.count { count = opt.up_to } end,
    each = function(db, row) db:exec("select $1", row.n) end,
  }
  return scenario]]

setup(function()
  folder = os.tmpname()
  os.remove(folder)
  before = lfs.currentdir()
  assert(lfs.mkdir(folder))
  assert(lfs.chdir(folder))
  lfs.mkdir("scenarios")
  lfs.mkdir("deep")
  write("scenarios/base.lua", BASE)
  variant("scenarios/pool.lua", [[{
    scenario = "base", summary = "a larger pool",
    settings = { poolsize = 50, autocommit = false, preload = true, time = "2m", limit = 1e3,
      up_to = 5, loud = false },
  }]])
end)

teardown(function()
  lfs.chdir(before)
  os.execute("rm -r '" .. folder .. "'")
end)

local function load(name)
  return assert(catalog.load(name))
end

local function fails(definition, message, hint)
  variant("bad.lua", definition)
  local loaded, problem, info = catalog.load("bad.lua")
  assert.is_nil(loaded)
  assert.is_truthy(problem:find(message, 1, true), problem)
  if hint then assert.equal(hint, info.hint) end
end

-- The settings and the flags of a run of the scenario.
local function parse(scenario, ...)
  local settings, _, flags = assert(arguments.parse({ ... }, options.of(scenario), scenario.flags))
  return settings, flags
end

describe("a variant", function()
  it("has the steps of its scenario, and a name, a path and a summary of its own", function()
    local pool = load("pool")
    assert.equal("pool", pool.name)
    assert.equal("scenarios/pool.lua", pool.path)
    assert.equal("a larger pool", pool.summary)
    assert.equal("count", pool.steps[1].name)
    assert.equal("base", load("base").summary)
  end)

  it("has other defaults for options and flags", function()
    local settings, flags = parse(load("pool"))
    assert.equal(50, settings.poolsize)
    assert.is_false(settings.autocommit)
    assert.is_true(settings.preload)
    assert.equal(120, settings.time)
    assert.equal(1000, settings.limit)
    assert.equal("threads", settings.engine)
    assert.equal(5, flags.up_to)
    assert.is_false(flags.loud)
  end)

  it("leaves the last word to the command line", function()
    local settings, flags = parse(load("pool"), "--poolsize", "2", "--autocommit", "--no-preload",
      "--up-to", "3", "--loud")
    assert.equal(2, settings.poolsize)
    assert.is_true(settings.autocommit)
    assert.is_false(settings.preload)
    assert.equal(3, flags.up_to)
    assert.is_true(flags.loud)
  end)

  it("leaves its scenario's defaults alone", function()
    load("pool")
    local settings, flags = parse(load("base"))
    assert.equal(15, settings.poolsize)
    assert.is_true(settings.autocommit)
    assert.equal(3, flags.up_to)
  end)

  it("shows its defaults in the help", function()
    local pool = load("pool")
    local help = arguments.help({ usage = "" }, options.of(pool), pool.flags):gsub("%s+", " ")
    for _, words in ipairs {
      "--poolsize N connections, each with one worker; also --client, --clients, --connections "
        .. "(default: 50)",
      "--autocommit no transaction around each record",
      "--limit N stop each step after N records; 0 is after all, and 10k, 2M and 1e6 are "
        .. "understood; also --transactions, --events (default: 1000)",
      "--no-preload start the clock with an empty queue",
    } do
      assert.is_truthy(help:find(words, 1, true), help)
    end
    assert.is_falsy(help:find("--no-autocommit", 1, true), help)
  end)

  it("may stand on another variant", function()
    variant("scenarios/twice.lua", [[{
      scenario = "pool", summary = "twice", settings = { poolsize = 3, engine = "poll" },
    }]])
    local settings = parse(load("twice"))
    assert.equal(3, settings.poolsize)
    assert.equal("poll", settings.engine)
    assert.is_true(settings.preload)
  end)

  it("looks for its scenario beside its file first", function()
    write("deep/base.lua", (BASE:gsub('"count"', '"deep"')))
    variant("deep/one.lua", '{ scenario = "base", summary = "one", settings = {} }')
    assert.equal("deep", load("deep/one.lua").steps[1].name)
    assert.equal("deep", load(folder .. "/deep/one.lua").steps[1].name)
    variant("deep/two.lua", '{ scenario = "../scenarios/base.lua", summary = "", settings = {} }')
    assert.equal("count", load("deep/two.lua").steps[1].name)
  end)

  it("never means itself", function()
    variant("deep/row_by_row.lua", '{ scenario = "row_by_row", summary = "", settings = {} }')
    assert.equal("geo", load("deep/row_by_row.lua").steps[1].name)
  end)

  it("must not stand on itself by way of others", function()
    variant("deep/a.lua", '{ scenario = "b", summary = "", settings = {} }')
    variant("deep/b.lua", '{ scenario = "a", summary = "", settings = {} }')
    local loaded, message = catalog.load("deep/a.lua")
    assert.is_nil(loaded)
    assert.is_truthy(message:find("perhaps in a circle", 1, true), message)
  end)

  it("is refused with what is wrong about it", function()
    fails('{ scenario = "base", summary = "", setings = {} }',
      "bad.lua: a variant has no key setings; did you mean settings?")
    fails('{ scenario = "base", settings = {} }', "bad.lua: a variant needs summary (string)")
    fails('"base"', "bad.lua: a variant must be a table, not a string")
    fails('{ scenario = "bsae", summary = "", settings = {} }',
      "bad.lua: there is no scenario bsae", "did you mean base?")
    fails('{ scenario = "base", summary = "", settings = { polsize = 3 } }',
      "bad.lua: there is no setting polsize; did you mean poolsize?")
    fails('{ scenario = "base", summary = "", settings = { up_too = 3 } }',
      "bad.lua: there is no setting up_too; did you mean up_to?")
    fails('{ scenario = "base", summary = "", settings = { dburl = "" } }',
      "bad.lua: there is no setting dburl")
    fails('{ scenario = "base", summary = "", settings = { quiet = true } }',
      "bad.lua: there is no setting quiet")
  end)

  it("is refused with a value that does not fit", function()
    local function value(setting, message)
      fails(('{ scenario = "base", summary = "", settings = { %s } }'):format(setting), message)
    end
    value("poolsize = 0", "bad.lua: poolsize must be a whole number from 1 to 5000, not 0")
    value('engine = "pol"', "bad.lua: engine must be threads or poll, not pol")
    value("engine = { 'poll' }", "bad.lua: engine must be threads or poll, not a table")
    value("preload = 1", "bad.lua: preload must be true or false, not 1")
    value('up_to = "5"', "bad.lua: up_to = 5: the value of a flag of type integer must be")
    value("up_to = 4", "bad.lua: up_to = 4: the value 4 is not among the choices")
  end)

  it("cannot stand on a sweep", function()
    write("sweep.lua", [[return require "bigdata".sweep {
      scenario = "base", vary = { poolsize = { 1 } } }]])
    fails('{ scenario = "sweep", summary = "", settings = {} }', "sweep is a sweep")
  end)
end)

describe("the scenarios that ship", function()
  it("say by their settings what they stand for", function()
    local threaded, gevent = load("row_by_row_threaded"), load("row_by_row_gevent")
    assert.same({ engine = "threads", loop = "lua", lua_state = "shared" }, threaded.settings)
    assert.same({ engine = "poll", jobs = 1, loop = "lua", lua_state = "worker" }, gevent.settings)
    assert.is_truthy(threaded.summary:find("Python thread pool", 1, true))
    assert.is_truthy(gevent.summary:find("gevent", 1, true))
    assert.equal("data", gevent.steps[2].name)
  end)
end)
