-- step/lists.lua - lists of rows, their columns, and going through several lists together, for what
-- stands in for the db of the Lua loop. (Its own is written in C.)

local place = require "bigdata.scenario.place"

local lists = {}

-- A list that may hold nils: its length is n.
local Column = { __len = function(column) return column.n end }

-- The list of a column's values.
local function column_of(rows, name)
  local column = setmetatable({ n = #rows }, Column)
  for i, row in ipairs(rows) do column[i] = row[name] end
  return column
end

local Rows = {
  __index = function(rows, key)
    if type(key) == "string" then return column_of(rows, key) end
  end,
}

-- Let rows.name be the list of that column's values.
function lists.of_rows(rows)
  return setmetatable(rows, Rows)
end

-- The iterator of db:zip. Raises.
function lists.zip(...)
  local all = table.pack(...)
  for i = 1, math.max(1, all.n) do
    if type(all[i]) ~= "table" then
      error(("%sdb:zip: argument %d must be a list, not a %s"):format(place(), i, type(all[i])), 0)
    elseif getmetatable(all[i]) == Column then
      error(place() .. "db:zip goes over rows, not over a column of theirs", 0)
    elseif #all[i] ~= #all[1] then
      error(("%sdb:zip over lists of %d and %d elements"):format(place(), #all[1], #all[i]), 0)
    end
  end
  local i, length = 0, #all[1]
  return function()
    i = i + 1
    if i > length then return nil end
    local elements = {}
    for n = 1, all.n do elements[n] = all[n][i] end
    return table.unpack(elements, 1, all.n)
  end
end

return lists
