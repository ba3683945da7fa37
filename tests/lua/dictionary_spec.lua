-- census/dictionary.lua: the tables and items of Summary File 1.

local dictionary = require "bigdata.census.dictionary"
local lfs = require "lfs"

local sf1 = dictionary.sf1()

-- Labels of the items that an item is nested in, from the outermost, and its own.
local function path_of(code, place)
  local names = {}
  local items = sf1.by_code[code].items
  while place do
    table.insert(names, 1, items[place].name)
    place = items[place].parent
  end
  return table.concat(names, " ")
end

local function read_texts(tables, items)
  local folder = os.tmpname()
  os.remove(folder)
  assert(lfs.mkdir(folder))
  for name, text in pairs { ["tables.txt"] = tables, ["items.txt"] = items } do
    local file = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
    file:close()
  end
  local good, result = pcall(dictionary.read, folder)
  os.remove(folder .. "/tables.txt")
  os.remove(folder .. "/items.txt")
  lfs.rmdir(folder)
  return good, result
end

describe("the dictionary", function()
  it("has 286 matrices and 8,113 items in 39 segments", function()
    assert.equal(286, #sf1.matrices)
    assert.equal(8113, #sf1.items)
    assert.equal(39, #sf1.segments)
  end)

  it("has the counts of items of the real segments", function()
    local wanted = { ["01"] = 222, ["02"] = 238, ["13"] = 45, ["15"] = 196, ["36"] = 75,
      ["39"] = 171 }
    for id, count in pairs(wanted) do
      assert.equal(count, sf1.by_segment[id].count, id)
    end
  end)

  it("numbers matrices and items in the order of the files", function()
    local item_id = 0
    for place, matrix in ipairs(sf1.matrices) do
      assert.equal(place, matrix.id)
      assert.equal(place, matrix.sortkey)
      for i, item in ipairs(matrix.items) do
        item_id = item_id + 1
        assert.equal(item_id, item.id)
        assert.equal(matrix.id, item.matrix_id)
        assert.equal(i - 1, item.index)
      end
    end
  end)

  it("knows segments as text of two digits", function()
    assert.equal("01", sf1.by_code.P5.segment_id)
    assert.equal("02", sf1.by_code.P6.segment_id)
    assert.equal("39", sf1.by_code.H16I.segment_id)
  end)

  it("keeps titles and universes apart", function()
    assert.equal("SEX BY AGE (WHITE ALONE)", sf1.by_code.P12A.name)
    assert.equal("People who are White alone", sf1.by_code.P12A.universe)
  end)

  it("nests items as they are added up", function()
    assert.equal("Total: Rural", path_of("P2", 5))
    assert.equal("Total: Urban: Inside urban clusters", path_of("P2", 4))
    assert.equal("Total: Population of two or more races: Population of six races: White; Black "
      .. "or African American; American Indian and Alaska Native; Asian; Native Hawaiian and "
      .. "Other Pacific Islander; Some other race", path_of("P3", 71))
    assert.equal("Total: Female: 85 years and over", path_of("PCT13I", 49))
  end)

  it("gives items parents of their own matrix that stand before them", function()
    for _, item in ipairs(sf1.items) do
      if item.parent_id then
        assert.is_true(item.parent_id < item.id)
        assert.equal(item.matrix_id, sf1.items[item.parent_id].matrix_id)
      else
        assert.is_true(item.index == 0 or sf1.matrices[item.matrix_id].decimal)
      end
    end
  end)

  it("marks the 40 matrices of averages and medians, and the two of the national file", function()
    local decimal, national = 0, {}
    for _, matrix in ipairs(sf1.matrices) do
      decimal = decimal + (matrix.decimal and 1 or 0)
      if matrix.national then national[#national + 1] = matrix.code end
    end
    assert.equal(40, decimal)
    assert.same({ "P2", "H2" }, national)
  end)
end)

describe("a dictionary", function()
  it("is refused where a table has an unknown list, with file and line", function()
    local good, message = read_texts("segment 01\nP1 P9 TITLE | Universe\n", "P1\n  Total\n")
    assert.is_false(good)
    assert.is_truthy(message:find("tables.txt:2: expected", 1, true))
  end)

  it("is refused where a table stands before the first segment", function()
    local good, message = read_texts("P1 P1 TITLE | Universe\n", "P1\n  Total\n")
    assert.is_false(good)
    assert.is_truthy(message:find("tables.txt:1:", 1, true))
  end)

  it("is refused where an item stands before the first list", function()
    local good, message = read_texts("", "  Total\n")
    assert.is_false(good)
    assert.is_truthy(message:find("items.txt:1:", 1, true))
  end)
end)
