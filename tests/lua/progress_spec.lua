-- progress: what the line says, and how it is drawn on a terminal and elsewhere.

local progress = require "bigdata.trial.progress"

local UNLIMITED = { limit = 0, time = 0 }

local function state(values)
  local p = {
    seconds = 10, records = 100, failed = 0, rows = 22200, statements = 0, rejects = 0,
    queued = 1024, capacity = 4096, read_records = 2000, fed = false, bytes = 0,
    skipped = 0,
  }
  for key, value in pairs(values or {}) do p[key] = value end
  return p
end

local function left(values, settings)
  return progress.line("x", state(values), nil, settings or UNLIMITED):match("([%d:]+) left")
end

describe("the redrawn line", function()
  it("has rows, both rates, the queue and records", function()
    local before = state { seconds = 9, rows = 19200 }
    assert.equal("data 10.0 s, 22,200 rows, 3,000/s (avg 2,220), queue 25%, 100 records",
      progress.line("data", state(), before, UNLIMITED))
  end)

  it("speaks of records where a step writes no rows", function()
    assert.equal("ask 10.0 s, 100 records, 10/s (avg 10), queue 25%",
      progress.line("ask", state { rows = 0 }, nil, UNLIMITED))
  end)

  it("does not show a low rate as none", function()
    assert.equal("ask 10.0 s, 4 records, 0.400/s (avg 0.400), queue 25%",
      progress.line("ask", state { rows = 0, records = 4 }, nil, UNLIMITED))
  end)

  it("has the latency and the largest shares of the interval", function()
    local before = state { seconds = 9, rows = 19200, units = 90, unit_seconds = 1,
      units_by_seconds = { [0.001] = 90 },
      share_seconds = { source = 1, client = 2, send = 0, server = 4, turn = 0 } }
    local now = state { units = 100, unit_seconds = 1.0123,
      units_by_seconds = { [0.001] = 99, [0.004] = 1 },
      share_seconds = { source = 1, client = 2.2, send = 0.01, server = 4.75, turn = 0.04 } }
    local start = "data 10.0 s, 22,200 rows, 3,000/s (avg 2,220)"
    assert.equal(start .. ", lat 1.23 ms p95 4.00, queue 25%, server 75% client 20%, 100 records",
      progress.line("data", now, before, UNLIMITED))
    now.units, now.share_seconds = 90, before.share_seconds
    assert.equal(start .. ", queue 25%, 100 records",
      progress.line("data", now, before, UNLIMITED))
  end)

  it("counts the queue where it has no bound, and bad records", function()
    assert.equal("x 10.0 s, 22,200 rows, 2,220/s (avg 2,220), queue 1,024, 3 bad, 100 records",
      progress.line("x", state { capacity = 0, rejects = 3 }, nil, UNLIMITED))
  end)

  it("knows the time left by the limit, the file or the clock", function()
    assert.is_nil(left())
    assert.equal("0:40", left({}, { limit = 500, time = 0 }))
    assert.equal("3:10", left { fed = true })
    assert.equal("6:30", left { bytes = 50, total_bytes = 100 })
    assert.equal("0:40", left({ bytes = 50, total_bytes = 100 }, { limit = 500, time = 0 }))
    assert.equal("6:30", left({ bytes = 50, total_bytes = 100 }, { limit = 100000, time = 0 }))
    assert.equal("1:30", left { fed = true, skipped = 1000 })
    assert.equal("0:05", left({}, { limit = 0, time = 15 }))
    assert.equal("0:00", left { fed = true, read_records = 100 })
  end)

  it("leaves whole parts out where it would be too wide", function()
    local p = state { rows = 123456789, records = 555555 }
    local short = "data 10.0 s (0:05 left), 123,456,789 rows, 12,345,679/s (avg 12,345,679)"
    local long = short .. ", queue 25%"
    local settings = { limit = 0, time = 15 }
    assert.equal(long, progress.line("data", p, nil, settings, #long))
    assert.equal(short, progress.line("data", p, nil, settings, #long - 1))
  end)

  it("stands the first moment", function()
    local p = state { seconds = 0, records = 0, rows = 0, queued = 0, read_records = 0 }
    assert.equal("x 0.0 s, 0 records, 0/s (avg 0), queue 0%",
      progress.line("x", p, nil, { limit = 10, time = 0 }))
  end)
end)

describe("the line of pgbench's form", function()
  it("has rate, latency and failures as pgbench has them, and more behind", function()
    local before = state { seconds = 9, rows = 19200, failed = 3, units = 80, unit_seconds = 1,
      units_by_seconds = { [0.001] = 80 },
      share_seconds = { source = 1, client = 2, send = 0, server = 4, turn = 0 } }
    local now = state { failed = 5, units = 100, unit_seconds = 1.04,
      units_by_seconds = { [0.001] = 90, [0.003] = 10 },
      share_seconds = { source = 1, client = 2.2, send = 0, server = 4.8, turn = 0 } }
    assert.equal("progress: 10.0 s, 20.0 tps, lat 2.000 ms stddev 1.000, 2 failed, p95 3.000 ms, "
      .. "data 3,000 rows/s (avg 2,220), queue 25%, server 80% client 20%, 0:40 left",
      progress.pgbench_line("data", now, before, { limit = 0, time = 50 }))
  end)

  it("has the lag where there is a rate", function()
    local limits = { limit = 0, time = 0, rate = 20 }
    local before = state { seconds = 9, units = 80, lag_seconds = 1, units_by_seconds = {} }
    local now = state { units = 100, lag_seconds = 1.25, unit_seconds = 1, units_by_seconds = {} }
    assert.is_truthy(progress.pgbench_line("data", now, before, limits)
      :find(", 0 failed, lag 12.500 ms, p95 ", 1, true))
    assert.is_truthy(progress.pgbench_line("data", before, before, limits)
      :find(", 0 failed, lag 0.000 ms, p95 ", 1, true))
  end)

  it("has a p95 that nineteen of twenty units do not exceed", function()
    local function p95(counts)
      local all = 0
      for _, count in pairs(counts) do all = all + count end
      return progress.pgbench_line("x", state { units = all, unit_seconds = 1,
        units_by_seconds = counts }, nil, UNLIMITED):match("p95 (%S+) ms")
    end
    assert.equal("1.000", p95 { [0.001] = 95, [0.002] = 4, [0.003] = 1 })
    assert.equal("2.000", p95 { [0.001] = 94, [0.002] = 5, [0.003] = 1 })
  end)

  it("says so where nothing was stored", function()
    assert.equal("progress: 10.0 s, 0.0 tps, lat 0.000 ms stddev 0.000, 0 failed, p95 0.000 ms, "
      .. "x 2,220 rows/s (avg 2,220), queue 25%",
      progress.pgbench_line("x", state(), nil, UNLIMITED))
  end)
end)

describe("the meter", function()
  local function draw(settings)
    local written = {}
    settings.write = function(words) written[#written + 1] = words end
    local meter = progress.new(settings)
    local watch = meter:watch()
    watch.note("starting")
    watch.finish()
    watch.begin("data", UNLIMITED)
    watch.update(state())
    watch.update(state { seconds = 11, rows = 22300 })
    watch.update(state { seconds = 11.2, rows = 22320, ended = true }) -- the report tells of it
    watch.finish()
    return written, watch.every
  end

  it("redraws one line on a terminal and leaves it clean", function()
    local written, every = draw { terminal = true }
    assert.equal(0.5, every)
    assert.equal("\rstarting ...", written[1])
    assert.equal("\r" .. (" "):rep(12) .. "\r", written[2])
    assert.is_truthy(written[4]:find("^\rdata 11.0 s.*100/s"))
    assert.equal("\r" .. (" "):rep(#written[4]:match("^\r(.-) *$")) .. "\r", written[5])
    assert.equal(5, #written)
    for _, words in ipairs(written) do assert.is_true(#words <= 79 + 2) end
  end)

  it("hides a longer line before, with nothing that a dumb terminal would show", function()
    local written = {}
    local meter = progress.new { terminal = true, write = function(words)
      written[#written + 1] = words
    end }
    meter:note("a long one")
    meter:note("short")
    assert.equal("\rshort ...     ", written[2])
  end)

  it("keeps off the last column of a narrow terminal", function()
    local written = draw { terminal = true, columns = function() return 20 end }
    assert.equal("\rdata 11.0 s", written[4]:match("^\rdata 11.0 s"))
    for _, words in ipairs(written) do assert.is_true(#words <= 19 + 2, words) end
    written = draw { terminal = true, columns = function() return 8 end }
    assert.equal("\rdata 11", written[4])
  end)

  it("writes plain lines elsewhere", function()
    local written, every = draw {}
    assert.equal(5, every)
    assert.equal("starting\n", written[1])
    assert.equal(3, #written)
    assert.equal("progress: 11.0 s, ", written[3]:sub(1, 18))
    assert.is_falsy(table.concat(written):find("[\r\27]"))
  end)

  it("keeps the interval it was given", function()
    assert.equal(2, select(2, draw { every = 2 }))
    local written, every = draw { every = 2, terminal = true } -- as pgbench's users know it
    assert.equal(2, every)
    assert.equal("progress: 11.0 s, ", written[3]:sub(1, 18))
  end)
end)
