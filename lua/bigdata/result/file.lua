-- result/file.lua - a result as a file of JSON, and back. docs/result.md says what is in it.

local failure = require "bigdata.failure"
local json = require "bigdata.result.json"
local tables = require "bigdata.tables"

local result_file = {}

result_file.FORMAT = "bigdata result"
result_file.VERSION = 1

-- The text of a result, or of the results of a sweep's trials: a table as of trial.run, or
-- { sweep=, results= }.
function result_file.text(result)
  return json.encode(tables.copy({
    format = result_file.FORMAT, format_version = result_file.VERSION,
  }, result))
end

-- What a sweep or a search has to write: what it is, its trials, and the result of every run, in
-- the order of the trials.
function result_file.of_sweep(sweep)
  local results, trials = json.array {}, json.array {}
  for i, item in ipairs(sweep.trials) do
    trials[i] = { trial = item.label, shown = item.shown or {} }
    for _, run in ipairs(item.runs) do
      run.trial = item.label
      results[#results + 1] = run
    end
  end
  return {
    sweep = sweep.name, summary = sweep.summary, scenario = sweep.scenario, ended = sweep.ended,
    varied = json.array(sweep.names or {}), step_names = json.array(sweep.steps or {}),
    repeats = sweep.repeats, seed = sweep.seed, trials = trials,
    left_out = json.array(sweep.missing or {}), results = results,
    search = sweep.over and { over = sweep.over, within = sweep.within, limit = sweep.limit }
      or nil,
  }
end

local function read_file(path)
  local file, message = io.open(path, "rb")
  if not file then failure.raise(("cannot read %s"):format(message)) end
  local text, problem = file:read("a")
  file:close()
  if not text then failure.raise(("cannot read %s: %s"):format(path, problem)) end
  return text
end

local function is_result(value)
  return type(value) == "table" and type(value.steps) == "table" and type(value.ended) == "string"
    and type(value.scenario) == "string" and type(value.settings) == "table"
end

local HINT = "bigdata SCENARIO --json FILE writes such files"

local function check(path, document)
  if type(document) ~= "table" or document.format ~= result_file.FORMAT then
    failure.raise(("%s is JSON, but no result of bigdata"):format(path), HINT)
  end
  if document.format_version ~= result_file.VERSION then
    failure.raise(("%s has format version %s; this program reads version %d"):format(path,
      tostring(document.format_version), result_file.VERSION),
      "read it with the program that has written it: its version is under environment")
  end
  local results = document.results or { document }
  for _, result in ipairs(results) do
    if not is_result(result) then
      failure.raise(("%s: a part of the result is missing, such as its steps"):format(path), HINT)
    end
  end
  return results, document
end

local function load(path)
  local text = read_file(path)
  if not text:find("%S") then failure.raise(("%s is empty"):format(path), HINT) end
  local document, message = json.decode(text)
  if message then
    -- A result ends with a brace on a line of its own.
    local cut = text:find("^%s*{") and not text:find("\n}%s*$")
    local what = cut and "is cut short" or "is not JSON"
    failure.raise(("%s %s: %s"):format(path, what, message), HINT)
  end
  return check(path, document)
end

-- The results in the file, a list, and the whole document; or nil, message, info.
function result_file.load(path)
  return failure.protect(load, path)
end

return result_file
