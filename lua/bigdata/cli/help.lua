-- cli/help.lua - `bigdata help [SCENARIO | COMMAND]`.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local options = require "bigdata.cli.options"

local help = {}

local USAGE = [[
Usage: bigdata SCENARIO [options]
       bigdata COMMAND ...]]

local COMMANDS = [[
Commands:
  run SCENARIO             run a scenario, a path or a name; run is optional
  list                     the scenarios with their summaries
  help [SCENARIO|COMMAND]  options; with a scenario, its own flags too
  rebuild                  drop and recreate the schema and its dictionary
  data generate|inspect    make sample files; say what a file holds
  report FILE.json...      print the report of a saved result
  compare A.json B.json    what changed, and whether it is more than noise
  test SPEC...             run busted specs with the project's library at hand]]

local EPILOG = "Results go to standard output, everything else to standard error. Exit status: "
  .. "0 all done; 1 it could not be started; 2 the run failed or was cut short; 3 results differ "
  .. "beyond a threshold (compare); 130 interrupted."

local WITH_HELP = {
  compare = true, list = true, rebuild = true, data = true, report = true, test = true,
}

-- What is said when nothing is asked.
function help.short()
  return ("%s\n\n%s\n\nTry: bigdata help, or bigdata list\n"):format(USAGE, COMMANDS)
end

local function general()
  return arguments.help({
    usage = USAGE,
    description = "Measures how fast a PostgreSQL takes what a scenario sends it.\n\n" .. COMMANDS,
    epilog = EPILOG,
  }, options.RUN) .. "\n"
end

local function of_scenario(scenario)
  return arguments.help({
    usage = ("Usage: bigdata %s [options]"):format(scenario.name),
    description = ("%s (%s)"):format(scenario.summary, scenario.path),
  }, options.of(scenario), scenario.flags) .. "\n"
end

function help.run(args, out)
  local name = args[1]
  if name and name:find("^%-") then name = nil end
  if not name or name == "help" or name == "run" then
    out:result(general())
    return 0
  end
  if WITH_HELP[name] then
    out:result(require("bigdata.cli." .. name).help() .. "\n")
    return 0
  end
  local scenario, message, info = catalog.load(name)
  if not scenario then return out:problem(message, info) end
  out:result(of_scenario(scenario))
  return 0
end

return help
