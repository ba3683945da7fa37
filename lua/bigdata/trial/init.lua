-- trial/init.lua - runs a scenario's steps, one after the other, under fixed settings.
--
-- Everything that can be found wrong without a server is found first: the steps are compiled and
-- proved, the files opened. Then comes the server, then the schema, then the pool, then the steps.

local arrival = require "bigdata.trial.arrival"
local arrival_report = require "bigdata.report.arrival"
local command_line = require "bigdata.cli.command_line"
local conclusion = require "bigdata.verdict.conclusion"
local connections = require "bigdata.trial.connections"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local foresight = require "bigdata.step.foresight"
local hooks = require "bigdata.step.hooks"
local json = require "bigdata.result.json"
local machine = require "bigdata.trial.machine"
local monitors = require "bigdata.trial.monitor"
local options = require "bigdata.cli.options"
local proof = require "bigdata.step.proof"
local resume = require "bigdata.trial.resume"
local schema = require "bigdata.trial.schema"
local tables = require "bigdata.tables"
local trace = require "bigdata.step.trace"
local ways = require "bigdata.trial.way"

local trial = {}

-- Connections that a private server has beside those of the pool.
local SPARE_CONNECTIONS = 10

--- Compiling.

local function is_source(object)
  local kind = type(object)
  return (kind == "userdata" or kind == "table") and object.read_all ~= nil
end

-- A fresh source of the step's records. Raises.
function trial.source(step, flags)
  local source = core.breakable(step.source, flags)
  if not is_source(source) then
    failure.raise(("step %s: its source function returns %s, not a source"):format(step.name,
      source == nil and "nothing" or "a " .. type(source)),
      "return what bigdata.source.delimited, .fixed, .count or .random gives")
  end
  return source
end

local function compile_step(step, flags, loop)
  local source <close> = trial.source(step, flags)
  failure.check(source:check())
  if loop == "lua" then
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

local function compile(scenario, flags, settings)
  local compiled = {}
  for i, step in ipairs(scenario.steps) do
    compiled[i] = compile_step(step, flags, settings.loop)
  end
  check_plans(compiled, scenario, settings)
  return compiled
end

-- Compile and prove every step, and check that its files can be opened and that the settings fit: a
-- list of { step=, spec=, plan=, fields=, rest= }, or nil, message, info. For the Lua loop there is
-- nothing to compile.
function trial.compile(scenario, flags, settings)
  return failure.protect(compile, scenario, flags, settings)
end

--- Running.

