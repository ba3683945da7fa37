-- step/loop.lua - what an interpreter of the Lua loop loads: the scenario anew, and the step's
-- function.

local catalog = require "bigdata.scenario.catalog"
local environment = require "bigdata.scenario.environment"
local failure = require "bigdata.failure"
local flags = require "bigdata.scenario.flags"

local loop = {}

-- The function to call with (db, row, state, opt) for every record; the one to call before with
-- (db, opt, state) for every worker, or nil; and opt. Raises.
-- @param settings path of the scenario, name of the step, values of the flags
function loop.load(settings)
  environment.restrict()
  local scenario, message, info = catalog.load(settings.path)
  if not scenario and info.code == "NOMEM" then
    failure.raise("loading the scenario needs more memory than --lua-memory", nil, "NOMEM")
  end
  failure.check(scenario, message, info)
  for _, step in ipairs(scenario.steps) do
    if step.name == settings.step then
      return step.run or step.each, scenario.hooks.worker,
        flags.strict(settings.flags, scenario.flags)
    end
  end
  error(("%s has no step %s any more"):format(settings.path, settings.step))
end

return loop
