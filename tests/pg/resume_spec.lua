-- Loads that are continued, and connections that are lost under way: at the end the tables hold
-- what an undisturbed load leaves there.

local failure = require "bigdata.failure"
local kit = dofile "tests/support/scenario_kit.lua"
local resume = require "bigdata.trial.resume"

setup(function()
  kit.open(40)
  kit.execute "create sequence kills"
end)
teardown(kit.close)
-- Nothing in the table keeps a row from being there twice. It is made anew, so that no case sees
-- another one's triggers.
before_each(function()
  kit.execute [[
    drop table if exists stored, bigdata_done;
    create table stored (n integer);
    select setval('kills', 1, false)]]
end)

local INSERT = [[db:exec("insert into stored values ($1)", row.n)]]

local function run(line, more)
  more = more or {}
  local path = kit.scenario(more.body or INSERT, {
    key = "each", count = more.count or 1000, before = more.before,
  })
  return kit.run(path, line)
end

local function stored()
  local row = kit.query([[
    select count(*) as rows, count(distinct n) as numbers, coalesce(sum(n), 0) as sum
    from stored]])[1]
  return { tonumber(row.rows), tonumber(row.numbers), tonumber(row.sum) }
end

-- The 300th, 600th, ... insert ends its own connection.
local function kill_some()
  kit.execute [[
    create or replace function kill_some() returns trigger language plpgsql as $$
    begin
      if nextval('kills') % 300 = 0 then
        perform pg_terminate_backend(pg_backend_pid());
      end if;
      return null;
    end $$;
    create trigger kill_some after insert on stored
      for each row execute function kill_some()]]
end

for _, ways in ipairs { "--engine threads --loop c", "--engine poll --loop c",
  "--engine threads --loop lua", "--engine poll --loop lua" } do
  describe("a load with " .. ways, function()
    it("is continued where it was cut short", function()
      local first = assert(run(ways .. " -c 4 --resume --commit-every 7 --limit 300")).steps[1]
      assert.same({ 300, 300, 0 }, { first.records, first.rows, first.skipped })
      local result = assert(run(ways .. " -c 3 --resume --commit-every 10"))
      assert.is_true(result.continued)
      local step = result.steps[1]
      assert.same({ 700, 700, 300 }, { step.records, step.rows, step.skipped })
      assert.same({ 1000, 1000, 500500 }, stored())
      local again = assert(run(ways .. " -c 3 --resume")).steps[1]
      assert.same({ 0, 0, 1000 }, { again.records, again.rows, again.skipped })
    end)

    it("does again what a lost connection has undone", function()
      kill_some()
      for _, how in ipairs { "--resume --commit-every 10", "--no-autocommit" } do
        kit.execute "truncate stored"
        local result = assert(run(("%s -c 4 --reconnect 30 --monitor 0 %s"):format(ways, how)))
        local step = result.steps[1]
        assert.same({ "done", 1000, 1000, 0 }, { step.ended, step.records, step.rows, step.failed })
        assert.is_true(step.reconnects >= 3)
        assert.same({ 1000, 1000, 500500 }, stored())
      end
    end)

    it("fails the record of which it cannot be known whether it is stored", function()
      kill_some()
      local result = assert(run(ways .. " -c 4 --reconnect 30 --monitor 0 --max-errors 100"))
      local step = result.steps[1]
      assert.equal("done", step.ended)
      assert.equal(1000, step.records + step.failed)
      assert.is_true(step.failed >= 3)
      assert.equal(step.rows, stored()[1])
      assert.is_truthy(step.samples[1].reason:find("whether its last statement is stored cannot be "
        .. "known (", 1, true), step.samples[1].reason)
    end)
  end)
end

