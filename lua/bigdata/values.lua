-- values.lua - Lua values as the text that goes to the server.

local values = {}

local function number_text(number)
  if math.type(number) == "integer" then return ("%d"):format(number) end
  if number ~= number then return "NaN" end
  if number == math.huge then return "Infinity" end
  if number == -math.huge then return "-Infinity" end
  for digits = 15, 17 do -- the fewest that give the same number back
    local shown = ("%%.%dg"):format(digits):format(number)
    if tonumber(shown) == number then return shown end
  end
end

-- The value as text, nil for NULL; or nil and what it is instead of a value.
function values.text(value)
  local kind = type(value)
  if kind == "nil" then return nil end
  if kind == "boolean" then return tostring(value) end
  if kind == "number" then return number_text(value) end
  if kind ~= "string" then return nil, ("a %s, which is no value"):format(kind) end
  if value:find("\0", 1, true) then return nil, "text with a zero byte: the server refuses it" end
  return value
end

-- The value as messages show it.
function values.shown(value)
  if value == nil then return "NULL" end
  if #value > 40 then value = value:sub(1, 37) .. "..." end
  return ("'%s'"):format(value)
end

return values
