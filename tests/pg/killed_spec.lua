-- A server that is killed (-9) by the very row that it was to store: in the middle of a COPY, of a
-- pipeline, of the rows of a statement. Afterwards the tables hold what an undisturbed load leaves.

local kit = dofile "tests/support/scenario_kit.lua"
local core = require "bigdata.core"

local RECORDS, ROWS = 60, 5
local DEADLY = { 303, 3003, 5903 }

local SCENARIO = [[
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "a test" }
scenario:step "one" {
  source = function()
    return bigdata.source.delimited {
      files = "%s/records.csv", fields = { "record" }, rest = "numbers",
    }
  end,
  each = function(db, row)
    db:insert("stored", { "record", "number" }, row.record, row.numbers)
  end,
}
return scenario]]

-- Each deadly number kills the server once; a file keeps that in mind, since no table would.
local SCHEMA = [[
create table nothing (line text);
create table stored (record integer, number integer); -- nothing in it keeps a row from being twice
create table deadly (number integer);
create function die() returns trigger language plpgsql as $$
declare seen text := '%s/seen-' || new.number;
begin
  if exists (select from deadly where number = new.number) then
    execute format('copy nothing from program %%L',
      'test -e ' || seen || ' || { touch ' || seen || '; kill -9 $PPID; }');
  end if;
  return new;
end $$;
create function crash_or_sleep(number integer) returns void language plpgsql as $$
begin
  if number = 1 then
    copy nothing from program 'kill -9 $PPID';
  elsif number = 2 then
    perform pg_sleep(2);
  end if;
end $$;
create trigger die before insert on stored for each row execute function die();
insert into deadly values (%s)]]

local scenario

-- The server starts anew by itself.
local function connect_again()
  kit.connection:close()
  local give_up = core.now() + 60
  local connection, message = core.connect(kit.server:conninfo())
  while not connection and core.now() < give_up do
    os.execute "sleep 0.05"
    connection, message = core.connect(kit.server:conninfo())
  end
  kit.connection = assert(connection, message)
end

setup(function()
  kit.open(20)
  kit.execute(SCHEMA:format(kit.server:folder(), table.concat(DEADLY, "), (")))
  local lines = {}
  for i = 1, RECORDS do
    local numbers = {}
    for j = 1, ROWS do numbers[j] = i * 100 + j end
    lines[i] = i .. "," .. table.concat(numbers, ",") .. "\n"
  end
  kit.write("records.csv", table.concat(lines))
  scenario = kit.write("killed.lua", SCENARIO:format(kit.folder))
end)
teardown(kit.close)

before_each(function()
  kit.execute "truncate stored; drop table if exists bigdata_done"
  for _, number in ipairs(DEADLY) do
    os.remove(("%s/seen-%d"):format(kit.server:folder(), number))
  end
end)

for _, method in ipairs(kit.METHODS) do
  for _, engine in ipairs { "threads", "poll" } do
    for _, unit in ipairs { "", "--commit-every 4", "--loop lua --commit-every 4" } do
      local line = ("-c 3 --insert %s --engine %s --resume --reconnect 60 --monitor 0 %s"):format(
        method, engine, unit)
      it("stores every row once with " .. line, function()
        local result, message = kit.run(scenario, line)
        connect_again()
        assert(result, message)
        local step = result.steps[1]
        assert.equal("done", result.ended, step.samples[1] and step.samples[1].reason)
        assert.same({ RECORDS, RECORDS * ROWS, 0 }, { step.records, step.rows, step.failed })
        assert.is_true(step.reconnects >= #DEADLY)
        assert.same({ rows = tostring(RECORDS * ROWS), numbers = tostring(RECORDS * ROWS) },
          kit.query("select count(*) as rows, count(distinct number) as numbers from stored")[1])
      end)
    end
  end
end

-- The second record is at work when the first one crashes the server, each time.
it("a record that crashes the server costs the other connections no tries", function()
  local path = kit.scenario([[db:exec("select crash_or_sleep($1)", row.n)]],
    { key = "each", count = 6 })
  local result, message = kit.run(path,
    "-c 2 --no-autocommit --reconnect 60 --monitor 0 --max-tries 3 --max-errors 1")
  connect_again()
  assert(result, message)
  local step = result.steps[1]
  assert.equal("done", result.ended, step.samples[2] and step.samples[2].reason)
  assert.same({ 5, 1, 1 }, { step.records, step.failed, step.samples[1].line })
end)