describe("a lost COMMIT", function()
  -- Ends its connection when it commits: before that for some, after it for others.
  before_each(function()
    kit.execute [[
      create or replace function kill_late() returns trigger language plpgsql as $$
      begin
        if new.n % 100 = 0 and nextval('kills') % 2 = 0 then
          perform pg_terminate_backend(pg_backend_pid());
        end if;
        return null;
      end $$;
      create constraint trigger kill_late after insert on stored deferrable initially deferred
        for each row execute function kill_late()]]
  end)

  it("is decided by the marker", function()
    local step = assert(run("-c 3 --resume --commit-every 5 --reconnect 30 --monitor 0")).steps[1]
    assert.same({ 1000, 1000, 0 }, { step.records, step.rows, step.failed })
    assert.is_true(step.reconnects >= 1)
    assert.same({ 1000, 1000, 500500 }, stored())
  end)

  it("fails its records where there is none", function()
    local result = assert(run("-c 3 --commit-every 5 --reconnect 30 --monitor 0 --max-errors 1000"))
    local step = result.steps[1]
    assert.equal(1000, step.records + step.failed)
    assert.is_true(step.failed >= 5)
    assert.equal(step.rows, stored()[1])
    assert.is_truthy(step.samples[1].reason:find(
      "whether its transaction is committed cannot be known (", 1, true), step.samples[1].reason)
  end)
end)

describe("--resume", function()
  it("begins afresh where nothing is stored, and is forgotten by a run without it", function()
    local result = assert(run("--resume --limit 10"))
    assert.is_false(result.continued)
    assert.equal("11", kit.query("select count(*) as n from bigdata_done")[1].n)
    assert.equal(1000, assert(run("")).steps[1].records)
    assert.equal("0", kit.query("select count(*) as n from bigdata_done")[1].n)
    assert.is_false(assert(run("--resume --limit 10")).continued)
  end)

  it("tries records again that had failed", function()
    kit.execute "alter table stored add constraint small check (n <> 5)"
    local first = assert(run("--resume --commit-every 10 --max-errors 1", { count = 50 })).steps[1]
    assert.same({ 49, 1 }, { first.records, first.failed })
    kit.execute "alter table stored drop constraint small"
    local second = assert(run("--resume --commit-every 10", { count = 50 })).steps[1]
    assert.same({ 1, 49 }, { second.records, second.skipped })
  end)

  it("does not call the scenario's setup again", function()
    local before = [[scenario:setup(function(db) db:exec("truncate stored") end)]]
    assert(run("--resume --limit 10", { before = before }))
    assert(run("--resume --limit 20", { before = before }))
    assert.equal(20, stored()[1])
  end)

  it("refuses a table that is somebody else's", function()
    kit.execute "create table bigdata_done (x integer)"
    local result, message, info = run("--resume")
    assert.is_nil(result)
    assert.is_truthy(message:find("bigdata_done was not made by this program", 1, true), message)
    assert.equal("use another database: createdb bigdata", info.hint)
    assert.equal(1000, assert(run("")).steps[1].records)
  end)

  it("refuses another run of the same load at the same time", function()
    local result = assert(run("-c 1 --resume --limit 1", { body = [[
      db:exec("insert into bigdata_done values ('test', 'one', 1, '{1}')")]] }))
    assert.equal("failed", result.ended)
    assert.equal("another run loads the same into this database", result.error.message)
  end)

  it("says what to do where it cannot make its table", function()
    finally(function()
      kit.execute "set default_transaction_read_only = off"
      kit.execute "alter role current_user reset default_transaction_read_only"
    end)
    kit.execute "alter role current_user set default_transaction_read_only = on"
    local result, message, info = run("--resume")
    assert.is_nil(result)
    assert.is_truthy(message:find("the database is read-only: ", 1, true), message)
    assert.is_truthy(info.hint:find("--dburl", 1, true), info.hint)
  end)

  it("refuses another run before it has begun", function()
    assert(run("--resume --limit 10"))
    local claim <close> = resume.claim(kit.server:conninfo(), { name = "test" })
    local result, message = run("--resume")
    assert.is_nil(result)
    assert.equal("another run loads the same into this database", message)
    result, message = run("") -- which would empty the table
    assert.is_nil(result)
    assert.equal("another run loads the same into this database", message)
    claim:close()
    assert.equal(990, assert(run("--resume")).steps[1].records)
  end)

  it("refuses files that have changed", function()
    local file = kit.write("points.csv", "1\n2\n3\n")
    local path = kit.write("points.lua", ([[
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "points" }
scenario:step "points" {
  source = function()
    return bigdata.source.delimited { files = %q, fields = { "n" } }
  end,
  each = function(db, row) db:exec("insert into stored values ($1)", row.n) end,
}
return scenario
]]):format(file))
    assert.equal(2, assert(kit.run(path, "--resume --limit 2")).steps[1].records)
    kit.write("points.csv", "1\n2\n3\n4\n")
    local result, message, info = kit.run(path, "--resume")
    assert.is_nil(result)
    assert.is_truthy(message:find("step points cannot be continued: its source has changed since",
      1, true), message)
    assert.is_truthy(message:find("points.csv, 6 bytes", 1, true), message)
    assert.is_truthy(info.hint:find("without --resume", 1, true))
  end)
