--- Sources: streams of records, for a step's `source` function to return.
-- Files may be plain, `.gz`, or a member of a `.zip`. Their lines may end in LF or CRLF. A line
-- that does not fit is left out and counted (`--max-errors`).
-- @module bigdata.source

local check = require "bigdata.check"
local core = require "bigdata.core"
local failure = require "bigdata.failure"

local source = {}

-- Files as the core wants them: from one path, a list of paths, or a list of { path=, member= }.
local function file_list(what, files, level)
  level = level + 1
  if type(files) == "string" then files = { files } end
  local list = {}
  for i, file in ipairs(files) do
    if type(file) == "string" then file = { path = file } end
    check.shape(("%s: file %d"):format(what, i), file,
      { path = "string", member = "string|nil" }, level)
    list[i] = { path = file.path, member = file.member }
  end
  if #list == 0 then
    error(("%s: files must be a path, or a list of at least one"):format(what), level)
  end
  return list
end

-- Names of fields must be text and differ: a scenario could not tell them apart.
local function check_names(what, names, level)
  local seen = {}
  for i, name in ipairs(names) do
    if type(name) ~= "string" or name == "" then
      error(("%s: the name of field %d must be a string"):format(what, i), level + 1)
    elseif seen[name] then
      error(("%s: there are two fields %s"):format(what, name), level + 1)
    end
    seen[name] = true
  end
end

local DELIMITED = {
  files = "string|table",
  delimiter = "string|nil",
  fields = "table",
  rest = "string|nil",
  rest_min = "integer|nil",
  rest_max = "integer|nil",
  numbers_from = "integer|nil",
}

--- Lines of delimited text, without quoting.
-- @param settings a table: `files`, a path, or a list of paths or of `{path=, member=}` for a
-- member of a zip; `delimiter`, one character (","); `fields`, a list of names; `rest`, the name
-- of the list that takes the further fields of each line, of which there must be at least
-- `rest_min` (0) and at most `rest_max`; `numbers_from`, the place, from 1, of the first field
-- that must be a number, as all after it
-- @return the source
-- @usage bigdata.source.delimited { files = "data/points.csv", fields = { "x", "y" } }
function source.delimited(settings)
  local what = "source.delimited"
  check.shape(what, settings, DELIMITED, 2)
  local delimiter = settings.delimiter or ","
  if #delimiter ~= 1 then
    error(("%s: delimiter must be one character, not %q"):format(what, delimiter), 2)
  end
  local names = { table.unpack(settings.fields) }
  names[#names + 1] = settings.rest
  check_names(what, names, 2)
  if #names == 0 then error(("%s: fields is empty"):format(what), 2) end
  return (failure.check(core.source.delimited {
    files = file_list(what, settings.files, 2),
    delimiter = delimiter,
    fields = settings.fields,
    rest = settings.rest,
    rest_min = settings.rest_min,
    rest_max = settings.rest_max,
    numbers_from = settings.numbers_from,
  }))
end

local FIXED = { files = "string|table", line_bytes = "integer", columns = "table" }
local COLUMN = { name = "string", start = "integer", length = "integer" }

--- Lines of fixed width, whose fields are found by their places and trimmed of spaces.
-- @param settings a table: `files`, as for `delimited`; `line_bytes`, the length that every line
-- must have; `columns`, a list of `{name=, start=, length=}`, `start` from 1
-- @return the source
function source.fixed(settings)
  local what = "source.fixed"
  check.shape(what, settings, FIXED, 2)
  local names = {}
  for i, column in ipairs(settings.columns) do
    check.shape(("%s: column %d"):format(what, i), column, COLUMN, 2)
    if column.start < 1 or column.length < 1
      or column.start + column.length - 1 > settings.line_bytes then
      error(("%s: column %s does not lie within a line of %d bytes"):format(what, column.name,
        settings.line_bytes), 2)
    end
    names[i] = column.name
  end
  check_names(what, names, 2)
  if #names == 0 then error(("%s: columns is empty"):format(what), 2) end
  return (failure.check(core.source.fixed {
    files = file_list(what, settings.files, 2),
    line_bytes = settings.line_bytes,
    columns = settings.columns,
  }))
end

--- The whole numbers from 1, each as a record of one field.
-- @param settings a table: `count`, how many; `field`, the field's name ("n")
-- @return the source
function source.count(settings)
  check.shape("source.count", settings, { count = "integer", field = "string|nil" }, 2)
  if settings.count < 1 then error("source.count: count must be at least 1", 2) end
  return (failure.check(core.source.count {
    count = settings.count,
    field = settings.field or "n",
  }))
end

return source
