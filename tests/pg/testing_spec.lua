-- testing: real runs on the private server of a spec file.

local bigdata = require "bigdata"
local testing = require "bigdata.testing"

local function fails(text, ...)
  local result, message = testing.run(...)
  assert.is_nil(result)
  assert.is_truthy(message:find(text, 1, true), message)
end

-- A scenario made in the spec itself.
local function counting()
  local scenario = bigdata.scenario { summary = "counts" }
  scenario:flag "up_to" { type = "integer", default = 3 }
  scenario:flag "loud" { type = "boolean", default = true }
  scenario:step "count" {
    source = function(opt) return bigdata.source.count { count = opt.up_to } end,
    each = function(db, row) db:exec("select $1::int", row.n) end,
  }
  return scenario
end

describe("testing.run", function()
  it("gives the result, and a connection that sees the tables", function()
    local result, connection = assert(testing.run("row_by_row", { limit = 2, poolsize = 1 }))
    assert.equal("done", result.ended)
    assert.equal("2", connection:query("select count(*) as n from geo_record")[1].n)
    assert.equal("444", connection:query("select count(*) as n from data_element")[1].n)
  end)

  it("takes options and flags by their keys", function()
    local result = assert(testing.run("row_by_row", {
      limit = 1, poolsize = 2, engine = "poll", autocommit = false, preload = true,
      max_errors = 3, directory = "data/sample",
    }))
    assert.equal(2, result.settings.poolsize)
    assert.equal("poll", result.settings.engine)
    assert.is_false(result.settings.autocommit)
    assert.is_true(result.settings.preload)
    assert.equal(3, result.settings.max_errors)
    assert.equal("data/sample", result.flags.directory)
  end)

  it("leaves a switch alone that is given as it is", function()
    local result = assert(testing.run("row_by_row", {
      limit = 1, autocommit = true, preload = false,
    }))
    assert.is_true(result.settings.autocommit)
    assert.is_falsy(result.settings.preload)
  end)

  it("runs scenarios made in the spec", function()
    local result = assert(testing.run(counting(), { up_to = 5, loud = false }))
    assert.equal(5, result.steps[1].records)
    assert.is_false(result.flags.loud)
  end)

  it("gives the same server to all tests, and a new connection where one was closed", function()
    local _, connection = assert(testing.run(counting()))
    connection:execute("create table kept (n int)")
    connection:close()
    local _, another = assert(testing.run(counting()))
    assert.same({}, another:query("select * from kept"))
  end)

  it("runs the Lua loop from a file", function()
    local result = assert(testing.run("row_by_row", { limit = 2, loop = "lua" }))
    assert.equal("done", result.ended)
    assert.equal(444, result.steps[2].rows)
    fails("the Lua loop loads a scenario from its file", counting(), { loop = "lua" })
  end)

  it("says what is wrong", function()
    fails("testing.run: there is no setting polsize; did you mean poolsize?", "row_by_row",
      { polsize = 3 })
    fails("testing.run: poolsize must be a whole number", "row_by_row", { poolsize = 0 })
    fails("--jobs must not be above --poolsize", "row_by_row", { poolsize = 1, jobs = 2 })
    fails("testing.run: preload must be true or false, not 1", "row_by_row", { preload = 1 })
    fails("there is no scenario nothing", "nothing")
  end)

  it("uses another server where it is told to", function()
    fails("connection", counting(), { dburl = "host=/nowhere" })
  end)
end)
