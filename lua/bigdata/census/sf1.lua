--- Census 2000 Summary File 1 as sources: the geographic headers, and the data segments, of all the
-- states that a folder holds.
-- @module bigdata.census.sf1

local lfs = require "lfs"
local core = require "bigdata.core"
local dictionary = require "bigdata.census.dictionary"
local failure = require "bigdata.failure"
local layout = require "bigdata.census.layout"

local sf1 = {}

-- The fields that every record of a segment begins with. They link it to its geographic header.
local LINK_FIELDS = { "fileid", "stusab", "chariter", "cifsn", "logrecno" }

local function generate_hint(directory)
  return ("`bigdata data generate --output %s` makes one with sample files"):format(directory)
end

-- A relative folder that is not here may be one of the program's own, such as data/sample.
local function locate(directory)
  if directory == "" then failure.raise "the folder with the Census files has no name" end
  if lfs.attributes(directory, "mode") == "directory" then
    return directory
  end
  local own = core.home .. "/" .. directory
  if not directory:find("^/") and lfs.attributes(own, "mode") == "directory" then
    return own
  end
  if lfs.attributes(directory, "mode") then
    failure.raise(("%s is no folder"):format(directory), "give the folder that holds the files")
  end
  failure.raise(("no folder %s"):format(directory), generate_hint(directory))
end

-- "_uf1.zip", ".uf1", ".uf1.gz", ".truncated.uf1.zip": what may follow state and kind.
local function is_ending(text)
  local packed = text:gsub("%.zip$", ""):gsub("%.gz$", "")
  return packed:find("^[._]uf1$") or packed:find("^[._-][%w-]+[._]uf1$")
end

-- What the file of that name is: { state =, segment = "01" or nil for the header }, or nil.
local function classify(name)
  name = name:lower()
  local state, ending = name:match("^(%l%l)geo(.*)$")
  if state and is_ending(ending) then
    return { state = state }
  end
  local segment
  state, segment, ending = name:match("^(%l%l)000(%d%d)(.*)$")
  if state and is_ending(ending) and dictionary.sf1().by_segment[segment] then
    return { state = state, segment = segment }
  end
  return nil
end

local function describe(file)
  local part = file.segment and "segment " .. file.segment or "the geographic header"
  return ("%s of %s"):format(part, file.state:upper())
end

local function names_in(folder)
  local ok, next_name, handle = pcall(lfs.dir, folder)
  if not ok then
    failure.raise(("cannot read folder %s: %s"):format(folder, next_name), nil, "IO")
  end
  local names = {}
  for name in next_name, handle do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local function before(one, other)
  if one.state ~= other.state then
    return one.state < other.state
  end
  return (one.segment or "") < (other.segment or "")
end

-- The files of a folder that `wanted` chooses, sorted by state and segment.
local function find_files(folder, wanted)
  local files, seen = {}, {}
  for _, name in ipairs(names_in(folder)) do
    local file = classify(name)
    if file and wanted(file) then
      local what = describe(file)
      if seen[what] then
        failure.raise(("%s has %s twice, in %s and %s"):format(folder, what, seen[what], name),
          "keep one of them in the folder")
      end
      seen[what] = name
      file.path = folder .. "/" .. name
      files[#files + 1] = file
    end
  end
  table.sort(files, before)
  return files
end

local function require_files(files, directory, patterns)
  if #files == 0 then
    failure.raise(("no Census files in %s: looked for %s (SS: a state, NNNNN: a segment such as "
      .. "00001)"):format(directory, patterns), generate_hint(directory))
  end
end

--- The geographic headers in a folder: SSgeo_uf1.zip, SSgeo.uf1 or SSgeo.uf1.gz of any states.
-- Records have the 83 official fields in lower case, such as row.logrecno and row.name, without
-- the blanks around them.
-- @param directory the folder; a relative one may also be one of the program's own
-- @return a source; raises if there are no such files
function sf1.geo(directory)
  local files = find_files(locate(directory), function(file)
    return not file.segment
  end)
  require_files(files, directory, "SSgeo_uf1.zip, SSgeo.uf1, SSgeo.uf1.gz")
  local header = layout.geo_header()
  local columns = {}
  for i, column in ipairs(header.columns) do
    columns[i] = { name = column.name, start = column.start, length = column.length }
  end
  local paths = {}
  for i, file in ipairs(files) do
    paths[i] = { path = file.path }
  end
  return failure.check(core.source.fixed {
    files = paths, line_bytes = header.line_bytes, columns = columns,
  })
end

-- Accounts differ of this segment: the chapters on the files, and so the dictionary, give it 196
-- items, their README 203. Its lines are held to neither.
local UNSURE = "15"

--- The data segments in a folder: SSNNNNN_uf1.zip, SSNNNNN.uf1 or SSNNNNN.uf1.gz, also with a word
-- between (ny00001.truncated.uf1.zip), of any states and segments, in their order.
-- Records have fileid, stusab, chariter, cifsn (the segment), logrecno, and the list items, exactly
-- as many as the dictionary has for the segment, but for the one it is not sure of.
-- @param directory the folder; a relative one may also be one of the program's own
-- @return a source; raises if there are no such files
function sf1.data(directory)
  local files = find_files(locate(directory), function(file)
    return file.segment
  end)
  require_files(files, directory,
    "SSNNNNN_uf1.zip, SSNNNNN.uf1, SSNNNNN.uf1.gz, SSNNNNN.truncated.uf1.zip")
  local segments, paths = dictionary.sf1().by_segment, {}
  for i, file in ipairs(files) do
    local count = file.segment ~= UNSURE and segments[file.segment].count or nil
    paths[i] = { path = file.path, rest_count = count }
  end
  return failure.check(core.source.delimited {
    files = paths, delimiter = ",", fields = LINK_FIELDS, rest = "items",
    numbers_from = #LINK_FIELDS, -- LOGRECNO is one, too
  })
end

return sf1
