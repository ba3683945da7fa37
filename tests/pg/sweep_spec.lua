-- Sweeps and variants against a private server: what is run, in which order, and what is kept.

local kit = dofile "tests/support/scenario_kit.lua"
local sweep_report = require "bigdata.report.sweep"
local sweep_run = require "bigdata.sweep.run"

local ITEMS = 222

setup(function() kit.open(30) end)
teardown(kit.close)

-- Run a sweep of row_by_row with this definition: the result, and what was announced.
local function run(definition, line)
  local announced = {}
  local result = assert(kit.sweep('scenario = "row_by_row", ' .. definition, "--limit 3 "
    .. (line or ""), { announce = function(number, count, label)
    announced[#announced + 1] = ("%d of %d: %s"):format(number, count, label)
  end }))
  return result, announced
end

local function stored()
  return kit.query("select count(*) as count from data_element")[1].count
end

describe("a sweep", function()
  it("runs its trials in turns", function()
    local result, announced = run('vary = { engine = { "threads", "poll" } }, repeats = 2',
      "-c 2")
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

  it("does not begin trials with more connections than the server has left", function()
    local result, announced = run("vary = { poolsize = { 60, 61, 2, 62 } }, repeats = 2")
    assert.equal("failed", result.ended)
    assert.equal(2, #announced)
    for i, ended in ipairs { "failed", "failed", "done", "failed" } do
      local runs = result.trials[i].runs
      assert.same({ ended, ended }, { runs[1].ended, runs[2].ended })
      assert.same({ 1, 2 }, { runs[1].round, runs[2].round })
    end
    local text = sweep_report.text(result)
    assert.is_truthy(text:find("  60 +failed +%-"), text)
    assert.is_truthy(text:find("\npoolsize 60; poolsize 61; poolsize 62 %(6 runs of 3 trials%): "
      .. "the server has no more than %d+ connections left\n  hint: "), text)
  end)

  local function refuses(line, wanted)
    local result, message = kit.sweep('scenario = "row_by_row", vary = { poolsize = { 1 } }',
      line, { announce = error })
    assert.is_nil(result)
    assert.is_truthy(message:find(wanted, 1, true), message)
  end

  it("says once what is wrong with its scenario, before any trial", function()
    refuses("--directory /nowhere", "/nowhere")
  end)

  it("does not begin where no server answers", function()
    refuses("--dburl host=/nowhere", "cannot connect")
  end)

  it("notes with every run that the server was a private one", function()
    local object = assert(kit.load("sweep",
      'scenario = "row_by_row", vary = { poolsize = { 1, 2 } }, repeats = 2'))
    local settings, flags = kit.parse(object, "--limit 2")
    settings.dburl = nil
    local saved = 0
    local result = assert(sweep_run.run(object, settings, flags, { save = function(so_far)
      saved = saved + 1
      assert.is_true(so_far.server.private)
    end }))
    assert.equal(4, saved)
    for _, item in ipairs(result.trials) do
      for _, outcome in ipairs(item.runs) do assert.is_true(outcome.server.private) end
    end
  end)

  it("goes from the compiled step to the Lua loop and back", function()
    local result = run([[trials = { { loop = "c" }, { loop = "lua" },
      { loop = "lua", lua_state = "shared" }, { loop = "c" } }]], "-c 2")
    assert.equal("done", result.ended)
    for _, item in ipairs(result.trials) do
      assert.equal(3 * ITEMS, item.runs[1].steps[2].rows)
    end
    assert.is_truthy(sweep_report.text(result):find("for the lock\n", 1, true))
  end)
end)

describe("the variant", function()
  it("of a scenario beside it is what the interpreters of the Lua loop load", function()
    kit.scenario('db:exec("select $1::int", #row.n)', { key = "each" })
    kit.write("variant.lua", [[return require "bigdata".variant {
      scenario = "test.lua", summary = "its lengths", settings = { loop = "lua" },
    }]])
    local result = assert(kit.run(kit.folder .. "/variant.lua", "-c 2 --limit 2"))
    assert.equal("done", result.ended)
    assert.equal(2, result.steps[1].records)
  end)

  for name, expected in pairs {
    row_by_row_threaded = { "threads", "shared" }, row_by_row_gevent = { "poll", "worker" },
  } do
    it(name .. " does what row_by_row does, in the Lua loop", function()
      local result = assert(kit.run(name, "-c 4 --limit 3"))
      assert.equal("done", result.ended)
      assert.equal(name, result.scenario)
      assert.same({ "lua", table.unpack(expected) },
        { result.settings.loop, result.settings.engine, result.settings.lua_state })
      assert.equal(tostring(3 * ITEMS), stored())
    end)
  end
end)
