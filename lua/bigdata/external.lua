--- Other programs as trials of a sweep; see `bigdata.external`.
-- @module bigdata.external

local check = require "bigdata.check"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local hooks = require "bigdata.step.hooks"
local json = require "bigdata.result.json"
local lfs = require "lfs"
local machine = require "bigdata.trial.machine"
local options = require "bigdata.cli.options"
local schema = require "bigdata.trial.schema"
local statistics = require "bigdata.statistics"
local text = require "bigdata.text"
local tables = require "bigdata.tables"
local ways = require "bigdata.trial.way"

local external = {}

local External = { __name = "bigdata.external" }

local SHAPE = {
  name = "string",
  command = "table",
  needs = "string|nil",
  check = "table|nil",
  step = "string|nil",
  timeout = "number|nil",
}

local function check_words(what, key, words)
  for i, word in ipairs(words) do
    if type(word) ~= "string" then
      error(("%s: word %d of its %s must be a string"):format(what, i, key), 4)
    end
  end
  if #words == 0 then error(("%s: its %s is empty"):format(what, key), 4) end
end

--- Make another program a trial; see `bigdata.external`.
function external.new(definition)
  check.shape("an external program", definition, SHAPE, 2)
  local what = ("the external program %s"):format(definition.name)
  check_words(what, "command", definition.command)
  if definition.check then check_words(what, "check", definition.check) end
  return setmetatable(tables.copy(definition), External)
end

-- Is the value one of the objects that new() makes?
function external.is(value)
  return getmetatable(value) == External
end

-- The words of a command; one that names a file of the program's own, where it is.
local function located(words)
  local list = {}
  for i, word in ipairs(words) do
    local own = core.home .. "/" .. word
    local elsewhere = word:find("/", 1, true) and not word:find("^/")
      and not lfs.attributes(word, "mode") and lfs.attributes(own, "mode")
    list[i] = elsewhere and own or word
  end
  return list
end

-- Why the program cannot be run: nil if it can.
function external.missing(object)
  local probe = object.check or { "/bin/sh", "-c", 'command -v "$0"', object.command[1] }
  local result = core.command { argv = located(probe), env = {}, timeout = 60 }
  if result and result.status == 0 then return nil end
  return object.needs and ("not installed (%s)"):format(object.needs) or "not installed"
end

--- Running.