end)

describe("a claim that is lost under way", function()
  local LINE = "-c 3 --resume --commit-every 5 --reconnect 30 --monitor 0 "

  -- With the 500th record, once: do what is given, in which `others` are the run's other backends.
  local function at_half_time(what)
    kit.execute(([[
      create table held (claims integer);
      create sequence half_time;
      create function at_half_time() returns trigger language plpgsql as $$
      declare others integer[] := array(select pid from pg_stat_activity
        where application_name = 'bigdata' and pid not in (pg_backend_pid(), %s));
      begin
        if nextval('half_time') = 1 then %s end if;
        return null;
      end $$;
      create trigger at_half_time after insert on stored for each row when (new.n = 500)
        execute function at_half_time()]]):format(
          kit.query("select pg_backend_pid() as pid")[1].pid, what))
  end

  after_each(function()
    kit.execute [[
      drop trigger at_half_time on stored; drop function at_half_time; drop sequence half_time;
      drop table held]]
  end)

  local KILL_ALL = [[
    perform pg_terminate_backend(pid) from unnest(others) as pid;
    perform pg_terminate_backend(pg_backend_pid());]]

  for _, engine in ipairs { "--engine threads", "--engine poll" } do
    it("is taken again with " .. engine, function()
      at_half_time(KILL_ALL)
      kit.execute [[
        create or replace function look() returns trigger language plpgsql as $$
        begin
          insert into held select count(*) from pg_locks where locktype = 'advisory' and granted;
          return null;
        end $$;
        create trigger look after insert on stored for each row when (new.n = 1000)
          execute function look()]]
      local result = assert(run(LINE .. engine))
      local held = kit.query("select claims from held")
      assert.equal("done", result.ended)
      assert.same({ { claims = "1" } }, held)
      assert.same({ 1000, 1000, 500500 }, stored())
    end)
  end

  it("ends the run where another one has it", function()
    at_half_time [[
      perform pg_terminate_backend(pid) from unnest(others) as pid;
      perform pg_advisory_lock(
        hashtextextended(format('bigdata %s test', 'bigdata_done'::regclass::oid), 0));]]
    local result = assert(run(LINE))
    assert.equal("failed", result.ended)
    assert.equal("another run loads the same into this database", result.error.message)
    assert.is_true(stored()[1] < 1000)
  end)

  it("ends the run where another one has had it meanwhile", function()
    at_half_time(KILL_ALL)
    kit.execute [[
      create or replace function go_on() returns trigger language plpgsql as $$
      begin
        update bigdata_done set source = source where first = 0;
        return null;
      end $$;
      create trigger go_on after insert on stored for each row when (new.n = 100)
        execute function go_on()]]
    local result = assert(run(LINE))
    kit.execute "drop trigger go_on on stored"
    assert.equal("failed", result.ended)
    assert.equal("while the server could not be reached another run has gone on with this load",
      result.error.message)
    assert.is_truthy(result.error.hint:find("run this again", 1, true))
    assert.equal("done", assert(run "--resume").ended)
    assert.same({ 1000, 1000, 500500 }, stored())
  end)
end)

