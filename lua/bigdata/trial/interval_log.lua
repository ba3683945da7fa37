-- trial/interval_log.lua - one line for every interval of a run, for plotting: CSV with a header.

local interval = require "bigdata.interval"

local interval_log = {}

local Log = {}
Log.__index = Log

-- What a line has: the first two name it, the others are counted since the line before, but for
-- the queue, which is as it stands. Latency and shares are empty where no unit was stored.
local HEADER = "step,seconds,interval_seconds,records,rows,statements,failed,rows_per_second,"
  .. "queued,read_records,units,units_per_second,latency_mean_seconds,latency_deviation_seconds,"
  .. "latency_p95_seconds"
for _, state in ipairs(interval.STATES) do HEADER = HEADER .. "," .. state .. "_share" end

local COUNTED = { "records", "rows", "statements", "failed" }

-- Write to the file, which stays the caller's; every: seconds between two lines. What could not be
-- written is found in the field problem.
function interval_log.new(file, every)
  file:write(HEADER, "\n")
  return setmetatable({ file = file, every = every }, Log)
end

function Log:begin(name)
  self.name, self.before = name, { seconds = 0, records = 0, rows = 0, statements = 0, failed = 0 }
end

function Log:update(p)
  local since = p.seconds - self.before.seconds
  if since <= 0 then return end
  local fields = { self.name, ("%.3f"):format(p.seconds), ("%.3f"):format(since) }
  for _, name in ipairs(COUNTED) do fields[#fields + 1] = p[name] - self.before[name] end
  fields[#fields + 1] = ("%.1f"):format((p.rows - self.before.rows) / since)
  fields[#fields + 1] = p.queued
  fields[#fields + 1] = p.read_records
  local units = interval.units(p, self.before)
  fields[#fields + 1] = units
  fields[#fields + 1] = ("%.1f"):format(units / since)
  local latency, shares = interval.latency(p, self.before) or {}, interval.shares(p, self.before)
  for _, name in ipairs { "mean", "deviation", "p95" } do
    fields[#fields + 1] = latency[name] and ("%.9f"):format(latency[name]) or ""
  end
  for _, state in ipairs(interval.STATES) do
    fields[#fields + 1] = shares and ("%.4f"):format(shares[state]) or ""
  end
  self.file:write(table.concat(fields, ","), "\n")
  local _, message = self.file:flush()
  self.problem = self.problem or message
  self.before = p
end

-- The functions that a trial calls.
function Log:watch()
  return {
    every = self.every,
    begin = function(name) self:begin(name) end,
    update = function(p) self:update(p) end,
  }
end

return interval_log
