-- census/inspect.lua: what it says of sound files, damaged ones, and others.

local core = require "bigdata.core"
local inspect = require "bigdata.census.inspect"
local lfs = require "lfs"
local population = require "bigdata.census.population"

local folder

local NOBODY = population.text(population.new())
local ONE = population.text(population.draw(1, {
  [4] = 0, [5] = 0, [6] = 0, [7] = 0, [8] = 0, [9] = 0, hispanic = 0, adult = 1,
}))

local function write(name, text)
  local file = assert(io.open(folder .. "/" .. name, "wb"))
  file:write(text)
  file:close()
  return folder .. "/" .. name
end

local function said_of(path)
  local parts = {}
  local good, message = inspect.file(path, function(words) parts[#parts + 1] = words end)
  assert(good, message)
  return table.concat(parts)
end

local function line(logrecno, items, segment)
  return ("uSF1,NY,000,%s,%07d,%s"):format(segment or "01", logrecno, items)
end

local function says(said, ...)
  for _, wanted in ipairs { ... } do
    assert.is_truthy(said:find(wanted, 1, true), ("%s\nis not in\n%s"):format(wanted, said))
  end
end

setup(function()
  folder = os.tmpname()
  os.remove(folder)
  assert(lfs.mkdir(folder))
end)

teardown(function()
  for name in lfs.dir(folder) do os.remove(folder .. "/" .. name) end
  lfs.rmdir(folder)
end)

describe("a segment", function()
  it("is described", function()
    local path = write("a", line(1, NOBODY) .. "\r\n" .. line(2, ONE) .. "\r\n")
    says(said_of(path), "Summary File 1, segment 01 of NY", "records      2\n",
      "line ends    CRLF", "227: 5 that link, 222 items", "0000001 to 0000002; no gaps",
      "zeros        97.07 % of 444 items", "digits       1: 100.00 %", "rejects      none",
      "all 35 hold in every record")
  end)

  it("is described within a zip", function()
    local writer <close> = assert(core.zip_writer(folder .. "/b.zip", "ny00001.uf1"))
    writer:write((line(1, NOBODY) .. "\n"):rep(3))
    writer:close()
    says(said_of(folder .. "/b.zip"), "b.zip: zip", "1 member", "ny00001.uf1, ",
      "2 not above the one before")
  end)

  it("may have gaps", function()
    local path = write("c", line(1, NOBODY) .. "\n" .. line(5, NOBODY) .. "\n" .. line(6, NOBODY))
    says(said_of(path), "0000001 to 0000006; 1 gap, 3 left out")
  end)

  it("may have bad lines, which are told with file and line", function()
    local path = write("d", "uSF1,NY\n" .. line(2, NOBODY) .. "\n" .. line(3, NOBODY .. ",0")
      .. "\n" .. line(4, "x" .. NOBODY:sub(2)) .. "\n")
    says(said_of(path), "records      1\n", "3 bad lines", path .. ":1: ", path .. ":3: ",
      path .. ":4: ")
  end)

  it("may break identities, which are told with the first line", function()
    local wrong = "7" .. NOBODY:sub(2)
    local path = write("e", line(1, NOBODY) .. "\n" .. line(2, wrong) .. "\n" .. line(3, wrong))
    says(said_of(path), "4 of 35 do not hold",
      "P1=P2.1: broken in 2 records, first in " .. path .. ":2")
  end)

  it("has the items of its number, and identities only in segment 01", function()
    local path = write("f", line(1, "0" .. (",0"):rep(44), "13") .. "\n")
    local said = said_of(path)
    says(said, "segment 13 of NY", "50: 5 that link, 45 items", "rejects      none")
    assert.is_nil(said:find("identities", 1, true))
  end)

  it("may be of another product", function()
    local path = write("g", "uPL,AK,000,01,0000001,1,2,3\n")
    local said = said_of(path)
    says(said, "segment 01 of AK (uPL; this is not Summary File 1)", "8: 5 that link, 3 items")
    assert.is_nil(said:find("identities", 1, true))
  end)
end)

describe("a header file", function()
  it("is described", function()
    local header = "uSF1  NY04000000  0000001"
    local path = write("h", header .. (" "):rep(400 - #header) .. "\nshort\n")
    says(said_of(path), "geographic headers of NY (uSF1)", "records      1\n", "83, in 400 bytes",
      "levels       040: 1", "1 bad line", path .. ":2: ")
  end)
end)

describe("another file", function()
  it("is described as text", function()
    says(said_of(write("i", "one\nthree\n")), "text, in no form of Census 2000",
      "lengths      3 to 5 bytes")
  end)

  it("may hold nothing", function()
    says(said_of(write("j", "")), "no lines of text")
  end)

  it("may be missing, or no zip although it begins like one", function()
    for _, path in ipairs { folder .. "/none", write("k.zip", "PK\3\4 and no more") } do
      local good, message = inspect.file(path, function() end)
      assert.is_nil(good)
      assert.is_truthy(message:find(path, 1, true), message)
    end
  end)
end)

describe("the real files", function()
  local real = os.getenv("BIGDATA_CENSUS_DATA") or core.home .. "/../shared/data"

  it("are sound", function()
    if not lfs.attributes(real) then
      pending("no real Census files in " .. real)
      return
    end
    says(said_of(real .. "/ny00001.truncated.uf1.zip"), "records      50,000\n",
      "zeros        91.94 % of 11,100,000 items", "0000001 to 0050000; no gaps",
      "rejects      none", "all 35 hold in every record")
    says(said_of(real .. "/akgeo.upl.zip"), "records      28,156\n", "line ends    LF",
      "geographic headers of AK (uPL)", "rejects      none")
    says(said_of(real .. "/ak00001.upl.zip"), "not Summary File 1", "149: 5 that link, 144 items",
      "rejects      none")
  end)
end)
