-- census/layout.lua - layouts of fixed-width files, read from the text files in data/census.
--
-- A layout is { line_bytes = 400, columns = { { name =, start =, length =, title =, blank = }, ...
-- } }, with names in lower case and start counted from 1.

local core = require "bigdata.core"

local layout = {}

local function parse_line(line)
  local name, start, length, title = line:match("^(%S+)%s+(%d+)%s+(%d+)%s+(.-)%s*$")
  if not name then
    return nil
  end
  return {
    name = name:lower(),
    start = math.tointeger(start),
    length = math.tointeger(length),
    title = title,
    blank = (" "):rep(math.tointeger(length)),
  }
end

--- Read a layout. Columns must follow each other without gap or overlap.
-- @param path of the text file
-- @return the layout; a faulty file is an error that names the line
function layout.read(path)
  local columns, next_start, number = {}, 1, 0
  for line in io.lines(path) do
    number = number + 1
    if line:find("%S") and not line:find("^#") then
      local column = parse_line(line)
      if not column then
        error(("%s:%d: expected name, start, length, description"):format(path, number), 0)
      end
      if column.start ~= next_start then
        error(("%s:%d: %s starts at %d, but the column before it ends at %d")
          :format(path, number, column.name, column.start, next_start - 1), 0)
      end
      next_start = column.start + column.length
      columns[#columns + 1] = column
    end
  end
  return { columns = columns, line_bytes = next_start - 1 }
end

local geo_header

--- The geographic header of Census 2000.
-- @return the layout, read once
function layout.geo_header()
  geo_header = geo_header or layout.read(core.home .. "/data/census/geo_header.txt")
  return geo_header
end

--- Prepare to write lines of a layout with string.format.
-- @param self a layout
-- @param holes the columns that are given to string.format, in the order of the layout:
--   name -> format, of the column's width
-- @return a function: given the other columns (name -> text; those left out are blank), it returns
--   the format
function layout.formatter(self, holes)
  local blank_parts, places = {}, {}
  for i, column in ipairs(self.columns) do
    blank_parts[i] = holes[column.name] or column.blank
    places[column.name] = i
  end
  return function(values)
    local parts = table.move(blank_parts, 1, #blank_parts, 1, {})
    for name, value in pairs(values) do
      if not holes[name] then
        local place = places[name]
        local column = self.columns[place]
        if #value > column.length then
          error(("%s does not fit into %s (%d bytes)"):format(value, name, column.length), 2)
        end
        local filled = value .. column.blank:sub(#value + 1)
        parts[place] = filled:find("%", 1, true) and filled:gsub("%%", "%%%%") or filled
      end
    end
    return table.concat(parts)
  end
end

return layout