-- What the caller is told while a trial runs; every function may be left out.
local SILENT = {
  every = 0,                -- seconds between two calls of update
  note = function() end,    -- (text): what goes on before the first step
  begin = function() end,   -- (name of the step, settings)
  update = function() end,  -- (as the core's progress)
  finish = function() end,  -- () what note or begin announced is over
}

-- A private server for pools of up to settings.poolsize connections; nil where something says that
-- another one is to be used. Raises.
function trial.server(settings, watch)
  watch = setmetatable(watch or {}, { __index = SILENT })
  if settings.dburl or core.environment() then return nil end
  watch.note("starting a private PostgreSQL server")
  local server, message, info = core.server {
    max_connections = settings.poolsize + SPARE_CONNECTIONS,
  }
  watch.finish()
  return failure.check(server, message, info)
end

-- Make the tables ready: as they were left where a load is continued, else empty. What says that a
-- load can be continued is forgotten first, so that it is never there without the rows.
local function prepare_tables(connection, scenario, settings)
  if not settings.resume then resume.check_free(connection, scenario) end
  local continued = settings.resume and resume.stored(connection, scenario) or false
  if not continued then resume.forget(connection, scenario) end
  if not scenario.schema then return continued end
  local found = failure.check(schema.prepare(connection, scenario.schema, continued))
  if found == "created" then
    resume.forget(connection, scenario)
    return false
  end
  return continued
end

local function prepare_database(result, conninfo, scenario, private)
  local connection <close> = failure.check(core.connect(conninfo))
  local continued = prepare_tables(connection, scenario, result.settings)
  if result.settings.resume then result.continued = continued end
  local most = failure.check(connection:query("show max_connections"))[1].max_connections
  result.server = {
    version = (connection:server_version()), description = connection:description(),
    max_connections = tonumber(most), private = private,
  }
end

-- How the Lua loop gets at the step's function: every interpreter loads the scenario anew.
local function lua_loop(scenario, step, settings, flags)
  if settings.loop ~= "lua" then return nil end
  return {
    path = scenario.path, step = step.name, flags = flags, state = settings.lua_state,
    memory = settings.lua_memory * 1000000,
  }
end

-- Ways for a step to end after which the next one is run.
local GOES_ON = { done = true, time = true }

-- What is to be known to prove, after the step, that its rows have arrived.
local function begin_proof(pool, conninfo, scenario, compiled, settings)
  if settings.verify == false then return { why = "--no-verify" } end
  if settings.loop == "lua" and scenario.hooks.worker then
    return { why = "scenario:worker may prepare the connections in any way" }
  end
  local rows, why
  if compiled.spec then
    rows, why = foresight.of_plan(compiled.spec.ops)
  else
    rows = foresight.of_function(compiled.step.run or compiled.step.each)
  end
  return rows and arrival.begin(pool, conninfo, rows) or { why = why }
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

local function run_step(pool, way, claim, scenario, compiled, settings, flags, watch, monitor)
  local step = compiled.step
  local source <close> = trial.source(step, flags)
  local mark = claim and claim:step(step, source)
  if settings.loop ~= "lua" then
    hooks.prepare_workers(scenario, pool, settings.poolsize, flags)
  end
  local proof_begun = begin_proof(pool, way.direct, scenario, compiled, settings)
  watch.begin(step.name, settings)
  local outcome, message, info = pool:run {
    plan = compiled.plan,
    loop = lua_loop(scenario, step, settings, flags),
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
    resume = mark,
    queue = settings.queue,
    preload = settings.preload or false,
    limit = settings.limit,
    time = settings.time,
    max_errors = settings.max_errors,
    progress_every = watch.every,
    progress = watch.update,
    ready = function()
      monitor:begin()
      way:begin()
    end,
    verify = proof_begun.manifest,
  }
  monitor:stop()
  watch.finish()
  if not outcome then failure.raise(message, info.hint, info.code) end
  way:settle(outcome)
  outcome.name = step.name
  json.array(outcome.samples)
  json.array(outcome.statement_latencies)
  outcome.server = monitor:finish(GOES_ON[outcome.ended])
  if message then
    outcome.error = { message = message, hint = info and info.hint, code = info and info.code }
  end
  end_proof(proof_begun, outcome)
  return outcome
end

local function run_steps(result, link, way, claim, scenario, compiled, flags, watch, monitor)
  for _, item in ipairs(compiled) do
    local outcome = link:patiently(function(pool)
      return run_step(pool, way, claim, scenario, item, result.settings, flags, watch, monitor)
    end)
    outcome.verdict = conclusion.of(result, outcome, item, scenario.steps)
    result.steps[#result.steps + 1] = outcome
    local goes_on = GOES_ON[outcome.ended]
    if not goes_on or outcome.error then
      result.ended, result.error = goes_on and "failed" or outcome.ended, outcome.error
      return
    end
  end
  result.ended = "done"
end

local function run_pool(result, conninfo, claim, scenario, compiled, flags, watch)
  local way <close> = ways.open(conninfo, result.settings.delay)
  local link <close> = connections.open(way.conninfo, result.settings,
    result.server.max_connections)
  result.connect_seconds = link:get():open_seconds()
  local monitor <close> = monitors.open(way.conninfo, result.settings.monitor or 0)
  link.opened = function(pool) monitor:attach(pool, result.settings.poolsize) end
  link.opened(link:get())
  for name, fact in pairs(monitor:facts()) do result.server[name] = fact end
  run_steps(result, link, way, claim, scenario, compiled, flags, watch, monitor)
  return true
end

-- Between the scenario's setup and its teardown, which has no pool beside it that may hold locks. A
-- load that is continued was set up before, and one that is to be continued is not torn down.
local function run_with_hooks(result, conninfo, claim, scenario, compiled, flags, watch)
  if not result.continued then hooks.set_up(scenario, conninfo, flags) end
  local good, _, problem = failure.protect(run_pool, result, conninfo, claim, scenario, compiled,
    flags, watch)
  if not good and core.interrupted() then problem = failure.new("interrupted", nil, "STOPPED") end
  local clean, unclean = true, nil
  if result.ended == "done" or not result.settings.resume then
    clean, _, unclean = hooks.tear_down(scenario, conninfo, flags)
  end
  if not good then error(problem, 0) end
  if not clean and result.ended == "done" then error(unclean, 0) end
end

-- What the scenario and the settings do not allow.
local function check_settings(scenario, settings)
  if settings.resume and not settings.dburl and not core.environment() then
    failure.raise("--resume needs to know the database: a private server is removed after the run",
      "give --dburl or --dbname, or set PGDATABASE or others of libpq's variables")
  end
  if settings.resume and (settings.warmup or 0) > 0 then
    failure.raise("--resume cannot be used with --warmup, which empties the tables",
      "leave out one of them")
  end
  if (settings.reconnect or 0) > 0 and scenario.hooks.worker then
    failure.raise("--reconnect cannot be used with a scenario that has a function for each worker",
      "it could not be called for a connection that is opened again")
  end
end

-- More bad records than there can be: a warm-up stops for none of them.
local ANY_ERRORS = 1000000000000

-- Run everything once, shorter and for nothing, and empty the tables again.
local function warm_up(result, conninfo, scenario, compiled, flags, watch)
  local settings = result.settings
  if (settings.warmup or 0) == 0 then return end
  local short = tables.copy(settings)
  short.time, short.max_errors, short.monitor = settings.warmup, ANY_ERRORS, 0
  local nothing = { settings = short, steps = {}, server = {}, arguments = {} }
  -- Nobody is told of it but by the note, since it does not count.
  local unseen = setmetatable({ note = watch.note }, { __index = SILENT })
  unseen.note("warming up")
  run_with_hooks(nothing, conninfo, nil, scenario, compiled, flags, unseen)
  watch.finish()
  if core.interrupted() then failure.raise("interrupted", nil, "STOPPED") end
  prepare_database(result, conninfo, scenario, result.server.private)
end

local function run(result, scenario, flags, watch)
  local settings = result.settings
  check_settings(scenario, settings)
  local compiled = compile(scenario, flags, settings)
  if core.interrupted() then failure.raise("interrupted", nil, "STOPPED") end
  local server <close> = trial.server(settings, watch)
  local conninfo = settings.dburl or server and server:conninfo() or nil
  local claim <close> = settings.resume and resume.claim(conninfo, scenario) or nil
  prepare_database(result, conninfo, scenario, server ~= nil)
  warm_up(result, conninfo, scenario, compiled, flags, watch)
  run_with_hooks(result, conninfo, claim, scenario, compiled, flags, watch)
  return true
end

-- The result of a trial of which nothing could be run, as run() said why: for those who go on with
-- others. name: of what was to be run.
function trial.failed(name, settings, message, info)
  return {
    scenario = name, settings = options.of_trial(settings), ended = "failed",
    steps = json.array {}, error = { message = message, hint = info.hint },
  }
end

-- Run the scenario: the result, as docs/result.md describes it but for its format; or nil, message,
-- info when nothing could be run. `ended` is "done", or what cut the trial short: "errors",
-- "failed", "interrupted".
function trial.run(scenario, settings, flags, watch)
  watch = setmetatable(watch or {}, { __index = SILENT })
  local result = {
    scenario = scenario.name, summary = scenario.summary,
    settings = tables.copy(settings), flags = tables.copy(flags), steps = json.array {},
    arguments = json.array(command_line.of(scenario, settings, flags)),
    started = os.date("!%Y-%m-%dT%H:%M:%SZ"), environment = machine.facts(),
  }
  local good, message, info = failure.protect(run, result, scenario, flags, watch)
  result.settings = options.of_trial(settings)
  if good then return result end
  if info.code == "STOPPED" or core.interrupted() then
    result.ended = "interrupted"
  elseif #result.steps > 0 then
    result.ended = "failed"
    result.error = { message = message, hint = info.hint, code = info.code }
  else
    return nil, message, info
  end
  return result
end

return trial
