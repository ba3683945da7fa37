-- cli/init.lua - the command line: finds the command and hands it the other arguments.

local arguments = require "bigdata.cli.arguments"
local commands = require "bigdata.cli.commands"
local console = require "bigdata.cli.console"
local core = require "bigdata.core"
local options = require "bigdata.cli.options"

local cli = {}

local function without(args, index)
  local rest = { table.unpack(args) }
  table.remove(rest, index)
  return rest
end

local function has(args, wanted)
  for _, argument in ipairs(args) do
    if argument == wanted then return true end
  end
  return false
end

-- Arguments without a scenario or a command.
local function no_words(args, out)
  local help = require "bigdata.cli.help"
  local values, message, info = arguments.parse(args, options.RUN)
  if values and values.help then return help.run({}, out) end
  if values and values.version then
    out:result(("bigdata %s\n"):format(core.version))
    return 0
  end
  if not values then
    local hint = (info.hint or "") ~= "" and info.hint or "bigdata help shows the options"
    return out:problem(message, { hint = hint })
  end
  return out:problem("no scenario given", { hint = "bigdata list shows the scenarios there are" })
end

local function run_words(args, out)
  if #args == 0 then
    out:say(require "bigdata.cli.help".short())
    return 1
  end
  local words = arguments.words(args, options.RUN)
  if #words == 0 then return no_words(args, out) end
  local first = words[1]
  if commands.find(first.word) and not first.doubtful then
    local rest = without(args, first.index)
    if first.word == "run" and #words == 1 then return no_words(rest, out) end
    return commands.module(first.word).run(rest, out)
  end
  return commands.module("run").run(args, out)
end

local CUT_SHORT = 2
local INTERRUPTED = 130

-- Run the program with these arguments; returns the exit status. streams: for tests.
function cli.main(args, streams)
  local out = console.new(streams)
  out.verbose = has(args, "--verbose")
  local status = run_words(args, out)
  if out.unwritten then
    out:problem("the results cannot be written to standard output: " .. out.unwritten)
    status = CUT_SHORT
  end
  return status ~= 0 and core.interrupted() and INTERRUPTED or status
end

return cli
