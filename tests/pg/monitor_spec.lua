-- What is seen of the server while a step runs, and what is said where it cannot be seen.

local kit = dofile "tests/support/scenario_kit.lua"
local core = require "bigdata.core"
local json = require "bigdata.result.json"
local result_file = require "bigdata.result.file"
local schema = dofile "tests/support/json_schema.lua"

setup(function()
  kit.open(20)
  kit.execute [[
    create role plain login;
    create table noted (n integer);
    grant all on noted to plain]]
end)
teardown(kit.close)

-- Run a step of these records on one connection: what was seen of the server.
local function seen(body, line, more)
  local path = kit.scenario(body, { count = more and more.count or 1 })
  local result, message = kit.run(path, "--loop lua -c 1 --monitor 200 " .. (line or ""),
    more and more.options)
  assert(result, message)
  assert.equal("done", result.ended)
  return result.steps[1].server, result
end

-- Options to run as the role that may do little.
local function as_plain()
  return { "--dburl", (kit.server:conninfo():gsub("user=%S+", "") .. " user=plain") }
end

-- Why something is missing; nil if it is not.
local function why(server, what)
  for _, missing in ipairs(server.missing) do
    if missing.what == what then return missing.why end
  end
end

describe("the monitor", function()
  it("counts what our backends do and wait for", function()
    local server = seen [[db:exec("select pg_sleep(0.3)")]]
    local first = server.states[1]
    assert.equal("active", first.state)
    assert.equal("Timeout", first.wait_event_type)
    assert.equal("PgSleep", first.wait_event)
    assert.is_true(first.share > 0.5)
    assert.is_true(server.samples > 3)
    assert.equal(1, server.backends_seen)
    assert.same({}, server.missing)
  end)

  it("follows connections that were opened again in the step before", function()
    kit.execute "create sequence killing"
    local path = kit.write("killing.lua", [[
      local bigdata = require "bigdata"
      local function one() return bigdata.source.count { count = 1 } end
      local scenario = bigdata.scenario { summary = "a test" }
      scenario:step "lost" {
        source = one,
        each = function(db)
          db:exec("select pg_terminate_backend(pg_backend_pid()) where nextval('killing') = 1")
        end,
      }
      scenario:step "after" {
        source = one,
        each = function(db) db:exec("select pg_sleep(0.3)") end,
      }
      return scenario]])
    local result = assert(kit.run(path, "-c 1 --reconnect 60 --max-errors 1 --monitor 200"))
    assert.equal(1, result.steps[1].reconnects)
    assert.is_nil(result.steps[1].server.cpu_seconds) -- some of it went with the lost one
    assert.truthy(why(result.steps[1].server, "the server's CPU"):find("lost", 1, true))
    assert.is_nil(why(result.steps[2].server, "the server's CPU"))
    assert.truthy(result.steps[2].server.cpu_seconds.backends)
    assert.equal(1, result.steps[2].server.backends_seen)
    assert.equal("PgSleep", result.steps[2].server.states[1].wait_event)
  end)

  it("tells when it was that they did it", function()
    local server = seen [[
      db:exec("select pg_sleep(0.3)")
      db:exec("select count(*) from generate_series(1, pg_backend_pid() % 2 + 2000000)")]]
    local sleeping = server.states[1].wait_event and server.states[1] or server.states[2]
    local sums = server.intervals.sightings
    assert.is_true(server.intervals.seconds >= 0.02 and #sums >= 5 and #sums <= 40)
    assert.equal(#sums, #sleeping.counts)
    assert.equal("PgSleep", sleeping.wait_event)
    assert.is_true(sleeping.counts[2] > 0)
    assert.equal(sums[2], sleeping.counts[2])
    assert.equal(0, sleeping.counts[#sums])
    local sum, all = 0, 0
    for n, count in ipairs(sleeping.counts) do sum, all = sum + count, all + sums[n] end
    assert.equal(sleeping.count, sum)
    assert.equal(server.samples, all)
  end)

  it("takes the differences of the server's statistics", function()
    local server, result = seen([[db:exec("insert into noted values ($1)", row.n)]], nil,
      { count = 50 })
    assert.equal(50, result.steps[1].rows)
    assert.equal(50, server.database.tup_inserted)
    assert.is_true(server.wal_bytes > 50 * 27)
  end)

  it("counts checkpoints, wherever the server's version does", function()
    local server = seen([[db:exec("checkpoint")]], nil, { count = 2 }) -- the last one may lack
    local counted = server.checkpointer and server.checkpointer.num_requested -- since 17
      or server.bgwriter.checkpoints_req
    assert.is_true(counted >= 1)
  end)

  it("counts reads and writes by kind of backend, from version 16 on", function()
    local server, result = seen [[db:exec("insert into noted select generate_series(1, 10000)")]]
    local version = tonumber(result.server.version:match "^%d+")
    if version < 16 then
      assert.is_nil(server.io)
      pending("pg_stat_io is there since PostgreSQL 16: this is " .. version)
    end
    local ours
    for _, entry in ipairs(server.io) do
      local name = table.concat({ entry.backend_type, entry.object, entry.context }, ", ")
      if name == "client backend, relation, normal" then ours = entry end
    end
    assert.is_true(ours.extends > 10)
    assert.is_nil(ours.evictions)
    if version < 18 then assert.equal(8192, ours.op_bytes) end -- which has columns for bytes
  end)

  it("reads the CPU time of the server's processes where they are on this machine", function()
    local server = seen [[db:exec("select count(*) from generate_series(1, 3000000)")]]
    assert.is_true(server.cpu_seconds.backends > 0.05)
    assert.is_true(server.cpu_seconds.checkpointer < server.cpu_seconds.backends)
    assert.is_true(server.machine.busy_seconds >= server.cpu_seconds.backends / 2)
  end)

  it("tells the round trip and the settings before the run", function()
    local _, result = seen [[db:exec("select 1")]]
    assert.is_true(result.server.round_trip_seconds > 0)
    assert.equal("off", result.server.settings.fsync)
    assert.equal("20", result.server.settings.max_connections)
  end)

  it("is switched off by --monitor 0", function()
    local server = seen([[db:exec("select 1")]], "--monitor 0")
    assert.is_nil(server.states)
    assert.equal("--monitor 0 switches it off", why(server, "the server's side"))
  end)

  it("says what it is not permitted to see, and measures the rest", function()
    finally(function()
      kit.execute "grant select on pg_stat_activity, pg_stat_wal to public"
    end)
    kit.execute "revoke select on pg_stat_activity, pg_stat_wal from public"
    local server = seen([[db:exec("insert into noted values ($1)", row.n)]], nil,
      { options = as_plain() })
    assert.is_truthy(why(server, "pg_stat_activity"):find("permission denied"))
    assert.is_truthy(why(server, "pg_stat_wal"):find("permission denied"))
    assert.is_nil(server.states)
    assert.is_nil(server.wal)
    assert.equal(1, server.database.tup_inserted)
  end)

  it("says that backends do not show what they do", function()
    local server = seen([[db:exec("select pg_sleep(0.1)")]], nil, { options = { "--dburl",
      kit.server:conninfo() .. " options='-c track_activities=off'" } })
    assert.is_nil(server.states)
    assert.equal("track_activities is off", why(server, "pg_stat_activity"))
  end)

  it("that finds no connection free leaves the run alone", function()
    finally(function() kit.execute "alter role plain connection limit -1" end)
    kit.execute "alter role plain connection limit 1"
    local good, server
    for _ = 1, 100 do -- the backend of a connection just closed may still count
      good, server = pcall(seen, [[db:exec("insert into noted values ($1)", row.n)]], nil,
        { options = as_plain() })
      if good or not tostring(server):find("too many connections", 1, true) then break end
    end
    assert(good, server)
    assert.is_truthy(why(server, "the server's side"):find("cannot connect"))
  end)

  it("that is killed keeps what it has seen, and says so", function()
    local server, result = seen([[
      db:exec("select pg_sleep(0.3)")
      db:exec("select pg_terminate_backend(pid, 10000) from pg_stat_activity"
        .. " where query like '%concat_ws%' and pid <> pg_backend_pid()")
      db:exec("select pg_sleep(0.1)")]])
    assert.equal(1, result.steps[1].records)
    assert.equal("PgSleep", server.states[1].wait_event)
    assert.is_truthy(why(server, "pg_stat_activity"):find("the monitor stopped after %d+ samples"))
  end)
end)

it("a whole result is as its schema says", function()
  local _, result = seen [[db:exec("insert into noted values ($1)", row.n)]]
  local file <close> = assert(io.open("docs/result.schema.json"))
  local document = assert(json.decode(result_file.text(result)))
  assert.same({}, schema.problems(assert(json.decode(file:read("a"))), document))
  assert.is_nil(document.settings.dburl)
end)

describe("pool:run's ready", function()
  local function run(ready)
    local pool <close> = assert(core.pool { conninfo = kit.server:conninfo(), size = 1 })
    local source <close> = assert(core.source.count { count = 5, field = "n" })
    local plan = assert(core.plan { name = "test", fields = { "n" }, rest = false, ops = {
      { op = "exec", sql = "insert into noted values ($1)", where = "test:1", n = 1,
        params = { { field = "n" } } },
    } })
    return pool:run { plan = plan, source = source, preload = true, ready = ready }
  end

  local function count() return kit.query("select count(*) as n from noted")[1].n end

  it("is called when all else is, before the first statement", function()
    local before, calls = count(), 0
    assert.equal(5, run(function()
      calls = calls + 1
      assert.equal(before, count())
    end).rows)
    assert.equal(1, calls)
  end)

  it("may fail, and its error is raised", function()
    local good, problem = pcall(run, function() error("not ready", 0) end)
    assert.is_false(good)
    assert.is_truthy(tostring(problem):find("not ready", 1, true))
  end)
end)
