-- The scenarios that ship, each on a few records of the sample and a private server.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local kit = dofile "tests/support/scenario_kit.lua"
local options = require "bigdata.cli.options"
local sf1 = require "bigdata.census.sf1"
local sweep = require "bigdata.sweep"
local sweep_run = require "bigdata.sweep.run"
local testing = require "bigdata.testing"

local RECORDS, ITEMS = 5, 222

-- What is checked of scenarios that do not simply load every record once.
local SPECIAL = {}

local function loads(result, connection)
  for _, step in ipairs(result.steps) do
    assert.equal(RECORDS, step.records)
    assert.equal(0, step.failed)
  end
  local counts = connection:query [[
    select (select count(*) from geo_record) as geo, (select count(*) from data_element) as data]]
  assert.same({ geo = tostring(RECORDS), data = tostring(RECORDS * ITEMS) }, counts[1])
end

function SPECIAL.interpreter_cost(result, connection)
  assert.is_true(#result.trials >= 5)
  for _, trial in ipairs(result.trials) do
    assert.equal(3, #trial.runs)
    for _, run in ipairs(trial.runs) do loads(run, connection) end
  end
end

function SPECIAL.ingest_methods(result, connection)
  assert.equal(10, #result.trials)
  for _, trial in ipairs(result.trials) do
    for _, run in ipairs(trial.runs) do loads(run, connection) end
  end
end

function SPECIAL.mixed(result, connection)
  assert.equal(RECORDS, result.steps[1].records)
  assert.equal(RECORDS * 13, result.steps[1].statements - 2 * RECORDS) -- but for begin and commit
  assert.same({}, connection:query "select 1 from pg_class where relname = 'bigdata_mixed'")
end

-- Sweeps whose trials are too many to be run here: that they can be made is what is looked at.
local LONG = { network = 12, pool_sweep = 16, threads_vs_async = 42 }

describe("the sweep", function()
  for name, count in pairs(LONG) do
    it(name .. " has its trials", function()
      local object = assert(catalog.load(name))
      local settings, _, flags = assert(arguments.parse({}, options.of(object), object.flags))
      assert.equal(count, #assert(sweep.trials(object, settings, flags)))
    end)
  end
end)

describe("the sweep network", function()
  it("makes the way to the server longer", function()
    kit.open(30)
    finally(kit.close)
    local object = assert(catalog.load("network"))
    sweep.extend(object, { { name = "delay", list = "0,1" } }, 1)
    local result = assert(sweep_run.run(object, kit.parse(object, "-c 2 --limit 1")))
    assert.equal("done", result.ended)
    assert.equal(4, #result.trials)
    for _, trial in ipairs(result.trials) do
      local data = trial.runs[1].steps[2]
      assert.same({ 1, 0, ITEMS }, { data.records, data.failed, data.rows })
      assert.is_true(data.seconds >= ITEMS * trial.settings.delay / 1000, data.seconds)
    end
    assert.same({ { value = "1" } }, kit.query "select count(*) as value from geo_record")
    assert.same({ { value = tostring(ITEMS) } },
      kit.query "select count(*) as value from data_element")
  end)
end)

describe("the scenario", function()
  for _, entry in ipairs(catalog.names()) do
    local case = not LONG[entry.name] and it or function() end
    case(entry.name .. " runs", function()
      local result, connection = assert(testing.run(entry.path, { limit = RECORDS, poolsize = 3 }))
      assert.equal("done", result.ended)
      local check = SPECIAL[entry.name] or loads
      check(result, connection)
    end)
  end
end)

for _, loop in ipairs { "c", "lua" } do
  describe("row_by_row with the loop " .. loop, function()
    it("stores what the files hold", function()
      local _, connection = assert(testing.run("row_by_row", { limit = RECORDS, loop = loop }))
      local record = testing.records(sf1.data("data/sample"))[1]
      local rows = connection:query([[
        select d.value::float8 as value from data_element as d
        join geo_record as g on g.id = d.geo_record_id
        join dictionary_item as i on i.id = d.dictionary_item_id
        join matrix as m on m.id = i.matrix_id
        where g.logrecno = $1 order by m.sortkey, i.index]], record.logrecno)
      assert.equal(ITEMS, #rows)
      for i, row in ipairs(rows) do
        assert.equal(tonumber(record.items[i]), tonumber(row.value))
      end
    end)
  end)
end
