-- census/dictionary.lua - the dictionary of Census 2000 SF1: which tables (matrices) the files hold
-- and what each item of them means. Read from data/census/tables.txt and items.txt; the head of
-- each tells its form.

local core = require "bigdata.core"

local dictionary = {}

-- Lines of a text file that are neither empty nor comments, with their numbers.
local function lines_of(path)
  local number = 0
  local next_line = io.lines(path)
  return function()
    for line in next_line do
      number = number + 1
      if line:find("%S") and not line:find("^#") then
        return line, number
      end
    end
  end
end

-- Add an item to a list. Its parent is the nearest item before it that is indented less.
local function add_item(list, open, indent, label)
  while #open > 0 and open[#open].indent >= indent do
    table.remove(open)
  end
  local place = #list + 1
  list[place] = { name = label, parent = #open > 0 and open[#open].place or nil }
  open[#open + 1] = { indent = indent, place = place }
end

-- The shared lists of items: code -> { { name =, parent = place in the list }, ... , flag = true }.
local function read_lists(path)
  local lists, list, open = {}, nil, nil
  for line, number in lines_of(path) do
    local indent, text = line:match("^( *)(.-)%s*$")
    if #indent == 0 then
      local code, flag = text:match("^(%S+)%s*(%S*)$")
      list, open = {}, {}
      lists[code] = list
      if flag ~= "" then
        list[flag] = true
      end
    elseif list then
      add_item(list, open, #indent, text)
    else
      error(("%s:%d: an item before the first list"):format(path, number), 0)
    end
  end
  return lists
end

local function add_matrix(self, segment, code, list, title, universe)
  local matrix = {
    id = #self.matrices + 1,
    code = code,
    name = title,
    universe = universe,
    sortkey = #self.matrices + 1,
    segment_id = segment.id,
    decimal = list.decimal,
    national = list.national,
    first = segment.count + 1,
    items = {},
  }
  self.matrices[matrix.id] = matrix
  self.by_code[code] = matrix
  segment.matrices[#segment.matrices + 1] = matrix
  segment.count = segment.count + #list
  local before = #self.items
  for place, entry in ipairs(list) do
    local item = {
      id = before + place,
      name = entry.name,
      matrix_id = matrix.id,
      index = place - 1,
      parent_id = entry.parent and before + entry.parent,
      parent = entry.parent,
    }
    self.items[item.id] = item
    matrix.items[place] = item
  end
end

local function read_tables(self, path, lists)
  local segment
  for line, number in lines_of(path) do
    local id = line:match("^segment (%d%d)%s*$")
    local code, list, title, universe = line:match("^(%S+)%s+(%S+)%s+(.-)%s+|%s+(.-)%s*$")
    if id then
      segment = { id = id, count = 0, matrices = {} }
      self.segments[#self.segments + 1] = segment
      self.by_segment[id] = segment
    elseif segment and lists[list] then
      add_matrix(self, segment, code, lists[list], title, universe)
    else
      error(("%s:%d: expected \"segment NN\", or code, list, title | universe")
        :format(path, number), 0)
    end
  end
end

--- Read a dictionary.
-- @param folder that holds tables.txt and items.txt
-- @return { matrices, items, segments, by_code, by_segment }: matrices and items in the order of
--   the files, with the columns of the tables of the same name; a matrix also has its items, its
--   place in the segment (first, from 1), and whether it is decimal or national; a segment has id,
--   matrices, and the count of its items
function dictionary.read(folder)
  local self = { matrices = {}, items = {}, segments = {}, by_code = {}, by_segment = {} }
  read_tables(self, folder .. "/tables.txt", read_lists(folder .. "/items.txt"))
  return self
end

local sf1

--- The dictionary of SF1.
-- @return as dictionary.read, read once
function dictionary.sf1()
  sf1 = sf1 or dictionary.read(core.home .. "/data/census")
  return sf1
end

return dictionary
