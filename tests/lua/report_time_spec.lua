-- Latencies, bars and verdicts of a report.

local report_time = require "bigdata.report.time"

-- A result of one step of ten seconds on two connections.
local function result(step)
  step.name, step.seconds = "data", 10
  return { settings = { poolsize = 2 }, steps = { step } }
end

local function worker_seconds(changes)
  local all = { source = 0, client = 0, send = 0, server = 0, turn = 0, lua = 0, lock = 0 }
  for key, value in pairs(changes) do all[key] = value end
  return { worker_seconds = all }
end

describe("latencies", function()
  it("are in milliseconds, with three digits", function()
    assert.same({
      "latency, ms      mean   stddev       p50       p95       p99     p99.9       max",
      "data            0.123     1.23      12.3       123     1,234    12,346   123,457",
    }, report_time.latencies(result { latency = {
      mean_seconds = 0.0001234, deviation_seconds = 0.001234, p50_seconds = 0.01234,
      p95_seconds = 0.1234, p99_seconds = 1.234, p999_seconds = 12.3456, max_seconds = 123.4567,
    } }))
  end)

  it("fit 80 columns", function()
    local long = { mean_seconds = 999, deviation_seconds = 999, p50_seconds = 9999,
      p95_seconds = 9999, p99_seconds = 9999, p999_seconds = 9999, max_seconds = 9999 }
    for _, line in ipairs(report_time.latencies(result { latency = long })) do
      assert.equal(80, #line)
    end
  end)

  it("are left out where nothing was timed", function()
    assert.same({}, report_time.latencies(result {}))
  end)
end)

describe("a step with a long name", function()
  local NAME = "a_name_of_üöä_letters" -- 21 letters
  local short = { name = "b", seconds = 10, rows = 100, records = 0 }
  local long = { name = NAME, seconds = 10, rows = 100, records = 0 }
  for _, step in ipairs { short, long } do
    step.latency = { mean_seconds = 1, deviation_seconds = 1, p50_seconds = 1, p95_seconds = 1,
      p99_seconds = 1, p999_seconds = 1, max_seconds = 1, count = 1 }
    step.cpu_user_seconds, step.cpu_system_seconds, step.feeder_cpu_seconds = 1, 1, 1
    step.sent_bytes, step.received_bytes = 100, 100
    step.threads = { { wall_seconds = 10, waited_seconds = 9 } }
    step.statement_latencies = { step.latency }
    step.latency.sql = "select 1"
    step.worker_seconds = worker_seconds({ client = 20 }).worker_seconds
    step.server = { states = { { state = "active", share = 1 } }, missing = {} }
  end
  local both = { settings = { poolsize = 2 }, steps = { short, long } }

  it("shifts the columns of all", function()
    for _, part in ipairs { "latencies", "cpu", "traffic" } do
      local lines = report_time[part](both)
      assert.equal(3, #lines)
      for _, line in ipairs(lines) do assert.equal(utf8.len(lines[1]), utf8.len(line)) end
      assert.equal(NAME, lines[3]:sub(1, #NAME))
    end
    for _, part in ipairs { "shares", "server" } do
      local lines = report_time[part](both)
      assert.equal("b" .. (" "):rep(20) .. lines[3]:sub(#NAME + 1), lines[2])
      assert.is_truthy(lines[3]:find("100 %", 1, true))
    end
  end)

  it("has the head of its statements on a line of its own", function()
    local lines = report_time.statements(both)
    assert.equal("statements of b, ms      count", lines[1]:sub(1, 30))
    assert.same({ "statements of " .. NAME .. ", ms", (" "):rep(25) .. lines[1]:sub(26) },
      { lines[4], lines[5] })
  end)
end)

describe("CPU time", function()
  local step = { rows = 40000, records = 20000, cpu_user_seconds = 0.1, cpu_system_seconds = 0.02,
    feeder_cpu_seconds = 0.01, round_trips = 50000, threads = {
      { wall_seconds = 10, waited_seconds = 9 }, { wall_seconds = 10, waited_seconds = 2 },
      { wall_seconds = 1e-6, waited_seconds = 0 } } }
  local HEAD =
    "CPU, us/row     total     user   system   feeder  busiest thread round trips/row"

  it("is of a row, beside the busiest thread and round trips", function()
    assert.same({ HEAD,
      "data             3.00     2.50     0.50     0.25            80 %            1.25",
    }, report_time.cpu(result(step)))
  end)

  it("is of a record where there are no rows, and left out where there are none", function()
    local reads = { rows = 0 }
    for key, value in pairs(step) do reads[key] = reads[key] or value end
    assert.equal("data             6.00     5.00     1.00     0.50            80 %            2.50",
      report_time.cpu(result(reads))[2])
    assert.equal("for each record, where there are no rows: data",
      report_time.cpu(result(reads))[3])
    reads.records = 0
    assert.same({}, report_time.cpu(result(reads)))
  end)

  it("is not split where it is too short for the kernel's ticks", function()
    local brief = { cpu_user_seconds = 0, cpu_system_seconds = 0.08 }
    for key, value in pairs(step) do brief[key] = brief[key] or value end
    assert.same({ HEAD,
      "data             2.00        -        -     0.25            80 %            1.25",
    }, report_time.cpu(result(brief)))
  end)
end)

describe("traffic", function()
  it("is of a row, or a record, and left out where it was not counted", function()
    local step = { rows = 4, records = 2, sent_bytes = 8000, received_bytes = 400 }
    assert.same({
      "bytes/row         sent  received",
      "data             2,000       100",
    }, report_time.traffic(result(step)))
    step.rows = 0
    assert.equal("data             4,000       200", report_time.traffic(result(step))[2])
    step.sent_bytes, step.received_bytes = nil, nil
    assert.same({}, report_time.traffic(result(step)))
  end)
end)

describe("statements", function()
  it("have a line for what they are, and one for how long they took", function()
    local latency = { count = 1234, mean_seconds = 0.001, deviation_seconds = 0.002,
      p50_seconds = 0.003, p99_seconds = 0.004, max_seconds = 0.5 }
    latency.sql = " insert into data\n  values (" .. ("$1, "):rep(30) .. "$1)"
    assert.same({
      "statements of data, ms   count      mean    stddev       p50       p99       max",
      "  insert into data values ($1, $1, $1, $1, $1, $1, $1, $1, $1, $1, $1, $1, $1...",
      "                         1,234      1.00      2.00      3.00      4.00       500",
    }, report_time.statements(result { statement_latencies = { latency } }))
    local lines = report_time.statements(result {
      statement_latencies = { latency }, untimed_statements = 30,
    })
    assert.equal("  no times were kept of 30 further executions: at most 1 statements are told "
      .. "apart", lines[#lines])
  end)
end)

describe("pgbench's words", function()
  it("name the same figures", function()
    local made = result { latency = { count = 55, mean_seconds = 0.0012345,
      deviation_seconds = 0.0005 } }
    made.connect_seconds = 0.0123
    assert.same({
      "data: latency average = 1.234 ms, latency stddev = 0.500 ms, tps = 5.5",
      "initial connection time = 12.300 ms",
    }, report_time.pgbench(made))
  end)
end)

describe("the workers' time", function()
  it("is a bar, and its largest parts in words, as many as 80 columns take", function()
    assert.same({
      "where the workers' time went (# client  + turn  = send  - server  . source)",
      "data         ######++----------......  server 40 %, client 25 %, source 25 %",
    }, report_time.shares(result(worker_seconds { client = 5, turn = 2, server = 8, source = 5 })))
  end)

  it("says how much of it the interpreter had", function()
    assert.same("data         ############------------  client (lua 45 %) 50 %, server 50 %",
      report_time.shares(result(worker_seconds { client = 10, lua = 9, server = 10 }))[2])
  end)

  it("is drawn with blocks where they can be shown", function()
    assert.same("data         ██████▓▓░░░░░░░░░░······  server 40 %, client 25 %, source 25 %",
      report_time.shares(result(worker_seconds { client = 5, turn = 2, server = 8, source = 5 }),
        true)[2])
  end)

  it("is left out where it is not known", function()
    assert.same({}, report_time.shares(result {}))
  end)
end)

describe("the server", function()
  it("is a bar of what its backends did, idle last, and what could not be seen", function()
    assert.same({
      "what the server was doing for them",
      "data         ############++++++......  computing 50 %, WALSync 25 %, idle 25 %",
      "not seen: pg_stat_wal: permission denied",
    }, report_time.server(result { server = {
      states = {
        { state = "active", share = 0.5 },
        { state = "idle", wait_event_type = "Client", wait_event = "ClientRead", share = 0.25 },
        { state = "active", wait_event_type = "IO", wait_event = "WALSync", share = 0.25 },
      },
      missing = { { what = "pg_stat_wal", why = "permission denied" } },
    } }))
  end)

  local function seen(states)
    return report_time.server(result { server = { missing = {}, states = states } })[2]
  end

  it("is idle where it waits for the client, in a transaction, or for rows of a COPY", function()
    assert.equal("data         ############............  computing 50 %, idle 50 %", seen {
      { state = "active", share = 0.5 },
      { state = "active", wait_event_type = "Client", wait_event = "ClientRead", share = 0.25 },
      { state = "idle in transaction", wait_event_type = "Client", wait_event = "ClientRead",
        share = 0.25 },
    })
  end)

  it("computes where it waits for nothing, whatever its state", function()
    assert.equal("data         ############............  computing 50 %, idle 50 %", seen {
      { state = "idle", wait_event_type = "Client", wait_event = "ClientRead", share = 0.5 },
      { state = "idle in transaction", share = 0.25 },
      { state = "disabled", share = 0.25 }, -- track_activities is off
    })
  end)

  it("is not shown where it is somebody else's", function()
    assert.equal("data         ########################  not shown 100 %",
      seen { { state = "?", share = 1 } })
  end)

  it("is left out where nothing was seen", function()
    assert.same({}, report_time.server(result {}))
  end)
end)

describe("the verdict", function()
  it("has its evidence, the gain and what to try, and what is close to it", function()
    assert.same({
      "verdict on data: too few connections",
      "  one",
      "  without that: at most 4.0 times as fast",
      "  try: bigdata x",
      "and on data: network round trips",
      "  two",
    }, report_time.verdicts(result { verdict = { causes = {
      { cause = "few_connections", gain = 4, evidence = { "one" }, next = { "bigdata x" } },
      { cause = "network", gain = 1, evidence = { "two" }, next = {} },
    } } }))
  end)

  it("fits 80 columns, and hangs what it goes on with", function()
    local lines = report_time.verdicts(result { verdict = {
      warning = ("word "):rep(20), causes = {
        { cause = "network", gain = 1, evidence = { ("word "):rep(20) }, next = {} },
      },
    } })
    assert.same({
      "data:" .. (" word"):rep(14) .. "\n  word word word word word word",
      "verdict on data: network round trips",
      "  word" .. (" word"):rep(14) .. "\n    word word word word word",
    }, lines)
  end)

  it("says why there is none", function()
    assert.same({ "verdict on data: none, it was too short" },
      report_time.verdicts(result { verdict = { causes = {}, why = "it was too short" } }))
  end)
end)
