-- sweep/file: which sweeps go on with the runs that a file holds.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local failure = require "bigdata.failure"
local options = require "bigdata.cli.options"
local result_file = require "bigdata.result.file"
local sweep = require "bigdata.sweep"
local sweep_file = require "bigdata.sweep.file"
local tables = require "bigdata.tables"

local path

before_each(function() path = os.tmpname() end)

after_each(function() os.remove(path) end)

-- A sweep of row_by_row over two sizes, under the options of the line: as sweep_run begins it.
local function begin(line)
  local args = {}
  for word in (line or ""):gmatch("%S+") do args[#args + 1] = word end
  local scenario = assert(catalog.load "row_by_row")
  local settings, _, flags = assert(arguments.parse(args, options.of(scenario), scenario.flags))
  local object = sweep.extend(scenario, { { name = "poolsize", list = "2,4" } }, 2)
  local result = {
    name = object.name, scenario = "row_by_row", names = object.names, repeats = 2, seed = 1,
    steps = tables.names(scenario.steps), trials = assert(sweep.trials(object, settings, flags)),
    ended = "done",
  }
  for _, item in ipairs(result.trials) do item.runs = {} end
  return result
end

-- Write what there is of that sweep after its first round.
local function store(line)
  local result = begin(line)
  for _, item in ipairs(result.trials) do
    item.runs[1] = {
      scenario = "row_by_row", settings = options.of_trial(item.settings),
      flags = tables.copy(item.flags), ended = "done", steps = {}, round = 1,
    }
  end
  local file <close> = assert(io.open(path, "w"))
  file:write(result_file.text(result_file.of_sweep(result)))
end

-- Go on with it under the options of a line: the sweep; or nil, message, info.
local function go_on(line)
  local result = begin(line)
  return failure.protect(function()
    sweep_file.earlier(path)(result)
    return result
  end)
end

describe("a sweep that goes on", function()
  it("takes over the runs that were made under the same options", function()
    for _, line in ipairs { "", "--loop lua --delay 2.5 --preload --directory elsewhere",
      "--time 2m --warmup 0.5 --insert copy" } do
      store(line)
      local result = assert(go_on(line))
      for _, item in ipairs(result.trials) do assert.equal(1, #item.runs) end
    end
  end)

  it("may be on another server, and more patient", function()
    store()
    assert(go_on "--dburl host=elsewhere --timeout 10 --json -")
  end)

  it("is refused with what its runs were made under", function()
    for line, message in pairs {
      ["--engine poll"] = "--engine was threads, and is poll",
      ["--loop lua"] = "--loop was c, and is lua",
      ["--insert copy"] = "--insert was row, and is copy",
      ["--delay 5"] = "--delay was 0, and is 5",
      ["--max-errors 7"] = "--max-errors was 0, and is 7",
      ["--no-autocommit"] = "--autocommit was yes, and is no",
      ["--preload"] = "--preload was no, and is yes",
      ["--limit 10"] = "--limit was 0, and is 10",
      ["--directory /other"] = "data/sample, and is /other",
    } do
      store()
      local result, problem, info = go_on(line)
      assert.is_nil(result, line)
      assert.is_truthy(problem:find("holds another sweep than this one: ", 1, true), problem)
      assert.is_truthy(problem:find(message, 1, true), problem)
      local name = line:match("^%-%-%S+"):gsub("^%-%-no%-", "--")
      assert.is_truthy(info.hint:find(("with the same %s"):format(name), 1, true), info.hint)
    end
  end)

  it("is refused where only the file's has a switch on", function()
    store "--preload"
    local _, problem = go_on()
    assert.is_truthy(problem:find("--preload was yes, and is no", 1, true), problem)
  end)
end)
