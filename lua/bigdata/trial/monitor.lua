-- trial/monitor.lua - what the server was doing while a step ran, seen from a connection beside the
-- pool: what its backends waited for, what its statistics counted, and what CPU its processes used.
--
-- Nothing here can make a run fail: what the server does not have, does not permit, or does not
-- live to tell is left out, and `missing` says so.

local core = require "bigdata.core"
local json = require "bigdata.result.json"
local proc = require "bigdata.trial.proc"
local text = require "bigdata.text"

local monitor = {}

local Monitor = {}
Monitor.__index = Monitor

-- Empty queries whose median is the round trip.
local ROUND_TRIPS = 31

--- Questions.

-- Our backends by what they do, and what they wait for, as (name, count).
local SIGHTINGS = [[
  select concat_ws('|', coalesce(state, '?'), coalesce(wait_event_type, ''),
                   coalesce(wait_event, '')), count(*)
  from pg_stat_activity where pid in (%s) group by 1]]

-- The server's statistics, one row each; their differences over a step are reported by the names
-- that the server gives to the columns. from, to: versions, as in server_version_num.
local STATISTICS = {
  { name = "database", view = "pg_stat_database", from = 0,
    sql = "select * from pg_stat_database where datname = current_database()" },
  { name = "wal", view = "pg_stat_wal", from = 140000, sql = "select * from pg_stat_wal" },
  { name = "bgwriter", view = "pg_stat_bgwriter", from = 0,
    sql = "select * from pg_stat_bgwriter" },
  { name = "checkpointer", view = "pg_stat_checkpointer", from = 170000,
    sql = "select * from pg_stat_checkpointer" },
  { name = "position", view = "pg_current_wal_lsn()", from = 100000,
    sql = "select (pg_current_wal_lsn() - '0/0')::bigint as wal_bytes" },
}

-- Columns that are no counters.
local GAUGES = { datid = true, numbackends = true }

local IO = {
  from = 160000,
  sql = "select backend_type || '|' || object || '|' || context as name, * from pg_stat_io",
}

-- Settings that differ from the built-in defaults, but for those that say nothing about speed.
local SETTINGS = [[
  select name, current_setting(name) as value from pg_settings
  where source not in ('default', 'override', 'client', 'session')
  and category !~ '^(Preset|File Locations|Client Connection Defaults / Locale|Reporting)'
  and name !~ '(_file|_directory|_directories|_string|_command|password|passphrase)'
  order by name]]

local PROCESSES = [[
  select pid, coalesce(backend_type, '') as type,
    extract(epoch from backend_start)::float8 as started
  from pg_stat_activity where backend_type is distinct from 'client backend'
  or pid = pg_backend_pid()]]

-- Rows, or nil where the server refuses; why is kept under the name.
function Monitor:ask(name, sql, ...)
  if not self.connection or self.lost then return nil end
  if core.interrupted() then return self:miss("the server's statistics", "interrupted") end
  local rows, message, info = self.connection:ask(sql, ...)
  if rows then return rows end
  self:miss(name, message)
  if info.code == "CONN" then self.lost = true end
  return nil
end

