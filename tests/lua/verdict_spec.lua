-- Verdicts on tables of measurements, one for each cause.

local measurements = require "bigdata.verdict.measurements"
local verdict = require "bigdata.verdict"

-- Measurements of ten workers that wait for the server, which is seen doing a bit of everything.
local function case(changes)
  local m = {
    seconds = 10, workers = 10, lua = 0, lock = 0, paced = 0, looks = 200,
    shares = { source = 0, client = 0.05, send = 0, server = 0.95, turn = 0 },
    waits = { cpu = 0.1, events = {} },
    client_cores = 0.5, server_cores = 0.8, machine = { cores = 2, busy = 1.9 },
    round_trip_seconds = 0.0001, round_trips_per_second = 5000,
  }
  for key, value in pairs(changes) do m[key] = value end
  return m
end

local function shares(changes)
  local all = { source = 0, client = 0, send = 0, server = 0, turn = 0 }
  for key, value in pairs(changes) do all[key] = value end
  return all
end

local function names(judged)
  local list = {}
  for i, cause in ipairs(judged.causes) do list[i] = cause.cause end
  return table.concat(list, " ")
end

local function judge(changes) return verdict.judge(case(changes)) end

local UNUSED = { cores = 2, busy = 0.3 }

describe("the verdict is", function()
  it("too few records where no more were left, and not the source", function()
    local judged = judge { shares = shares { source = 0.8, server = 0.2 }, finished = 0.7,
      machine = UNUSED }
    assert.equal("few_records", names(judged))
    assert.same({}, judged.causes[1].try)
    assert.is_truthy(judged.causes[1].evidence[1]:find("no record left to begin for 70 %", 1, true))
  end)

  it("client CPU where an event loop has no time left", function()
    local judged = judge {
      shares = shares { client = 0.1, turn = 0.85, server = 0.05 },
      loops = { count = 1, busiest = 0.99 }, machine = { cores = 2, busy = 1.2 },
      client_cores = 1, server_cores = 0.1,
    }
    assert.equal("client_cpu", names(judged))
    local cause = judged.causes[1]
    assert.equal("--jobs 2", cause.try[1])
    assert.is_truthy(table.concat(cause.evidence, "\n"):find("event loop worked 99 %%"))
  end)

  it("client CPU where the machine has none left and most of it is ours", function()
    local judged = judge {
      shares = shares { client = 0.4, turn = 0.5, server = 0.1 }, lua = 0.38,
      machine = { cores = 2, busy = 1.99 }, client_cores = 1.8, server_cores = 0.1,
    }
    assert.equal("client_cpu", names(judged))
    assert.equal("--loop c", judged.causes[1].try[1])
    assert.is_truthy(judged.causes[1].evidence[2]:find("38 %% in the interpreter"))
  end)

  it("server CPU where the workers wait for cores that the server fills", function()
    for _, others in ipairs { 0.6, 0.8 } do -- with 0.8 no core has time left
      local judged = judge {
        workers = 90, shares = shares { client = 0.01, turn = 0.89, server = 0.1 },
        waits = { cpu = 0.02, events = {} }, client_cores = 0.2, server_cores = 1,
        machine = { cores = 2, busy = 1.2 + others },
      }
      assert.equal("server_cpu", names(judged))
    end
  end)

  it("client CPU where the workers wait for cores that this program fills", function()
    assert.equal("client_cpu", names(judge {
      workers = 30, shares = shares { client = 0.04, turn = 0.9, server = 0.06 },
      waits = { cpu = 0.01, events = {} }, client_cores = 1.2, server_cores = 0.1,
      machine = { cores = 2, busy = 2 }, -- others have the rest
    }))
  end)

  it("client CPU of an event loop on a full machine if the loop has a core for itself", function()
    local function judged(cpu)
      return names(judge {
        shares = shares { client = 0.1, turn = 0.75, server = 0.15 },
        loops = { count = 1, busiest = 0.99, cpu = cpu }, client_cores = cpu,
        machine = { cores = 2, busy = 2 }, server_cores = 1.95 - cpu,
      })
    end
    assert.equal("client_cpu", judged(0.95))
    assert.equal("server_cpu", judged(0.4))
  end)

  it("the interpreter's lock where the workers wait for it", function()
    local judged = judge {
      workers = 30, shares = shares { client = 0.035, turn = 0.95, server = 0.015 }, lua = 0.033,
      lock = 0.95, machine = { cores = 2, busy = 1.1 }, client_cores = 1, server_cores = 0,
    }
    assert.equal("interpreter_lock", names(judged))
    assert.equal("--lua-state worker", judged.causes[1].try[1])
  end)

  it("server CPU where its backends compute, or the machine has none left and it is theirs",
    function()
      assert.equal("server_cpu", names(judge {
        waits = { cpu = 0.9, events = {} }, server_cores = 1.9, machine = { cores = 2, busy = 2 },
      }))
      assert.equal("server_cpu", names(judge {
        waits = { cpu = 0.4, events = {} }, server_cores = 1.6, machine = { cores = 2, busy = 2 },
        client_cores = 0.3,
      }))
      assert.equal("server_cpu", names(judge { -- on a machine that cannot be seen
        waits = { cpu = 0.85, events = {} }, server_cores = false,
      }))
    end)

  it("proved by what says so: the machine's cores, or the backends that compute", function()
    local judged = judge { -- thirty backends that compute now and then fill the machine
      workers = 30, waits = { cpu = 0.04, events = {} }, server_cores = 1.6,
      machine = { cores = 2, busy = 2 }, client_cores = 0.3,
    }
    assert.equal("server_cpu", names(judged))
    assert.same({
      "the machine's 2 cores were busy 100 %: this program used 0.30 of them, the server 1.60",
    }, judged.causes[1].evidence)
    judged = judge { -- a single one that does nothing else
      workers = 1, waits = { cpu = 0.9, events = {} }, machine = { cores = 2, busy = 1.1 },
      server_cores = 0.95,
    }
    assert.is_truthy(judged.causes[1].evidence[1]:find("backends computed for 90 %%"))
    assert.is_truthy(judged.causes[1].evidence[2]:find("cores were busy 55 %%"))
    judged = judge { -- thirty workers that each need a core now and then
      workers = 30, shares = shares { client = 0.03, turn = 0.02, server = 0.95 },
      client_cores = 1.8, server_cores = 0.1, machine = { cores = 2, busy = 2 },
    }
    assert.equal("client_cpu", names(judged))
    assert.equal(1, #judged.causes[1].evidence)
    assert.is_truthy(judged.causes[1].evidence[1]:find("this program used 1.80", 1, true))
  end)

  it("both, where the machine has none left and each has used about as much", function()
    local judged = judge {
      waits = { cpu = 0.3, events = {} }, client_cores = 0.9, server_cores = 1.1,
      machine = { cores = 2, busy = 2 }, shares = shares { client = 0.3, turn = 0.2, server = 0.5 },
    }
    assert.equal("server_cpu client_cpu", (names(judged):gsub("client_cpu server_cpu",
      "server_cpu client_cpu")))
  end)

  it("commits, on few and on many connections", function()
    for _, workers in ipairs { 1, 30 } do
      local judged = judge {
        workers = workers, waits = { cpu = 0.1, commit = 0.75, events = { commit = "WALSync" } },
        machine = UNUSED,
      }
      assert.equal("commit", names(judged))
      assert.is_truthy(judged.causes[1].evidence[1]:find("mostly WALSync"))
      assert.same({ "--commit-every 100" }, judged.causes[1].try)
    end
  end)

  it("the server's reads", function()
    assert.equal("server_reads", names(judge {
      waits = { cpu = 0.2, read = 0.7, events = { read = "DataFileRead" } }, machine = UNUSED,
    }))
  end)

  it("locks, of rows or inside the server", function()
    assert.equal("locks", names(judge {
      waits = { cpu = 0.05, lock = 0.85, events = { lock = "transactionid" } }, machine = UNUSED,
    }))
    assert.equal("internal_locks", names(judge {
      waits = { cpu = 0.1, internal = 0.8, events = { internal = "LockManager" } },
      machine = UNUSED,
    }))
  end)

  it("the network where answers are awaited and the backends have nothing to do", function()
    local judged = judge {
      waits = { cpu = 0.03, events = {} }, round_trip_seconds = 0.0042, machine = UNUSED,
      round_trips_per_second = 2300,
    }
    assert.equal("network", judged.causes[1].cause)
    assert.is_truthy(table.concat(judged.causes[1].evidence, "\n"):find("4.20 ms", 1, true))
  end)

  it("not the network where the backends' CPU time says that they computed unseen", function()
    local function judged(backend_cores)
      return names(judge {
        workers = 1, shares = shares { client = 0.2, server = 0.8 },
        waits = { cpu = 0.02, events = {} }, backend_cores = backend_cores,
        client_cores = 0.2, server_cores = 0.4, machine = { cores = 2, busy = 0.7 },
        round_trip_seconds = 0.00006, round_trips_per_second = 14000,
      })
    end
    assert.equal("network few_connections", judged(0.02))
    assert.equal("few_connections", judged(0.4))
  end)

  it("the source where there are no records", function()
    assert.equal("source", names(judge {
      shares = shares { source = 0.9, client = 0.02, server = 0.08 }, machine = UNUSED,
      waits = { cpu = 0.02, events = {} },
    }))
  end)

  it("the rate that was asked for", function()
    assert.equal("rate_limit", names(judge {
      shares = shares { source = 0.92, client = 0.02, server = 0.06 }, paced = 0.9,
      machine = UNUSED, waits = { cpu = 0.02, events = {} },
    }))
  end)

  it("too few connections where nothing that they share is used much", function()
    local judged = judge {
      workers = 1, waits = { other = 0.9, events = { other = "PgSleep" } }, machine = UNUSED,
    }
    assert.equal("few_connections", names(judged))
    assert.same({ "--poolsize 10" }, judged.causes[1].try)
    assert.equal("few_connections", names(judge {
      workers = 1, shares = shares { client = 0.3, server = 0.7 },
      machine = { cores = 4, busy = 1 },
      waits = { cpu = 0.5, events = {} },
    }))
  end)

  it("the server where it cannot be seen into", function()
    local judged = judge {
      waits = false, server_cores = false, machine = { cores = 2, busy = 1.6 },
    }
    assert.equal("server", names(judged))
    assert.equal("server", names(judge { looks = 3, machine = { cores = 2, busy = 1.6 } }))
  end)

  it("none where nothing is clear", function()
    local judged = judge {
      shares = shares { source = 0.25, client = 0.25, send = 0.05, server = 0.25, turn = 0.2 },
      waits = { cpu = 0.2, events = {} }, machine = { cores = 2, busy = 1.5 },
    }
    assert.equal("", names(judged))
    assert.equal("nothing took up a clear part of the time", judged.why)
  end)

  it("not given on a run that was too short", function()
    local judged = judge { seconds = 0.9 }
    assert.equal("", names(judged))
    assert.is_truthy(judged.why:find("too short to judge"))
  end)
end)

describe("the warning", function()
  it("is given where other programs use much of the machine", function()
    local judged = judge {
      machine = { cores = 2, busy = 1.9 }, client_cores = 0.3, server_cores = 0.4,
    }
    assert.is_truthy(judged.warning:find("other programs used 1.2 of the machine's 2 cores"))
    assert.is_nil(judge { machine = { cores = 2, busy = 1.4 } }.warning)
    assert.is_nil(judge { machine = false }.warning)
  end)
end)

describe("the gain", function()
  it("leaves what the backends waited for, when it is only the cores that are freed", function()
    local judged = judge {
      waits = { cpu = 0.04, commit = 0.5, events = {} }, machine = { cores = 2, busy = 1.9 },
      client_cores = 0.1, server_cores = 1.71,
    }
    assert.equal("server_cpu", judged.causes[1].cause)
    assert.equal(2, judged.causes[1].gain)
  end)

  it("is bound by the time that is left", function()
    local judged = judge { waits = { commit = 0.75, events = {} }, machine = false }
    assert.equal(4, judged.causes[1].gain)
  end)

  it("is bound by the cores for the CPU time that is left", function()
    local judged = judge {
      waits = { commit = 0.75, events = {} }, machine = { cores = 2, busy = 1 },
      client_cores = 0.4, server_cores = 0.6,
    }
    assert.equal(2, judged.causes[1].gain)
  end)

  it("leaves other programs what they use of the cores", function()
    local judged = judge {
      waits = { commit = 0.75, events = {} }, machine = { cores = 2, busy = 1.5 },
      client_cores = 0.4, server_cores = 0.6,
    }
    assert.equal(1.5, judged.causes[1].gain)
  end)

  it("of a loop's or the server's CPU time is what the rest leaves to do", function()
    local judged = judge {
      waits = { cpu = 0.9, events = {} }, server_cores = 1.5, client_cores = 0.5,
      machine = { cores = 2, busy = 2 },
    }
    assert.equal(4, judged.causes[1].gain) -- a quarter of the CPU time is not the server's
  end)
end)

describe("measurements", function()
  local function waits(wait_event_type, wait_event, state)
    local m = measurements.of({ settings = { poolsize = 1 } }, {
      seconds = 1, statements = 1, round_trips = 1, cpu_user_seconds = 0, cpu_system_seconds = 0,
      worker_seconds = { source = 0, client = 0, send = 0, server = 1, turn = 0, lua = 0,
        lock = 0 },
      threads = { {} },
      server = { samples = 20, states = {
        { state = state or "active", wait_event_type = wait_event_type, wait_event = wait_event,
          share = 1 },
      } },
    }).waits
    m.events = nil
    return m
  end

  it("count as reads what others read for the backend", function()
    assert.same({ read = 1 }, waits("IO", "DataFileRead"))
    assert.same({ read = 1 }, waits("IPC", "BufferIO"))
    assert.same({ read = 1 }, waits("IO", "AioIoCompletion"))
    assert.same({ other = 1 }, waits("IO", "DataFileWrite"))
  end)

  it("count a backend that waits for nothing as computing, whatever its state", function()
    assert.same({ cpu = 1 }, waits(nil, nil, "active"))
    assert.same({ cpu = 1 }, waits(nil, nil, "idle in transaction"))
    assert.same({}, waits("Client", "ClientRead", "idle in transaction (aborted)"))
    assert.same({ other = 1 }, waits(nil, nil, "?")) -- not shown to the monitor
  end)

  it("know waits as versions before and since 17 spell them", function()
    assert.same({ commit = 1 }, waits("IO", "WALSync"))
    assert.same({ commit = 1 }, waits("IO", "WalSync"))
    assert.same({ commit = 1 }, waits("LWLock", "WALWrite"))
    assert.same({ internal = 1 }, waits("LWLock", "WALInsert"))
    assert.same({ read = 1 }, waits("IPC", "BufferIO"))
    assert.same({ read = 1 }, waits("IPC", "BufferIo"))
  end)

  it("are made of a step's result", function()
    local result = { settings = { poolsize = 4 }, server = { round_trip_seconds = 0.001 } }
    local step = {
      seconds = 2, statements = 100, round_trips = 40, queue_empty_seconds = 0.3,
      schedule = { waited_seconds = 0.1 },
      cpu_user_seconds = 0.5, cpu_system_seconds = 0.3,
      worker_seconds = { source = 0.8, client = 1.6, send = 0, server = 4, turn = 1.6, lua = 0.8,
        lock = 0.4 },
      threads = { { wall_seconds = 2, waited_seconds = 0.5, cpu_user_seconds = 0.5,
        cpu_system_seconds = 0.25 } },
      server = {
        samples = 40, cpu_seconds = { backends = 1, walwriter = 0.2 },
        machine = { cores = 2, busy_seconds = 3, idle_seconds = 1 },
        states = {
          { state = "active", share = 0.3 },
          { state = "idle", wait_event_type = "Client", wait_event = "ClientRead", share = 0.2 },
          { state = "active", wait_event_type = "IO", wait_event = "WALSync", share = 0.2 },
          { state = "active", wait_event_type = "LWLock", wait_event = "WALWrite", share = 0.1 },
          { state = "active", wait_event_type = "Lock", wait_event = "tuple", share = 0.08 },
          { state = "active", wait_event_type = "LWLock", wait_event = "WALInsert", share = 0.05 },
          { state = "active", wait_event_type = "IO", wait_event = "DataFileRead", share = 0.04 },
          { state = "active", wait_event_type = "Timeout", wait_event = "PgSleep", share = 0.03 },
        },
      },
    }
    local m = measurements.of(result, step)
    assert.same({ source = 0.1, client = 0.2, send = 0, server = 0.5, turn = 0.2 }, m.shares)
    assert.equal(0.1, m.lua)
    assert.equal(0.05, m.lock)
    assert.is_true(math.abs(m.finished - 0.05) < 1e-9)
    assert.same({ count = 1, busiest = 0.75, cpu = 0.375 }, m.loops)
    assert.same({ cores = 2, busy = 1.5 }, m.machine)
    assert.equal(0.4, m.client_cores)
    assert.equal(0.6, m.server_cores)
    assert.equal(0.5, m.backend_cores)
    assert.equal(0.3, m.waits.cpu)
    assert.is_true(math.abs(m.waits.commit - 0.3) < 1e-9)
    assert.equal(0.08, m.waits.lock)
    assert.equal(0.05, m.waits.internal)
    assert.equal(0.04, m.waits.read)
    assert.equal(0.03, m.waits.other)
    assert.same({ commit = "WALSync", lock = "tuple", internal = "WALInsert",
      read = "DataFileRead", other = "PgSleep" }, m.waits.events)
    assert.equal(20, m.round_trips_per_second)
  end)
end)
