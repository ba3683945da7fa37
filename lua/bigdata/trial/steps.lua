-- trial/steps.lua - runs the steps of a trial on its connections, each watched by the monitor and
-- followed by the proof that its rows have arrived.

local arrival = require "bigdata.trial.arrival"
local arrival_report = require "bigdata.report.arrival"
local compile = require "bigdata.trial.compile"
local conclusion = require "bigdata.verdict.conclusion"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local foresight = require "bigdata.step.foresight"
local hooks = require "bigdata.step.hooks"
local json = require "bigdata.result.json"

local steps = {}

-- How the Lua loop gets at the step's function: every interpreter loads the scenario anew.
local function lua_loop(context, step)
  local settings = context.settings
  if settings.loop ~= "lua" then return nil end
  return {
    path = context.scenario.path, step = step.name, flags = context.flags,
    state = settings.lua_state, memory = settings.lua_memory * 1000000,
  }
end

-- Ways for a step to end after which the next one is run.
local GOES_ON = { done = true, time = true }

-- What is to be known to prove, after the step, that its rows have arrived.
local function begin_proof(context, compiled, pool, way)
  if context.settings.verify == false then return { why = "--no-verify" } end
  if context.settings.loop == "lua" and context.scenario.hooks.worker then
    return { why = "scenario:worker may prepare the connections in any way" }
  end
  local rows, why
  if compiled.spec then
    rows, why = foresight.of_plan(compiled.spec.ops)
  else
    rows = foresight.of_function(compiled.step.run or compiled.step.each)
  end
  return rows and arrival.begin(pool, way.direct, rows) or { why = why }
end

local function end_proof(proof_begun, outcome)
  outcome.arrival = core.interrupted() and { why = "interrupted" }
    or arrival.finish(proof_begun, outcome.arrived)
  outcome.arrived = nil
  local difference = arrival.difference(outcome.arrival)
  if difference and not outcome.error then
    outcome.error = {
      message = ("step %s: %s"):format(outcome.name, arrival_report.problem(difference)),
      hint = difference.difference.query, code = "FORMAT",
    }
  end
end

-- What the core is told of the step.
local function core_settings(context, compiled, source)
  local settings, watch = context.settings, context.watch
  return {
    plan = compiled.plan,
    loop = lua_loop(context, compiled.step),
    source = source,
    engine = settings.engine,
    jobs = settings.jobs,
    autocommit = settings.autocommit,
    commit_every = settings.commit_every,
    insert = settings.insert,
    insert_batch = settings.insert_batch,
    max_tries = settings.max_tries,
    reconnect = settings.reconnect,
    interval = (settings.rate or 0) > 0 and 1 / settings.rate or 0,
    resume = context.claim and context.claim:step(compiled.step, source),
    queue = settings.queue,
    preload = settings.preload or false,
    limit = settings.limit,
    time = settings.time,
    max_errors = settings.max_errors,
    progress_every = watch.every,
    progress = watch.update,
  }
end

-- What to do about a step's failure. With a function for each worker there is no --reconnect.
local function hint_on(info, context)
  local hint = info.hint or ""
  local can_reconnect = (context.settings.reconnect or 0) == 0 and not context.scenario.hooks.worker
  if info.code ~= "CONN" or hint ~= "" or not can_reconnect then return hint end
  return "--reconnect S opens lost connections again, trying for S seconds"
end

-- Run one step: its outcome, with what the monitor saw and what the proof of arrival found. Raises
-- what kept it from being begun.
local function run_step(context, compiled, pool, way, monitor)
  local step, watch = compiled.step, context.watch
  local source <close> = compile.source(step, context.flags, context.settings)
  local settings = core_settings(context, compiled, source)
  failure.check(pool:forget()) -- now: it would undo what a worker's function prepares
  if context.settings.loop ~= "lua" then
    hooks.prepare_workers(context.scenario, pool, context.settings.poolsize, context.flags)
  end
  local proof_begun = begin_proof(context, compiled, pool, way)
  settings.verify = proof_begun.manifest
  settings.ready = function()
    monitor:begin()
    way:begin()
  end
  watch.begin(step.name, context.settings)
  local outcome, message, info = pool:run(settings)
  monitor:stop()
  watch.finish()
  if not outcome then failure.raise(message, info.hint, info.code) end
  way:settle(outcome)
  outcome.name = step.name
  json.array(outcome.samples)
  json.array(outcome.statement_latencies)
  outcome.server = monitor:finish(GOES_ON[outcome.ended], outcome.reconnects > 0)
  if message then
    outcome.error = { message = message, hint = hint_on(info, context), code = info.code }
  end
  end_proof(proof_begun, outcome)
  return outcome
end

-- Run the steps one after the other, on the pool of these connections, until one does not end well.
-- Their outcomes, and how it ended, are then in the context's result.
-- context: as in trial/init.lua.
function steps.run(context, link, way, monitor)
  local result = context.result
  for _, compiled in ipairs(context.compiled) do
    local outcome = link:patiently(function(pool)
      return run_step(context, compiled, pool, way, monitor)
    end)
    outcome.verdict = conclusion.of(result, outcome, compiled, context.scenario.steps)
    result.steps[#result.steps + 1] = outcome
    local goes_on = GOES_ON[outcome.ended]
    if not goes_on or outcome.error then
      result.ended, result.error = goes_on and "failed" or outcome.ended, outcome.error
      return
    end
    if (outcome.reconnects or 0) > 0 then link:tell() end
  end
  result.ended = "done"
end

return steps
