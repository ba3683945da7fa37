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
    assert.is_true(result.limit <= 10, result.limit)
    for _, item in ipairs(result.trials) do
      assert.is_true(item.size <= result.limit)
      for _, outcome in ipairs(item.runs) do
        assert.equal("done", outcome.ended)
        assert.equal(item.size, outcome.settings.poolsize)
      end
    end
    local text = search_report.text(result)
    local reached = result.trials[#result.trials].size == result.limit
    local told = text:find("the server has no more than %d+ connections left") ~= nil
    assert.equal(reached, told, text)
    assert.is_truthy(text:find("\n%d+ connections?: [%d,]+ rows/s, "), text)
    assert.is_truthy(text:find("all with  engine threads, loop c, protocol ", 1, true), text)
    assert.is_truthy(text:find("Universal Scalability Law", 1, true), text)
  end)

  it("may be over event loops", function()
    local result = assert(run('over = "jobs", to = 3, settings = { engine = "poll" }', "-c 3"))
    assert.equal("jobs 1", result.trials[1].label)
    assert.is_truthy(search_report.line(result):find("^%d event loops?: "))
  end)

  -- Run it on a server of its own.
  local function run_alone(definition, line)
    local scenario = assert(load(definition))
    local settings, flags = kit.parse(scenario, "--limit 2 " .. line)
    settings.dburl = nil
    return search_run.run(scenario, scenario.find, settings, flags)
  end

  it("over event loops has never more of them than connections, and a server for these", function()
    local result = assert(run_alone('over = "jobs", to = 8', "-c 3 --engine poll"))
    assert.equal("done", result.ended)
    assert.equal(3, result.trials[#result.trials].size)
    assert.equal(3 + 10, result.server.max_connections)
    for _, item in ipairs(result.trials) do
      for _, outcome in ipairs(item.runs) do
        assert.equal(3, outcome.settings.poolsize)
        assert.is_true(outcome.server.private)
      end
    end
    assert.is_truthy(search_report.text(result):find(
      "the pool has no more than 3 connections: more event loops were not tried", 1, true))
  end)

  it("over event loops begins with as many as the pool has connections, at most", function()
    local result, message = run('over = "jobs", from = 4', "-c 3 --engine poll")
    assert.is_nil(result)
    assert.equal("--jobs must not be above --poolsize: there are 4 loops for 3 connections",
      message)
  end)

  it("over connections begins with as many as there are event loops", function()
    local result = assert(run('over = "poolsize", to = 5', "--engine poll --jobs 4"))
    assert.equal("done", result.ended)
    assert.equal(4, result.trials[1].size)
    local none, message = run('over = "poolsize", to = 5', "--engine poll --jobs 6")
    assert.is_nil(none)
    assert.equal("a search for up to 5 connections has none for 6 event loops", message)
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
