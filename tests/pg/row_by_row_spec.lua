-- The scenario row_by_row against a private server: whatever the settings, the tables are the same,
-- and the figures of the result are those of the tables.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local core = require "bigdata.core"
local options = require "bigdata.cli.options"
local report = require "bigdata.report"
local sample = require "bigdata.census.sample"
local trial = require "bigdata.trial"

local remove_folder = dofile("tests/support/spec_kit.lua").remove_folder

local RECORDS = 30
local ITEMS = 222

local CONTENTS = [[
  select count(*) as count, sum(d.value) as sum,
    md5(string_agg(concat_ws(' ', g.fileid, g.stusab, g.chariter, g.cifsn, g.logrecno,
      d.dictionary_item_id, d.value), ',' order by g.logrecno, d.dictionary_item_id)) as md5
  from data_element as d join geo_record as g on g.id = d.geo_record_id]]

local folder, server, connection

local function query(sql) return assert(connection:query(sql)) end

local function run(line)
  local scenario = assert(catalog.load("row_by_row"))
  local args = { "--dburl", server:conninfo(), "--directory", folder }
  for word in (line or ""):gmatch("%S+") do args[#args + 1] = word end
  local settings, _, flags = assert(arguments.parse(args, options.RUN, scenario.flags))
  return trial.run(scenario, settings, flags)
end

-- A new folder with a sample of so many records.
local function new_folder(records)
  local path = os.tmpname()
  os.remove(path)
  assert(sample.generate { records = records, seed = 7, output = path })
  return path
end

setup(function()
  folder = new_folder(RECORDS)
  server = assert(core.server { max_connections = 80, settings = { "fsync=off" } })
  connection = assert(core.connect(server:conninfo()))
end)

teardown(function()
  connection:close()
  server:close()
  remove_folder(folder)
end)

describe("row_by_row", function()
  describe("leaves the same tables", function()
    local expected

    -- What must be there, read from the files without any of the program's engines.
    setup(function()
      assert(run("--poolsize 1"))
      expected = query(CONTENTS)[1]
      local sf1 = require "bigdata.census.sf1"
      local source <close> = sf1.data(folder)
      local sum, count = 0, 0
      for row in function() return (source:next()) end do
        for _, value in ipairs(row.items) do
          sum = sum + math.floor(tonumber(value) * 100 + 0.5)
          count = count + 1
        end
      end
      assert.equal(RECORDS * ITEMS, count)
      assert.equal(tostring(count), expected.count)
      assert.equal(("%.2f"):format(sum / 100), expected.sum)
    end)

    for _, engine in ipairs { "threads", "poll", "poll --jobs 2" } do
      for _, poolsize in ipairs { 2, 15, 60 } do
        local line = ("--engine %s --poolsize %d"):format(engine, poolsize)
        it("with " .. line, function()
          local result = assert(run(line))
          assert.equal("done", result.ended)
          assert.same(expected, query(CONTENTS)[1])
          assert.equal(RECORDS, result.steps[1].rows)
          assert.equal(RECORDS * ITEMS, result.steps[2].rows)
        end)
      end
      for _, more in ipairs { "-M extended", "-M simple", "--no-autocommit",
        "-M simple --no-autocommit", "--queue 1", "--queue 0 --preload" } do
        local line = ("--engine %s -c 4 %s"):format(engine, more)
        it("with " .. line, function()
          local result = assert(run(line))
          assert.equal("done", result.ended)
          assert.same(expected, query(CONTENTS)[1])
        end)
      end
    end
  end)

  for _, engine in ipairs { "threads", "poll" } do
    describe("with the engine " .. engine, function()
      it("stops each step at the limit", function()
        local result = assert(run("--limit 5 --engine " .. engine))
        assert.equal("done", result.ended)
        assert.equal(5, result.steps[1].records)
        assert.equal(5, result.steps[2].records)
        assert.same({ count = tostring(5 * ITEMS) },
          query("select count(*) as count from data_element")[1])
      end)

      it("stops each step when its time is up", function()
        local long <close> = setmetatable({ folder = new_folder(300) }, {
          __close = function(self) remove_folder(self.folder) end,
        })
        local result = assert(run("-c 1 -M simple --no-autocommit --time 2 --engine " .. engine
          .. " --directory " .. long.folder))
        assert.equal("done", result.ended)
        local geo, data = result.steps[1], result.steps[2]
        assert.same({ "done", 300 }, { geo.ended, geo.records })
        assert.equal("time", data.ended)
        assert.is_true(data.records < 300)
        assert.same({ count = tostring(data.rows) },
          query("select count(*) as count from data_element")[1])
      end)

      describe("and a segment that goes on after the geographic headers", function()
        local whole

        setup(function()
          whole = folder
          folder = new_folder(RECORDS)
          local shorter = new_folder(RECORDS - 3)
          assert(os.rename(shorter .. "/nygeo_uf1.zip", folder .. "/nygeo_uf1.zip"))
          remove_folder(shorter)
        end)

        teardown(function()
          remove_folder(folder)
          folder = whole
        end)

        it("stops at the first record without one", function()
          local result = assert(run("-c 3 --engine " .. engine))
          assert.equal("errors", result.ended)
          local data = result.steps[2]
          assert.equal("errors", data.ended)
          assert.is_true(data.rejects >= 1)
          local sample_kept = data.samples[1]
          assert.is_truthy(sample_kept.file:find("ny00001_uf1.zip", 1, true))
          assert.is_true(sample_kept.line > RECORDS - 3)
          assert.is_truthy(sample_kept.reason:find("row_by_row.lua:", 1, true), sample_kept.reason)
        end)

        it("goes on as far as --max-errors allows", function()
          local result = assert(run("--max-errors 3 --engine " .. engine))
          assert.equal("done", result.ended)
          local data = result.steps[2]
          assert.equal(3, data.rejects)
          assert.equal(3, #data.samples)
          assert.equal(RECORDS - 3, data.records)
          assert.equal((RECORDS - 3) * ITEMS, data.rows)
          assert.is_truthy(report.text(result):find("data: 3 records were left out", 1, true))
        end)
      end)
    end)
  end

  it("says in its result where and with what it ran, but not how to connect", function()
    local result = assert(run("--limit 1 --poolsize 3"))
    assert.equal("row_by_row", result.scenario)
    assert.equal(3, result.settings.poolsize)
    assert.equal("c", result.settings.loop)
    assert.is_nil(result.settings.dburl)
    assert.equal((connection:server_version()), result.server.version)
    assert.is_truthy(report.text(result):find("PostgreSQL " .. result.server.version, 1, true))
  end)

  for _, line in ipairs { "--poolsize 500", "--poolsize 500 --warmup 1" } do
    it("does not start with more connections than the server allows: " .. line, function()
      local result, message, info = run(line)
      assert.is_nil(result)
      assert.is_truthy(message:find("too many clients", 1, true), message)
      assert.is_truthy(info.hint:find("^the server allows %d+ connections in all: use a smaller "
        .. "%-%-poolsize"), info.hint)
    end)
  end
end)
