-- cli/trials.lua - runs a scenario once for the command line, or reads what it would read.

local commands = require "bigdata.cli.commands"
local core = require "bigdata.core"
local dry_run = require "bigdata.trial.dry_run"
local outputs = require "bigdata.cli.outputs"
local report = require "bigdata.report"
local trial = require "bigdata.trial"

local trials = {}

local STATUS = commands.STATUS_OF

local function explain(result, out)
  if result.ended == "errors" then
    out:problem(report.stopped_at(result), { hint = "--max-errors N goes on past N bad records" })
  elseif result.error then
    out:problem(result.error.message, result.error)
  end
end

-- Read everything and print what the steps would do: the exit status.
function trials.run_dry(scenario, settings, flags, out)
  local result, message, info = dry_run.run(scenario, settings, flags,
    function(words) out:result(words) end)
  if not result then
    return core.interrupted() and STATUS.interrupted or out:problem(message, info)
  end
  explain(result, out)
  return STATUS[result.ended]
end

-- Run the scenario once, and show and write its result: the exit status.
function trials.run(scenario, settings, flags, out)
  local files, problem = outputs.open(settings, out, scenario)
  if not files then return out:problem(problem) end
  local meter = out:meter(settings)
  local result, message, info = trial.run(scenario, settings, flags,
    files:watch(meter and meter:watch()))
  if meter then meter:finish() end
  if not result then
    files:drop()
    return out:problem(message, info)
  end
  files:show(settings.quiet and report.line(result) or report.text(result, out:style(settings)))
  explain(result, out)
  return files:finish(result, { result })
end

return trials
