-- tests/bench/trial.lua
-- Runs one trial, and writes what its last step took to a file, as the peers in scenarios/peers
-- print it. To be run by `bigdata test`, for the sake of the library; TRIAL holds the command line,
-- an argument a line, and FIGURES names the file.
-- luacheck: std +busted
local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local options = require "bigdata.cli.options"
local trial = require "bigdata.trial"

local KEYS = { "rows", "seconds", "cpu_user_seconds", "cpu_system_seconds", "turn_seconds" }

local function figures_of(step)
  local figures = {}
  for i, key in ipairs(KEYS) do figures[i] = ('"%s": %s'):format(key, step[key]) end
  return ("{%s}\n"):format(table.concat(figures, ", "))
end

it("runs to its end", function()
  local args = {}
  for word in os.getenv("TRIAL"):gmatch("[^\n]+") do args[#args + 1] = word end
  local scenario = assert(catalog.load(args[1]))
  local settings, _, flags = assert(arguments.parse(args, options.RUN, scenario.flags))
  local result = assert(trial.run(scenario, settings, flags))
  assert.are.equal("done", result.ended, result.error and result.error.message)
  local file <close> = assert(io.open(os.getenv("FIGURES"), "w"))
  assert(file:write(figures_of(result.steps[#result.steps])))
end)
