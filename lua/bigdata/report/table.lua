-- report/table.lua - rows of cells as lines of text. Pure.

local table_text = {}

-- Letters, not bytes.
local function width(cell)
  return utf8.len(cell) or #cell
end

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

-- Lines of the rows, each a list of cells, or a string that stands alone. columns: a list of
-- { left = whether its cells are set to the left }. indent: before each row of cells.
function table_text.lines(rows, columns, indent)
  local widths, lines = widths_of(rows, #columns), {}
  for i, row in ipairs(rows) do
    if type(row) == "string" then
      lines[i] = row
    else
      local parts = {}
      for n, column in ipairs(columns) do
        local space = (" "):rep(widths[n] - width(row[n]))
        parts[n] = column.left and row[n] .. space or space .. row[n]
      end
      lines[i] = (indent .. table.concat(parts, "  ")):gsub(" +$", "")
    end
  end
  return lines
end

return table_text
