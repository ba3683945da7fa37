-- report/table.lua - rows of cells as lines of text. Pure.

local tables = require "bigdata.tables"
local text = require "bigdata.text"

local table_text = {}

local WIDTH = 80
local GAP = "  "

local width = text.width

local function widths_of(rows, count)
  local widths = {}
  for n = 1, count do
    widths[n] = 0
    for _, row in ipairs(rows) do
      if type(row) == "table" then widths[n] = math.max(widths[n], width(row[n])) end
    end
  end
  return widths
end

-- The numbers of the columns that stand side by side: a list of lists. What does not fit stands
-- below, behind the columns that say what a row is about: the first ones, as far as they are set to
-- the left.
local function parts_of(columns, widths, room)
  local labels, taken = {}, -#GAP
  while #labels < #columns and columns[#labels + 1].left do
    labels[#labels + 1] = #labels + 1
    taken = taken + widths[#labels] + #GAP
  end
  local parts, used = { tables.copy(labels) }, taken
  for n = #labels + 1, #columns do
    local part = parts[#parts]
    if #part > #labels and used + #GAP + widths[n] > room then
      part, used = tables.copy(labels), taken
      parts[#parts + 1] = part
    end
    part[#part + 1] = n
    used = used + #GAP + widths[n]
  end
  return parts
end

local function line_of(row, part, columns, widths)
  local cells = {}
  for i, n in ipairs(part) do
    local space = (" "):rep(widths[n] - width(row[n]))
    cells[i] = columns[n].left and row[n] .. space or space .. row[n]
  end
  return table.concat(cells, GAP)
end

-- Lines of the rows, each a list of cells, or a string that stands alone. columns: a list of
-- { left = whether its cells are set to the left }. indent: before each row of cells.
function table_text.lines(rows, columns, indent)
  local widths, lines = widths_of(rows, #columns), {}
  for i, part in ipairs(parts_of(columns, widths, WIDTH - #indent)) do
    if i > 1 then lines[#lines + 1] = "" end
    for _, row in ipairs(rows) do
      lines[#lines + 1] = type(row) == "string" and row
        or (indent .. line_of(row, part, columns, widths)):gsub(" +$", "")
    end
  end
  return lines
end

return table_text
