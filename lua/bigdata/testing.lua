--- Tests of scenarios, for specs run by `bigdata test`.
-- `statements` says what a record causes, without a database; `run` runs a scenario on a private
-- server, which all tests of a spec file share.
-- @module bigdata.testing

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local check = require "bigdata.check"
local core = require "bigdata.core"
local failure = require "bigdata.failure"
local interpreted = require "bigdata.step.interpreted"
local lists = require "bigdata.step.lists"
local options = require "bigdata.cli.options"
local scenario_type = require "bigdata.scenario"
local settings = require "bigdata.scenario.settings"
local source_library = require "bigdata.source"
local sweep = require "bigdata.sweep"
local sweep_run = require "bigdata.sweep.run"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local trial = require "bigdata.trial"
local values = require "bigdata.values"

local testing = {}

-- How many rows db:all finds, if neither an answer nor the record says.
local FREE_ROWS = 3

-- Connections that the shared server allows.
local MAX_CONNECTIONS = 200

-- Scenarios, steps and records.

-- The scenario itself, or the one that a path or a name stands for.
local function find_scenario(scenario, level)
  if scenario_type.is(scenario) then return scenario end
  if type(scenario) ~= "string" then
    error(("a scenario, its path or its name is needed, not a %s"):format(type(scenario)),
      level + 1)
  end
  local found, message, info = catalog.load(scenario)
  return found or error(info.hint ~= "" and ("%s; %s"):format(message, info.hint) or message,
    level + 1)
end

local function find_step(scenario, name, level)
  for _, step in ipairs(scenario.steps) do
    if step.name == name then return step end
  end
  error(("the scenario has no step %s%s"):format(tostring(name),
    text.suggest(name, tables.names(scenario.steps))), level + 1)
end

local function field_text(name, value, level)
  local as_text, problem = values.text(value)
  if as_text then return as_text end
  error(("the record's field %s is %s"):format(name, problem or "nil"), level + 1)
end

-- What the step's function sees of a record: text and lists of text, all of it known, and not to
-- be changed. And how many elements the record's list has, if it has one.
local function row_of(record, level)
  local fields, length = {}, nil
  for name, value in pairs(record) do
    if type(value) == "table" then
      fields[name], length = {}, #value
      for i, element in ipairs(value) do
        fields[name][i] = field_text(("%s[%d]"):format(name, i), element, level + 1)
      end
    else
      fields[name] = field_text(name, value, level + 1)
    end
  end
  return setmetatable({}, {
    __index = function(_, name)
      if fields[name] ~= nil then return fields[name] end
      error(("the record has no field %s%s"):format(tostring(name),
        text.suggest(name, text.keys(fields))), 2)
    end,
    __newindex = function() error("a row cannot be changed", 2) end,
  }), length
end

-- Answers.

local function fits(key, sql)
  if sql:find(key, 1, true) then return true end
  local good, found = pcall(string.find, sql, key)
  return good and found ~= nil
end

-- The answer that the test gives for a statement: by its text, or else by the longest part or
-- pattern that fits. nil if there is none.
local function canned(answers, statement)
  local answer, best = answers[statement.sql], -1
  if answer == nil then
    for key, rows in pairs(answers) do
      if #key > best and fits(key, statement.sql) then answer, best = rows, #key end
    end
  end
  if type(answer) ~= "function" then return answer end
  return answer(table.unpack(statement.params, 1, statement.params.n))
end

-- A list of rows; one row may be given without a list around it.
local function row_list(answer, statement)
  if type(answer) ~= "table" then
    error(("the answer for a statement with rows must be a table, not a %s: %s"):format(
      type(answer), text.statement(statement.sql)), 0)
  end
  if next(answer) ~= nil and #answer == 0 then return { answer } end
  return answer
end

