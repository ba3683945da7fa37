-- census/sample.lua: the files that it makes look like the real ones, and are sound.

local core = require "bigdata.core"
local dictionary = require "bigdata.census.dictionary"
local identities = require "bigdata.census.identities"
local lfs = require "lfs"
local sample = require "bigdata.census.sample"
local sf1 = require "bigdata.census.sf1"

local remove_folder = dofile("tests/support/spec_kit.lua").remove_folder

local folder

local function generate(options)
  local all = { records = 400, seed = 1, output = folder, overwrite = true }
  for key, value in pairs(options or {}) do all[key] = value end
  return sample.generate(all)
end

local function bytes_of(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("a")
  file:close()
  return bytes
end

local function records_of(source)
  return function()
    local row, problem = source:next()
    assert(row or not problem, problem)
    return row
  end
end

local function read_geo()
  local areas, source = {}, sf1.geo(folder)
  for row in records_of(source) do areas[#areas + 1] = row end
  local _, rejects = source:rejects()
  assert.equal(0, rejects)
  source:close()
  return areas
end

local function read_data()
  local rows, source = {}, sf1.data(folder)
  for row in records_of(source) do
    for i, item in ipairs(row.items) do row.items[i] = tonumber(item) end
    rows[#rows + 1] = row
  end
  local _, rejects = source:rejects()
  assert.equal(0, rejects)
  source:close()
  return rows
end

before_each(function()
  folder = os.tmpname()
  os.remove(folder)
end)

after_each(function()
  if lfs.attributes(folder) then remove_folder(folder) end
end)

describe("a sample", function()
  it("has files and members with the names of the real ones", function()
    local files = assert(generate { state = "de", segments = { 1, 39 } })
    assert.same({ folder .. "/degeo_uf1.zip", folder .. "/de00001_uf1.zip",
      folder .. "/de00039_uf1.zip" }, files)
    assert.equal("degeo.uf1", core.zip_members(files[1])[1].name)
    assert.equal("de00039.uf1", core.zip_members(files[3])[1].name)
  end)

  it("is the same for the same seed, and another for another", function()
    local files = assert(generate())
    local geo, data = bytes_of(files[1]), bytes_of(files[2])
    assert(generate())
    assert.is_true(geo == bytes_of(files[1]) and data == bytes_of(files[2]))
    assert(generate { seed = 2 })
    assert.is_false(geo == bytes_of(files[1]))
    assert.is_false(data == bytes_of(files[2]))
  end)

  it("has as many records as asked for, numbered one by one, in lines of CRLF", function()
    for _, count in ipairs { 1, 33, 34, 777 } do
      assert(generate { records = count })
      local geo, data = read_geo(), read_data()
      assert.equal(count, #geo)
      assert.equal(count, #data)
      for i = 1, count do
        assert.equal(("%07d"):format(i), geo[i].logrecno)
        assert.equal(("%07d"):format(i), data[i].logrecno)
      end
    end
    local source <close> = sf1.data(folder)
    source:next()
    assert.equal("CRLF", source:ending())
  end)

  it("obeys all identities in every record", function()
    assert(generate { records = 2000 })
    for _, row in ipairs(read_data()) do
      assert.is_nil(identities.broken(row.items), row.logrecno)
    end
  end)

  it("says of an area's people in both files the same", function()
    assert(generate())
    local data = read_data()
    for i, area in ipairs(read_geo()) do
      assert.equal(data[i].items[1], tonumber(area.pop100))
    end
  end)

  it("goes down from the state to the block", function()
    assert(generate { records = 1000 })
    local levels = {}
    for _, area in ipairs(read_geo()) do levels[area.sumlev] = (levels[area.sumlev] or 0) + 1 end
    assert.equal(33, levels["040"])
    for _, level in ipairs { "050", "060", "070", "080", "091", "101", "140", "150" } do
      assert.is_true(levels[level] > 0, level)
    end
    assert.is_true(levels["101"] > 600)
  end)

  it("adds up from level to level", function()
    assert(generate { records = 1000 })
    local data, areas = read_data(), read_geo()
    local nested = { ["050"] = "060", ["060"] = "070", ["070"] = "080", ["080"] = "091",
      ["091"] = "101" }
    local checked = 0
    -- The last county may be cut off.
    local last = #areas
    while areas[last].sumlev ~= "050" do last = last - 1 end
    for i = 34, last - 1 do
      local level = areas[i].sumlev
      if nested[level] then
        local sum = 0
        for k = i + 1, last - 1 do
          if areas[k].sumlev == nested[level] then sum = sum + data[k].items[1] end
          if areas[k].sumlev <= level or areas[k].sumlev == "140" then break end
        end
        assert.equal(data[i].items[1], sum, areas[i].logrecno)
        checked = checked + 1
      end
    end
    assert.is_true(checked > 50)
  end)

  it("adds up the geographic components of the state", function()
    assert(generate { records = 33 })
    local people = {}
    for i, area in ipairs(read_geo()) do
      people[tonumber(area.geocomp)] = read_data()[i].items[1]
    end
    assert.equal(people[0], people[52] + people[84])
    assert.equal(people[52], people[64] + people[72])
    for step = 0, 6 do
      assert.equal(people[53 + step], people[65 + step] + people[73 + step])
    end
  end)

  it("has blank CIFSN in the headers, and FILEID there in 6 bytes", function()
    assert(generate { records = 40 })
    local source <close> = assert(core.source.fixed {
      files = { { path = folder .. "/nygeo_uf1.zip" } }, line_bytes = 400,
      columns = { { name = "all", start = 1, length = 400 } },
    })
    for row in records_of(source) do
      assert.equal("uSF1  NY", row.all:sub(1, 8))
      assert.equal("000  ", row.all:sub(14, 18))
      assert.is_truthy(row.all:sub(311, 329):find("^[+-]%d%d%d%d%d%d%d%d[+-]%d%d%d%d%d%d%d%d%d"))
    end
  end)

  it("has the statistics of the real file, within reason", function()
    assert(generate { records = 10000 })
    local zero_rows, zeros, repeated, seen = 0, 0, 0, {}
    for _, row in ipairs(read_data()) do
      local key = table.concat(row.items, ",")
      repeated = repeated + (seen[key] and 1 or 0)
      seen[key] = true
      zero_rows = zero_rows + (row.items[1] == 0 and 1 or 0)
      for _, number in ipairs(row.items) do
        if number == 0 then zeros = zeros + 1 end
      end
    end
    local function near(wanted, got, room) assert.near(wanted, got, room) end
    near(0.24, zero_rows / 10000, 0.04)
    near(0.92, zeros / 10000 / 222, 0.015)
    near(0.62, repeated / 10000, 0.08)
    local member = core.zip_members(folder .. "/ny00001_uf1.zip")[1]
    near(0.944, 1 - member.compressed_bytes / member.bytes, 0.015)
    near(482, member.bytes / 10000, 5)
  end)
end)

describe("the other segments", function()
  local function numbers_of(row, code)
    local matrix = dictionary.sf1().by_code[code]
    return { table.unpack(row.items, matrix.first, matrix.first + #matrix.items - 1) }
  end

  it("have sums along the nesting, in all tables of all segments", function()
    local segments = {}
    for segment = 2, 39 do segments[#segments + 1] = segment end
    assert(generate { records = 50, segments = segments })
    for _, row in ipairs(read_data()) do
      for _, matrix in ipairs(dictionary.sf1().by_segment[row.cifsn].matrices) do
        local sums, numbers = {}, numbers_of(row, matrix.code)
        for i, item in ipairs(matrix.items) do
          if item.parent then sums[item.parent] = (sums[item.parent] or 0) + numbers[i] end
        end
        for parent, sum in pairs(sums) do
          assert(numbers[parent] == sum and sum >= 0, matrix.code .. ", item " .. parent)
        end
      end
    end
  end)

  it("agree about totals that are known", function()
    assert(generate { records = 300, segments = { 1, 2, 4, 37 } })
    local by_record = {}
    for _, row in ipairs(read_data()) do
      by_record[row.logrecno] = by_record[row.logrecno] or {}
      by_record[row.logrecno][row.cifsn] = row
    end
    for _, segments in pairs(by_record) do
      local total = numbers_of(segments["01"], "P1")[1]
      local adults = numbers_of(segments["01"], "P5")[1]
      assert.equal(total, numbers_of(segments["02"], "P7")[1])
      assert.equal(total, numbers_of(segments["02"], "P12")[1])
      assert.equal(adults, numbers_of(segments["02"], "P6")[1])
      assert.equal(numbers_of(segments["02"], "P16")[1],
        total - numbers_of(segments["04"], "P37")[1])
      assert.equal(numbers_of(segments["02"], "P15")[1], numbers_of(segments["37"], "H4")[1])
      assert.equal(numbers_of(segments["37"], "H1")[1], numbers_of(segments["37"], "H3")[1])
      local race, known = numbers_of(segments["01"], "P3"), numbers_of(segments["02"], "P7")
      for i = 2, 7 do assert.equal(race[i + 1], known[i]) end
      assert.equal(race[9], known[8])
    end
  end)

  it("have gaps where they end at the tract", function()
    assert(generate { records = 300, segments = { 12 } })
    local levels = {}
    for _, area in ipairs(read_geo()) do levels[area.logrecno] = area.sumlev end
    local count = 0
    for _, row in ipairs(read_data()) do
      count = count + 1
      local level = levels[row.logrecno]
      assert.is_true(level ~= "101" and level ~= "091" and level ~= "150", level)
    end
    assert.is_true(count > 33 and count < 200)
  end)
end)

describe("nonsense", function()
  local function refused(wanted, options)
    local files, message = generate(options)
    assert.is_nil(files)
    assert.is_truthy(message:find(wanted, 1, true), message)
  end

  it("is refused", function()
    refused("records must be a whole number", { records = 0 })
    refused("records must be a whole number", { records = 10000000 })
    refused("seed must be a whole number", { seed = 1.5 })
    refused("no state xx", { state = "xx" })
    refused("no segment 40", { segments = { 40 } })
    refused("no segment 0", { segments = { 0 } })
    refused("segment 1 is asked for twice", { segments = { 1, 1 } })
    refused("output must be the name of a folder", { output = "" })
  end)

  it("is refused before a file is made", function()
    refused("no segment 40", { segments = { 40 } })
    assert.is_nil(lfs.attributes(folder))
  end)

  it("leaves no file behind where one cannot be written", function()
    assert(lfs.mkdir(folder))
    assert(lfs.mkdir(folder .. "/ny00001_uf1.zip"))
    refused("ny00001_uf1.zip", {})
    assert.is_nil(lfs.attributes(folder .. "/nygeo_uf1.zip"))
    lfs.rmdir(folder .. "/ny00001_uf1.zip")
  end)

  it("keeps what is there until all is written, and follows no link", function()
    local geo, elsewhere = folder .. "/nygeo_uf1.zip", folder .. "/elsewhere"
    assert(lfs.mkdir(folder))
    for _, path in ipairs { geo, elsewhere } do
      local file <close> = assert(io.open(path, "w"))
      assert(file:write("kept"))
    end
    assert(lfs.mkdir(folder .. "/ny00001_uf1.zip.part"))
    refused("ny00001_uf1.zip.part", {})
    assert.equal(4, lfs.attributes(geo, "size"))
    assert(lfs.rmdir(folder .. "/ny00001_uf1.zip.part"))
    assert(os.remove(geo))
    assert(lfs.link("elsewhere", geo, true))
    assert(generate {})
    assert.equal("file", lfs.symlinkattributes(geo, "mode"))
    assert.equal(4, lfs.attributes(elsewhere, "size"))
    assert.is_nil(lfs.attributes(geo .. ".part"))
  end)

  it("names a folder that cannot be made", function()
    refused("cannot make folder /dev/null", { output = "/dev/null/x" })
    refused("it is there, and no folder", { output = "/dev/null" })
  end)
end)
