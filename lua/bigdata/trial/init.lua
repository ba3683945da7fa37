-- trial/init.lua - runs a scenario's steps, one after the other, under fixed settings.
--
-- Everything that can be found wrong without a server is found first: the steps are compiled and
-- proved, the files opened. Then comes the server, then the schema, then the pool, then the steps.

local command_line = require "bigdata.cli.command_line"
local compile = require "bigdata.trial.compile"
local connections = require "bigdata.trial.connections"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local hooks = require "bigdata.step.hooks"
local json = require "bigdata.result.json"
local machine = require "bigdata.trial.machine"
local monitors = require "bigdata.trial.monitor"
local options = require "bigdata.cli.options"
local resume = require "bigdata.trial.resume"
local schema = require "bigdata.trial.schema"
local steps = require "bigdata.trial.steps"
local tables = require "bigdata.tables"
local ways = require "bigdata.trial.way"

local trial = {}

-- Connections that a private server has beside those of the pool.
local SPARE_CONNECTIONS = 10

-- What the caller is told while a trial runs; every function may be left out.
local SILENT = {
  every = 0,                -- seconds between two calls of update
  note = function() end,    -- (text): what goes on before the first step
  begin = function() end,   -- (name of the step, settings)
  update = function() end,  -- (as the core's progress)
  finish = function() end,  -- () what note or begin announced is over
}

-- A trial under way is handed on as its context: { scenario=, flags=, settings=, watch=, result=,
-- compiled= as of compile.steps, conninfo= and private= of the server, claim= of a load that can be
-- continued }.

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

local function prepare_database(context)
  local result, settings = context.result, context.settings
  local connection <close> = failure.check(core.connect(context.conninfo))
  local continued = prepare_tables(connection, context.scenario, settings)
  if settings.resume then result.continued = continued end
  local most = failure.check(connection:query("show max_connections"))[1].max_connections
  result.server = {
    version = (connection:server_version()), description = connection:description(),
    max_connections = tonumber(most), private = context.private,
  }
end

local function run_pool(context)
  local result, settings = context.result, context.settings
  local way <close> = ways.open(context.conninfo, settings.delay, settings.poolsize)
  local link <close> = connections.open(way.conninfo, settings, result.server.max_connections)
  result.connect_seconds = link:get():open_seconds()
  local monitor <close> = monitors.open(way.conninfo, settings.monitor or 0)
  link.opened = function(pool) monitor:attach(pool, settings.poolsize) end
  link:tell()
  for name, fact in pairs(monitor:facts()) do result.server[name] = fact end
  steps.run(context, link, way, monitor)
  return true
end

-- Between the scenario's setup and its teardown, which has no pool beside it that may hold locks. A
-- load that is continued was set up before, and one that is to be continued is not torn down.
local function run_with_hooks(context)
  local result = context.result
  if not result.continued then hooks.set_up(context.scenario, context.conninfo, context.flags) end
  local good, _, problem = failure.protect(run_pool, context)
  if not good and core.interrupted() then problem = failure.new("interrupted", nil, "STOPPED") end
  local clean, unclean = true, nil
  if result.ended == "done" or not context.settings.resume then
    clean, _, unclean = hooks.tear_down(context.scenario, context.conninfo, context.flags)
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
local function warm_up(context)
  local seconds, watch = context.settings.warmup or 0, context.watch
  if seconds == 0 then return end
  local settings = tables.copy(context.settings, {
    time = seconds, max_errors = ANY_ERRORS, monitor = 0,
  })
  watch.note("warming up")
  run_with_hooks(tables.copy(context, {
    settings = settings, watch = SILENT, result = {
      settings = settings, steps = {}, server = tables.copy(context.result.server), arguments = {},
    },
  }))
  watch.finish()
  if core.interrupted() then failure.raise("interrupted", nil, "STOPPED") end
  prepare_database(context)
end

local function run(context)
  local settings = context.settings
  check_settings(context.scenario, settings)
  context.compiled = failure.check(compile.steps(context.scenario, context.flags, settings))
  if core.interrupted() then failure.raise("interrupted", nil, "STOPPED") end
  local server <close> = trial.server(settings, context.watch)
  context.private = server ~= nil
  context.conninfo = settings.dburl or server and server:conninfo() or nil
  local claim <close> = settings.resume and resume.claim(context.conninfo, context.scenario) or nil
  context.claim = claim
  prepare_database(context)
  warm_up(context)
  run_with_hooks(context)
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
  local good, message, info = failure.protect(run, {
    scenario = scenario, settings = result.settings, flags = flags, watch = watch, result = result,
  })
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
