-- cli/help.lua - `bigdata help [SCENARIO | COMMAND]`.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local commands = require "bigdata.cli.commands"
local manual = require "bigdata.cli.manual"
local options = require "bigdata.cli.options"
local text = require "bigdata.text"

local help = {}

local USAGE = [[
Usage: bigdata SCENARIO [options]
       bigdata COMMAND ...]]

local COLUMN, WIDTH = 27, 79

local function command_lines()
  local lines = { "Commands:" }
  for _, command in ipairs(commands.LIST) do
    local name = ("  %s %s"):format(command.name, command.words or "")
    lines[#lines + 1] = ("%-" .. COLUMN - 2 .. "s  %s"):format(name,
      text.wrap(text.words(command.help), WIDTH - COLUMN, (" "):rep(COLUMN)))
  end
  return table.concat(lines, "\n")
end

local function statuses()
  local list = {}
  for i, status in ipairs(commands.STATUSES) do list[i] = ("%d %s"):format(status[1], status[2]) end
  return ("Exit status: %s."):format(table.concat(list, "; "))
end

-- What is said when nothing is asked.
function help.short()
  return ("%s\n\n%s\n\nTry: bigdata help, or bigdata list\n"):format(USAGE, command_lines())
end

local function general()
  return arguments.help({
    usage = USAGE,
    description = "Measures how fast a PostgreSQL takes what a scenario sends it.\n\n"
      .. command_lines(),
    epilog = "Results go to standard output, everything else to standard error. " .. statuses(),
  }, options.RUN) .. "\n"
end

local function of_scenario(scenario)
  return arguments.help({
    usage = ("Usage: bigdata %s [options]"):format(scenario.name),
    description = ("%s (%s)"):format(scenario.summary, scenario.path),
  }, options.of(scenario), scenario.flags) .. "\n"
end

-- What is told of a scenario or a command, or of the whole program.
local function explain(name, out)
  local command = commands.find(name)
  if not name or command and not command.own then
    out:result(general())
    return 0
  end
  if command then
    out:result(commands.module(name).help() .. "\n")
    return 0
  end
  local scenario, message, info = catalog.load(name)
  if not scenario then return out:problem(message, info) end
  out:result(of_scenario(scenario))
  return 0
end

-- Is the second word one of those that the command offers, as in `data generate`?
local function belongs(word, name)
  local words = (commands.find(name) or {}).words or ""
  return ("|%s|"):format(words):find(("|%s|"):format(word), 1, true)
end

local OPTIONS = { { title = "Options", { name = "man", help = "the manual page" },
  options.VERBOSE, options.HELP } }

function help.run(args, out)
  local values, words, info = arguments.parse(args, OPTIONS)
  if not values then return out:problem(words, info) end
  local extra = words[values.man and 1 or 2]
  if extra and belongs(extra, words[1]) then extra = words[3] end
  if extra then
    return out:problem(("help: unexpected word %s"):format(extra),
      { hint = "bigdata help, of one SCENARIO or COMMAND" })
  end
  if not values.man then return explain(words[1], out) end
  out:result(manual.text())
  return 0
end

return help
