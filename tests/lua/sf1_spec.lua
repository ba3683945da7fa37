-- census/sf1.lua: which files of a folder are read, in which order, and as what.

local core = require "bigdata.core"
local lfs = require "lfs"
local population = require "bigdata.census.population"
local sf1 = require "bigdata.census.sf1"

local NOBODY = population.text(population.new())

local folder

local function write(name, text)
  local file = assert(io.open(folder .. "/" .. name, "wb"))
  file:write(text)
  file:close()
end

local function write_zip(name, member, text)
  local writer <close> = assert(core.zip_writer(folder .. "/" .. name, member))
  assert(writer:write(text))
  assert(writer:close())
end

local function zeros(count)
  return ("0" .. (",0"):rep(count - 1))
end

local function data_line(state, segment, logrecno, items)
  return ("uSF1,%s,000,%s,%07d,%s\n"):format(state, segment, logrecno, items or NOBODY)
end

local function geo_line(state, logrecno, name)
  local line = ("uSF1  %s04000000  %07d"):format(state, logrecno)
  line = line .. (" "):rep(200 - #line) .. (name or "")
  return line .. (" "):rep(400 - #line) .. "\r\n"
end

local function rows_of(source)
  local rows = {}
  for row in source.next, source do
    rows[#rows + 1] = row
  end
  source:close()
  return rows
end

local function column(rows, name)
  local values = {}
  for i, row in ipairs(rows) do values[i] = row[name] end
  return table.concat(values, " ")
end

local function raises(wanted, f, ...)
  local good, problem = pcall(f, ...)
  assert.is_false(good)
  assert.is_truthy(tostring(problem):find(wanted, 1, true), tostring(problem))
  return problem
end

before_each(function()
  folder = os.tmpname()
  os.remove(folder)
  assert(lfs.mkdir(folder))
end)

after_each(function()
  for name in lfs.dir(folder) do os.remove(folder .. "/" .. name) end
  lfs.rmdir(folder)
end)

describe("data", function()
  it("is found under every name that the files go by", function()
    write_zip("ny00001_uf1.zip", "ny00001.uf1", data_line("NY", "01", 1))
    write_zip("ak00001.truncated.uf1.zip", "ak00001.truncated.uf1", data_line("AK", "01", 2))
    write("de00001.uf1", data_line("DE", "01", 3))
    write_zip("CA00001_UF1.ZIP", "ca00001.uf1", data_line("CA", "01", 4))
    write("tx00001.uf1", data_line("TX", "01", 5))
    assert(os.execute("gzip " .. folder .. "/tx00001.uf1"))
    local rows = rows_of(sf1.data(folder))
    assert.equal("AK CA DE NY TX", column(rows, "stusab"))
  end)

  it("leaves other files alone", function()
    write("ny00001.uf1", data_line("NY", "01", 1))
    for _, name in ipairs { "nygeo.uf1", "ny00040.uf1", "ak00001.upl", "README.md", "ny00002.txt",
      "xny00001.uf1", "ny00001.uf1.bak" } do
      write(name, "not to be read\n")
    end
    assert.equal("0000001", column(rows_of(sf1.data(folder)), "logrecno"))
  end)

  it("comes state by state, segment by segment", function()
    write("ny00039.uf1", data_line("NY", "39", 1, zeros(171)))
    write("ny00002.uf1", data_line("NY", "02", 1, zeros(238)))
    write("al00039.uf1", data_line("AL", "39", 1, zeros(171)))
    local rows = rows_of(sf1.data(folder))
    assert.equal("AL NY NY", column(rows, "stusab"))
    assert.equal("39 02 39", column(rows, "cifsn"))
    assert.equal(238, #rows[2].items)
  end)

  it("has exactly the items of its segment", function()
    write("ny00001.uf1", data_line("NY", "01", 1) .. data_line("NY", "01", 2, zeros(221))
      .. data_line("NY", "01", 3))
    local source = sf1.data(folder)
    local rows = {}
    for row in source.next, source do rows[#rows + 1] = row end
    local rejects, count = source:rejects()
    assert.equal("0000001 0000003", column(rows, "logrecno"))
    assert.equal(1, count)
    assert.equal(2, rejects[1].line)
    source:close()
  end)

  it("has exactly the items of each segment, where there are several", function()
    write("ny00001.uf1", data_line("NY", "01", 1) .. data_line("NY", "01", 2, zeros(238)))
    write("ny00002.uf1", data_line("NY", "02", 1, zeros(222)) .. data_line("NY", "02", 2,
      zeros(238)))
    local source <close> = sf1.data(folder)
    local first, second = source:next(), source:next()
    assert.same({ "01", 222 }, { first.cifsn, #first.items })
    assert.same({ "02", 238 }, { second.cifsn, #second.items })
    assert.is_nil(source:next())
    local rejects = source:rejects()
    assert.equal(2, #rejects)
    assert.equal("243 fields where 227 are wanted", rejects[1].reason)
    assert.equal(folder .. "/ny00002.uf1", rejects[2].file)
    assert.equal("227 fields where 243 are wanted", rejects[2].reason)
  end)

  it("has 196 items, or the 203 of the files' own description, in segment 15", function()
    write("ny00015.uf1",
      data_line("NY", "15", 1, zeros(196)) .. data_line("NY", "15", 2, zeros(203)))
    assert.equal(2, #rows_of(sf1.data(folder)))
  end)

  it("has numbers only", function()
    write("ny00001.uf1", data_line("NY", "01", 1, "x" .. NOBODY:sub(2)))
    local source = sf1.data(folder)
    assert.is_nil(source:next())
    local _, count = source:rejects()
    assert.equal(1, count)
    source:close()
  end)

  it("is refused where a segment is there twice", function()
    write("ny00001.uf1", data_line("NY", "01", 1))
    write_zip("ny00001.truncated.uf1.zip", "ny00001.uf1", data_line("NY", "01", 1))
    raises("segment 01 of NY twice, in ny00001.truncated.uf1.zip and ny00001.uf1",
      sf1.data, folder)
  end)

  it("is missed with the folder, the names looked for and a way to get files", function()
    local problem = raises("no Census files in " .. folder, sf1.data, folder)
    assert.is_truthy(problem.message:find("SSNNNNN_uf1.zip", 1, true))
    assert.is_truthy(problem.hint:find("bigdata data generate --output " .. folder, 1, true))
  end)
end)

describe("geo", function()
  it("has the official fields, trimmed", function()
    write_zip("nygeo_uf1.zip", "nygeo.uf1", geo_line("NY", 1, "New York"))
    local row = rows_of(sf1.geo(folder))[1]
    assert.equal("uSF1", row.fileid)
    assert.equal("040", row.sumlev)
    assert.equal("", row.cifsn)
    assert.equal("0000001", row.logrecno)
    assert.equal("New York", row.name)
    assert.equal("", row.pop100)
  end)

  it("is taken as Latin-1", function()
    write("nmgeo.uf1", geo_line("NM", 1, "Ca\xF1ada"))
    assert.equal("Cañada", rows_of(sf1.geo(folder))[1].name)
  end)

  it("comes state by state", function()
    write("nygeo.uf1", geo_line("NY", 1))
    write("akgeo.uf1", geo_line("AK", 1))
    assert.equal("AK NY", column(rows_of(sf1.geo(folder)), "stusab"))
  end)

  it("has lines of 400 bytes only", function()
    write("nygeo.uf1", "uSF1  NY\r\n" .. geo_line("NY", 2))
    local source = sf1.geo(folder)
    assert.equal("0000002", source:next().logrecno)
    local _, count = source:rejects()
    assert.equal(1, count)
    source:close()
  end)
end)

describe("a folder", function()
  it("that is not there is named", function()
    raises("no folder " .. folder .. "/none", sf1.geo, folder .. "/none")
    raises("README.md is no folder", sf1.geo, "README.md")
    raises("has no name", sf1.geo, "")
  end)

  it("may be one of the program's own", function()
    if not lfs.attributes(core.home .. "/data/sample") then
      pending("data/sample is not there")
      return
    end
    local here = lfs.currentdir()
    lfs.chdir(folder)
    local good, source = pcall(sf1.geo, "data/sample")
    lfs.chdir(here)
    assert.is_true(good, tostring(source))
    source:close()
  end)
end)

describe("the real files", function()
  it("are read whole", function()
    local real = os.getenv("BIGDATA_CENSUS_DATA") or core.home .. "/../shared/data"
    if not lfs.attributes(real) then
      pending("no real Census files in " .. real)
      return
    end
    local geo <close> = sf1.geo(real)
    local data <close> = sf1.data(real)
    local geo_result = assert(geo:read_all {})
    local data_result = assert(data:read_all {})
    assert.equal(50000, geo_result.records)
    assert.equal(50000, data_result.records)
    assert.equal("CRLF", data:ending())
  end)
end)
