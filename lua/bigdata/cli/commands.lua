-- cli/commands.lua - the commands there are, and the exit statuses that they have in common.

local tables = require "bigdata.tables"

local commands = {}

-- In the order in which they are shown: { name=, words=what follows it, help=, own=whether its
-- module says more, as `definition` }.
commands.LIST = {
  { name = "run", words = "SCENARIO", help = "run a scenario, a path or a name; run is optional" },
  { name = "list", help = "the scenarios with their summaries", own = true },
  {
    name = "help", words = "[SCENARIO|COMMAND]",
    help = "options; with a scenario, its own flags too; with --man, the manual page",
  },
  { name = "rebuild", help = "drop and recreate the schema and its dictionary", own = true },
  {
    name = "data", words = "generate|inspect", own = true,
    help = "make sample files; say what a file holds",
  },
  {
    name = "report", words = "FILE.json...", own = true,
    help = "print the report of a saved result",
  },
  {
    name = "compare", words = "A.json B.json", own = true,
    help = "what changed, and whether it is more than noise",
  },
  {
    name = "test", words = "SPEC...", own = true,
    help = "run busted specs with the project's library at hand",
  },
}

commands.STATUSES = {
  { 0, "all done" },
  { 1, "it could not be started" },
  { 2, "the run failed or was cut short" },
  { 3, "results differ beyond a threshold (compare)" },
  { 130, "interrupted" },
}

-- The status of a run by how it ended.
commands.STATUS_OF = { done = 0, errors = 2, failed = 2, interrupted = 130 }

-- The command of that name; nil if there is none.
function commands.find(name)
  for _, item in ipairs(commands.LIST) do
    if item.name == name then return item end
  end
end

function commands.names()
  return tables.names(commands.LIST)
end

-- What runs the command: its module.
function commands.module(name)
  return require("bigdata.cli." .. name)
end

return commands
