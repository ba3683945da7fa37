-- Searches against a private server: what is measured, and that the server's limits are kept.

local kit = dofile "tests/support/scenario_kit.lua"
local search_report = require "bigdata.report.search"
local search_run = require "bigdata.sweep.search_run"

setup(function() kit.open(14) end)
teardown(kit.close)

local function load(definition)
  return kit.load("search", 'scenario = "row_by_row", ' .. definition)
end

local function run(definition, line)
  local scenario = assert(load(definition))
  local settings, flags = kit.parse(scenario, "--limit 2 " .. (line or ""))
  return search_run.run(scenario, scenario.find, settings, flags)
end

describe("a search", function()
  it("finds a size among those that the server allows", function()
    local result = assert(run 'over = "poolsize", repeats = 2')
    assert.equal("done", result.ended)
    assert.is_true(result.free <= 10, result.free)
    for _, item in ipairs(result.trials) do
      assert.is_true(item.size <= result.free)
      for _, outcome in ipairs(item.runs) do
        assert.equal("done", outcome.ended)
        assert.equal(item.size, outcome.settings.poolsize)
      end
    end
    local text = search_report.text(result)
    assert.is_truthy(text:find("the server has no more than %d+ connections left"), text)
    assert.is_truthy(text:find("\n%d+ connections?: [%d,]+ rows/s, "), text)
    assert.is_truthy(text:find("all with  engine threads, loop c, protocol ", 1, true), text)
    assert.is_truthy(text:find("Universal Scalability Law", 1, true), text)
  end)

  it("may be over event loops", function()
    local result = assert(run('over = "jobs", to = 3, settings = { engine = "poll" }', "-c 3"))
    assert.equal("jobs 1", result.trials[1].label)
    assert.is_truthy(search_report.line(result):find("^%d event loops?: "))
  end)

  it("is refused with what is wrong about it", function()
    local function fails(definition, message)
      local object, problem = load(definition)
      assert.is_nil(object)
      assert.is_truthy(problem:find(message, 1, true), problem)
    end
    fails('over = "queue"', "it can be searched for poolsize and jobs, not for queue")
    fails('over = "poolsize", from = 0', "from must be at least 1")
    fails('over = "poolsize", from = 5, to = 4', "to not below it")
    fails('over = "poolsize", within = 5', "within must be a share")
    fails('over = "poolsize", too = 5', "a search has no key too; did you mean to?")
  end)
end)
