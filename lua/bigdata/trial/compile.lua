-- trial/compile.lua - a scenario's steps, compiled and proved before there is a server.

local core = require "bigdata.core"
local failure = require "bigdata.failure"
local options = require "bigdata.cli.options"
local proof = require "bigdata.step.proof"
local trace = require "bigdata.step.trace"

local compile = {}

local function is_source(object)
  local kind = type(object)
  return (kind == "userdata" or kind == "table") and object.read_all ~= nil
end

-- An error of the step's source function, as a failure that says where: "return source(...)" leaves
-- no line behind, which makes it that where the function begins.
local function handler(step)
  return function(problem)
    if failure.is(problem) then return problem end
    local info = debug.getinfo(step.source, "S")
    local begins = ("%s:%d: "):format(info.short_src, info.linedefined)
    local message = failure.text(problem, begins)
    if not message:find("^[^\n]-:%d+: ") then message = begins .. message end
    local raised = failure.new(("step %s: %s"):format(step.name, message))
    raised.traceback = debug.traceback(nil, 2)
    return raised
  end
end

-- A fresh source of the step's records. Raises.
function compile.source(step, flags, settings)
  local good, source = xpcall(core.breakable, handler(step), step.source, flags,
    options.of_trial(settings))
  if not good then error(source, 0) end
  if not is_source(source) then
    failure.raise(("step %s: its source function returns %s, not a source"):format(step.name,
      source == nil and "nothing" or "a " .. type(source)),
      "return what bigdata.source.delimited, .fixed, .count or .random gives")
  end
  if not pcall(source.fields, source) then
    failure.raise(("step %s: its source function returns a source that is closed"):format(
      step.name), "open a new one each time that the function is called")
  end
  return source
end

local function compile_step(step, flags, settings)
  local source <close> = compile.source(step, flags, settings)
  failure.check(source:check())
  if settings.loop == "lua" then
    if step.run or step.each then return { step = step } end
    failure.raise(("step %s has a plan, but no function for the Lua loop"):format(step.name),
      "use --loop c, or give the step each, or run beside plan")
  end
  if not (step.each or step.plan) then
    failure.raise(("step %s has nothing but run, which only the Lua loop can call")
      :format(step.name), "use --loop lua, or give the step each, or plan beside run")
  end
  local fields, rest = source:fields()
  local spec = failure.check(trace.record(step, fields, rest, flags))
  local plan = failure.check(core.plan(spec))
  failure.check(proof.prove(step, spec, plan, source, flags))
  return { step = step, spec = spec, plan = plan, fields = fields, rest = rest }
end

-- Refuse settings that the plans cannot be run with, or that they have no use for. What the
-- functions of the Lua loop call is not known.
local function check_plans(compiled, scenario, settings)
  if settings.loop == "lua" then return end
  local places = {} -- by the name of the call
  for _, item in ipairs(compiled) do
    for _, op in ipairs(item.spec.ops) do places[op.op] = op.where end
  end
  if (settings.insert or "row") ~= "row" and not places.insert then
    failure.raise(("--insert %s has no meaning: no step of %s calls db:insert"):format(
      settings.insert, scenario.name), "leave it out, or take a scenario that does, as ingest")
  end
  if settings.protocol == "simple" and places.pipeline then
    failure.raise(("%s: the simple protocol has no pipelines"):format(places.pipeline),
      "use --protocol prepared or extended, or leave out db:pipeline")
  end
end

local function compile_all(scenario, flags, settings)
  local compiled = {}
  for i, step in ipairs(scenario.steps) do
    compiled[i] = compile_step(step, flags, settings)
  end
  check_plans(compiled, scenario, settings)
  return compiled
end

-- Compile and prove every step, and check that its files can be opened and that the settings fit: a
-- list of { step=, spec=, plan=, fields=, rest= }, or nil, message, info. For the Lua loop there is
-- nothing to compile.
function compile.steps(scenario, flags, settings)
  return failure.protect(compile_all, scenario, flags, settings)
end

return compile
