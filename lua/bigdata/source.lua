--- Sources: streams of records, for a step's `source` function to return.
-- Files may be plain, `.gz`, or a member of a `.zip`. Their lines may end in LF or CRLF. A line
-- that does not fit is left out and counted (`--max-errors`).
-- @module bigdata.source

local check = require "bigdata.check"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local text = require "bigdata.text"

local source = {}

-- Files as the core wants them: from a path, or a { path=, member= }, or a list of these.
local function file_list(what, files, level)
  level = level + 1
  if type(files) == "string" or files.path then files = { files } end
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
-- @param settings a table: `files`, a path, or `{path=, member=}` for one of several members of
-- a zip, or a list of these; `delimiter`, one character (","); `fields`, a list of names; `rest`,
-- the name of the list that takes the further fields of each line, of which there must be at least
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

local RANDOM = { count = "integer", seed = "integer|nil", columns = "table" }
local DRAWN = {
  name = "string", kind = "string", low = "integer|nil", high = "integer|nil",
  exponent = "number|nil", length = "integer|nil",
}

local KINDS = { "sequence", "uniform", "zipfian", "gaussian", "text" }
local EXPONENTS = { zipfian = 1, gaussian = 2.5 }

-- A column as the core wants it. level: as of error(), of the caller's caller.
local function drawn_column(what, column, level)
  check.shape(what, column, DRAWN, level + 1)
  local known = false
  for _, kind in ipairs(KINDS) do known = known or kind == column.kind end
  if not known then
    error(("%s: kind must be %s, not %s%s"):format(what, text.either(KINDS), column.kind,
      text.suggest(column.kind, KINDS)), level + 1)
  end
  local low, high = column.low or 1, column.high
  if column.kind == "text" then low, high = column.low or column.length, high or column.length end
  if not (low and high) or low > high then
    error(("%s: it needs %s"):format(what, column.kind == "text"
      and "length, or low and high, how many letters" or "high, not below low (1)"), level + 1)
  end
  return {
    name = column.name, kind = column.kind, low = low, high = high,
    exponent = column.exponent or EXPONENTS[column.kind] or 1,
  }
end

--- Records of values by chance, the same ones for the same seed.
-- @param settings a table: `count`, how many records; `seed` (1); `columns`, a list of `{name=,
-- kind=, low=, high=}`. The kinds: `"sequence"`, the numbers from `low` (1) to `high`, again and
-- again; `"uniform"`, each of them alike; `"zipfian"`, the i-th as often as 1 / i to the power of
-- `exponent` (1), so that few of them are had most of the time; `"gaussian"`, around the middle,
-- with both ends `exponent` (2.5) standard deviations away from it; `"text"`, small letters,
-- `length` of them, or from `low` to `high`
-- @return the source
-- @usage bigdata.source.random { count = 1000, columns = {
--   { name = "id", kind = "zipfian", high = 100000 }, { name = "pad", kind = "text", length = 60 },
-- } }
function source.random(settings)
  local what = "source.random"
  check.shape(what, settings, RANDOM, 2)
  if settings.count < 1 then error(what .. ": count must be at least 1", 2) end
  local columns, names = {}, {}
  for i, column in ipairs(settings.columns) do
    columns[i] = drawn_column(("%s: column %d"):format(what, i), column, 2)
    names[i] = column.name
  end
  check_names(what, names, 2)
  if #names == 0 then error(what .. ": columns is empty", 2) end
  return (failure.check(core.source.random {
    count = settings.count, seed = settings.seed or 1, columns = columns,
  }))
end

return source