local function environment_of(settings, flags, conninfo)
  local env = {
    "BIGDATA_POOLSIZE=" .. settings.poolsize,
    "BIGDATA_LIMIT=" .. settings.limit,
    "BIGDATA_QUEUE=" .. settings.queue,
    "BIGDATA_DBURL=" .. (conninfo or ""),
  }
  for name, value in pairs(flags) do
    env[#env + 1] = ("BIGDATA_%s=%s"):format(name:upper(), tostring(value))
  end
  return env
end

local function last_line(words)
  return words:match("([^\n]*)%s*$")
end

-- Why a program failed, by what it wrote to standard error: the last line; or where Python traced
-- an error back, the line that names it, since its details, and complaints of what was being
-- cleaned up, follow.
function external.reason(words)
  local said = words:gsub("\nException ignored in.*", ""):gsub("^Exception ignored in.*", "")
  local traced = ("\n" .. said):match(".*\nTraceback %b()%:(\n.*)")
  return traced and traced:match("\n(%S[^\n]*)") or last_line(said)
end

-- How a program ended, if not well: why.
local function bad_end(result, timeout)
  if result.timed_out then return ("it did not end within %g seconds"):format(timeout) end
  if result.signal then return ("signal %d ended it"):format(result.signal) end
  if result.status ~= 0 then
    local said = external.reason(result.err)
    return ("it failed with exit status %d%s"):format(result.status,
      said ~= "" and ": " .. said or "")
  end
  if result.left_behind then
    return "it left processes behind, so what it took is not known; they were killed"
  end
end

local WANTED = "one JSON object with rows and seconds is wanted"

local OPTIONAL = { "cpu_user_seconds", "cpu_system_seconds", "fed_seconds", "fed_rows" }

local function has_figures(figures)
  if type(figures) ~= "table" then return false end
  for _, name in ipairs(OPTIONAL) do
    if figures[name] ~= nil and not statistics.finite(figures[name]) then return false end
  end
  return statistics.finite(figures.rows) and figures.rows >= 0
    and statistics.finite(figures.seconds) and figures.seconds > 0
    and (figures.fed_rows == nil) == (figures.fed_seconds == nil)
end

-- What is wrong with a name that is to be a step's; nil if it is one.
local function wrong_name(name, scenario)
  local names = tables.names(scenario.steps)
  for _, known in ipairs(names) do
    if known == name then return nil end
  end
  return ("%s has no step %s%s (its steps: %s)"):format(scenario.name, name,
    text.suggest(name, names), table.concat(names, ", "))
end

-- What is wrong with the figures of other steps; nil if they are as they should be.
local function wrong_steps(steps, scenario)
  if type(steps) ~= "table" then return "its steps are no object, with figures for each step" end
  for _, name in ipairs(text.keys(steps)) do
    local why = wrong_name(name, scenario)
    if why then return "its steps: " .. why end
    if not has_figures(steps[name]) then
      return ("its steps: %s needs rows and seconds"):format(name)
    end
  end
end

-- Raise if the program is to be measured as a step that the scenario does not have; where begins
-- the message.
function external.check_step(object, scenario, where)
  local why = object.step and wrong_name(object.step, scenario)
  if why then failure.raise(("%s: %s: step: %s"):format(where, object.name, why)) end
end

-- The figures that the program printed; nil and what is wrong with them.
local function read_figures(out, scenario)
  if not out:find("%S") then return nil, ("it printed nothing: %s"):format(WANTED) end
  local figures = json.decode(out) or json.decode(last_line(out))
  if not has_figures(figures) then
    local shown = out:gsub("%s+", " "):sub(1, 60)
    return nil, ("it printed %s: %s"):format(shown, WANTED)
  end
  local why = wrong_steps(figures.steps or {}, scenario)
  return not why and figures or nil, why
end

-- A step's result. cpu: where its processor time is, if not among the figures.
local function step_of(name, figures, cpu)
  local own = figures.cpu_user_seconds ~= nil and figures or cpu or {}
  return {
    name = name, ended = "done", rows = figures.rows,
    records = math.tointeger(figures.records) or 0, seconds = figures.seconds,
    fed_seconds = figures.fed_seconds, fed_rows = figures.fed_rows,
    cpu_user_seconds = own.cpu_user_seconds, cpu_system_seconds = own.cpu_system_seconds or 0,
    rejects = 0, samples = json.array {},
  }
end

-- The results of the steps that the program told of, the main one last. The processor time of that
-- is the kernel's account of the program and its children, unless it says what the measured part
-- alone took.
local function steps_of(object, figures, result, scenario)
  local steps, main = json.array {}, object.step or scenario.steps[#scenario.steps].name
  for _, step in ipairs(scenario.steps) do
    local other = figures.steps and figures.steps[step.name]
    if other and step.name ~= main then steps[#steps + 1] = step_of(step.name, other) end
  end
  steps[#steps + 1] = step_of(main, figures, result)
  return steps
end

-- The result of the trial, in the form that trial.run gives.
local function outcome_of(object, figures, result, settings, flags, scenario)
  return {
    scenario = object.name, summary = table.concat(object.command, " "), ended = "done",
    settings = options.of_trial(settings), flags = tables.copy(flags),
    environment = machine.facts(),
    process = {
      seconds = result.seconds, peak_bytes = result.peak_bytes,
      cpu_user_seconds = result.cpu_user_seconds, cpu_system_seconds = result.cpu_system_seconds,
    },
    steps = steps_of(object, figures, result, scenario),
  }
end

local function run_program(object, settings, flags, scenario)
  local way <close> = ways.open(settings.dburl, settings.delay, settings.poolsize)
  local timeout = object.timeout or settings.timeout or 0
  local result = failure.check(core.command {
    argv = located(object.command), env = environment_of(settings, flags, way.conninfo),
    timeout = timeout,
  })
  local why, figures = bad_end(result, timeout), nil
  if not why then figures, why = read_figures(result.out, scenario) end
  if why then
    failure.raise(why, ("its command: %s"):format(table.concat(object.command, " ")))
  end
  return outcome_of(object, figures, result, settings, flags, scenario)
end

local function run(object, settings, flags, watch, scenario)
  do
    local connection <close> = failure.check(core.connect(settings.dburl))
    if scenario.schema then failure.check(schema.prepare(connection, scenario.schema)) end
  end
  hooks.set_up(scenario, settings.dburl, flags)
  if watch and watch.note then watch.note(("running %s"):format(object.name)) end
  local outcome, _, problem = failure.protect(run_program, object, settings, flags, scenario)
  if watch and watch.finish then watch.finish() end
  local clean, _, unclean = hooks.tear_down(scenario, settings.dburl, flags)
  if not outcome then error(problem, 0) end
  if not clean then error(unclean, 0) end
  return outcome
end

-- Run the program on the scenario's empty tables: a result as of trial.run, of one step; or nil,
-- message, info.
function external.run(object, settings, flags, watch, scenario)
  local outcome, message, info = failure.protect(run, object, settings, flags, watch, scenario)
  if outcome or not core.interrupted() then return outcome, message, info end
  return {
    scenario = object.name, settings = options.of_trial(settings), ended = "interrupted",
    steps = json.array {},
  }
end

return external