-- The test's answers, and made-up ones where it gives none.
local function answers_for(given, length)
  local answers = {}

  function answers.touched(_, statement)
    local answer = canned(given, statement)
    if answer == nil then return 1 end
    return type(answer) == "table" and #row_list(answer, statement) or answer
  end

  function answers.row(n, statement)
    local answer = canned(given, statement)
    if answer == nil then return interpreted.row(interpreted.value, n, 1) end
    local rows = row_list(answer, statement)
    if #rows == 1 then return rows[1] end
    error(("%d rows where db:one wants exactly one: %s"):format(#rows,
      text.statement(statement.sql)), 0)
  end

  function answers.rows(n, statement)
    local answer = canned(given, statement)
    if answer ~= nil then
      local rows = row_list(answer, statement)
      return lists.of_rows(table.move(rows, 1, #rows, 1, {}))
    end
    return interpreted.rows(interpreted.value, n, length or FREE_ROWS)
  end

  return answers
end

-- Statements.

-- A plan of nothing else says whether the statement takes as many parameters as it is given.
local function check_count(step, statement)
  local params = {}
  for i = 1, statement.params.n do params[i] = { null = true } end
  failure.check(core.plan {
    name = step.name, fields = { "none" }, rest = false,
    ops = { {
      op = "exec", sql = statement.sql, where = "step " .. step.name, n = #params, params = params,
    } },
  })
end

-- What a test sees of a statement: { sql, parameters... }, and their number as its n, which is not
-- among what a comparison looks at.
local function shown(statement)
  return setmetatable({ statement.sql, table.unpack(statement.params, 1, statement.params.n) },
    { __index = { n = statement.params.n } })
end

-- The flags, those that the test does not give at their defaults.
local function flags_for(scenario, given, level)
  local _, _, all = failure.check(arguments.parse({}, options.of(scenario), scenario.flags))
  local shape = {}
  for _, flag in ipairs(scenario.flags) do shape[flag.name] = "any" end
  check.shape("flags", given, shape, level + 1)
  return setmetatable(tables.copy(all, given), getmetatable(all))
end

-- What the scenario's function for each worker, if there is one, leaves in its state.
local function worker_state(scenario, answers, flags)
  local state, worker = {}, scenario.hooks.worker
  if not worker then return state end
  local _, problem = interpreted.call(worker, flags, answers_for(answers), state)
  if problem ~= nil then error(problem, 0) end
  return state
end

local STATEMENTS = {
  answers = "table|nil", flags = "table|nil", loop = "string|nil", state = "table|nil",
}

--- The statements that a record causes, without a database.
-- What they find is made up: `db:exec` has touched one row; `db:one` finds a row, `db:all` as many
-- as the record's list has elements (3 if it has none). Every column that is read of a made-up row
-- says where it is from: `id/1/2` is the column id of the second row that the first statement
-- found. An error that the step's function raises is raised.
-- @param scenario a scenario, the path of its file, or its name
-- @param step the step's name
-- @param record a table: the fields by name, as text, and a list of further fields, as text.
-- Numbers may be given as such
-- @param given a table, or nothing: `answers`, what statements find, by their text, a part of
-- it, or a Lua pattern: a list of rows (or one row), for `db:exec` the number of rows touched, or
-- a function that is given the parameters and returns these; `flags`, values of the scenario's
-- flags, by name, where they are not their defaults; `loop`, "c" or "lua", says which
-- function is meant where the step has both `plan` and `run` ("c"); `state`, the table that the
-- function is given as its third argument; without it, what `scenario:worker` makes of an empty one
-- @return a list of `{sql, parameters...}`, with parameters as they go to the server: as text, nil
-- for NULL. Each has their number as its `n`
-- @usage assert.same({ { "insert into points values ($1, $2)", "3", "4" } },
--   testing.statements("points.lua", "insert", { x = 3, y = 4 }))
function testing.statements(scenario, step, record, given)
  given = check.shape("the options of statements", given or {}, STATEMENTS, 2)
  local object = find_scenario(scenario, 2)
  if sweep.is(object) then object = object.scenario end
  local flags = flags_for(object, given.flags or {}, 2)
  local state = given.state or worker_state(object, given.answers or {}, flags)
  object = find_step(object, step, 2)
  check.shape("the arguments of statements", { record = record }, { record = "table" }, 2)
  local row, length = row_of(record, 2)
  local f = given.loop == "lua" and object.run or object.plan or object.each or object.run
  local sent, problem, returned = interpreted.call(f, row,
    answers_for(given.answers or {}, length), state, flags)
  if problem ~= nil then error(problem, 0) end
  if returned ~= nil and (given.loop == "lua" or f == object.run) then
    error(("step %s: the function returned a %s: it must return nothing"):format(step,
      type(returned)), 2)
  end
  for i, statement in ipairs(sent) do
    check_count(object, statement)
    sent[i] = shown(statement)
  end
  return sent
end

-- Records.

-- The source of a file of comma-separated values whose first line names its fields.
local function open_with_header(path)
  local header <close> = source_library.delimited {
    files = path, fields = { "first" }, rest = "others",
  }
  local row = failure.check(header:next())
  if not row then failure.raise(("%s has no first line with the fields' names"):format(path)) end
  local source = source_library.delimited {
    files = path, fields = { row.first, table.unpack(row.others) },
  }
  failure.check(source:next())
  return source
end

local function read(source, count)
  local list = {}
  while #list < count do
    local row = failure.check(source:next())
    local reject = source:rejects()[1]
    if reject then
      failure.raise(("%s:%d: %s"):format(reject.file, reject.line, reject.reason))
    end
    if not row then break end
    list[#list + 1] = row
  end
  return list
end

--- The first records of a source, as `statements` takes them.
-- @param source what `bigdata.source` or `bigdata.census.sf1` gives; or the path of a file of
-- comma-separated values whose first line names the fields
-- @param count how many at most (1)
-- @return a list of records; raises where a line is bad
-- @usage local record = testing.records(sf1.geo("data/sample"))[1]
function testing.records(source, count)
  if type(source) ~= "string" then return read(source, count or 1) end
  local opened <close> = open_with_header(source)
  return read(opened, count or 1)
end

-- Runs.

-- The settings of a run and the flags, of what the test gives and defaults.
local function settings_for(scenario, given)
  local all, _, flags = failure.check(arguments.parse({}, options.of(scenario), scenario.flags))
  local own = tables.copy(given)
  own.dburl = nil
  all, flags = settings.with(all, flags, scenario, settings.read("testing.run", scenario, own))
  all.dburl = given.dburl
  if not sweep.is(scenario) then failure.check(options.check(all)) end
  return all, flags
end

-- The server of this spec file, started when it is first needed: busted loads this module anew for
-- each file, and the collector closes what the one before has left. The connection is made again
-- if a test has closed it.
local server, connection

local function connect()
  server = server or failure.check(core.server {
    max_connections = MAX_CONNECTIONS, settings = { "fsync=off" },
  })
  local good, rows = pcall(function() return connection:query("select 1") end)
  if not (good and rows) then connection = failure.check(core.connect(server:conninfo())) end
  return server:conninfo()
end

local function run(scenario, given)
  local object = find_scenario(scenario, 2)
  local chosen, flags = settings_for(object, given or {})
  if chosen.loop == "lua" and not object.path then
    failure.raise("the Lua loop loads a scenario from its file, and this one has none",
      "give run the path of a file")
  end
  local elsewhere = chosen.dburl
  chosen.dburl = elsewhere or connect()
  local result
  if sweep.is(object) then
    result = failure.check(sweep_run.run(object, chosen, flags))
  else
    result = failure.check(trial.run(object, chosen, flags))
  end
  return result, elsewhere and failure.check(core.connect(elsewhere)) or connection
end

--- Run a scenario on a private server.
-- The server is started by the first run in a spec file, and shared by all others there: what one
-- run leaves in tables of its own, the next finds. (The tables of a schema are emptied by each.)
-- @param scenario a scenario, the path of its file, or its name, also of a sweep or a variant; the
-- Lua loop wants a file
-- @param given the options of the command line and the scenario's flags, by their keys, as in
-- `{poolsize = 3, engine = "poll", autocommit = false, limit = 10}`, or nothing
-- @return the result, as a table: `ended` ("done", or what cut it short), and `steps`, a list with
-- `name`, `records`, `failed`, `rows`, `statements`, `seconds` and more of each; of a sweep
-- `trials`, a list with `label` and `runs`, the results of each; or nil, a message and an info if
-- nothing could be run
-- @return a connection to look at the tables: `connection:query(sql, ...)` returns a list of rows,
-- with all columns as text
-- @usage local result, connection = assert(testing.run("points.lua", { limit = 2 }))
function testing.run(scenario, given)
  return failure.protect(run, scenario, given)
end

return testing
