-- --rate: records that begin at moments laid down in advance, under both engines.

local catalog = require "bigdata.scenario.catalog"
local kit = dofile "tests/support/scenario_kit.lua"
local trial = require "bigdata.trial"

setup(function()
  kit.open(20)
  kit.execute "create table stored (n integer)"
end)
teardown(kit.close)

local function run(body, line, count)
  local scenario = kit.scenario(body, { key = "each", count = count })
  return assert(kit.run(scenario, line)).steps[1]
end

for _, engine in ipairs { "--engine threads", "--engine poll --jobs 2" } do
  describe("a rate with " .. engine, function()
    it("is not exceeded, and is waited for", function()
      local step = run([[db:exec("insert into stored values ($1)", row.n)]],
        engine .. " -c 4 --rate 200", 100)
      assert.equal("done", step.ended)
      assert.equal(100, step.rows)
      assert.is_true(step.seconds >= 99 / 200) -- the last one may not begin before
      assert.is_true(step.schedule.waited_seconds > 0)
      assert.is_true(step.schedule.waited_seconds <= step.worker_seconds.source + 0.001)
    end)

    it("counts latencies from the moments, and service times from the beginning", function()
      local step = run([[db:exec("insert into stored select $1 from pg_sleep(0.002)", row.n)]],
        engine .. " -c 2 --rate 1000000", 50) -- more than two connections can do
      local service = step.schedule.service
      assert.equal(50, step.latency.count)
      assert.equal(50, service.count)
      assert.is_true(service.min_seconds >= 0.002)
      assert.is_true(step.latency.mean_seconds > 5 * service.min_seconds)
      local lag = step.latency.mean_seconds - service.mean_seconds
      assert.is_true(math.abs(lag - step.schedule.lag_mean_seconds) < 1e-6)
      assert.is_true(step.schedule.lag_max_seconds > step.schedule.lag_mean_seconds)
    end)

    it("ends with the last record, whoever waits for a later moment", function()
      local step = run([[db:exec("insert into stored values ($1)", row.n)]],
        engine .. " -c 12 --rate 5", 2)
      assert.same({ "done", 2 }, { step.ended, step.rows })
      assert.is_true(step.seconds < 2) -- the twelfth moment is after 2.2
    end)

    it("has no lag and no service times where nothing was stored", function()
      local schedule = run([[db:exec("select 1 / ($1::integer - $1::integer)", row.n)]],
        engine .. " -c 2 --rate 1000 --max-errors 10", 3).schedule
      assert.is_true(schedule.waited_seconds >= 0)
      assert.is_nil(schedule.service)
      assert.is_nil(schedule.lag_mean_seconds)
      assert.is_nil(schedule.lag_max_seconds)
    end)

    it("tells the lag while it goes on", function()
      local last
      local scenario = catalog.load(kit.scenario([[db:exec("select pg_sleep(0.002)")]],
        { key = "each", count = 50 }))
      local settings, flags = kit.parse(scenario, engine .. " -c 2 --rate 1000000")
      local step = assert(trial.run(scenario, settings, flags, {
        every = 0.01, update = function(p) last = p end,
      })).steps[1]
      assert.is_true(math.abs(last.lag_seconds / 50 - step.schedule.lag_mean_seconds) < 1e-6)
    end)

    it("ends when the time is up, whatever is scheduled", function()
      local step = run([[db:exec("insert into stored values ($1)", row.n)]],
        engine .. " -c 2 --rate 0.001 --time 0.2", 100)
      assert.equal("time", step.ended)
      assert.equal(1, step.rows) -- the first one's moment is the beginning
    end)

    it("goes with units of several records", function()
      local step = run([[db:exec("insert into stored values ($1)", row.n)]],
        engine .. " -c 2 --rate 5000 --commit-every 10", 100)
      assert.same({ "done", 100 }, { step.ended, step.rows })
      assert.equal(step.latency.count, step.schedule.service.count)
    end)
  end)
end
