-- tables.lua - what is done with tables in many places. Pure.

local tables = {}

-- Another table with the same keys and values, and with those of `more`, if it is given, which
-- replace them.
function tables.copy(set, more)
  local copied = {}
  for key, value in pairs(set) do copied[key] = value end
  for key, value in pairs(more or {}) do copied[key] = value end
  return copied
end

-- The names of a list's entries, in its order.
function tables.names(list)
  local names = {}
  for i, entry in ipairs(list) do names[i] = entry.name end
  return names
end

-- Put the elements of another list behind those of a list; returns it.
function tables.append(list, more)
  return table.move(more, 1, #more, #list + 1, list)
end

return tables