describe("a record fails with a reason", function()
  it("where a pooler has taken its prepared statements away", function()
    local body = 'db:exec("select $1::text", row.n) db:exec("deallocate all")'
    local step = assert(run("-c 1 --limit 2", { body = body })).steps[1]
    assert.is_truthy(step.samples[1].reason:find("behind a pooler in transaction mode, such as "
      .. "pgbouncer, use --protocol extended", 1, true), step.samples[1].reason)
    assert.equal(2, assert(run("-c 1 --limit 2 -M extended", { body = body })).steps[1].records)
  end)

  it("where the server gives up because of statement_timeout", function()
    finally(function() kit.execute "alter role current_user reset statement_timeout" end)
    kit.execute "alter role current_user set statement_timeout = '50ms'"
    local step = assert(run("-c 1 --max-errors 1 --limit 2", {
      body = [[db:exec("select pg_sleep(case $1 when '1' then 10 else 0 end)", row.n)]],
    })).steps[1]
    assert.same({ 1, 1 }, { step.records, step.failed })
    assert.equal("57014", step.samples[1].sqlstate)
    assert.is_truthy(step.samples[1].reason:find("due to statement timeout", 1, true))
  end)
end)

describe("--reconnect", function()
  it("opens connections again that were lost between two steps", function()
    package.loaded["lost.between"] = function()
      kit.execute [[select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and backend_type = 'client backend']]
    end
    local path = kit.write("between.lua", [[
      local bigdata = require "bigdata"
      local scenario = bigdata.scenario { summary = "loses its connections" }
      local asked = 0
      local function source()
        asked = asked + 1 -- twice to see whether they are there, then by each step
        if asked == 4 then require("lost.between")() end
        return bigdata.source.count { count = 10 }
      end
      for _, name in ipairs { "one", "two" } do
        scenario:step(name) {
          source = source,
          each = function(db, row) db:exec("insert into stored values ($1)", row.n) end,
        }
      end
      return scenario]])
    assert.equal("done", assert(kit.run(path, "-c 3 --reconnect 20 --monitor 0")).ended)
    assert.same({ 20, 10, 110 }, stored())
    assert.equal("failed", kit.run(path, "-c 3 --monitor 0").ended)
  end)

  it("does again what costs its connection each time as often as --max-tries says", function()
    kit.execute [[
      create or replace function kill_five() returns trigger language plpgsql as $$
      begin
        perform pg_terminate_backend(pg_backend_pid());
        return null;
      end $$]]
    for _, case in ipairs { { "immediate", "--no-autocommit" }, { "immediate", "--commit-every 4" },
      { "deferred", "--resume --commit-every 4" } } do
      local moment, how = table.unpack(case)
      kit.execute(([[
        truncate stored;
        create constraint trigger kill_five after insert on stored deferrable initially %s
          for each row when (new.n = 5) execute function kill_five()]]):format(moment))
      local line = "-c 2 --reconnect 30 --monitor 0 --max-tries 3 --max-errors 1 " .. how
      local step = assert(run(line, { count = 10 })).steps[1]
      kit.execute "drop trigger kill_five on stored"
      assert.same({ 9, 1 }, { step.records, step.failed })
      assert.is_true(step.reconnects >= 3)
      assert.same({ 9, 9, 50 }, stored())
      assert.equal(5, step.samples[1].line)
      assert.is_truthy(step.samples[1].reason:find(
        "the connection was lost at the last of its tries, 3 (", 1, true), step.samples[1].reason)
    end
  end)

  it("is refused where a function has to be called for each worker", function()
    local result, message = run("--reconnect 5", { before = "scenario:worker(function() end)" })
    assert.is_nil(result)
    assert.is_truthy(message:find("--reconnect cannot be used with a scenario", 1, true), message)
  end)

  it("says what to do where the notes on loads may not be touched", function()
    assert(run "--resume --limit 3")
    kit.execute "create role weak; set role weak"
    local done, message, info = failure.protect(resume.forget, kit.connection)
    kit.execute "reset role; drop role weak"
    assert.is_nil(done)
    assert.equal("no permission to do this: permission denied for table bigdata_done", message)
    assert.is_truthy(info.hint:find("createdb bigdata", 1, true), info.hint)
  end)

  it("is off by default", function()
    local result = assert(run("-c 2 --monitor 0", { body =
      [[db:exec("select pg_terminate_backend(pg_backend_pid())")]] }))
    assert.equal("failed", result.ended)
  end)
end)
