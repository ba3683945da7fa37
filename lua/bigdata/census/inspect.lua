-- census/inspect.lua - says what a Census file holds: a geographic header file, a segment of
-- Summary File 1 or of another product of Census 2000, or some other text; plain, .gz or in a .zip.

local lfs = require "lfs"
local core = require "bigdata.core"
local dictionary = require "bigdata.census.dictionary"
local failure = require "bigdata.failure"
local identities = require "bigdata.census.identities"
local layout = require "bigdata.census.layout"
local text = require "bigdata.text"

local inspect = {}

local LINK_FIELDS = { "fileid", "stusab", "chariter", "cifsn", "logrecno" }
local NO_DELIMITER = "\1" -- a byte that texts do not hold: a line is one field
local SHOWN = 10 -- rejects, identities, levels
local SNIFFED = 20 -- lines that may be damaged before one tells the kind of the file

-- The records of a source, one after the other: row, file, line. Raises when reading fails.
local function records_of(source)
  return function()
    if core.interrupted() then
      failure.raise("interrupted", nil, "STOPPED")
    end
    local row, file, line = source:next()
    if row == nil and file ~= nil then
      failure.raise(file, line and line.hint, line and line.code)
    end
    return row, file, line
  end
end

-- What is inspected: { title = for the heading, files = { the one file } }.
local function open_lines(subject)
  return failure.check(core.source.delimited {
    files = subject.files, delimiter = NO_DELIMITER, fields = { "line" },
  })
end

-- How a file begins: the kind of its first line that is of any, "text" if none of the first few is,
-- nil if there are none; and that line.
local function sniff(subject)
  local source <close> = open_lines(subject)
  local kind, count = nil, 0
  for row in records_of(source) do
    local line = row.line
    if line:find("^u%w+,%u%u,%d%d%d,%d%d,%d+,") then
      return "segment", line
    elseif line:find("^u%w+ +%u%u[%d ][%d ][%d ][^,]*$") then
      return "geo", line
    end
    kind, count = "text", count + 1
    if count == SNIFFED then
      break
    end
  end
  return kind
end

-- ---- what is said of every kind -----------------------------------------------------------------

-- The part of a number in a whole, in percent.
local function percent(part, whole)
  return ("%.2f %%"):format(whole > 0 and 100 * part / whole or 0)
end

local function say_heading(write, subject, kind, ...)
  write(("  %s: %s\n"):format(subject.title, kind:format(...)))
end

local function say(write, title, ...)
  write(("    %-12s %s\n"):format(title, string.format(...)))
end

local function say_lines(write, source, records)
  say(write, "records", "%s", text.count(records))
  local bytes = source:bytes()
  if bytes then
    say(write, "bytes", "%s", text.count(bytes))
  end
  say(write, "line ends", "%s", source:ending())
end

