-- result/json.lua - results as JSON text and back, by dkjson.
--
-- What it adds: numbers keep all their digits; keys come in order, so that the same value is the
-- same text; text that is not UTF-8 becomes it. A table with a first element is an array, any other
-- one an object; json.array() marks those that are empty, or begin with nil.

local dkjson = require "dkjson"
local values = require "bigdata.values"

local json = {}

local Array = { __jsontype = "array" }

-- Mark a list as one.
function json.array(list)
  return setmetatable(list, Array)
end

-- Text that is not UTF-8 (a line of an old file, in a message) is taken for Latin-1.
local function as_utf8(text)
  if utf8.len(text) then return text end
  return (text:gsub("[\128-\255]", function(byte) return utf8.char(byte:byte()) end))
end

-- A number with the digits that dkjson would drop. NaN and the infinities, for which JSON has no
-- numbers, become null there.
local function exact(number)
  if math.type(number) == "integer" or number ~= number or math.abs(number) == math.huge then
    return number
  end
  return setmetatable({}, { __tojson = function() return values.text(number) end })
end

local SCALARS = { number = exact, string = as_utf8, boolean = function(value) return value end }

local prepared

local function prepared_table(value)
  local array = getmetatable(value) == Array or value[1] ~= nil
  local copy, names = {}, {}
  for name, item in pairs(value) do
    local key = array and name or tostring(name)
    copy[key] = prepared(item)
    if copy[key] ~= nil then names[#names + 1] = key end
  end
  if array then return json.array(copy) end
  table.sort(names)
  return setmetatable(copy, { __jsontype = "object", __jsonorder = names })
end

-- The value as dkjson is given it.
function prepared(value)
  if type(value) == "table" then return prepared_table(value) end
  local scalar = SCALARS[type(value)]
  return scalar and scalar(value)
end

-- The value as JSON, on many lines, ending in a line feed. Functions and the like are left out.
function json.encode(value)
  return dkjson.encode(prepared(value), { indent = true }) .. "\n"
end

-- The value of a JSON text; null is nil. Or nil and what is wrong, with the line.
function json.decode(text)
  local value, next_at, problem = dkjson.decode(text, 1, nil, nil, Array)
  if problem then return nil, problem end
  if text:find("%S", next_at) then return nil, "something follows the end of the value" end
  return value
end

return json
