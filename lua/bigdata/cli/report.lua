-- cli/report.lua - `bigdata report FILE.json`: the report of a run, from the result it has saved.

local command = require "bigdata.cli.command"
local options = require "bigdata.options"
local report = require "bigdata.report"
local result_file = require "bigdata.result_file"

local COMMAND = command.new {
  name = "report",
  usage = "Usage: bigdata report FILE.json [--quiet]",
  description = "Prints the report of a run again, from the result that --json has written.",
  words = 1,
  options = { { title = "Options", options.QUIET, options.VERBOSE, options.HELP } },
}

function COMMAND.act(values, words, out)
  if not words[1] then
    return out:problem("report: which file?", { hint = "bigdata report FILE.json" })
  end
  local results, message, info = result_file.load(words[1])
  if not results then return out:problem(message, info) end
  for i, result in ipairs(results) do
    if result.trial then
      out:result(("%strial: %s\n"):format(i > 1 and not values.quiet and "\n" or "", result.trial))
    end
    out:result(values.quiet and report.line(result) or report.text(result))
  end
  return 0
end

return COMMAND
