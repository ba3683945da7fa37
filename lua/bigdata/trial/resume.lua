-- trial/resume.lua - loads that can be continued.
--
-- The table bigdata_done, beside those that a scenario fills, says what is stored of a load: it has
-- a row for every transaction, written in it, with the numbers of its records (src/run/marker.h),
-- and one of number 0 for each step that was begun, which describes the step's source. While a run
-- is at a load it holds the load's claim, a lock. All functions raise.

local advice = require "bigdata.trial.advice"
local core = require "bigdata.core"
local failure = require "bigdata.failure"

local resume = {}

local COMMENT = "bigdata done 1: what is stored of a load that --resume can continue"
local MARK = "^bigdata done 1:"

local FIND = [[
  select coalesce(obj_description(to_regclass('bigdata_done'), 'pg_class'), '') as comment
  where to_regclass('bigdata_done') is not null]]

local CREATE = ([[
  create table bigdata_done (
    load text not null,
    step text not null,
    first bigint not null,
    records bigint[] not null default '{}',
    source text,
    primary key (load, step, first));
  comment on table bigdata_done is '%s']]):format(COMMENT)

local LOCK_TIMEOUT = "55P03" -- lock_not_available

-- Loads that fill the same tables have one key.
local CLAIM = [[
  select pg_advisory_xact_lock(hashtextextended(
    format('bigdata %s %s', 'bigdata_done'::regclass::oid, $1::text), 0))]]

-- Numbers without a gap between them, as their first and last one.
local RANGES = [[
  select min(number) as first, max(number) as last
  from (
    select number, number - row_number() over (order by number) as gap
    from bigdata_done, unnest(records) as number
    where load = $1 and step = $2) as numbered
  group by gap order by 1]]

local function query(connection, sql, ...)
  return advice.check(connection:query(sql, ...))
end

-- Is the table there? Tells one of somebody else's as the second value.
local function find(connection)
  local row = query(connection, FIND)[1]
  return row ~= nil, row ~= nil and not row.comment:find(MARK)
end

-- Forget what is stored: of the scenario's load, or of all loads where its tables are shared, or
-- where no scenario is given.
function resume.forget(connection, scenario)
  local there, foreign = find(connection)
  if not there or foreign then return end
  if scenario and not scenario.schema then
    query(connection, "delete from bigdata_done where load = $1", scenario.name)
  else
    query(connection, "truncate bigdata_done")
  end
end

-- The table of our own: made if there is none.
local function make(connection)
  local there, foreign = find(connection)
  if foreign then
    failure.raise("bigdata_done was not made by this program: it lacks the comment \"bigdata done "
      .. "1: ...\"", "use another database: createdb bigdata")
  end
  if not there then advice.check(connection:execute(CREATE)) end
end

-- Wait until what a killed run had sent is committed or undone: its connections may outlive it.
local function wait_for_others(connection)
  failure.check(connection:execute "savepoint before; set local lock_timeout = '30s'")
  local good, message, info = connection:execute "lock table bigdata_done in share mode"
  if not good and info.sqlstate == LOCK_TIMEOUT then
    failure.raise("a transaction that notes what is stored in bigdata_done does not end",
      "find its connection in pg_stat_activity, and end it by pg_terminate_backend")
  end
  failure.check(good, message, info)
  failure.check(connection:execute "rollback to before")
end

-- Take the claim on the connection, for a transaction that is left open. key: of the loads that
-- fill the same tables.
local function take(connection, key)
  -- The server may take a moment to let go of the claim of a run that has just ended.
  failure.check(connection:execute [[
    begin;
    set local idle_in_transaction_session_timeout = 0;
    set local lock_timeout = '2s']])
  local good, message, info = connection:query(CLAIM, key)
  if not good and info.sqlstate == LOCK_TIMEOUT then
    failure.raise("another run loads the same into this database",
      "wait for its end, or end it, and run this again")
  end
  failure.check(good, message, info)
end

-- What keeps other runs from a load until it is closed.
local Claim = {}
Claim.__index = Claim

-- The claims that keep each other off have one key: those of loads that fill the same tables.
local function key_of(scenario)
  return scenario.schema or scenario.name
end

-- Claim the scenario's load.
function resume.claim(conninfo, scenario)
  local claim = setmetatable({
    conninfo = conninfo, load = scenario.name, key = key_of(scenario),
    connection = failure.check(core.connect(conninfo)),
  }, Claim)
  make(claim.connection)
  take(claim.connection, claim.key)
  wait_for_others(claim.connection)
  return claim
end

function Claim:close()
  if self.connection then self.connection:close() end
  self.connection = nil
end

Claim.__close = Claim.close

-- Take it again if its connection was lost.
local function keep(claim)
  if claim.connection and claim.connection:query "select 1" then return end
  claim:close()
  claim.connection = failure.check(core.connect(claim.conninfo))
  take(claim.connection, claim.key)
end

-- Refuse to begin the scenario afresh while another run is at a load that can be continued.
function resume.check_free(connection, scenario)
  local there, foreign = find(connection)
  if not there or foreign then return end
  take(connection, key_of(scenario))
  failure.check(connection:execute "rollback")
end

-- True if something of the scenario's load is stored, so that it is to be continued.
function resume.stored(connection, scenario)
  local row = query(connection,
    "select exists (select from bigdata_done where load = $1) as stored", scenario.name)[1]
  return row.stored == "t"
end

-- Refuse a source that is not the one that the step was begun with; note it if there is none.
local function check_source(connection, load, step, description)
  local row = query(connection,
    "select source from bigdata_done where load = $1 and step = $2 and first = 0", load, step)[1]
  if not row then
    query(connection, "insert into bigdata_done (load, step, first, source) values ($1, $2, 0, $3)",
      load, step, description)
  elseif row.source ~= description then
    failure.raise(("step %s cannot be continued: its source has changed since the load was begun, "
      .. "from\n%s\nto\n%s"):format(step, row.source:gsub("\n$", ""), description:gsub("\n$", "")),
      "run it without --resume to start afresh, or bring the files back as they were")
  end
end

-- Every run writes the step's row of number 0 anew when it begins with the step: the transaction
-- that has written it tells whose the step is.
local SIGN = [[
  update bigdata_done set source = source where load = $1 and step = $2 and first = 0
  returning xmin as writer]]

local WRITER = [[
  select xmin as writer from bigdata_done where load = $1 and step = $2 and first = 0]]

-- See to it that the step is still this run's, or raise.
local function renew(claim, step, writer)
  keep(claim)
  local row = query(claim.connection, WRITER, claim.load, step)[1]
  if not row or row.writer ~= writer then
    failure.raise("while the server could not be reached another run has gone on with this load",
      "run this again, to continue where that one has ended")
  end
end

-- What pool:run is told about a step: { load=, step=, done = { first, last, first, last, ... },
-- renew= }.
function Claim:step(step, source)
  keep(self)
  local connection <close> = failure.check(core.connect(self.conninfo))
  check_source(connection, self.load, step.name, failure.check(source:describe()))
  local done = {}
  for _, range in ipairs(query(connection, RANGES, self.load, step.name)) do
    done[#done + 1] = math.tointeger(range.first)
    done[#done + 1] = math.tointeger(range.last)
  end
  local writer = query(connection, SIGN, self.load, step.name)[1].writer
  return {
    load = self.load, step = step.name, done = done,
    renew = function()
      return failure.protect(function()
        renew(self, step.name, writer)
        return true
      end)
    end,
  }
end

return resume
