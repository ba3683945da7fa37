-- json.lua - JSON text (RFC 8259) from Lua values and back. Pure.
--
-- Numbers keep all their digits; what JSON has no number for (NaN, infinities) becomes null. Keys
-- come in order, so that the same value is the same text. A table with a first element is an array,
-- any other one an object; json.array() marks those that are empty, or begin with nil.

local values = require "bigdata.values"

local json = {}

local Array = { __name = "bigdata.json.array" }

-- Mark a list as one.
function json.array(list)
  return setmetatable(list, Array)
end

--- Writing.

local SHORT = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function escape(byte)
  return SHORT[byte] or ("\\u%04x"):format(byte:byte())
end

-- Text that is not UTF-8 (a line of an old file, in a message) is taken for Latin-1.
local function as_utf8(text)
  if utf8.len(text) then return text end
  return (text:gsub("[\128-\255]", function(byte) return utf8.char(byte:byte()) end))
end

local function quoted(text)
  return '"' .. as_utf8(text):gsub('[%c"\\\127]', escape) .. '"'
end

local write -- a value, to the list of parts

local function write_list(parts, open, close, inner, items)
  local any = false
  parts[#parts + 1] = open
  for item, key in items do
    parts[#parts + 1] = (any and "," or "") .. inner
    any = true
    if key then parts[#parts + 1] = quoted(key) .. ": " end
    write(parts, item, inner)
  end
  parts[#parts + 1] = (any and inner:sub(1, -3) or "") .. close
end

local function elements(list)
  local i = 0
  return function()
    i = i + 1
    return list[i]
  end
end

-- The fields whose values can be written, in order of their names.
local function fields(object)
  local names = {}
  for name, value in pairs(object) do
    local kind = type(value)
    if kind ~= "function" and kind ~= "userdata" and kind ~= "thread" then
      names[#names + 1] = tostring(name)
    end
  end
  table.sort(names)
  local i = 0
  return function()
    i = i + 1
    return object[names[i]], names[i]
  end
end

local function write_table(parts, value, inner)
  if getmetatable(value) == Array or value[1] ~= nil then
    write_list(parts, "[", "]", inner, elements(value))
  else
    write_list(parts, "{", "}", inner, fields(value))
  end
end

function write(parts, value, indent)
  local kind = type(value)
  if kind == "table" then return write_table(parts, value, indent .. "  ") end
  if kind == "string" then
    parts[#parts + 1] = quoted(value)
  elseif kind == "number" and (value ~= value or math.abs(value) == math.huge) then
    parts[#parts + 1] = "null"
  else
    parts[#parts + 1] = values.text(value) or "null"
  end
end

-- The value as JSON, on many lines, ending in a line feed. Functions and the like are left out.
function json.encode(value)
  local parts = {}
  write(parts, value, "\n")
  return table.concat(parts) .. "\n"
end

--- Reading.

local DEEPEST = 200

local Reader = {}
Reader.__index = Reader

function Reader:fail(what)
  local _, lines = self.text:sub(1, self.at - 1):gsub("\n", "")
  error({ message = ("line %d: %s"):format(lines + 1, what) }, 0)
end

function Reader:skip_space()
  self.at = self.text:find("[^ \t\r\n]", self.at) or #self.text + 1
end

-- Take the pattern's match from here, if there is one.
function Reader:take(pattern)
  local found, last = self.text:match("^(" .. pattern .. ")()", self.at)
  if found then self.at = last end
  return found
end

local UNESCAPED = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

function Reader:code_unit()
  local digits = self:take "%x%x%x%x"
  return digits and tonumber(digits, 16) or self:fail "\\u needs four hexadecimal digits"
end

function Reader:escaped()
  if not self:take "u" then
    local letter = self:take '["\\/bfnrt]' or self:fail "an unknown escape in a string"
    return UNESCAPED[letter] or letter
  end
  local unit = self:code_unit()
  if unit >= 0xD800 and unit < 0xDC00 and self:take "\\u" then
    unit = 0x10000 + (unit - 0xD800) * 0x400 + self:code_unit() - 0xDC00
  end
  return utf8.char(math.max(unit, 0))
end

function Reader:string()
  local parts = {}
  repeat
    parts[#parts + 1] = self:take '[^"\\%c]+'
    local more = self:take "\\"
    if more then parts[#parts + 1] = self:escaped() end
  until not more and not self.text:find('^[^"\\%c]', self.at)
  if not self:take '"' then self:fail "a string that does not end" end
  return table.concat(parts)
end

function Reader:list(depth)
  local list = json.array {}
  if self:peek() == "]" then self.at = self.at + 1 return list end
  local n = 0
  repeat
    n = n + 1
    list[n] = self:value(depth)
    self:skip_space()
  until not self:take ","
  if not self:take "]" then self:fail "a list that does not end" end
  return list
end

function Reader:object(depth)
  local object = {}
  if self:peek() == "}" then self.at = self.at + 1 return object end
  repeat
    self:skip_space()
    if not self:take '"' then self:fail "a name in quotes is missing" end
    local name = self:string()
    self:skip_space()
    if not self:take ":" then self:fail "a colon is missing" end
    object[name] = self:value(depth)
    self:skip_space()
  until not self:take ","
  if not self:take "}" then self:fail "an object that does not end" end
  return object
end

function Reader:number()
  local digits = self:take "%-?%d+%.?%d*[eE]?[+-]?%d*"
  return digits and tonumber(digits) or self:fail(self.at > #self.text and "it ends too early"
    or "a value is missing")
end

local LITERALS = { { "true", true }, { "false", false }, { "null", nil } }

function Reader:peek()
  self:skip_space()
  return self.text:sub(self.at, self.at)
end

function Reader:value(depth)
  if depth > DEEPEST then self:fail "too many lists within lists" end
  self:skip_space()
  if self:take "{" then return self:object(depth + 1) end
  if self:take "%[" then return self:list(depth + 1) end
  if self:take '"' then return self:string() end
  for _, literal in ipairs(LITERALS) do
    if self:take(literal[1]) then return literal[2] end
  end
  return self:number()
end

function Reader:document()
  local value = self:value(0)
  if self:peek() ~= "" then self:fail "something follows the end" end
  return value
end

-- The value of a JSON text; null is nil. Or nil and what is wrong, with the line.
function json.decode(text)
  local good, value = pcall(Reader.document, setmetatable({ text = text, at = 1 }, Reader))
  if good then return value end
  if type(value) == "table" then return nil, value.message end
  error(value, 0)
end

return json
