-- Units: records that are committed together, on a real server, by both engines and both loops.

local kit = dofile "tests/support/scenario_kit.lua"

setup(function()
  kit.open(40)
  kit.execute [[
    create table stored (n integer primary key);
    create table tally (n integer);
    insert into tally values (0);
    create table pair (id integer primary key, n integer);
    insert into pair values (1, 0), (2, 0);
    create function conflict() returns void language plpgsql as
    $$ begin raise 'not now' using errcode = '40001'; end $$]]
end)
teardown(kit.close)
before_each(function()
  kit.execute "truncate stored; update tally set n = 0; update pair set n = 0"
end)

local INSERT = [[db:exec("insert into stored values ($1)", row.n)]]

local function run(body, line, count)
  local result = assert(kit.run(kit.scenario(body, { key = "each", count = count }), line))
  return result.steps[1], result
end

local function stored()
  return tonumber(kit.query("select count(*) as rows from stored")[1].rows)
end

for _, ways in ipairs { "--engine threads --loop c", "--engine poll --loop c --jobs 2",
  "--engine threads --loop lua", "--engine poll --loop lua" } do
  describe("units with " .. ways, function()
    it("are committed together, also where the queue is smaller than they are", function()
      local step = run(INSERT, ways .. " -c 15 --queue 10 --commit-every 1000", 5000)
      assert.equal("done", step.ended)
      assert.same({ 5000, 5000, 0 }, { step.records, step.rows, step.failed })
      assert.equal(5000, stored())
    end)

    it("leave only bad records out", function()
      kit.execute "insert into stored values (50), (51), (777)"
      local step = run(INSERT, ways .. " -c 3 --commit-every 100 --max-errors 3", 1000)
      assert.equal("done", step.ended)
      assert.same({ 997, 997, 3 }, { step.records, step.rows, step.failed })
      assert.equal(1000, stored())
      table.sort(step.samples, function(a, b) return a.line < b.line end)
      for i, line in ipairs { 50, 51, 777 } do
        assert.equal(line, step.samples[i].line)
        assert.equal("23505", step.samples[i].sqlstate)
      end
    end)

    it("count what is stored, and nothing else, where a bad record stops the run", function()
      kit.execute "insert into stored values (50)"
      local step, result = run(INSERT, ways .. " -c 3 --commit-every 10", 1000)
      assert.equal("errors", result.ended)
      assert.equal(1, step.failed)
      assert.equal(step.records, step.rows)
      assert.equal(step.rows, stored() - 1)
    end)

    it("are done again after serialization failures", function()
      finally(function()
        kit.execute "alter role current_user reset default_transaction_isolation"
      end)
      kit.execute "alter role current_user set default_transaction_isolation = 'repeatable read'"
      for _, how in ipairs { "--commit-every 2", "--no-autocommit", "--autocommit" } do
        kit.execute "update tally set n = 0"
        local step = run(
          [[db:exec("update tally set n = n + 1 from (select pg_sleep(0.001)) as slowly")]],
          ("%s -c 4 %s --max-tries 100k"):format(ways, how), 60)
        assert.same({ 60, 0 }, { step.records, step.failed })
        assert.equal("60", kit.query("select n from tally")[1].n)
        assert.is_true(step.retries > 0)
      end
    end)

    it("are tried again as often as is allowed", function()
      for _, how in ipairs { "--no-autocommit", "--autocommit" } do
        local step = run('db:exec "select conflict()"',
          ways .. " -c 1 --max-errors 1 --max-tries 8 " .. how, 1)
        assert.same({ 0, 1, 7 }, { step.records, step.failed, step.retries })
        assert.equal("40001", step.samples[1].sqlstate)
        assert.is_truthy(step.samples[1].reason:find("the last of its tries, 8", 1, true))
      end
    end)

    it("are done again after deadlocks", function()
      finally(function() kit.execute "alter role current_user reset deadlock_timeout" end)
      kit.execute "alter role current_user set deadlock_timeout = '5ms'"
      local step = run([[
        local pair = db:one("select 1 + $1::int % 2 as a, 2 - $1::int % 2 as b", row.n)
        db:exec("update pair set n = n + 1 where id = $1", pair.a)
        db:exec("select pg_sleep(0.002)")
        db:exec("update pair set n = n + 1 where id = $1", pair.b)]],
        ways .. " -c 4 --no-autocommit --max-tries 100k", 60)
      assert.same({ 60, 0 }, { step.records, step.failed })
      assert.same({ { n = "60" }, { n = "60" } }, kit.query "select n from pair")
      assert.is_true(step.retries > 0)
    end)

    it("of one record fail where that leaves a transaction open", function()
      local step = run('db:exec "begin" ' .. INSERT, ways .. " -c 2 --max-errors 20", 20)
      assert.same({ 0, 0, 20, 0 }, { step.records, step.rows, step.failed, stored() })
      assert.is_truthy(step.samples[1].reason:find("leaves a transaction open", 1, true))
    end)

    it("of one record fail where that ends the transaction of db:transaction", function()
      local body = ('db:transaction(function() %s db:exec "rollback" end)'):format(INSERT)
      local step = run(body, ways .. " -c 2 --max-errors 20", 20)
      assert.same({ 0, 0, 20, 0 }, { step.records, step.rows, step.failed, stored() })
      assert.is_truthy(step.samples[1].reason:find("ended before db:transaction", 1, true))
    end)

    it("may hold a transaction begun and ended by hand", function()
      local step = run('db:exec "begin" ' .. INSERT .. ' db:exec "commit"', ways .. " -c 2", 20)
      assert.same({ 20, 20, 0, 20 }, { step.records, step.rows, step.failed, stored() })
    end)

    it("count nothing that a transaction ended by hand has undone", function()
      local step = run('db:exec "begin" ' .. INSERT .. ' db:exec "rollback"', ways .. " -c 2", 20)
      assert.same({ 20, 0, 0, 0 }, { step.records, step.rows, step.failed, stored() })
    end)

    it("end the run where a record ends their transaction", function()
      for _, how in ipairs { "--no-autocommit", "--commit-every 5" } do
        for _, text in ipairs { "commit", "rollback" } do
          kit.execute "truncate stored"
          local step, result = run(INSERT .. (' db:exec "%s"'):format(text),
            ("%s -c 1 %s --max-errors 20"):format(ways, how), 20)
          assert.same({ "failed", 0, 0 }, { result.ended, step.records, step.rows })
          assert.is_truthy(result.error.message:find("count:1: the record ends", 1, true),
            result.error.message)
        end
      end
    end)
  end)
end

describe("a check at the end of the transaction", function()
  it("fails the record that it is about", function()
    finally(function() kit.execute "drop function check_stored cascade" end)
    kit.execute [[
      create function check_stored() returns trigger language plpgsql as $$
      begin
        if new.n % 100 = 7 then raise 'the number % is bad', new.n; end if;
        return null;
      end $$;
      create constraint trigger bad after insert on stored deferrable initially deferred
        for each row execute function check_stored()]]
    local step = run(INSERT, "-c 2 --commit-every 50 --max-errors 10", 500)
    assert.same({ 495, 495, 5 }, { step.records, step.rows, step.failed })
    assert.is_truthy(step.samples[1].reason:find("the number %d*7 is bad"), step.samples[1].reason)
  end)
end)
