-- cli/run.lua - `bigdata run SCENARIO [options]`, or without the word run.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local commands = require "bigdata.cli.commands"
local core = require "bigdata.core"
local dry_run = require "bigdata.trial.dry_run"
local help = require "bigdata.cli.help"
local options = require "bigdata.cli.options"
local outputs = require "bigdata.cli.outputs"
local report = require "bigdata.report"
local server = require "bigdata.cli.server"
local sweep = require "bigdata.sweep"
local sweeps = require "bigdata.cli.sweeps"
local trial = require "bigdata.trial"

local run = {}

local STATUS = commands.STATUS_OF

-- The word that names the scenario. A word after an option that only the scenario knows may be the
-- option's value, so a word that does name a scenario goes first.
local function scenario_word(args)
  local words = arguments.words(args, options.RUN)
  local function first(fits)
    for _, word in ipairs(words) do
      if fits(word) then return word.word end
    end
  end
  return first(function(word) return not word.doubtful and catalog.find(word.word) end)
    or first(function(word) return catalog.find(word.word) end)
    or first(function(word) return not word.doubtful end)
    or first(function() return true end)
end

local function other_word(words, name)
  for _, word in ipairs(words) do
    if word ~= name then return word end
  end
  return #words > 1 and name or nil
end

local function explain(result, out)
  if result.ended == "errors" then
    out:problem(report.stopped_at(result), { hint = "--max-errors N goes on past N bad records" })
  elseif result.error then
    out:problem(result.error.message, result.error)
  end
end

local function run_dry(scenario, settings, flags, out)
  local result, message, info = dry_run.run(scenario, settings, flags,
    function(words) out:result(words) end)
  if not result then
    return core.interrupted() and STATUS.interrupted or out:problem(message, info)
  end
  explain(result, out)
  return STATUS[result.ended]
end

local function run_trial(scenario, settings, flags, out)
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

local function check(settings, words, name)
  local extra = other_word(words, name)
  local command = extra and core.near(extra, commands.names())
  if command and command ~= extra then
    return nil, ("there is no command %s"):format(extra),
      { hint = ("did you mean %s?"):format(command) }
  elseif extra then
    return nil, ("one scenario at a time: %s is too much"):format(extra), {}
  end
  return options.check(settings)
end

-- What to do about a name that no scenario has, if a command was probably meant; else nil.
local function meant_command(name)
  local command = not catalog.find(name) and core.near(name, commands.names())
  return command and { hint = ("did you mean bigdata %s?"):format(command) } or nil
end

function run.run(args, out)
  local name = scenario_word(args)
  if not name then
    return out:problem("no scenario given", { hint = "bigdata list shows the scenarios there are" })
  end
  local scenario, message, info = catalog.load(name)
  if not scenario then return out:problem(message, meant_command(name) or info) end
  local settings, words, flags, given = arguments.parse(args, options.of(scenario), scenario.flags)
  if not settings then
    local problem = flags
    if (problem.hint or "") == "" then
      problem.hint = ("bigdata help %s shows the options"):format(name)
    end
    return out:problem(words, problem)
  end
  if settings.help then return help.run({ name }, out) end
  if settings.version then return require("bigdata.cli").main({ "--version" }, out) end
  local good
  good, message, info = check(settings, words, name)
  if good then good, message, info = server.choose(settings) end
  if not good then return out:problem(message, info) end
  if sweep.is(scenario) or sweeps.wanted(scenario, settings) then
    return sweeps.run(scenario, settings, flags, given, out)
  end
  return (settings.dry_run and run_dry or run_trial)(scenario, settings, flags, out)
end

return run
