-- census/sample.lua - makes sample files: an invented state in the form of Census 2000 SF1, with
-- the statistics of a real one (how much is zero, how long the numbers are, how often lines
-- repeat).
--
-- Same options, same bytes. The first records are about the state as a whole, those of its counties
-- follow, and the last county is cut off where the number of records is reached: the state is
-- larger than what the files hold of it.

local lfs = require "lfs"
local core = require "bigdata.core"
local atlas = require "bigdata.census.atlas"
local dictionary = require "bigdata.census.dictionary"
local estimates = require "bigdata.census.estimates"
local failure = require "bigdata.failure"
local population = require "bigdata.census.population"

local sample = {}

local LINE_END = "\r\n"
local MAX_RECORDS = 9999999 -- LOGRECNO has 7 digits
local LINES_PER_WRITE = 200

-- Segments 12 to 36 have no records below the tract.
local TRACT_LEVELS = {
  ["040"] = true, ["050"] = true, ["060"] = true, ["070"] = true, ["080"] = true, ["140"] = true,
}

local function make_folder(path)
  local made = path:match("^/") and "/" or ""
  for name in path:gmatch("[^/]+") do
    made = made .. name
    if lfs.attributes(made, "mode") ~= "directory" then
      local ok, problem = lfs.mkdir(made)
      if not ok then
        if lfs.symlinkattributes(made) then problem = "it is there, and no folder" end
        failure.raise(("cannot make folder %s: %s"):format(made, problem), nil, "IO")
      end
    end
    made = made .. "/"
  end
end

-- A file under way: lines are collected and written many at a time, beside what may be there until
-- all files are whole.
local File = {}
File.__index = File

local function path_of(folder, stem)
  return ("%s/%s_uf1.zip"):format(folder, stem)
end

local function open_file(folder, stem)
  local path = path_of(folder, stem)
  local part = path .. ".part"
  local writer = failure.check(core.zip_writer(part, stem .. ".uf1"))
  return setmetatable({ path = path, part = part, writer = writer, lines = {}, count = 0 }, File)
end

function File:flush()
  if self.count > 0 then
    self.lines[self.count + 1] = ""
    failure.check(self.writer:write(table.concat(self.lines, LINE_END, 1, self.count + 1)))
    self.count = 0
  end
end

function File:add(line)
  self.count = self.count + 1
  self.lines[self.count] = line
  if self.count == LINES_PER_WRITE then
    self:flush()
  end
end

function File:close()
  self:flush()
  failure.check(self.writer:close())
end

-- Put the whole file in its place.
function File:put()
  local good, problem = os.rename(self.part, self.path)
  if not good then failure.raise("cannot write " .. problem, nil, "IO") end
end

-- "01" from 1, for all the segments asked for.
local function segment_ids(numbers)
  local ids, seen = {}, {}
  for i, number in ipairs(numbers) do
    local id = math.type(number) == "integer" and ("%02d"):format(number)
    if not id or not dictionary.sf1().by_segment[id] then
      failure.raise(("no segment %s"):format(tostring(number)),
        ("segments are 1 to %d"):format(#dictionary.sf1().segments))
    end
    if seen[id] then
      failure.raise(("segment %d is asked for twice"):format(number))
    end
    ids[i], seen[id] = id, true
  end
  return ids
end

-- The names of the header file and of the segments' files.
local function stems_of(state, ids)
  local prefix = state.codes.stusab:lower()
  local stems = { prefix .. "geo" }
  for i, id in ipairs(ids) do stems[i + 1] = ("%s000%s"):format(prefix, id) end
  return stems
end

-- Raises where a file cannot or must not be replaced: before any is written.
local function check_places(folder, stems, overwrite)
  for _, stem in ipairs(stems) do
    local path = path_of(folder, stem)
    local mode = lfs.symlinkattributes(path, "mode")
    if mode == "directory" then
      failure.raise(("cannot write %s: it is a folder"):format(path), nil, "IO")
    elseif mode and not overwrite then
      failure.raise(("%s is there already"):format(path),
        "--overwrite replaces it, --output names another folder")
    end
  end
end

local function open_segment(folder, state, id, stem)
  local file = open_file(folder, stem)
  file.link = ("uSF1,%s,000,%s,%%07d,"):format(state.codes.stusab, id)
  file.is_first = id == "01"
  file.id = id
  file.has_all_levels = id < "12" or id > "36"
  return file
end

local function add_record(geo, segments, area, logrecno)
  geo:add(atlas.header(area, logrecno))
  for _, file in ipairs(segments) do
    if file.has_all_levels or TRACT_LEVELS[area.sumlev] then
      local people = area.people
      local text = file.is_first and population.text(people) or estimates.text(people, file.id)
      file:add(file.link:format(logrecno) .. text)
    end
  end
end

-- How many tracts the next county has: few for few records, so that they show every level.
local function county_size(records)
  local most = math.max(3, math.min(90 * (1 + records // 1000000), records // 200))
  return math.random(math.max(2, most // 5), most)
end

local function write_records(options, state, geo, segments)
  local logrecno, county = 0, 0
  local areas = atlas.state_areas(state)
  while true do
    for _, area in ipairs(areas) do
      logrecno = logrecno + 1
      add_record(geo, segments, area, logrecno)
      if logrecno == options.records then
        return
      end
    end
    if core.interrupted() then
      failure.raise("interrupted", nil, "STOPPED")
    end
    county = county + 1
    areas = atlas.county_areas(state, county, county_size(options.records))
  end
end

local function check_options(options)
  local records = options.records
  if math.type(records) ~= "integer" or records < 1 or records > MAX_RECORDS then
    failure.raise(("records must be a whole number from 1 to %d"):format(MAX_RECORDS))
  end
  if math.type(options.seed or 1) ~= "integer" then
    failure.raise("seed must be a whole number")
  end
  if options.output == "" then failure.raise("output must be the name of a folder") end
end

-- Open the header file and the segments, add the records, close all and put them in their places.
-- `files` gets every file that was begun.
local function write_files(options, state, ids, files)
  local segments, stems = {}, stems_of(state, ids)
  check_places(options.output, stems, options.overwrite)
  files[1] = open_file(options.output, stems[1])
  for i, id in ipairs(ids) do
    segments[i] = open_segment(options.output, state, id, stems[i + 1])
    files[i + 1] = segments[i]
  end
  write_records(options, state, files[1], segments)
  for _, file in ipairs(files) do file:close() end
  for _, file in ipairs(files) do file:put() end
end

local function generate(options)
  check_options(options)
  local state = atlas.find_state(options.state or "ny")
  local ids = segment_ids(options.segments or { 1 })
  make_folder(options.output)
  math.randomseed(options.seed or 1)
  local files, paths = {}, {}
  local _, message, info = failure.protect(write_files, options, state, ids, files)
  for i, file in ipairs(files) do
    paths[i] = file.path
    if message then
      file.writer:close()
      os.remove(file.part)
    end
  end
  if message then
    error(info, 0)
  end
  return paths
end

--- Make sample files: the geographic headers of a state, and segments of data.
-- @param options records, output (a folder, made if missing), seed = 1, state = "ny",
--   segments = { 1 }, overwrite = whether to replace files that are there (false)
-- @return list of the files' paths; or nil, message, info
function sample.generate(options)
  return failure.protect(generate, options)
end

return sample
