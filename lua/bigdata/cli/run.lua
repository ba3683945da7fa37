-- cli/run.lua - `bigdata run SCENARIO [options]`, or without the word run.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local commands = require "bigdata.cli.commands"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local help = require "bigdata.cli.help"
local options = require "bigdata.cli.options"
local server = require "bigdata.cli.server"
local sweep = require "bigdata.sweep"
local sweeps = require "bigdata.cli.sweeps"
local trials = require "bigdata.cli.trials"

local run = {}

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

local function check_words(words, name)
  local extra = other_word(words, name)
  local command = extra and core.near(extra, commands.names())
  if command and command ~= extra then
    failure.raise(("there is no command %s"):format(extra), ("did you mean %s?"):format(command))
  elseif extra then
    failure.raise(("one scenario at a time: %s is too much"):format(extra))
  end
end

local function check_dry_run(settings)
  for _, name in ipairs(options.FILES) do
    if settings[name] then
      failure.raise(("--dry-run runs nothing that --%s could write"):format(name),
        "leave one of the two out")
    end
  end
  if settings.continued then
    failure.raise("--dry-run runs nothing that --continue could go on with",
      "leave one of the two out")
  end
end

local function run_checked(scenario, settings, flags, given, out)
  if settings.dry_run then check_dry_run(settings) end
  failure.check(server.choose(settings))
  if sweep.is(scenario) or sweeps.wanted(scenario, settings) then
    return sweeps.run(scenario, settings, flags, given, out)
  end
  failure.check(options.check(settings))
  failure.check(options.check_given(given, settings.loop))
  return (settings.dry_run and trials.run_dry or trials.run)(scenario, settings, flags, out)
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
  local status
  status, message, info = failure.protect(function()
    check_words(words, name)
    return run_checked(scenario, settings, flags, given, out)
  end)
  return status or out:problem(message, info)
end

return run
