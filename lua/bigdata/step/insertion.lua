-- step/insertion.lua - what db:insert(table, columns, ...) means: the statement that inserts one
-- row, and the rows that scalars and lists make.

local text = require "bigdata.text"

local insertion = {}

--- Names.

-- The words that PostgreSQL (up to 17) does not take as a table's or column's name.
local RESERVED = {}

for word in ([[
  all analyse analyze and any array as asc asymmetric authorization binary both case cast check
  collate collation column concurrently constraint create cross current_catalog current_date
  current_role current_schema current_time current_timestamp current_user default deferrable desc
  distinct do else end except false fetch for foreign freeze from full grant group having ilike in
  initially inner intersect into is isnull join lateral leading left like limit localtime
  localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
  references returning right select session_user similar some symmetric system_user table
  tablesample then to trailing true union unique user using variadic verbose when where window with
]]):gmatch("%S+") do RESERVED[word] = true end

local function quote(name)
  if name:find("^[%l_][%l%d_]*$") and not RESERVED[name] then return name end
  return '"' .. name:gsub('"', '""') .. '"'
end

-- The parts of "schema.table"; dots in a part stand in double quotes. nil if it is no name.
local function name_parts(name)
  local parts, at = {}, 1
  repeat
    local part, after = name:match('^"([^"]+)"()', at)
    if not part then part, after = name:match('^([^."]+)()', at) end
    if not part then return nil end
    parts[#parts + 1] = part
    at = after
    local dot = name:sub(at, at)
    if dot ~= "." and dot ~= "" then return nil end
    at = at + 1
  until dot == ""
  return #parts <= 2 and parts or nil
end

--- The statement.

local function check_columns(columns)
  if type(columns) ~= "table" or getmetatable(columns) or #columns == 0 then
    return "the columns must be a list of names: {\"id\", \"value\"}"
  end
  local seen = {}
  for i, column in ipairs(columns) do
    if type(column) ~= "string" or column == "" then
      return ("column %d must be a name, not a %s"):format(i, type(column))
    end
    if seen[column] then return ("column %s is named twice"):format(column) end
    seen[column] = true
  end
end

local known = {} -- table -> the columns' names, one after the other -> statement

-- The statement that inserts one row of `count` values; or nil and what is wrong with the table,
-- the columns or the count.
function insertion.statement(name, columns, count)
  local parts = type(name) == "string" and name_parts(name)
  if not parts then return nil, "the table must be a name: \"table\" or \"schema.table\"" end
  local problem = check_columns(columns)
  if problem then return nil, problem end
  if #columns ~= count then
    return nil, ("%s of %s, but %s"):format(text.plural(#columns, "column"), name,
      text.plural(count, "value"))
  end
  local key = table.concat(columns, "\0")
  known[name] = known[name] or {}
  if not known[name][key] then
    local names, values = {}, {}
    for i, part in ipairs(parts) do parts[i] = quote(part) end
    for i, column in ipairs(columns) do names[i], values[i] = quote(column), "$" .. i end
    known[name][key] = ("insert into %s (%s) values (%s)"):format(table.concat(parts, "."),
      table.concat(names, ", "), table.concat(values, ", "))
  end
  return known[name][key]
end

--- The rows.

-- The rows that the values make, each as table.pack() gives it: one, or one for each element where
-- a value is a list. nil and what is wrong if lists are not equally long.
function insertion.rows(...)
  local values, length = table.pack(...), nil
  for i = 1, values.n do
    if type(values[i]) == "table" then
      local own = #values[i]
      if length and own ~= length then
        return nil, ("lists of %d and %d elements"):format(length, own)
      end
      length = own
    end
  end
  local rows = {}
  for i = 1, length or 1 do
    local row = { n = values.n }
    for j = 1, values.n do
      local value = values[j]
      if type(value) == "table" then value = value[i] end
      row[j] = value
    end
    rows[i] = row
  end
  return rows
end

return insertion