function Monitor:miss(name, why)
  self.missing[#self.missing + 1] = { what = name, why = why }
end

--- Opening.

-- Monitor the server behind conninfo, looking `hz` times a second; 0: not at all. Never fails.
function monitor.open(conninfo, hz)
  local self = setmetatable({ hz = hz, missing = {}, version = 0 }, Monitor)
  if hz == 0 then
    self:miss("the server's side", "--monitor 0 switches it off")
    return self
  end
  local connection, message = core.monitor(conninfo)
  if not connection then
    self:miss("the server's side", "the monitor cannot connect: " .. message)
    return self
  end
  self.connection = connection
  local version = self:ask("the server's version",
    "select current_setting('server_version_num')::integer as version")
  self.version = version and version[1].version or 0
  return self
end

function Monitor:close()
  if self.connection then self.connection:close() end
  self.connection = nil
end
Monitor.__close = Monitor.close

-- What can be told of the server before a step: { round_trip_seconds=, settings={ name = value } },
-- each nil where it cannot be had.
function Monitor:facts()
  local facts = {}
  if not self.connection then return facts end
  local rows = self:ask("pg_settings", SETTINGS)
  if rows then
    facts.settings = {}
    for _, row in ipairs(rows) do facts.settings[row.name] = row.value end
  end
  local seconds, message = self.connection:round_trip(ROUND_TRIPS)
  if not seconds then self:miss("the round trip", message) end
  facts.round_trip_seconds = seconds
  return facts
end

-- The backends of the pool's connections are those to look at.
function Monitor:attach(pool, size)
  self.pool, self.pids = pool, {}
  if not self.connection then return end
  for i = 1, size do
    local rows = pool:ask(i, "select pg_backend_pid() as pid")
    if rows then self.pids[#self.pids + 1] = rows[1].pid end
  end
end

-- Backends report what they have counted at most once a second: have them report the rest.
function Monitor:flush()
  if self.version < 150000 then return end
  for i = 1, #self.pids do self.pool:ask(i, "select pg_stat_force_next_flush()") end
end

--- Statistics.

-- Columns that count, as numbers: of row `from` on, subtracted from those of `to`.
local function difference(from, to)
  local changed = {}
  for name, value in pairs(to) do
    local before, after = tonumber(from[name]), tonumber(value)
    if before and after and not GAUGES[name] then changed[name] = after - before end
  end
  return changed
end

local function by_name(rows)
  local named = {}
  for _, row in ipairs(rows or {}) do named[row.name] = row end
  return named
end

function Monitor:statistics()
  local taken = {}
  for _, statistic in ipairs(STATISTICS) do
    if self.version >= statistic.from then
      local rows = self:ask(statistic.view, statistic.sql)
      taken[statistic.name] = rows and rows[1]
    end
  end
  if self.version >= IO.from then taken.io = by_name(self:ask("pg_stat_io", IO.sql)) end
  return taken
end

-- What was read and written by whom: a list, without those who did nothing.
local function io_difference(from, to)
  local list = json.array {}
  for name, row in pairs(to) do
    local changed = difference(from[name] or {}, row)
    local any = false
    for key, value in pairs(changed) do
      if value == 0 then changed[key] = nil else any = true end
    end
    if any then
      changed.backend_type, changed.object, changed.context = row.backend_type, row.object,
        row.context
      changed.op_bytes = tonumber(row.op_bytes) -- version 18 counts bytes instead
      list[#list + 1], changed.name = changed, name
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  for _, entry in ipairs(list) do entry.name = nil end
  return list
end

local function set_differences(seen, from, to)
  for _, statistic in ipairs(STATISTICS) do
    local name = statistic.name
    if from[name] and to[name] then seen[name] = difference(from[name], to[name]) end
  end
  if from.io and to.io then seen.io = io_difference(from.io, to.io) end
  seen.wal_bytes = seen.position and seen.position.wal_bytes
  seen.position = nil
end

--- Processes.

-- The server's processes are on this machine, and can be seen, if our own backend is: its number
-- alone could be that of any other process here, but hardly with the same start.
local function is_visible(row)
  local process = proc.process(row.pid)
  return process and math.abs(process.started - row.started) <= 2
end

-- CPU seconds of every process so far: pid -> { type=, cpu= }; nil where they cannot be seen.
function Monitor:processes()
  local rows = self:ask("the server's processes", PROCESSES)
  if not rows then return nil end
  local others, here = {}, false
  for _, row in ipairs(rows) do
    if row.started and is_visible(row) then
      if row.type == "client backend" then here = true else others[row.pid] = row.type end
    end
  end
  if not here then
    self:miss("the server's CPU", "its processes are not on this machine, or not to be seen")
    return nil
  end
  local taken = {}
  for pid, kind in pairs(others) do
    local process = proc.process(pid)
    if process then taken[pid] = { type = kind, cpu = process.cpu } end
  end
  for _, pid in ipairs(self.pids) do
    local process = proc.process(pid)
    if process then taken[pid] = { type = "backends", cpu = process.cpu } end
  end
  return taken
end

-- CPU seconds by kind of process: { backends=, walwriter=, checkpointer=, ... }
local function cpu_difference(from, to)
  local cpu = {}
  for pid, process in pairs(to) do
    local before = from[pid] and from[pid].cpu or 0
    local name = process.type:gsub(" ", "_")
    cpu[name] = (cpu[name] or 0) + process.cpu - before
  end
  return cpu
end

--- A step.

-- Begin to look at the pool's backends.
function Monitor:begin()
  self.from, self.seen = nil, nil
  if not self.connection or self.lost or #self.pids == 0 then return end
  local from = { statistics = self:statistics(), processes = self:processes() }
  local question = SIGHTINGS:format(table.concat(self.pids, ", "))
  local good, message, info = self.connection:begin(question, self.hz)
  if good then
    from.looking = true
  else
    self:miss("pg_stat_activity", message)
    self.lost = info.code == "CONN"
  end
  from.machine = proc.machine()
  self.from = from
end

-- Of the states that were seen most, it is told when.
local MOST_TIMED = 8

-- How many were seen in each interval, whatever they did.
local function sums_of(sightings, intervals)
  local sums = json.array {}
  for i = 1, intervals do
    sums[i] = 0
    for _, counts in pairs(sightings) do sums[i] = sums[i] + counts[i] end
  end
  return sums
end

-- The sightings as a list, the most frequent first; their shares are those of all sightings.
local function states_of(sightings)
  local states, all = json.array {}, 0
  for name, counts in pairs(sightings) do
    local state, kind, event = name:match("^(.-)|(.-)|(.*)$")
    local count = counts.count
    counts.count = nil
    states[#states + 1] = {
      state = state, wait_event_type = kind ~= "" and kind or nil,
      wait_event = event ~= "" and event or nil, count = count, counts = json.array(counts),
      name = name,
    }
    all = all + count
  end
  table.sort(states, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return a.name < b.name
  end)
  for n, state in ipairs(states) do
    state.share, state.name = state.count / all, nil
    if n > MOST_TIMED then state.counts = nil end
  end
  return states, all
end

function Monitor:finish_looking(seen)
  local looked, message, info = self.connection:finish()
  if message then
    self:miss("pg_stat_activity", ("the monitor stopped after %s: %s")
      :format(text.plural(looked.samples, "sample"), message))
    self.lost = info.code == "CONN"
  end
  seen.samples = looked.samples
  local sums = sums_of(looked.sightings, looked.intervals)
  local states, all = states_of(looked.sightings)
  if looked.samples > 0 and all == 0 then
    self:miss("pg_stat_activity", "it shows none of the pool's backends")
  elseif all > 0 and (states[1].state == "?" or states[1].state == "disabled") then
    self:miss("pg_stat_activity", states[1].state == "?" and "it hides what the backends do"
      or "track_activities is off")
  elseif all > 0 then
    seen.states = states
    seen.intervals = { seconds = looked.interval_seconds, sightings = sums }
    seen.backends_seen = all / looked.samples
  end
end

local function machine_difference(from, to)
  return {
    cores = to.cores, busy_seconds = to.busy - from.busy, idle_seconds = to.idle - from.idle,
  }
end

local LOST_CPU = {
  what = "the server's CPU", why = "connections were lost, and with them what they had used",
}

-- Stop looking, at once when the step has ended: keeps what is not to be measured later.
function Monitor:stop()
  local from = self.from
  if not from then return end
  self.seen = { hz = self.hz }
  local machine = proc.machine()
  if from.machine and machine then
    self.seen.machine = machine_difference(from.machine, machine)
  end
  if from.looking then self:finish_looking(self.seen) end
end

-- What there was to be seen since begin(). usable: the pool's connections still are. replaced: some
-- were lost and opened again since then, so that their CPU time is not known.
-- @return { hz=, samples=, states={ { state=, wait_event_type=, wait_event=, count=, share=,
-- counts={ in each interval } } }, intervals={ seconds=, sightings={ of all states } },
-- backends_seen=, database={}, wal={}, bgwriter={}, checkpointer={}, io={}, wal_bytes=,
-- cpu_seconds={ backends= }, machine={ cores=, busy_seconds=, idle_seconds= },
-- missing={ { what=, why= } } }; what could not be had is left out.
function Monitor:finish(usable, replaced)
  local seen, from = self.seen or {}, self.from
  seen.missing = json.array {}
  if from then
    if usable then self:flush() end
    set_differences(seen, from.statistics, self:statistics())
    local processes = from.processes and not replaced and self:processes()
    if processes then seen.cpu_seconds = cpu_difference(from.processes, processes) end
    if replaced then seen.missing[1] = LOST_CPU end
  end
  self.seen, self.from = nil, nil
  local named = {}
  for _, missing in ipairs(self.missing) do
    if not named[missing.what] then seen.missing[#seen.missing + 1] = missing end
    named[missing.what] = true
  end
  return seen
end

return monitor
