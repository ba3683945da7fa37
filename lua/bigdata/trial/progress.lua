-- trial/progress.lua - says how a step stands while it runs: on a terminal one line that is
-- redrawn; elsewhere, or every so many seconds if that was asked for, a line of pgbench's form.

local interval = require "bigdata.interval"
local text = require "bigdata.text"

local progress = {}

local Meter = {}
Meter.__index = Meter

local EVERY_ON_TERMINAL = 0.5
local EVERY_ELSEWHERE = 5
local WIDTH = 79

-- settings: { write=function(text), terminal=boolean, columns=function() that gives the terminal's
-- width or nil, every=seconds or nil }.
function progress.new(settings)
  local redrawn = settings.terminal and not settings.every
  return setmetatable({
    write = settings.write,
    terminal = redrawn,
    columns = settings.columns or function() end,
    drawn = 0, -- letters of the line that stands there
    every = settings.every or redrawn and EVERY_ON_TERMINAL or EVERY_ELSEWHERE,
  }, Meter)
end

-- How many records there will be, as far as can be told; nil if it cannot.
local function expected_records(p, limit)
  local total
  if p.fed then
    total = p.read_records
  elseif p.total_bytes and p.bytes > 0 then
    total = p.read_records * p.total_bytes / p.bytes
  end
  if limit > 0 then total = math.min(total or limit, limit) end
  return total
end

-- Seconds until the step ends, at the pace it has had so far; nil if that cannot be told.
local function time_left(p, limit, time)
  local done = p.records + p.failed
  local total, left = expected_records(p, limit), nil
  if total and done > 0 then
    left = math.max(total - p.skipped - done, 0) * p.seconds / done
  end
  if time > 0 then
    local until_time = math.max(time - p.seconds, 0)
    left = math.min(left or until_time, until_time)
  end
  return left
end

local function queue_fill(p)
  if p.capacity == 0 then return text.count(p.queued) end
  return ("%.0f%%"):format(100 * math.min(p.queued / p.capacity, 1))
end

-- What a step without rows is measured in: its records.
local function amount(p)
  if p.rows > 0 then return p.rows, "rows" end
  return p.records, "records"
end

local LEAST_SHARE = 0.05

-- Where the workers' time went, the largest share first: "server 80% client 15%".
local function shares_of(p, before)
  local shares, words = interval.shares(p, before), {}
  if not shares then return nil end
  local order = { table.unpack(interval.STATES) }
  table.sort(order, function(a, b)
    if shares[a] ~= shares[b] then return shares[a] > shares[b] end
    return a < b
  end)
  for _, state in ipairs(order) do
    if shares[state] >= LEAST_SHARE then
      words[#words + 1] = ("%s %.0f%%"):format(state, 100 * shares[state])
    end
  end
  return table.concat(words, " ")
end

-- Parts of a line, the last ones left out where they would make it longer than `width`.
local function fit(parts, width)
  local line = parts[1]
  for i = 2, #parts do
    if #line + 2 + #parts[i] > width then break end
    line = line .. ", " .. parts[i]
  end
  return line
end

-- So many a second since the state before, and since the beginning.
local function rates(done, p, before, earlier)
  local since = before and p.seconds - before.seconds or p.seconds
  return since > 0 and (done - earlier) / since or 0, p.seconds > 0 and done / p.seconds or 0
end

-- The text of the redrawn line. before: the previous state of the same step, nil for the first.
-- settings: limit and time, as of the run. width: at most so many characters, or nil.
function progress.line(name, p, before, settings, width)
  local done, noun = amount(p)
  local now, average = rates(done, p, before, before and amount(before) or 0)
  local left = time_left(p, settings.limit, settings.time)
  local latency = interval.latency(p, before)
  local parts = {
    ("%s %.1f s%s"):format(name, p.seconds, left and (" (%s left)"):format(text.clock(left)) or ""),
    ("%s %s"):format(text.count(done), noun),
    ("%s/s (avg %s)"):format(text.rate(now), text.rate(average)),
  }
  if latency then
    parts[#parts + 1] = ("lat %s ms p95 %s"):format(text.milliseconds(latency.mean),
      text.milliseconds(latency.p95))
  end
  parts[#parts + 1] = ("queue %s"):format(queue_fill(p))
  if p.rejects > 0 then parts[#parts + 1] = ("%s bad"):format(text.count(p.rejects)) end
  parts[#parts + 1] = shares_of(p, before)
  if noun == "rows" then parts[#parts + 1] = text.plural(p.records, "record") end
  return fit(parts, width or math.huge)
end

-- Nothing stored is shown as pgbench does.
local NO_LATENCY = { mean = 0, deviation = 0, p95 = 0 }

-- The text of a line of pgbench's form: what it says, of the interval since the state before, and
-- behind that what it does not.
function progress.pgbench_line(name, p, before, settings)
  local done, noun = amount(p)
  local now, average = rates(done, p, before, before and amount(before) or 0)
  local units = rates(p.units or 0, p, before, before and before.units or 0)
  local latency = interval.latency(p, before) or NO_LATENCY
  local left = time_left(p, settings.limit, settings.time)
  local parts = {
    ("progress: %.1f s"):format(p.seconds), ("%.1f tps"):format(units),
    ("lat %.3f ms stddev %.3f"):format(1000 * latency.mean, 1000 * latency.deviation),
    ("%d failed"):format(p.failed - (before and before.failed or 0)),
    ("p95 %.3f ms"):format(1000 * latency.p95),
    ("%s %s %s/s (avg %s)"):format(name, text.rate(now), noun, text.rate(average)),
    ("queue %s"):format(queue_fill(p)),
  }
  if (settings.rate or 0) > 0 then
    table.insert(parts, 5, ("lag %.3f ms"):format(1000 * (interval.lag(p, before) or 0)))
  end
  parts[#parts + 1] = shares_of(p, before)
  if left then parts[#parts + 1] = text.clock(left) .. " left" end
  return table.concat(parts, ", ")
end

-- How long a line may be: one that fills the last column would go on to the next line.
function Meter:room()
  local columns = self.columns()
  return columns and math.min(columns - 1, WIDTH) or WIDTH
end

-- Draw the line anew. Blanks hide what was there: not every terminal knows another way.
function Meter:draw(words)
  words = words:sub(1, self:room())
  self.write("\r" .. words .. (" "):rep(self.drawn - #words))
  self.drawn = #words
end

-- Say something of its own, before the steps.
function Meter:note(words)
  if self.terminal then
    self:draw(words .. " ...")
  else
    self.write(words .. "\n")
  end
end

function Meter:begin(name, settings)
  self.name, self.settings, self.before = name, settings, nil
end

function Meter:update(p)
  if p.ended then return end -- the result says it all
  if self.terminal then
    self:draw(progress.line(self.name, p, self.before, self.settings, self:room()))
  else
    self.write(progress.pgbench_line(self.name, p, self.before, self.settings) .. "\n")
  end
  self.before = p
end

-- Leave a clean line for what comes next.
function Meter:finish()
  if not self.terminal then return end
  self.write("\r" .. (" "):rep(self.drawn) .. "\r")
  self.drawn = 0
end

-- The functions that a trial calls.
function Meter:watch()
  return {
    every = self.every,
    note = function(...) self:note(...) end,
    begin = function(...) self:begin(...) end,
    update = function(...) self:update(...) end,
    finish = function() self:finish() end,
  }
end

return progress
