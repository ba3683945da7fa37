-- Sweeps and variants against a private server: what is run, in which order, and what is kept.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local core = require "bigdata.core"
local options = require "bigdata.cli.options"
local sweep_report = require "bigdata.report.sweep"
local sweep_run = require "bigdata.sweep.run"
local trial = require "bigdata.trial"

local ITEMS = 222

local server, connection, path

setup(function()
  server = assert(core.server { max_connections = 30, settings = { "fsync=off" } })
  connection = assert(core.connect(server:conninfo()))
  path = os.tmpname()
  os.remove(path)
  path = path .. ".lua"
end)

teardown(function()
  os.remove(path)
  connection:close()
  server:close()
end)

local function parse(object, ...)
  local args = { "--dburl", server:conninfo(), "--limit", "3", ... }
  local settings, _, flags = assert(arguments.parse(args, options.of(object), object.flags))
  return settings, flags
end

-- Run a sweep of row_by_row with this definition: the result, and what was announced.
local function run(definition, ...)
  local file = assert(io.open(path, "w"))
  file:write(('return require "bigdata".sweep { scenario = "row_by_row", %s }'):format(definition))
  file:close()
  local object = assert(catalog.load(path))
  local announced = {}
  local settings, flags = parse(object, ...)
  local result = assert(sweep_run.run(object, settings, flags, {
    announce = function(number, count, label)
      announced[#announced + 1] = ("%d of %d: %s"):format(number, count, label)
    end,
  }))
  return result, announced
end

local function stored()
  return assert(connection:query("select count(*) as count from data_element"))[1].count
end

describe("a sweep", function()
  it("runs its trials in turns", function()
    local result, announced = run('vary = { engine = { "threads", "poll" } }, repeats = 2', "-c",
      "2")
    for number, words in ipairs(announced) do
      assert.is_truthy(words:find(("^%d of 4: engine %%a+$"):format(number)), words)
    end
    local places = {}
    for _, item in ipairs(result.trials) do
      assert.same({ 1, 2 }, { item.runs[1].round, item.runs[2].round })
      for n, outcome in ipairs(item.runs) do
        assert.equal(n, (outcome.place + 1) // 2)
        places[outcome.place] = true
      end
    end
    assert.same({ true, true, true, true }, places)
  end)

  it("keeps every run, each with its own settings and on empty tables", function()
    local result = run('vary = { poolsize = { 1, 3 } }, repeats = 2')
    assert.equal("done", result.ended)
    for i, poolsize in ipairs { 1, 3 } do
      assert.equal(2, #result.trials[i].runs)
      for _, outcome in ipairs(result.trials[i].runs) do
        assert.equal("done", outcome.ended)
        assert.equal(poolsize, outcome.settings.poolsize)
        assert.equal(3 * ITEMS, outcome.steps[2].rows)
      end
    end
    assert.equal(tostring(3 * ITEMS), stored())
    assert.is_falsy(result.server.private)
    assert.is_truthy(sweep_report.text(result):find("  poolsize +rows/s +min..max +CPU us/row\n"))
  end)

  it("names a trial that fails, and runs the others", function()
    local result = run('trials = { { poolsize = 60 }, { poolsize = 2 } }')
    assert.equal("failed", result.ended)
    assert.equal("failed", result.trials[1].runs[1].ended)
    assert.equal("done", result.trials[2].runs[1].ended)
    local text = sweep_report.text(result)
    assert.is_truthy(text:find("  60 +failed +%-\n"), text)
    assert.is_truthy(text:find("poolsize 60: .*too many clients"), text)
  end)

  it("says once what is wrong with its scenario, before any trial", function()
    local object = assert(catalog.load(path))
    local settings, flags = parse(object, "--directory", "/nowhere")
    local result, message = sweep_run.run(object, settings, flags, { announce = error })
    assert.is_nil(result)
    assert.is_truthy(message:find("/nowhere", 1, true), message)
  end)

  it("does not begin where no server answers", function()
    local object = assert(catalog.load(path))
    local settings, flags = parse(object, "--dburl", "host=/nowhere")
    local result, message = sweep_run.run(object, settings, flags, { announce = error })
    assert.is_nil(result)
    assert.is_truthy(message:find("cannot connect", 1, true), message)
  end)

  it("goes from the compiled step to the Lua loop and back", function()
    local result = run([[trials = { { loop = "c" }, { loop = "lua" },
      { loop = "lua", lua_state = "shared" }, { loop = "c" } }]], "-c", "2")
    assert.equal("done", result.ended)
    for _, item in ipairs(result.trials) do
      assert.equal(3 * ITEMS, item.runs[1].steps[2].rows)
    end
    assert.is_truthy(sweep_report.text(result):find("for the lock\n", 1, true))
  end)
end)

describe("the variant", function()
  it("of a scenario beside it is what the interpreters of the Lua loop load", function()
    local base = path:gsub("%.lua$", "_base.lua")
    local file = assert(io.open(base, "w"))
    file:write [[
      local bigdata = require "bigdata"
      local scenario = bigdata.scenario { summary = "base" }
      scenario:flag "up_to" { type = "integer", default = 3 }
      scenario:step "count" {
        source = function(opt) return bigdata.source.count { count = opt.up_to } end,
        each = function(db, row) db:exec("select $1::int", #row.n) end,
      }
      return scenario]]
    file:close()
    file = assert(io.open(path, "w"))
    file:write(([[return require "bigdata".variant {
      scenario = "%s", summary = "its lengths", settings = { loop = "lua", up_to = 2 },
    }]]):format(base:match("[^/]*$")))
    file:close()
    local scenario = assert(catalog.load(path))
    local result = assert(trial.run(scenario, parse(scenario, "-c", "2")))
    os.remove(base)
    assert.equal("done", result.ended)
    assert.equal(2, result.steps[1].records)
  end)

  for name, expected in pairs {
    row_by_row_threaded = { "threads", "shared" }, row_by_row_gevent = { "poll", "worker" },
  } do
    it(name .. " does what row_by_row does, in the Lua loop", function()
      local scenario = assert(catalog.load(name))
      local result = assert(trial.run(scenario, parse(scenario, "-c", "4")))
      assert.equal("done", result.ended)
      assert.equal(name, result.scenario)
      assert.same({ "lua", table.unpack(expected) },
        { result.settings.loop, result.settings.engine, result.settings.lua_state })
      assert.equal(tostring(3 * ITEMS), stored())
    end)
  end
end)
