-- result/figures.lua - what is compared of runs: figures of their steps, over the runs of a trial.
-- Pure. A step is { name=, by_records= }, as figures.step() gives it: what it is measured in is one
-- thing for all trials.

local statistics = require "bigdata.statistics"

local figures = {}

-- In these functions amount is the step's rows, or its records, as it is measured in these.

local function rate(step, amount)
  if statistics.finite(step.seconds) and step.seconds > 0 then return amount / step.seconds end
end

local function cpu_us(step, amount)
  local seconds = (step.cpu_user_seconds or 0 / 0) + (step.cpu_system_seconds or 0)
  if amount > 0 and statistics.finite(seconds) then return seconds / amount * 1e6 end
end

-- The share of the workers' time that went by in waiting for the interpreter's lock.
local function lock(step, _, settings)
  if settings.loop ~= "lua" or settings.lua_state ~= "shared" then return nil end
  if step.seconds > 0 and step.turn_seconds then
    return step.turn_seconds / (step.seconds * settings.poolsize)
  end
end

-- What the server's processes for our connections have spent on a row, and what its log has grown
-- by. The server writes to that on occasions of its own, too: of few rows this says nothing.
local function server_cpu_us(step, amount)
  local cpu = step.server and step.server.cpu_seconds
  if cpu and cpu.backends and amount > 0 then return cpu.backends / amount * 1e6 end
end

local function wal_bytes(step, amount)
  local bytes = step.server and step.server.wal_bytes
  if bytes and amount > 0 then return bytes / amount end
end

local function round_trips(step, amount)
  if step.round_trips and amount > 0 then return step.round_trips / amount end
end

-- The part of the step's time that the busiest of the engine's threads worked; one that has ended
-- earlier does not work.
function figures.busiest(step)
  local most = 0
  for _, thread in ipairs(step.threads or {}) do
    most = math.max(most, thread.wall_seconds - thread.waited_seconds)
  end
  return step.seconds > 0 and math.min(most / step.seconds, 1) or 0
end

-- A phase of a step that took less, in seconds, says nothing about a rate.
figures.SHORTEST_PHASE = 0.5

-- The two phases of a step, before and after its source had been read to the end: each { seconds=,
-- rows=, rate= }, without a rate if it was too short.
function figures.phases(step)
  local filling = { seconds = step.fed_seconds, rows = step.fed_rows }
  local after = {
    seconds = math.max(step.seconds - step.fed_seconds, 0), rows = step.rows - step.fed_rows,
  }
  for _, phase in ipairs { filling, after } do
    if phase.seconds >= figures.SHORTEST_PHASE then phase.rate = phase.rows / phase.seconds end
  end
  return filling, after
end

-- Of records it is not known how many were done in which phase.
local function has_phases(step, by_records)
  return step.fed_seconds ~= nil and step.rows > 0 and not by_records
end

local function filling_rate(step, _, _, by_records)
  return has_phases(step, by_records) and figures.phases(step).rate
end

local function rate_after(step, _, _, by_records)
  return has_phases(step, by_records) and select(2, figures.phases(step)).rate
end

figures.RATE = { name = "rate", title = "rows/s", of = rate }
figures.FILLING = { name = "filling", title = "rows/s, filling", of = filling_rate }
figures.AFTER = { name = "after", title = "rows/s, after", of = rate_after }
figures.CPU = { name = "cpu_us", title = "CPU us/row", of = cpu_us, cost = true }
figures.LOCK = { name = "lock", title = "for the lock", of = lock, cost = true }
figures.SERVER_CPU = { name = "server_cpu_us", title = "server us/row", of = server_cpu_us,
  cost = true }
figures.WAL = { name = "wal_bytes", title = "WAL bytes/row", of = wal_bytes, cost = true }
figures.ROUND_TRIPS = { name = "round_trips", title = "round trips/row", of = round_trips,
  cost = true }

-- What trials are compared by.
figures.COMPARED = { figures.RATE, figures.CPU }

local function step_of(run, name)
  for _, step in ipairs(run.steps) do
    if step.name == name then return step end
  end
end

-- A run's figure of a step; nil if the run did not come to its end, or has none.
function figures.of(run, step, figure, settings)
  local found = run.ended == "done" and step_of(run, step.name)
  if not found or step.by_records and found.records == 0 and found.rows > 0 then
    return nil -- another program need not tell its records
  end
  return figure.of(found, step.by_records and found.records or found.rows,
    settings or run.settings or {}, step.by_records) or nil
end

-- The figures of all runs of a trial that have one.
function figures.list(item, step, figure)
  local values = {}
  for _, run in ipairs(item.runs) do
    values[#values + 1] = figures.of(run, step, figure, item.shown)
  end
  return values
end

-- The same by rounds, of which there were so many: NaN for those without one.
function figures.by_round(item, step, figure, rounds)
  local values = {}
  for round = 1, rounds do values[round] = 0 / 0 end
  for n, run in ipairs(item.runs) do
    values[run.round or n] = figures.of(run, step, figure, item.shown) or 0 / 0
  end
  return values
end

-- Rows for a record are the same if they differ by no more than this: time may be up in the middle
-- of a file.
local SAME_ROWS = 1.01

-- The step of that name, for the functions above: measured in rows, or, where it writes none, or
-- not as many for a record in all trials, in records; that is `uneven`.
function figures.step(trials, name)
  local least, most, any = math.huge, 0, nil
  for _, item in ipairs(trials) do
    for _, run in ipairs(item.runs) do
      local step = step_of(run, name)
      if step and run.ended == "done" and step.records > 0 then
        local rows = step.rows / step.records
        least, most = math.min(least, rows), math.max(most, rows)
      end
      if step then any = any or step.rows > 0 end
    end
  end
  local uneven = most > least * SAME_ROWS
  return { name = name, uneven = uneven, by_records = uneven or any == false }
end

-- Words about a step's rows, with records in their place where it is measured in these.
function figures.words(step, words)
  return step.by_records and (words:gsub("%f[%w]row", "record")) or words
end

-- What a figure of a step is told in: "rows/s", or "records/s".
function figures.unit(step, figure)
  return figures.words(step, figure.title)
end

-- The title of a figure of a step: "data, rows/s", or "geo, records/s".
function figures.title(step, figure)
  return ("%s, %s"):format(step.name, figures.unit(step, figure))
end

-- The last step that has wanted figures: what a sweep is about, if one step is to stand for all.
function figures.main_step(result)
  for i = #result.steps, 1, -1 do
    local step = figures.step(result.trials, result.steps[i])
    for _, item in ipairs(result.trials) do
      if #figures.list(item, step, figures.RATE) > 0 then return step end
    end
  end
  return figures.step(result.trials, result.steps[#result.steps])
end

-- The trials that have a figure of the main step, by their medians: for costs the least first, else
-- the largest.
function figures.ranked(result, figure)
  local step, list, middles = figures.main_step(result), {}, {}
  for _, item in ipairs(result.trials) do
    local values = figures.list(item, step, figure)
    if #values > 0 then
      list[#list + 1], middles[item] = item, statistics.median(values)
    end
  end
  table.sort(list, function(a, b)
    if middles[a] == middles[b] then return a.label < b.label end
    if figure.cost then return middles[a] < middles[b] end
    return middles[a] > middles[b]
  end)
  return list
end

return figures
