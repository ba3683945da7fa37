-- check.lua - strict tables: every key known, every value of the right type. Wrong use raises, with
-- the place of the scenario that called.

local text = require "bigdata.text"

local check = {}

local function type_fits(value, wanted)
  if wanted == "any" then return true end
  if wanted == "integer" then return math.type(value) == "integer" end
  return type(value) == wanted
end

-- Is the value of the type "string", of "string|table", ... ?
function check.is(value, types)
  for wanted in types:gmatch("[^|]+") do
    if type_fits(value, wanted) then return true end
  end
  return false
end

local function shown_type(value)
  if math.type(value) == "float" then return "a number that is not whole" end
  return ("a %s"):format(type(value))
end

-- Check the table `given` against `shape`: key -> types, as in { name = "string", size =
-- "integer|nil" }. `what` begins the message; level is as in error(), seen from the caller: 0 is no
-- place at all. Returns `given`.
function check.shape(what, given, shape, level)
  level = level > 0 and level + 1 or 0
  if type(given) ~= "table" then
    error(("%s must be a table, not %s"):format(what, shown_type(given)), level)
  end
  for key in pairs(given) do
    if shape[key] == nil then
      local unknown = ("%s has no key %s%s"):format(what, tostring(key),
        text.suggest(key, text.keys(shape)))
      error(unknown, level)
    end
  end
  for _, key in ipairs(text.keys(shape)) do
    local value, types = given[key], shape[key]
    if not check.is(value, types) then
      local wanted = types:gsub("|nil$", ""):gsub("|", " or ")
      error(value == nil and ("%s needs %s (%s)"):format(what, key, wanted)
        or ("%s: %s must be %s, not %s"):format(what, key, text.article(wanted),
          shown_type(value)), level)
    end
  end
  return given
end

return check
