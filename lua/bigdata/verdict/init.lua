-- verdict/init.lua - what bound a step, judged from measurements alone. Pure; docs/verdict.md has
-- the reasoning and the formulas.
--
-- Measurements, the fractions being of the workers' time, which is seconds * workers:
--   seconds, workers
--   shares    { source=, client=, send=, server=, turn= }, which add up to 1
--   lua       the part of client that is the interpreter; lock, the part of turn that is its lock;
--             paced, the part of source that is waiting for the schedule of --rate, and finished,
--             that in which there were no more records
--   loops     event loops: { count=, busiest= the part of its time that the busiest one worked,
--             cpu= the most CPU time of one of them, per second }; nil where each worker has a
--             thread
--   client_cores, server_cores    CPU time of this program and of the server, per second
--   backend_cores    of server_cores, that of the backends of our connections
--   machine   { cores=, busy= CPU time per second, whoever used it }
--   waits     what the server's backends were seen doing: { cpu=, commit=, read=, lock=,
--             internal=, other=, events={ the most frequent wait of a class, by the class } }
--   looks     at the server, of which waits are made
--   round_trip_seconds, of an empty query; round_trips_per_second
-- Only seconds, workers and shares must be there.

local tables = require "bigdata.tables"
local text = require "bigdata.text"

local verdict = {}
local percent = text.percent

local SHORTEST = 1      -- second: less is too short to judge
local FEWEST_LOOKS = 10 -- at the server: of less its waits are not judged
local CLEAR = 0.3       -- of the workers' time: less is no cause
local CLOSE = 0.75      -- of the first cause's share: others as large are named with it
local SATURATED = 0.85  -- of a resource's time: there is next to nothing left of it
local OWN = 0.7         -- of its time: that a worker, or its backend, computes or waits to do so
local MUCH = 0.25       -- of a machine's cores: so much that others use is said
local LEAST_LEFT = 0.01 -- of the time, when a cause is gone: no gain is more than a hundredfold
local MANY_ENOUGH = 10  -- connections to try where there were fewer

local CLASSES = { "cpu", "commit", "read", "lock", "internal", "other" }

--- What follows from the measurements before any cause is looked for.

local Case = {}
Case.__index = Case

local function new_case(m)
  local case = setmetatable({ m = m, shares = m.shares }, Case)
  case.lua, case.lock = m.lua or 0, m.lock or 0
  case.paced, case.finished = m.paced or 0, m.finished or 0
  case.machine_use = m.machine and m.machine.busy / m.machine.cores
  case.machine_full = (case.machine_use or 0) >= SATURATED
  -- What we and the server use; all that is used where the server's part is not known.
  local ours = m.server_cores and (m.client_cores or 0) + m.server_cores
  case.busy = m.machine and math.min(ours or m.machine.busy, m.machine.cores)
  case.others = m.machine and math.max(0, m.machine.busy - case.busy)
  -- A loop that works without a pause fills a core, if others do not take it away.
  local loop = m.loops and (case.machine_full and m.loops.cpu or m.loops.busiest) or 0
  case.loop_full = loop >= SATURATED
  if m.waits and (m.looks or 0) >= FEWEST_LOOKS then
    -- Looks are few, and each takes a core: backends compute for as long as they use CPU time.
    local cpu = math.max(m.waits.cpu or 0, (m.backend_cores or 0) / m.workers)
    case.waits = tables.copy(m.waits, { cpu = cpu })
    local worked = 0
    for _, class in ipairs(CLASSES) do worked = worked + (case.waits[class] or 0) end
    -- Backends cannot have worked longer than they were waited for, but be seen so by chance.
    case.fit = worked > m.shares.server and m.shares.server / worked or 1
    case.worked = worked * case.fit
  end
  return case
end

-- The fraction of the workers' time in which their backends were seen so.
function Case:wait(class)
  return self.waits and (self.waits[class] or 0) * self.fit or 0
end

-- How much of the time the most used of all things was in use that connections share: what is left
-- of it is what more connections could use.
function Case:highest_use()
  local loops = self.m.loops and self.m.loops.busiest or 0
  local disk = math.max(self:wait "commit", self:wait "read") * self.m.workers
  local locked = self:wait "lock" + self:wait "internal" + self.lock >= CLEAR and 1 or 0
  local computing = self.shares.client + self.shares.turn + self:wait "cpu"
  local processors = self.busy and self.busy / self.m.machine.cores or computing
  if self.machine_full then processors = math.max(processors, computing) end
  return math.min(1, math.max(loops, disk, locked, processors, LEAST_LEFT))
end

-- Of the CPU time of a machine that has none left, the part that these cores are.
function Case:part_of_machine(cores)
  if not (self.machine_full and cores) then return 0 end
  return math.min(cores / self.m.machine.busy, 1)
end

