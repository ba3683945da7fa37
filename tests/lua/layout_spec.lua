-- census/layout.lua: the geographic header, and layouts that are wrong.

local core = require "bigdata.core"
local layout = require "bigdata.census.layout"

local function read_text(text)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  local good, result = pcall(layout.read, path)
  os.remove(path)
  return good, result
end

local function column(name)
  for _, one in ipairs(layout.geo_header().columns) do
    if one.name == name then return one end
  end
end

describe("the geographic header", function()
  it("has 83 columns in 400 bytes", function()
    assert.equal(83, #layout.geo_header().columns)
    assert.equal(400, layout.geo_header().line_bytes)
  end)

  it("has its columns where the files have them", function()
    local wanted = {
      fileid = { 1, 6 }, sumlev = { 9, 3 }, cifsn = { 17, 2 }, logrecno = { 19, 7 },
      name = { 201, 90 }, pop100 = { 293, 9 }, hu100 = { 302, 9 }, intptlat = { 311, 9 },
      intptlon = { 320, 10 }, reserved = { 394, 7 },
    }
    for name, place in pairs(wanted) do
      assert.same(place, { column(name).start, column(name).length }, name)
    end
  end)
end)

describe("a layout", function()
  it("is refused where columns overlap", function()
    local good, message = read_text("# comment\n\nA 1 3 First\nB 3 2 Second\n")
    assert.is_false(good)
    assert.is_truthy(message:find(":4: b starts at 3, but the column before it ends at 3", 1, true))
  end)

  it("is refused where there is a gap", function()
    local good, message = read_text("A 1 3 First\nB 5 2 Second\n")
    assert.is_false(good)
    assert.is_truthy(message:find(":2: b starts at 5", 1, true))
  end)

  it("is refused where a line is no column", function()
    local good, message = read_text("A one 3 First\n")
    assert.is_false(good)
    assert.is_truthy(message:find(":1: expected name, start, length, description", 1, true))
  end)
end)

describe("a formatter", function()
  local good, small = read_text("A 1 3 First\nB 4 2 Second\nC 6 4 Third\n")
  assert(good, small)

  it("puts fixed values and holes in their places", function()
    local format = layout.formatter(small, { b = "%02d" }) { a = "x", c = "5%" }
    assert.equal("x  075%  ", format:format(7))
  end)

  it("leaves out what is not given", function()
    assert.equal((" "):rep(9), layout.formatter(small, {}) {}:format())
  end)

  it("refuses a value that is too long", function()
    local fitted, message = pcall(layout.formatter(small, {}), { b = "abc" })
    assert.is_false(fitted)
    assert.is_truthy(message:find("abc does not fit into b (2 bytes)", 1, true))
  end)
end)

describe("the states", function()
  it("are 51, each with codes of its own", function()
    local seen, count = {}, 0
    for line in io.lines(core.home .. "/data/census/states.txt") do
      local usps, fips, census = line:match("^(%u%u) (%d%d) (%d%d) %d %d ")
      if usps then
        count = count + 1
        for _, code in ipairs { usps, "fips" .. fips, "census" .. census } do
          assert.is_nil(seen[code], code)
          seen[code] = true
        end
      end
    end
    assert.equal(51, count)
  end)
end)
