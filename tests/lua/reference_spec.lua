-- What a scenario may call is documented, and known to editors.

local bigdata = require "bigdata"
local core = require "bigdata.core"
local layout = require "bigdata.census.layout"

local PUBLIC = {
  ["bigdata"] = "init", ["bigdata.source"] = "source", ["bigdata.testing"] = "testing",
  ["bigdata.census.sf1"] = "census/sf1", ["bigdata.aio"] = "aio",
}

local function read(path)
  local file = assert(io.open(core.home .. "/" .. path))
  local text = file:read("a")
  file:close()
  return text
end

local function names(list)
  table.sort(list)
  return table.concat(list, " ")
end

local function functions_of(object)
  local list = {}
  for name, value in pairs(object) do
    if type(value) == "function" and not name:find("^__") then list[#list + 1] = name end
  end
  return list
end

-- The names after every "prefix" in a text.
local function found(text, prefix)
  local list = {}
  for name in text:gmatch("\n" .. prefix .. "([%w_]+)") do list[#list + 1] = name end
  return names(list)
end

-- The comment right above the line that gives the name its value, and its first line.
local function comment_above(text, name)
  local before = text:match("^(.-)\n[^\n]*function [%w_]+[.:]" .. name .. "%(")
    or text:match("^(.-)\n[%w_]+%." .. name .. " = ")
  local lines = {}
  for line in (before or ""):gmatch("[^\n]*") do
    if line:find("^%-%-") then lines[#lines + 1] = line else lines = {} end
  end
  return lines
end

local function type_file(module)
  return ("lua/bigdata/types/%s.lua"):format(module:match("[%w_]+$"))
end

for module, path in pairs(PUBLIC) do
  describe(module, function()
    local text = read(("lua/bigdata/%s.lua"):format(path))

    for _, name in ipairs(functions_of(require(module))) do
      it(name .. " has a comment for the reference", function()
        local first = comment_above(text, name)[1]
        assert.is_truthy(first and first:find("^%-%-%- %S"), "no comment above " .. name)
      end)
    end

    it("is a module of the reference", function()
      assert.is_truthy(text:find("\n-- @module " .. module .. "\n", 1, true))
      assert.is_truthy(read("config.ld"):find(("lua/bigdata/%s.lua"):format(path), 1, true))
    end)

    it("has annotations for editors", function()
      assert.is_truthy(read(type_file(module)):find("---@meta " .. module .. "\n", 1, true))
      local annotated = assert(loadfile(core.home .. "/" .. type_file(module)))()
      assert.equal(names(functions_of(require(module))), names(functions_of(annotated)))
    end)
  end)
end

describe("annotations", function()
  it("know the methods of scenarios", function()
    local methods = functions_of(getmetatable(bigdata.scenario { summary = "a test" }))
    assert.equal(names(methods), found(read(type_file "bigdata"), "function Scenario:"))
    for _, name in ipairs(methods) do
      assert.is_truthy(comment_above(read("lua/bigdata/scenario.lua"), name)[1], name)
    end
  end)

  it("know the methods of db that the reference describes", function()
    assert.equal(found(read("docs/reference/db.luadoc"), "function db:"),
      found(read(type_file "bigdata"), "function Db:"))
  end)

  it("know the fields of the geographic header", function()
    local fields = {}
    for i, column in ipairs(layout.geo_header().columns) do fields[i] = column.name end
    local geo = read(type_file "sf1"):match("GeoRow: bigdata.Row(.-)\n\n")
    assert.equal(names(fields), found(geo, "%-%-%-@field "))
  end)
end)
