-- The scenarios that ship: the statements that their records cause.

local catalog = require "bigdata.scenario.catalog"
local sf1 = require "bigdata.census.sf1"
local testing = require "bigdata.testing"

-- Statements as on one line.
local function squeezed(sent)
  local list = {}
  for i, statement in ipairs(sent) do
    list[i] = { statement[1]:gsub("%s+", " "), table.unpack(statement, 2, statement.n + 1) }
    list[i][1] = list[i][1]:match("^ ?(.-) ?$")
  end
  return list
end

describe("every scenario", function()
  for _, entry in ipairs(catalog.names()) do
    it(entry.name .. " loads, and says in a line what it does", function()
      local scenario = assert(catalog.load(entry.name))
      assert.is_truthy(scenario.summary:find("^%S[^\n]*[^.%s]$"), scenario.summary)
      assert.is_true(#scenario.summary <= 100, scenario.summary)
    end)
  end
end)

-- Whatever runs the workload of row_by_row sends its statements.
for _, entry in ipairs(catalog.names()) do
  local like = entry.name:find("^row_by_row_") or entry.name == "interpreter_cost"
  describe(like and entry.name or "", function()
    for step, open in pairs(like and { geo = sf1.geo, data = sf1.data } or {}) do
      it("sends the statements of row_by_row in the step " .. step, function()
        local record = testing.records(open("data/sample"))[1]
        assert.same(testing.statements("row_by_row", step, record),
          testing.statements(entry.name, step, record, { loop = "lua" }))
      end)
    end
  end)
end

describe("row_by_row", function()
  it("inserts a geographic header", function()
    local record = testing.records(sf1.geo("data/sample"))[1]
    assert.same({ {
      "insert into geo_record (fileid, stusab, chariter, cifsn, logrecno) "
        .. "values ($1, $2, $3, $4, $5)",
      record.fileid, "NY", record.chariter, record.cifsn, record.logrecno,
    } }, squeezed(testing.statements("row_by_row", "geo", record)))
  end)

  it("looks up the record and the dictionary, and inserts each value by itself", function()
    local sent = squeezed(testing.statements("row_by_row", "data", {
      fileid = "uSF1", stusab = "NY", chariter = "000", cifsn = "01", logrecno = "0000007",
      items = { "10", "0.5" },
    }, { answers = { geo_record = { id = 7 }, dictionary_item = { { id = 301 }, { id = 302 } } } }))
    assert.same({ "select id from geo_record where fileid = $1 and stusab = $2 and "
      .. "logrecno = $3", "uSF1", "NY", "0000007" }, sent[1])
    assert.is_truthy(sent[2][1]:find("where m.segment_id = $1 order by m.sortkey", 1, true))
    assert.equal("01", sent[2][2])
    sent[3][1] = sent[3][1]:gsub(" %(.*", "")
    assert.same({ "insert into data_element", "7", "301", "10" }, sent[3])
    assert.same({ "7", "302", "0.5" }, { table.unpack(sent[4], 2) })
    assert.is_nil(sent[5])
  end)

  it("inserts as many elements as a record of the sample has", function()
    local record = testing.records(sf1.data("data/sample"))[1]
    local sent = testing.statements("row_by_row", "data", record)
    assert.equal(222, #record.items)
    assert.equal(2 + 222, #sent)
    assert.equal(record.items[222], sent[224][4])
  end)

  it("fails a record whose list and dictionary are not equally long", function()
    assert.has_error(function()
      testing.statements("row_by_row", "data", {
        fileid = "", stusab = "", chariter = "", cifsn = "", logrecno = "1", items = { "1" },
      }, { answers = { dictionary_item = {} } })
    end)
  end)
end)
