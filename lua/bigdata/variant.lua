--- Scenarios that stand on another one: its steps and its flags, run with other settings.
-- @module bigdata.variant

local check = require "bigdata.check"
local failure = require "bigdata.failure"
local settings = require "bigdata.scenario.settings"

local variant = {}

local Variant = { __name = "bigdata.variant" }

local SHAPE = { scenario = "string", summary = "string", settings = "table" }

--- Make a variant of a scenario; see `bigdata.variant`.
function variant.new(definition)
  return setmetatable({ definition = definition }, Variant)
end

-- Is the value one of the objects that new() makes?
function variant.is(value)
  return getmetatable(value) == Variant
end

-- Make a variant whole: the scenario that it stands on, with the variant's summary and defaults.
-- Raises.
-- @param object what a file returned
-- @param path of that file
-- @param load function(name): loads the scenario of that name for the file; raises
function variant.resolve(object, path, load)
  local definition = object.definition
  check.shape(path .. ": a variant", definition, SHAPE, 0)
  local scenario = load(definition.scenario)
  if not scenario.steps then
    failure.raise(("%s: %s is a sweep, and no scenario that can be varied"):format(path,
      definition.scenario), "name the scenario that the sweep runs")
  end
  settings.set_defaults(scenario, settings.read(path, scenario, definition.settings))
  scenario.summary = definition.summary
  return scenario
end

return variant
