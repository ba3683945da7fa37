-- verdict/measurements.lua - what verdict/init.lua judges, from the result of a step: figures
-- alone, no names of scenarios. Pure.

local figures = require "bigdata.result.figures"
local interval = require "bigdata.interval"
local sighting = require "bigdata.result.sighting"

local measurements = {}

-- Classes of the server's waits by their type; what is not here is "other".
local CLASS_OF_TYPE = { Lock = "lock", LWLock = "internal", BufferPin = "internal" }

-- Waits that belong elsewhere than the others of their type, in lower case: version 17 spells many
-- anew (WALSync is WalSync). Pages that another process reads are waited for as BufferIO, since
-- version 18 as Aio.
local CLASS_OF_EVENT = {
  ["LWLock walwrite"] = "commit", ["IPC syncrep"] = "commit", ["Lock extend"] = "internal",
  ["IPC bufferio"] = "read", ["IO aioiocompletion"] = "read", ["IO aioiouringexecution"] = "read",
}

-- The class of what a backend was seen doing; nil if it had nothing to do.
local function class_of(seen)
  if sighting.is_idle(seen) then return nil end
  if sighting.is_computing(seen) then return "cpu" end
  if not seen.wait_event_type then return "other" end
  local event = (seen.wait_event or ""):lower()
  local exception = CLASS_OF_EVENT[seen.wait_event_type .. " " .. event]
  if exception then return exception end
  if seen.wait_event_type == "IO" then
    return event:find("^wal") and "commit" or event:find("read$") and "read" or "other"
  end
  return CLASS_OF_TYPE[seen.wait_event_type] or "other"
end

-- The states as shares by class; states come with the most frequent first.
local function waits_of(states)
  local waits = { events = {} }
  for _, seen in ipairs(states) do
    local class = class_of(seen)
    if class then
      waits[class] = (waits[class] or 0) + seen.share
      waits.events[class] = waits.events[class] or seen.wait_event
    end
  end
  return waits
end

local function shares_of(worker_seconds, all)
  local shares = {}
  for _, name in ipairs(interval.STATES) do
    shares[name] = worker_seconds[name] / all
  end
  return shares
end

-- Threads with several workers are event loops.
local function loops_of(step, workers)
  if #step.threads >= workers then return nil end
  local cpu = 0
  for _, thread in ipairs(step.threads) do
    cpu = math.max(cpu, thread.cpu_user_seconds + thread.cpu_system_seconds)
  end
  return { count = #step.threads, busiest = figures.busiest(step), cpu = cpu / step.seconds }
end

-- The part of source in which there were no more records: who waits for the reader is counted.
local function finished(step, source_seconds)
  local paced = step.schedule and step.schedule.waited_seconds or 0
  return math.max(0, source_seconds - paced - (step.queue_empty_seconds or 0))
end

local function sum(numbers)
  local total = 0
  for _, number in pairs(numbers) do total = total + number end
  return total
end

-- The measurements of a step of a result, as docs/result.md has it; nil where its workers' time is
-- not known.
function measurements.of(result, step)
  local workers, seconds = result.settings.poolsize, step.seconds
  if not step.worker_seconds or seconds <= 0 then return nil end
  local all, server = seconds * workers, step.server or {}
  local machine = server.machine
  return {
    seconds = seconds, workers = workers,
    shares = shares_of(step.worker_seconds, all),
    lua = step.worker_seconds.lua / all, lock = step.worker_seconds.lock / all,
    paced = step.schedule and step.schedule.waited_seconds / all,
    finished = finished(step, step.worker_seconds.source) / all,
    loops = loops_of(step, workers),
    client_cores = (step.cpu_user_seconds + step.cpu_system_seconds) / seconds,
    server_cores = server.cpu_seconds and sum(server.cpu_seconds) / seconds,
    backend_cores = server.cpu_seconds and (server.cpu_seconds.backends or 0) / seconds,
    machine = machine and { cores = machine.cores, busy = machine.busy_seconds
      / (machine.busy_seconds + machine.idle_seconds) * machine.cores },
    waits = server.states and waits_of(server.states), looks = server.samples,
    round_trip_seconds = result.server and result.server.round_trip_seconds,
    round_trips_per_second = step.round_trips / seconds,
  }
end

return measurements
