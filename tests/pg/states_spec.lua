-- Files of two states in one folder: records are numbered from 1 in each of them.

local kit = dofile "tests/support/scenario_kit.lua"
local sample = require "bigdata.census.sample"

local RECORDS = 6
local ITEMS = 222

local SUMS = [[
  select g.stusab, count(*) as count, sum(d.value) as sum, count(distinct g.logrecno) as records
  from data_element as d join geo_record as g on g.id = d.geo_record_id
  group by g.stusab order by g.stusab]]

-- The scenario that finds geographic records without asking for the state.
local function without_state()
  local file <close> = assert(io.open("scenarios/row_by_row.lua"))
  local text = file:read("a"):gsub("stusab = %$2 and logrecno = %$3", "logrecno = $2")
    :gsub("row%.stusab, row%.logrecno%)\n    local items", "row.logrecno)\n    local items")
  return kit.write("without_state.lua", text)
end

describe("two states in one folder", function()
  local both, expected = nil, {}

  local function run(name, folder, more)
    return assert(kit.run(name, "-c 3 " .. (more or ""), { "--directory", folder }))
  end

  setup(function()
    kit.open(20)
    both = kit.folder .. "/both"
    for i, state in ipairs { "de", "ny" } do
      local alone = kit.folder .. "/" .. state
      local made = { records = RECORDS, seed = i, state = state, output = alone }
      assert(sample.generate(made))
      run("row_by_row", alone)
      expected[i] = kit.query(SUMS)[1]
      made.output = both
      assert(sample.generate(made))
    end
    assert.equal(tostring(RECORDS * ITEMS), expected[1].count)
    assert.not_equal(expected[1].sum, expected[2].sum)
  end)

  teardown(function()
    os.execute(("rm -r '%s'/*"):format(kit.folder))
    kit.close()
  end)

  for _, line in ipairs { "row_by_row", "row_by_row --loop lua", "row_by_row_asyncio", "ingest" } do
    it("each have their own elements after " .. line, function()
      local name, more = line:match("^(%S+)(.*)")
      local result = run(name, both, more)
      assert.equal("done", result.ended)
      assert.equal(2 * RECORDS, result.steps[1].rows)
      assert.same(expected, kit.query(SUMS))
    end)
  end

  it("need to be told apart by the scenario", function()
    local path = without_state()
    assert.equal("done", run(path, kit.folder .. "/ny").ended)
    assert.same({ expected[2] }, kit.query(SUMS))
    local result = run(path, both)
    assert.equal("errors", result.ended)
    assert.is_truthy(result.steps[2].samples[1].reason:find("2 rows", 1, true),
      result.steps[2].samples[1].reason)
  end)
end)
