-- cli/report.lua - `bigdata report FILE.json`: the report of a run, a sweep or a search, from the
-- result it has saved.

local command = require "bigdata.cli.command"
local failure = require "bigdata.failure"
local lfs = require "lfs"
local options = require "bigdata.cli.options"
local output = require "bigdata.result.output"
local page = require "bigdata.page"
local report = require "bigdata.report"
local result_file = require "bigdata.result.file"
local result_set = require "bigdata.result.set"
local search_report = require "bigdata.report.search"
local sweep_file = require "bigdata.sweep.file"
local sweep_report = require "bigdata.report.sweep"

local COMMAND = command.new {
  name = "report",
  usage = "Usage: bigdata report FILE.json... [--html FILE] [--quiet]",
  description = "Prints the reports of runs, sweeps and searches again, from the results that "
    .. "--json has written: files, or folders of them.",
  words = 1000,
  options = {
    {
      title = "Options", options.HTML, options.QUIET, options.STATEMENTS, options.VERBOSE,
      options.HELP,
    },
  },
}

local function result_text(results, document, values, out)
  local sweep = sweep_file.read(document)
  if sweep and sweep.over then
    return (values.quiet and search_report.line or search_report.text)(sweep)
  elseif sweep then
    return (values.quiet and sweep_report.lines or sweep_report.text)(sweep)
  end
  local texts = {}
  for i, result in ipairs(results) do
    texts[i] = values.quiet and report.line(result) or report.text(result, out:style(values))
  end
  return table.concat(texts, values.quiet and "" or "\n")
end

-- Raises.
local function report_file(path, values, out)
  local results, document = failure.check(result_file.load(path))
  local shown, message, info = failure.protect(result_text, results, document, values, out)
  if not shown then
    -- Figures that are none: whatever tripped over them is of use only with --verbose.
    if not info.traceback then failure.check(nil, message, info) end
    failure.raise(("%s does not hold what a result of this program holds: %s")
      :format(path, message), "docs/result.md says what that is")
  end
  out:result(shown)
  return true
end

local function is_same_file(path, other)
  local one, two = lfs.attributes(path), lfs.attributes(other)
  return one and two and one.dev == two.dev and one.ino == two.ino
end

-- Write the page of one result, or of those in one folder.
local function write_page(words, path, out)
  if #words > 1 then
    return out:problem("--html: one page shows one result, or one folder of them")
  end
  local set, message, info = result_set.load(words[1])
  if not set then return out:problem(message, info) end
  for _, file in ipairs(result_set.files(words[1])) do
    if is_same_file(path, file) then
      return out:problem(("--html: %s is the result that the page is to show"):format(path))
    end
  end
  local file, problem = output.open("html", path, function(text) out:result(text) end)
  local good = file
  if file then good, problem = file:write(page.text(set)) end
  return good and 0 or out:problem(problem)
end

function COMMAND.act(values, words, out)
  if not words[1] then
    return out:problem("report: which file?", { hint = "bigdata report FILE.json" })
  end
  if values.html then return write_page(words, values.html, out) end
  for i, word in ipairs(words) do
    local files, message, info = result_set.files(word)
    if not files then return out:problem(message, info) end
    for j, path in ipairs(files) do
      if i + j > 2 and not values.quiet then out:result("\n") end
      local good, problem, why = failure.protect(report_file, path, values, out)
      if not good then return out:problem(problem, why) end
    end
  end
  return 0
end

return COMMAND
