-- cli/list.lua - `bigdata list`: the scenarios that can be run by name.

local catalog = require "bigdata.scenario.catalog"
local command = require "bigdata.cli.command"
local options = require "bigdata.cli.options"
local text = require "bigdata.text"

local WIDTH = 79

local COMMAND = command.new {
  name = "list",
  usage = "Usage: bigdata list",
  description = "Shows the scenarios of ./scenarios and of the program, with their summaries.",
  options = { { title = "Options", options.VERBOSE, options.HELP } },
}

function COMMAND.act(_, _, out)
  local names = catalog.names()
  local width, status = 0, 0
  for _, entry in ipairs(names) do width = math.max(width, #entry.name) end
  for _, entry in ipairs(names) do
    local scenario, message, info = catalog.load(entry.path)
    if scenario then
      local column = width + 2
      out:result(("%-" .. column .. "s%s\n"):format(entry.name,
        text.wrap(text.words(scenario.summary), WIDTH - column, (" "):rep(column))))
    else
      status = out:problem(message, info)
    end
  end
  if #names == 0 then
    return out:problem("no scenarios: there is no file in ./scenarios")
  end
  return status
end

return COMMAND
