--- Scenarios: their flags and their steps.
-- @module bigdata.scenario

local check = require "bigdata.check"
local flags = require "bigdata.scenario.flags"
local text = require "bigdata.text"

local scenario = {}

local Scenario = { __name = "bigdata.scenario" }
Scenario.__index = Scenario

local SCHEMAS = { "census" }

--- Begin a scenario; see `bigdata.scenario`.
function scenario.new(settings)
  check.shape("a scenario", settings, {
    summary = "string", schema = "string|nil", settings = "table|nil",
  }, 2)
  if settings.schema and settings.schema ~= "census" then
    error(("a scenario's schema must be %s, not %s%s"):format(text.either(SCHEMAS),
      settings.schema, text.suggest(settings.schema, SCHEMAS)), 2)
  end
  return setmetatable({
    summary = settings.summary,
    schema = settings.schema,
    settings = settings.settings, -- as given; scenario/catalog.lua checks them
    flags = {},
    steps = {},
    hooks = {}, -- "setup", "teardown", "worker" -> function
  }, Scenario)
end

-- Is the value one of the objects that new() makes?
function scenario.is(value)
  return getmetatable(value) == Scenario
end

-- The list's entry of that name.
local function named(list, name)
  for _, entry in ipairs(list) do
    if entry.name == name then return entry end
  end
end

-- The settings are for the function that is returned: given beside the name, they would be lost.
local function check_curried(method, name, ...)
  if select("#", ...) > 0 then
    error(("write scenario:%s %q {...}, without a comma in between"):format(method, name), 3)
  end
end

local FLAG = {
  type = "string",
  default = "any",
  help = "string|nil",
  choices = "table|nil",
}

local function check_flag(self, name, settings)
  local what = ("flag %s"):format(name)
  check.shape(what, settings, FLAG, 4)
  if not flags.TYPES[settings.type] then
    local types = text.keys(flags.TYPES)
    error(("%s: type must be %s, not %s%s"):format(what, text.either(types), settings.type,
      text.suggest(settings.type, types)), 4)
  end
  if named(self.flags, name) then error(("%s is declared twice"):format(what), 4) end
  local taken = flags.taken(name)
  if taken then
    error(("%s: --%s is an option of bigdata itself; choose another name"):format(what, taken), 4)
  end
  local good, problem = flags.check(settings)
  if not good then error(("%s: %s"):format(what, problem), 4) end
end

local function add_flag(self, name, settings)
  check_flag(self, name, settings)
  self.flags[#self.flags + 1] = {
    name = name,
    type = settings.type,
    default = settings.default,
    help = settings.help,
    choices = settings.choices,
  }
end

--- Declare a flag of the scenario's own: `scenario:flag "segment" {type = "integer", default = 1}`.
-- It is given as `--segment 2` on the command line, and handed to the steps' sources as
-- `opt.segment`.
-- @param name letters, digits and `_`; on the command line, `-` may stand for `_`
-- @return a function that takes the flag's settings, a table: `type` ("string", "integer",
-- "number", "boolean" or "path"; a relative default path that does not exist in the current
-- folder is looked for in the program's own), `default`, `help`, and `choices`, a list of the
-- values allowed
function Scenario:flag(name, ...)
  if type(name) ~= "string" or not name:find("^%l[%l%d_]*$") then
    error("a flag's name must be small letters, digits and _: scenario:flag \"name\" {...}", 2)
  end
  check_curried("flag", name, ...)
  return function(settings)
    add_flag(self, name, settings)
  end
end

local STEP = {
  source = "function",
  each = "function|nil",
  plan = "function|nil",
  run = "function|nil",
}

local function add_step(self, name, settings)
  local what = ("step %s"):format(name)
  check.shape(what, settings, STEP, 3)
  if named(self.steps, name) then error(("%s is declared twice"):format(what), 3) end
  if settings.each and (settings.plan or settings.run) then
    error(("%s has each and %s: plan and run are given instead of each"):format(what,
      settings.plan and "plan" or "run"), 3)
  end
  if not (settings.each or settings.plan or settings.run) then
    error(("%s needs each, the function that is called with (db, row)"):format(what), 3)
  end
  self.steps[#self.steps + 1] = {
    name = name,
    source = settings.source,
    each = settings.each,
    plan = settings.plan,
    run = settings.run,
  }
end

--- Add a step: `scenario:step "data" {source = f, each = g}`. Steps run in the order in which they
-- are added.
-- @param name of the step, for messages and reports
-- @return a function that takes the step's settings, a table: `source`, a function that is given
-- the flags, and a table of the run's settings (`limit` and `time`, 0 for none, `poolsize`, ...),
-- and returns a source; `each`, a function that is called with `(db, row)`, or instead of it
-- `plan`, for the step compiled to a plan, and `run`, for the Lua loop, where the two must differ.
-- In the Lua loop the function's third argument is a table for what the worker is to keep from
-- record to record; the fourth, in both loops, has the values of the flags
function Scenario:step(name, ...)
  if type(name) ~= "string" or not name:find("^[%w_%-]+$") then
    error("a step's name must be letters, digits, _ and -: scenario:step \"name\" {...}", 2)
  end
  check_curried("step", name, ...)
  return function(settings)
    add_step(self, name, settings)
  end
end

local function set_hook(self, name, f)
  if type(f) ~= "function" then
    error(("scenario:%s needs a function, not a %s"):format(name, type(f)), 3)
  end
  if self.hooks[name] then error(("scenario:%s is given twice"):format(name), 3) end
  self.hooks[name] = f
end

--- Give a function that is called once, before the first step: to make tables, say.
-- If it fails, nothing is run.
-- @param f is called with `(db, opt)`: a db whose calls wait for their answers (`exec`, `one`,
-- `all`, `zip`), and the values of the flags. Each statement is a transaction, unless the function
-- sends `begin` and `commit` itself
function Scenario:setup(f)
  set_hook(self, "setup", f)
end

--- Give a function that is called once after the last step, also where the run has failed or was
-- interrupted, but not where the setup has failed.
-- @param f is called with `(db, opt)`, as that of `setup`
function Scenario:teardown(f)
  set_hook(self, "teardown", f)
end

--- Give a function that is called on every connection of the pool before each step's clock starts:
-- for settings, temporary tables, and what a worker looks up once.
-- @param f is called with `(db, opt, state)`: db is the worker's own; state is the table that the
-- step's function is given as third argument for all records of that worker, in the Lua loop
function Scenario:worker(f)
  set_hook(self, "worker", f)
end

return scenario