local function say_rejects(write, source)
  local list, count = source:rejects()
  if count == 0 then
    say(write, "rejects", "none")
    return
  end
  say(write, "rejects", "%s", text.plural(count, "bad line"))
  for i = 1, math.min(#list, SHOWN) do
    local reject = list[i]
    say(write, "", "%s:%d: %s", reject.file, reject.line, reject.reason)
  end
end

-- ---- record numbers -----------------------------------------------------------------------------

local Numbering = {}
Numbering.__index = Numbering

local function new_numbering()
  return setmetatable({ gaps = 0, missing = 0, backward = 0 }, Numbering)
end

function Numbering:add(logrecno)
  local number = math.tointeger(tonumber(logrecno))
  if not number then
    self.unreadable = logrecno
    return
  end
  self.first = self.first or logrecno
  if self.previous and number > self.previous + 1 then
    self.gaps = self.gaps + 1
    self.missing = self.missing + number - self.previous - 1
  elseif self.previous and number <= self.previous then
    self.backward = self.backward + 1
  end
  self.previous, self.last = number, logrecno
end

function Numbering:say(write)
  local parts = {}
  if self.first then
    parts[1] = ("%s to %s"):format(self.first, self.last)
    parts[2] = self.gaps == 0 and "no gaps"
      or ("%s, %s left out"):format(text.plural(self.gaps, "gap"), text.count(self.missing))
  end
  if self.backward > 0 then
    parts[#parts + 1] = ("%s not above the one before"):format(text.count(self.backward))
  end
  if self.unreadable then
    parts[#parts + 1] = ("some are no numbers, such as \"%s\""):format(self.unreadable)
  end
  say(write, "LOGRECNO", "%s", table.concat(parts, "; "))
end

-- ---- items --------------------------------------------------------------------------------------

-- Text to number, kept: few different ones make up most of a file.
local function new_numbers()
  return setmetatable({}, { __index = function(kept, word)
    local number = math.tointeger(tonumber(word)) or tonumber(word)
    if #word < 5 then
      kept[word] = number
    end
    return number
  end })
end

local Items = {}
Items.__index = Items

local function new_items()
  return setmetatable({ records = 0, fields = 0, zeros = 0, lengths = {} }, Items)
end

function Items:add(words)
  local lengths, zeros = self.lengths, 0
  for i = 1, #words do
    local word = words[i]
    if word == "0" then
      zeros = zeros + 1
    else
      local length = #word
      lengths[length] = (lengths[length] or 0) + 1
    end
  end
  self.records = self.records + 1
  self.zeros = self.zeros + zeros
  self.fields = self.fields + #words
end

function Items:say(write)
  say(write, "zeros", "%s of %s items", percent(self.zeros, self.fields), text.count(self.fields))
  local lengths = self.lengths
  lengths[1] = (lengths[1] or 0) + self.zeros
  local parts = {}
  for length = 1, 32 do
    if lengths[length] then
      parts[#parts + 1] = ("%d: %s"):format(length, percent(lengths[length], self.fields))
    end
  end
  say(write, "digits", "%s", table.concat(parts, ", "))
end

-- ---- identities ---------------------------------------------------------------------------------

local Checks = {}
Checks.__index = Checks

local function new_checks()
  return setmetatable({ numbers = new_numbers(), broken = {}, list = {} }, Checks)
end

function Checks:add(words, file, line)
  local numbers, row = self.numbers, {}
  for i = 1, #words do
    row[i] = numbers[words[i]]
  end
  for _, identity in ipairs(identities.broken(row) or {}) do
    local entry = self.broken[identity]
    if not entry then
      entry = { name = identity.name, count = 0, file = file, line = line }
      self.broken[identity] = entry
      table.insert(self.list, entry)
    end
    entry.count = entry.count + 1
  end
end

function Checks:say(write)
  local all = #identities.all()
  if #self.list == 0 then
    say(write, "identities", "all %d hold in every record", all)
    return
  end
  say(write, "identities", "%d of %d do not hold", #self.list, all)
  for i = 1, math.min(#self.list, SHOWN) do
    local entry = self.list[i]
    say(write, "", "%s: broken in %s, first in %s:%d", entry.name,
      text.plural(entry.count, "record"), entry.file, entry.line)
  end
end

-- ---- kinds of file ------------------------------------------------------------------------------

-- Counts of words, the most frequent first: "101: 41,303, 091: 2,510".
local function ranking(counts)
  local list = {}
  for word, count in pairs(counts) do
    list[#list + 1] = { word = word, count = count }
  end
  table.sort(list, function(one, other)
    return one.count > other.count or one.count == other.count and one.word < other.word
  end)
  local parts = {}
  for i = 1, math.min(#list, SHOWN) do
    parts[i] = ("%s: %s"):format(list[i].word, text.count(list[i].count))
  end
  if #list > SHOWN then
    parts[#parts + 1] = ("%d more"):format(#list - SHOWN)
  end
  return table.concat(parts, ", ")
end

local function inspect_geo(subject, line, write)
  local header = layout.geo_header()
  local columns = {}
  for i, column in ipairs(header.columns) do
    columns[i] = { name = column.name, start = column.start, length = column.length }
  end
  say_heading(write, subject, "geographic headers of %s (%s)", line:sub(7, 8),
    line:match("^%w+"))
  local source <close> = failure.check(core.source.fixed {
    files = subject.files, line_bytes = header.line_bytes, columns = columns,
  })
  local records, numbering, levels = 0, new_numbering(), {}
  for row in records_of(source) do
    records = records + 1
    numbering:add(row.logrecno)
    local level = row.sumlev == "" and "blank" or row.sumlev
    levels[level] = (levels[level] or 0) + 1
  end
  say_lines(write, source, records)
  say(write, "fields", "%d, in %d bytes", #columns, header.line_bytes)
  say(write, "levels", "%s", ranking(levels))
  numbering:say(write)
  say_rejects(write, source)
end

-- A segment: `count` items after the link fields, with or without the checks of SF1 segment 01.
local function inspect_segment(subject, count, checks, write)
  local source <close> = failure.check(core.source.delimited {
    files = subject.files, delimiter = ",", fields = LINK_FIELDS, rest = "items",
    rest_min = count, rest_max = count, numbers_from = #LINK_FIELDS + 1,
  })
  local numbering, items = new_numbering(), new_items()
  for row, name, line in records_of(source) do
    numbering:add(row.logrecno)
    items:add(row.items)
    if checks then
      checks:add(row.items, name, line)
    end
  end
  say_lines(write, source, items.records)
  say(write, "fields", "%d: %d that link, %d items", #LINK_FIELDS + count, #LINK_FIELDS, count)
  numbering:say(write)
  items:say(write)
  say_rejects(write, source)
  if checks then
    checks:say(write)
  end
end

local function inspect_text(subject, write)
  say_heading(write, subject, "text, in no form of Census 2000")
  local source <close> = open_lines(subject)
  local records, shortest, longest = 0, nil, nil
  for row in records_of(source) do
    records = records + 1
    shortest = math.min(shortest or #row.line, #row.line)
    longest = math.max(longest or #row.line, #row.line)
  end
  say_lines(write, source, records)
  if shortest then
    say(write, "lengths", "%d to %d bytes", shortest, longest)
  end
  say_rejects(write, source)
end

local function inspect_any_segment(subject, line, write)
  local product, state, segment = line:match("^u(%w+),(%u%u),%d%d%d,(%d%d)")
  local known = product == "SF1" and dictionary.sf1().by_segment[segment]
  if known then
    say_heading(write, subject, "Summary File 1, segment %s of %s", segment, state)
    inspect_segment(subject, known.count, segment == "01" and new_checks(), write)
  else
    say_heading(write, subject, "segment %s of %s (u%s; this is not Summary File 1)", segment,
      state, product)
    local _, commas = line:gsub(",", "")
    inspect_segment(subject, commas + 1 - #LINK_FIELDS, nil, write)
  end
end

local function inspect_subject(subject, write)
  local kind, line = sniff(subject)
  if kind == "segment" then
    inspect_any_segment(subject, line, write)
  elseif kind == "geo" then
    inspect_geo(subject, line, write)
  elseif kind == "text" then
    inspect_text(subject, write)
  else
    say_heading(write, subject, "no lines of text")
  end
end

local function inspect_path(path, write)
  local members = failure.check(core.zip_members(path))
  local size = lfs.attributes(path, "size") or 0
  if #members == 0 then
    write(path .. "\n")
    inspect_subject({
      title = ("%s, %s"):format(path:match("[^/]*$"), text.bytes(size)),
      files = { { path = path } },
    }, write)
    return true
  end
  write(("%s: zip, %s, %s\n"):format(path, text.bytes(size), text.plural(#members, "member")))
  for _, member in ipairs(members) do
    local packed = 100 - 100 * member.compressed_bytes / math.max(member.bytes, 1)
    inspect_subject({
      title = ("%s, %s, packed by %.1f %%"):format(member.name, text.bytes(member.bytes), packed),
      files = { { path = path, member = member.name } },
    }, write)
  end
  return true
end

--- Say what a file holds.
-- @param path of the file
-- @param write function that is given what is said, piece by piece
-- @return true; or nil, message, info when the file cannot be read
function inspect.file(path, write)
  return failure.protect(inspect_path, path, write)
end

return inspect
