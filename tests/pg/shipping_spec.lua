-- db:insert by the methods that collect rows: what is stored, and what becomes of bad rows.

local kit = dofile "tests/support/scenario_kit.lua"

local SCENARIO = [[
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "ship the rows of a file's records" }
scenario:flag "file" { type = "path", default = "records.csv", help = "lines of numbers" }
scenario:step "ship" {
  source = function(opt)
    return bigdata.source.delimited { files = opt.file, fields = { "number" }, rest = "values" }
  end,
  each = function(db, row)
    db:insert("Shipped Rows", { "record", "value" }, row.number, row.values)
    %s
  end,
}
return scenario
]]

local RECORDS, ROWS, BAD = 12, 5, 4
local METHODS = { "values", "unnest", "copy", "copy-binary" }
local TRANSACTIONS = { "--no-autocommit", "--commit-every 3", "--insert-batch 12",
  "--insert-batch 1000" }

-- A file of records of five rows each: 11..15, 21..25 and so on. bad: what stands in the place of
-- the third value of record BAD.
local function write_records(bad)
  local lines = {}
  for i = 1, RECORDS do
    local values = {}
    for j = 1, ROWS do values[j] = i * 10 + j end
    if i == BAD then values[3] = bad or values[3] end
    lines[i] = i .. "," .. table.concat(values, ",") .. "\n"
  end
  return kit.write("records.csv", table.concat(lines))
end

local function stored(record)
  local where = record and (" where record = %d"):format(record) or ""
  return tonumber(kit.query('select count(*) as rows from "Shipped Rows"' .. where)[1].rows)
end

-- What is acknowledged is what is stored, whatever was refused.
local function ship(line, bad)
  kit.execute 'truncate "Shipped Rows"'
  local path = kit.write("ship.lua", SCENARIO:format(""))
  local result = assert(kit.run(path, "-c 2 --max-errors 1 " .. line,
    { "--file", write_records(bad) }))
  local step = result.steps[1]
  local arrived = assert(step.arrival.tables, step.arrival.why)[1]
  assert.is_nil(arrived.difference)
  assert.same({ stored(), stored() }, { step.rows, arrived.rows })
  return step, result
end

local function check_bad(step, message)
  assert.equal(1, step.failed)
  assert.equal(BAD, step.samples[1].line)
  assert.is_truthy(step.samples[1].file:find("records.csv", 1, true))
  local reason = step.samples[1].reason
  assert.is_truthy(reason:find("ship.lua:9: row 3 ('4', '", 1, true), reason)
  assert.is_truthy(reason:find(message, 1, true), reason)
end

setup(function()
  kit.open(20)
  kit.execute [[
    create table "Shipped Rows" (record integer, value integer unique check (value > 0))]]
end)
teardown(kit.close)
before_each(function() kit.execute 'truncate "Shipped Rows"' end)

local function each_loop(test)
  for _, method in ipairs(METHODS) do
    for _, loop in ipairs { "c", "lua" } do test(("--insert %s --loop %s"):format(method, loop)) end
  end
end

each_loop(function(line)
  describe(line, function()
    it("stores all rows, in every unit, on every engine, with every protocol", function()
      local all = { "", "--no-autocommit", "--commit-every 3", "--insert-batch 12",
        "--insert-batch 1000", "--engine poll", "--engine poll --insert-batch 12",
        "--protocol extended", "--protocol simple" }
      if line:find("lua", 1, true) then
        all[#all + 1] = "--lua-state shared --insert-batch 12"
        all[#all + 1] = "--lua-state shared --engine poll"
      end
      for _, more in ipairs(all) do
        local step, result = ship(line .. " " .. more)
        assert.equal("done", result.ended, more)
        assert.same({ RECORDS, RECORDS * ROWS, 0 }, { step.records, step.rows, step.failed }, more)
        assert.equal(RECORDS * ROWS, stored())
      end
    end)

    it("names the bad row's record and row, and keeps its neighbours", function()
      local step = ship(line, "-1")
      check_bad(step, "violates check constraint")
      assert.equal("23514", step.samples[1].sqlstate)
      assert.equal(RECORDS * ROWS - 1, stored())
      assert.equal(ROWS - 1, stored(BAD))
      assert.equal(RECORDS * ROWS - 1, step.rows)
    end)

    it("rolls the bad row's record back, and names the row, in a transaction", function()
      for _, more in ipairs(TRANSACTIONS) do
        for _, bad in ipairs { "-1", "x" } do
          local step, result = ship(line .. " " .. more, bad)
          assert.equal("done", result.ended)
          check_bad(step, bad == "-1" and "violates check constraint" or "x")
          assert.equal(0, stored(BAD))
          assert.same({ RECORDS - 1, (RECORDS - 1) * ROWS }, { step.records, step.rows }, more)
          assert.equal((RECORDS - 1) * ROWS, stored())
        end
      end
    end)

    it("ships before a transaction of the record's own ends", function()
      local seen = 'db:one([[select 1 from "Shipped Rows" where record = $1 limit 1]], row.number)'
      local path = kit.write("own.lua", (SCENARIO:format(seen):gsub("(db:insert.-\n)",
        "db:transaction(function() %1 end)\n")))
      local result = assert(kit.run(path, line .. " -c 2", { "--file", write_records() }))
      assert.equal("done", result.ended, result.steps[1].samples[1]
        and result.steps[1].samples[1].reason)
      assert.equal(RECORDS * ROWS, stored())
    end)
  end)
end)

it("is refused where it has no meaning", function()
  local options = require "bigdata.cli.options"
  local function refused(values)
    local all = { jobs = 1, poolsize = 1, loop = "c", protocol = "prepared", insert_batch = 0 }
    for name, value in pairs(values) do all[name] = value end
    local good, message = options.check(all)
    assert.is_nil(good)
    return message
  end
  assert.equal("--insert-batch has no meaning with --insert row",
    refused { insert = "row", insert_batch = 5 })
end)
