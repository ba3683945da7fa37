-- ingest: the same tables as row_by_row, by every method, in both loops and on both engines.

local kit = dofile "tests/support/scenario_kit.lua"
local sample = require "bigdata.census.sample"

local RECORDS = 8

local CONTENTS = [[
  select count(*) as count, sum(d.value) as sum,
    md5(string_agg(concat_ws(' ', g.fileid, g.stusab, g.chariter, g.cifsn, g.logrecno,
      d.dictionary_item_id, d.value), ',' order by g.logrecno, d.dictionary_item_id)) as md5
  from data_element as d join geo_record as g on g.id = d.geo_record_id]]

local folder

local function run(name, line)
  local result = assert(kit.run(name, line, { "--directory", folder }))
  assert.equal("done", result.ended)
  return result, kit.query(CONTENTS)[1]
end

describe("ingest", function()
  local expected, rows

  setup(function()
    kit.open(30)
    folder = kit.folder .. "/sample"
    assert(sample.generate { records = RECORDS, seed = 7, output = folder })
    local result
    result, expected = run("row_by_row", "-c 3")
    rows = result.steps[2].rows
    assert.is_true(rows > 0)
  end)

  teardown(function()
    os.execute(("rm -r '%s'"):format(folder))
    kit.close()
  end)

  for _, loop in ipairs { "c", "lua" } do
    for _, engine in ipairs { "threads", "poll" } do
      for _, method in ipairs { "row", "pipeline" } do
        for _, more in ipairs { "", " --no-autocommit", " --commit-every 3" } do
          local line = ("--loop %s --engine %s --insert %s -c 3%s"):format(loop, engine, method,
            more)
          it("stores the same with " .. line, function()
            local result, contents = run("ingest", line)
            assert.same(expected, contents)
            assert.equal(RECORDS, result.steps[1].rows)
            assert.equal(rows, result.steps[2].rows)
          end)
        end
      end
    end
  end

  for _, loop in ipairs { "c", "lua" } do
    it("has what row_by_row stores with --allow-executemany, in the loop " .. loop, function()
      local result, contents = run("row_by_row", "--allow-executemany -c 3 --loop " .. loop)
      assert.same(expected, contents)
      assert.equal(rows, result.steps[2].rows)
    end)
  end

  for _, loop in ipairs { "c", "lua" } do
    for _, engine in ipairs { "threads", "poll" } do
      for _, method in ipairs { "values", "unnest", "copy", "copy-binary" } do
        for _, more in ipairs { "", " --insert-batch 700", " --insert-batch 100000" } do
          local line = ("--loop %s --engine %s --insert %s -c 3%s"):format(loop, engine, method,
            more)
          it("stores the same with " .. line, function()
            local result, contents = run("ingest", line)
            assert.same(expected, contents)
            assert.equal(rows, result.steps[2].rows)
            assert.is_nil(result.steps[2].arrival.why)
          end)
        end
      end
    end
  end

  it("looks the dictionary up once per connection", function()
    local result = run("ingest", "-c 1")
    assert.equal(RECORDS + 1 + rows, result.steps[2].statements)
  end)

  it("refuses a pipeline with the simple protocol", function()
    local options = require "bigdata.cli.options"
    local good, message = options.check { jobs = 1, poolsize = 1, insert = "pipeline",
      insert_batch = 0, protocol = "simple" }
    assert.is_nil(good)
    assert.is_truthy(message:find("--insert pipeline needs --protocol prepared", 1, true), message)
  end)
end)
