-- page_kit.lua - sweeps' results as pages are made of.

local json = require "bigdata.result.json"
local normal = dofile("tests/support/spec_kit.lua").normal
local random = require "bigdata.statistics.random"
local usl = require "bigdata.statistics.usl"

local kit = {}

local LAWS = {
  threads = { lambda = 1000, sigma = 0.05, kappa = 0.002 },
  poll = { lambda = 1200, sigma = 0.02, kappa = 0.0005 },
}
kit.SIZES = { 1, 2, 5, 10, 20, 50, 100 }

local function latency(seconds)
  local quantiles = {}
  for i, share in ipairs { 0, 0.5, 0.9, 0.99, 1 } do
    quantiles[i] = { share = share, seconds = seconds * i, count = i }
  end
  return {
    count = 100, p50_seconds = seconds * 2, p90_seconds = seconds * 3, p99_seconds = seconds * 4,
    max_seconds = seconds * 5, quantiles = quantiles,
  }
end

-- A run with so many rows a second on so many connections.
function kit.run(rate, size, round)
  return {
    scenario = "row_by_row", ended = "done", round = round, place = round, started = "2026-01-01",
    settings = { poolsize = size }, environment = { processor = "X & <Y>", cores = 2 },
    server = { version = "15.1", settings = { fsync = "on" } },
    steps = { {
      name = "data", ended = "done", rows = 1000, records = 10, seconds = 1000 / rate,
      cpu_user_seconds = 0.02, cpu_system_seconds = 0.01, samples = json.array {}, rejects = 0,
      latency = latency(size / rate),
      worker_seconds = { source = 0.1, client = 0.2, send = 0, server = 0.6, turn = 0.1 },
      server = { states = {
        { state = "active", wait_event_type = "IO", wait_event = "WALSync", share = 0.7,
          counts = { 7, 0, 14 } },
        { state = "idle", share = 0.25, wait_event_type = "Client", wait_event = "ClientRead",
          counts = { 3, 0, 5 } },
        { state = "active", wait_event_type = "Lock", wait_event = "extend", share = 0.05 },
      }, intervals = { seconds = 0.4, sightings = { 10, 0, 20 } } },
      verdict = { causes = { { cause = "commit", share = 0.7, gain = 2,
        evidence = { "the log was waited for" }, next = { "bigdata x --commit-every 9" } } } },
    } },
  }
end

-- A sweep over the pool's size under both engines.
function kit.sweep()
  local generator, trials = random.new(1), {}
  for _, engine in ipairs { "threads", "poll" } do
    for _, size in ipairs(kit.SIZES) do
      local item = {
        label = ("engine %s, poolsize %d"):format(engine, size),
        shown = { engine = engine, poolsize = size }, runs = {},
      }
      for round = 1, 4 do
        item.runs[round] = kit.run(usl.rate(LAWS[engine], size)
          * math.exp(0.01 * normal(generator)), size, round)
      end
      trials[#trials + 1] = item
    end
  end
  return {
    name = "mine", summary = 'sizes & "engines"', scenario = "row_by_row", ended = "done",
    names = { "engine", "poolsize" }, steps = { "data" }, repeats = 4, seed = 1, missing = {},
    trials = trials,
  }
end

-- A sweep without numbers: of names.
function kit.systems()
  local result = kit.sweep()
  result.names = { "system" }
  result.trials = { result.trials[1], result.trials[8] }
  result.trials[1].label, result.trials[1].shown = "ours", { system = "ours" }
  result.trials[2].label, result.trials[2].shown = "<theirs>", { system = "<theirs>" }
  return result
end

-- Make all rates of the trials with more connections than that as if there were so many.
function kit.still_growing(result)
  for _, item in ipairs(result.trials) do
    for _, one in ipairs(item.runs) do one.steps[1].seconds = 1000 / item.shown.poolsize end
  end
  return result
end

-- A sweep of six series.
function kit.many_series()
  local result = kit.sweep()
  result.names = { "system", "poolsize" }
  for _, more in ipairs { " 2", " 3" } do
    for _, item in ipairs(kit.sweep().trials) do
      item.label, item.shown.engine = item.label .. more, item.shown.engine .. more
      result.trials[#result.trials + 1] = item
    end
  end
  for _, item in ipairs(result.trials) do item.shown.system = item.shown.engine end
  return result
end

-- The same of a step that writes no rows.
function kit.without_rows(result)
  for _, item in ipairs(result.trials) do
    for _, one in ipairs(item.runs) do one.steps[1].rows = 0 end
  end
  return result
end

return kit
