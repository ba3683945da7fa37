-- result/figures.lua - what is compared of runs: figures of their steps, over the runs of a trial.
-- Pure.

local statistics = require "bigdata.statistics"

local figures = {}

-- What a step is measured in: rows, or its records if it has no rows.
local function amount(step)
  return step.rows > 0 and step.rows or step.records
end

local function rate(step)
  if statistics.finite(step.seconds) and step.seconds > 0 then
    return amount(step) / step.seconds
  end
end

local function cpu_us(step)
  local seconds = (step.cpu_user_seconds or 0 / 0) + (step.cpu_system_seconds or 0)
  if amount(step) > 0 and statistics.finite(seconds) then return seconds / amount(step) * 1e6 end
end

-- The share of the workers' time that went by in waiting for the interpreter's lock.
local function lock(step, settings)
  if settings.loop ~= "lua" or settings.lua_state ~= "shared" then return nil end
  if step.seconds > 0 and step.turn_seconds then
    return step.turn_seconds / (step.seconds * settings.poolsize)
  end
end

-- What the server's processes for our connections have spent on a row, and what its log has grown
-- by. The server writes to that on occasions of its own, too: of few rows this says nothing.
local function server_cpu_us(step)
  local cpu = step.server and step.server.cpu_seconds
  if cpu and cpu.backends and amount(step) > 0 then return cpu.backends / amount(step) * 1e6 end
end

local function wal_bytes(step)
  local bytes = step.server and step.server.wal_bytes
  if bytes and amount(step) > 0 then return bytes / amount(step) end
end

local function round_trips(step)
  if step.round_trips and amount(step) > 0 then return step.round_trips / amount(step) end
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
local function has_phases(step)
  return step.fed_seconds ~= nil and step.rows > 0
end

local function filling_rate(step)
  return has_phases(step) and figures.phases(step).rate
end

local function rate_after(step)
  return has_phases(step) and select(2, figures.phases(step)).rate
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

-- A run's figure of the step of that name; nil if the run did not come to its end, or has none.
function figures.of(run, step_name, figure, settings)
  local step = run.ended == "done" and step_of(run, step_name)
  return step and figure.of(step, settings or run.settings or {}) or nil
end

-- The figures of all runs of a trial that have one.
function figures.list(item, step_name, figure)
  local values = {}
  for _, run in ipairs(item.runs) do
    values[#values + 1] = figures.of(run, step_name, figure, item.shown)
  end
  return values
end

-- The same by rounds, of which there were so many: NaN for those without one.
function figures.by_round(item, step_name, figure, rounds)
  local values = {}
  for round = 1, rounds do values[round] = 0 / 0 end
  for n, run in ipairs(item.runs) do
    values[run.round or n] = figures.of(run, step_name, figure, item.shown) or 0 / 0
  end
  return values
end

-- Is the step measured in records, wherever it was run?
function figures.without_rows(trials, step_name)
  local seen = false
  for _, item in ipairs(trials) do
    for _, run in ipairs(item.runs) do
      local step = step_of(run, step_name)
      if step and step.rows > 0 then return false end
      seen = seen or step ~= nil
    end
  end
  return seen
end

-- Words about a step's rows, with records in their place where it is measured in these.
function figures.words(trials, step_name, words)
  if not figures.without_rows(trials, step_name) then return words end
  return (words:gsub("%f[%w]row", "record"))
end

-- What a figure of a step is told in: "rows/s", or "records/s".
function figures.unit(trials, step_name, figure)
  return figures.words(trials, step_name, figure.title)
end

-- The title of a figure of a step: "data, rows/s", or "geo, records/s".
function figures.title(trials, step_name, figure)
  return ("%s, %s"):format(step_name, figures.unit(trials, step_name, figure))
end

-- The last step that has wanted figures: what a sweep is about, if one step is to stand for all.
function figures.main_step(result)
  for i = #result.steps, 1, -1 do
    for _, item in ipairs(result.trials) do
      if #figures.list(item, result.steps[i], figures.RATE) > 0 then return result.steps[i] end
    end
  end
  return result.steps[#result.steps]
end

-- The trials that have a figure of the main step, by their medians: for costs the least first, else
-- the largest.
function figures.ranked(result, figure)
  local step_name, list, middles = figures.main_step(result), {}, {}
  for _, item in ipairs(result.trials) do
    local values = figures.list(item, step_name, figure)
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