-- Of the time in which the workers waited for their turn, the part in which this program had what
-- they waited for: all of it where that was an event loop, else its part of the cores.
function Case:own_turn()
  local turn = self.shares.turn - self.lock
  if self.loop_full or not self.busy then return turn end
  return turn * math.min((self.m.client_cores or 0) / math.max(self.busy, LEAST_LEFT), 1)
end

function Case:machine_line()
  local m = self.m
  if not m.machine then return nil end
  return ("the machine's %d cores were busy %s: this program used %.2f of them%s"):format(
    m.machine.cores, percent(self.machine_use), m.client_cores or 0,
    m.server_cores and (", the server %.2f"):format(m.server_cores) or "")
end

-- The evidence of who computes: this line, where that fraction of the workers' time is clear, and
-- what the machine's cores did, which goes first if none of their time is left.
function Case:computing(fraction, line)
  local evidence = { self:machine_line() }
  if fraction >= CLEAR then table.insert(evidence, self.machine_full and 2 or 1, line) end
  return evidence
end

function Case:more_connections()
  return ("--poolsize %d"):format(math.max(MANY_ENOUGH, 2 * self.m.workers))
end

--- The causes: each function gives { share=, evidence={ lines }, try={ options },
--- freed= cores' worth of CPU time that would be gone with it }, or nil.

local CAUSES = {}

function CAUSES.client_cpu(case)
  local m, shares = case.m, case.shares
  local of_workers = shares.client + case:own_turn()
  if not case.loop_full and of_workers < OWN then of_workers = 0 end
  local in_lua = case.lua > 0 and (" (%s in the interpreter)"):format(percent(case.lua)) or ""
  local evidence = case:computing(shares.client + shares.turn,
    ("our code ran for %s of the workers' time%s, and waited %s for its turn"):format(
      percent(shares.client), in_lua, percent(shares.turn)))
  if case.loop_full then
    evidence[#evidence + 1] = ("the busiest event loop worked %s of its time"):format(
      percent(m.loops.busiest))
  end
  local try = { "--insert copy" }
  if case.loop_full and not case.machine_full then
    table.insert(try, 1, ("--jobs %d"):format(2 * m.loops.count))
  end
  if case.lua > shares.client / 2 then table.insert(try, 1, "--loop c") end
  return {
    share = math.max(case:part_of_machine(m.client_cores), of_workers),
    evidence = evidence, try = try, freed = m.client_cores,
  }
end

function CAUSES.interpreter_lock(case)
  return {
    share = case.lock,
    evidence = {
      ("the workers waited %s of their time for the interpreter's lock"):format(
        percent(case.lock)),
      ("the interpreter ran for %s of the time"):format(percent(case.lua * case.m.workers)),
    },
    try = { "--lua-state worker", "--loop c" },
  }
end

function CAUSES.server_cpu(case)
  local cpu = case:wait "cpu"
  local of_machine = case:part_of_machine(case.m.server_cores)
  return {
    share = math.max(of_machine, cpu >= OWN and cpu or 0),
    evidence = case:computing(cpu,
      ("the server's backends computed for %s of the workers' time"):format(percent(cpu))),
    try = { "--insert copy", "--protocol prepared" }, freed = case.m.server_cores,
  }
end

-- A cause that is one class of the server's waits. try: more connections, if nothing else.
local function waited(class, for_what, try)
  return function(case)
    local event = case.waits and (case.waits.events or {})[class]
    return {
      share = case:wait(class),
      evidence = {
        ("the server's backends waited for %s for %s of the workers' time%s"):format(for_what,
          percent(case:wait(class)), event and (", mostly " .. event) or ""),
        ("the workers waited %s of their time for the server"):format(
          percent(case.shares.server)),
      },
      try = try or { case:more_connections() },
    }
  end
end

CAUSES.commit = waited("commit", "the write-ahead log", { "--commit-every 100" })
CAUSES.server_reads = waited("read", "reads of data")
CAUSES.locks = waited("lock", "locks that others held", { "--poolsize 1" })
CAUSES.internal_locks = waited("internal", "locks inside the server", { "--poolsize 2" })

-- Answers that were awaited while the backend had nothing to do were on their way, or waited for a
-- core; on their way as long as empty ones were before the run.
function CAUSES.network(case)
  local m = case.m
  if not (case.waits and m.round_trip_seconds and m.round_trips_per_second) then return nil end
  local each = m.round_trips_per_second / m.workers
  local share = math.min(case.shares.server - case.worked, m.round_trip_seconds * each)
  local evidence = {
    ("for %s of the workers' time an answer was awaited of a backend that had nothing to do")
      :format(percent(case.shares.server - case.worked)),
    ("each connection made %.0f round trips a second, and an empty query takes %.2f ms"):format(
      each, 1000 * m.round_trip_seconds),
  }
  return {
    share = share, evidence = evidence, try = { "--insert pipeline", case:more_connections() },
  }
end

-- Where it cannot be seen what the server did.
function CAUSES.server(case)
  if case.waits then return nil end
  return {
    share = case.shares.server,
    evidence = {
      ("the workers waited %s of their time for the server; what it did cannot be seen"):format(
        percent(case.shares.server)),
    },
    try = { "--monitor 20" },
  }
end

function CAUSES.source(case)
  local share = case.shares.source - case.paced - case.finished
  return {
    share = share,
    evidence = {
      ("the workers had no record to work on for %s of their time"):format(percent(share)),
      case:machine_line(),
    },
    try = { "--preload" },
  }
end

function CAUSES.few_records(case)
  return {
    share = case.finished,
    evidence = {
      ("there was no record left to begin for %s of the workers' time"):format(
        percent(case.finished)),
      "others were still at work on theirs",
    },
    try = {},
  }
end

function CAUSES.rate_limit(case)
  return {
    share = case.paced,
    evidence = {
      ("the workers waited %s of their time for the schedule of --rate"):format(
        percent(case.paced)),
    },
    try = { "--rate 0" },
  }
end

-- What more connections can bring is what is left of the most used thing: it is a share of the
-- time, too, that would be gone.
function CAUSES.few_connections(case)
  local use = case:highest_use()
  return {
    share = (1 - use) * (1 - case.shares.source),
    evidence = {
      ("nothing that connections share was in use for more than %s of the time"):format(
        percent(use)),
      ("the workers waited %s of their time for the server"):format(
        percent(case.shares.server)),
    },
    try = { case:more_connections() },
  }
end

--- Judging.

-- Of two that weigh the same, the one first in this list goes first: what names a resource before
-- what does not.
local ORDER = {
  "rate_limit", "few_records", "source", "interpreter_lock", "client_cpu", "locks", "commit",
  "server_reads", "internal_locks", "server_cpu", "network", "few_connections", "server",
}

local NAMES = {
  client_cpu = "client CPU", interpreter_lock = "interpreter lock", server_cpu = "server CPU",
  commit = "commits (flushing the write-ahead log)", server_reads = "the server's reads",
  locks = "locks (of rows, tables, or advisory)", internal_locks = "locks inside the server",
  network = "network round trips", source = "the source (reading or parsing)",
  few_records = "too few records for the connections",
  few_connections = "too few connections", rate_limit = "the rate that was asked for",
  server = "the server",
}

-- A cause in words.
function verdict.name(cause)
  return NAMES[cause]
end

-- How many times as fast at most, were the cause gone: by what is left of the time, and by what the
-- cores can do if the rest, and other programs, need as much CPU time as they did. Where only CPU
-- time is gone, what the backends waited for is left, too.
local function gain_of(case, share, freed)
  local waits = freed and case.worked and case.worked - case:wait "cpu" or 0
  local by_time = 1 / math.max(1 - share, waits, LEAST_LEFT)
  if not case.busy then return by_time end
  local cores = case.m.machine.cores
  local rest = math.max(case.busy - (freed or 0), LEAST_LEFT * cores)
  return math.max(1, math.min(by_time, (cores - case.others) / rest))
end

-- The causes that are clear, the heaviest first.
local function clear_causes(case)
  local found, weight = {}, {}
  for place, name in ipairs(ORDER) do
    local cause = CAUSES[name](case)
    if cause and cause.share >= CLEAR then
      local share = math.min(cause.share, 1)
      found[#found + 1] = {
        cause = name, share = share, gain = gain_of(case, share, cause.freed),
        evidence = cause.evidence, try = cause.try,
      }
      -- A tenth is as exact as the measurements are. What names no resource goes after whatever is
      -- close to it.
      local counted = name == "few_connections" and CLOSE * share or share
      weight[found[#found]] = math.floor(10 * counted + 0.5) - place / 100
    end
  end
  table.sort(found, function(a, b) return weight[a] > weight[b] end)
  return found
end

-- Other programs on the machine change what is measured.
local function warning(case)
  local m = case.m
  local others = case.others
  if not (m.machine and m.server_cores) or others < MUCH * m.machine.cores then return nil end
  return ("other programs used %.1f of the machine's %d cores: without them it may look different")
    :format(others, m.machine.cores)
end

-- Judge: { causes={ { cause=, share=, gain=, evidence={}, try={} } }, warning= }: the first is the
-- verdict, others are close to it. Without causes, why= says what kept it from judging.
function verdict.judge(m)
  if m.seconds < SHORTEST then
    return { causes = {}, why = ("it took less than %g s, too short to judge"):format(SHORTEST) }
  end
  local case = new_case(m)
  local causes = clear_causes(case)
  for i = #causes, 2, -1 do
    if causes[i].share < CLOSE * causes[1].share then table.remove(causes, i) end
  end
  local why = #causes == 0 and "nothing took up a clear part of the time" or nil
  return { causes = causes, why = why, warning = warning(case) }
end

return verdict
