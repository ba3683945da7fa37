-- Rows that the server refuses, and what else may befall a table while it is loaded, by every
-- method of db:insert.

local kit = dofile "tests/support/scenario_kit.lua"
local lfs = require "lfs"

local METHODS = kit.METHODS

local SCENARIO = [[
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "a test" }
scenario:step "one" {
  source = function()
    return bigdata.source.delimited {
      files = "%s/records.csv", fields = { "parent" }, rest = "numbers",
    }
  end,
  each = function(db, row)
    db:insert("child", { "parent", "number", "filler" }, row.parent, row.numbers, "%s")
    %s
  end,
}
return scenario]]

-- A file of records of so many rows each: 101, 102, ... in the first one, 201, ... in the second.
-- @param change(record, its numbers) the number of the parent
local function write_records(records, rows, change)
  local lines = {}
  for i = 1, records do
    local numbers = {}
    for j = 1, rows do numbers[j] = i * 100 + j end
    local parent = change and change(i, numbers) or i % 10
    lines[i] = parent .. "," .. table.concat(numbers, ",") .. "\n"
  end
  kit.write("records.csv", table.concat(lines))
end

-- @param more filler = text, what to do besides
local function load(line, more)
  more = more or {}
  local path = kit.write("test.lua",
    SCENARIO:format(kit.folder, more.filler or "", more.besides or ""))
  local result = assert(kit.run(path, line))
  return result.steps[1], result
end

local function count(where)
  local rows = kit.query("select count(*) as rows from child where " .. (where or "true"))
  return tonumber(rows[1].rows)
end

-- The units that rows may travel in.
local function units(method)
  local list = { "", "--no-autocommit", "--commit-every 4", "--loop lua --commit-every 4" }
  if method ~= "row" and method ~= "pipeline" then
    list[5], list[6] = "--insert-batch 13", "--loop lua --insert-batch 13"
  end
  return ipairs(list)
end

setup(function()
  kit.open(40)
  kit.execute [[
    create table parent (id integer primary key);
    insert into parent select generate_series(0, 9);
    create table child (parent integer not null references parent, number integer unique,
      filler text);
    create function add_column(number text) returns void language plpgsql as $$
    begin
      if number = '5' then alter table child add column late integer default 3; end if;
    end $$]]
end)
teardown(kit.close)
before_each(function()
  kit.execute "alter table child set tablespace pg_default"
  kit.execute "truncate child"
end)

local RECORDS, ROWS, BAD = 12, 5, 7

-- What it is, how the server refuses it, what makes it so; and, where we refuse what cannot be
-- written in binary, what we say.
local REFUSED = {
  { "a value that the type refuses", "22P02", "invalid input syntax for type integer",
    function(_, numbers) numbers[3] = "many" end, '"many" cannot be read as integer' },
  { "a value that is out of range", "22003", "out of range",
    function(_, numbers) numbers[3] = "2147483648" end, "out of range" },
  { "a row that is there already", "23505", "Key (number)=(9999) already exists",
    function(_, numbers) numbers[3] = 9999 end },
  { "a row whose parent is missing", "23503", 'Key (parent)=(77) is not present in table "parent"',
    function() return 77 end },
}

for _, method in ipairs(METHODS) do
  describe("--insert " .. method, function()
    for _, case in ipairs(REFUSED) do
      local what, sqlstate, text, change, ours = table.unpack(case)
      if method == "copy-binary" and ours then sqlstate, text = "", ours end
      for _, unit in units(method) do
        it(("names the record of %s, and stores the others %s"):format(what, unit), function()
          write_records(RECORDS, ROWS, function(i, ...) return i == BAD and change(i, ...) end)
          kit.execute "insert into child values (9, 9999)"
          local step = load(("-c 2 --max-errors 1 --insert %s %s"):format(method, unit))
          assert.same({ "done", RECORDS - 1, 1 }, { step.ended, step.records, step.failed })
          local sample = step.samples[1]
          assert.same({ kit.folder .. "/records.csv", BAD, sqlstate },
            { sample.file, sample.line, sample.sqlstate })
          assert.is_truthy(sample.reason:find("test.lua:10: ", 1, true), sample.reason)
          assert.is_truthy(sample.reason:find(text, 1, true), sample.reason)
          assert.equal((RECORDS - 1) * ROWS, count(("number / 100 not in (%d, 99)"):format(BAD)))
          assert.equal(step.rows, count() - 1)
        end)
      end
    end

    for _, unit in units(method) do
      it("goes on when a column is added " .. unit, function()
        write_records(100, 3, function(i) return i == 50 and "5" or "1" end)
        local step, result = load(("-c 3 --insert %s %s"):format(method, unit),
          { besides = 'db:exec("select add_column($1)", row.parent)' })
        local late = count "late = 3"
        kit.execute "alter table child drop column late"
        assert.equal("done", result.ended)
        assert.same({ 100, 300, 300 }, { step.records, step.rows, late })
      end)
    end
  end)
end

it("a column that is added to `select *` is told apart from what was prepared", function()
  write_records(3, 1)
  local function run(line)
    local step = load("-c 1 --max-errors 9 " .. line, { besides = [[
      db:exec("select add_column(case $1 when '2' then '5' else '1' end)", row.parent)
      local child = db:one "select * from child limit 1"
      db:exec("select $1::integer", child.number)]] })
    kit.execute "alter table child drop column late"
    return step
  end
  assert.equal(3, run("-M extended").records)
  kit.execute "truncate child"
  local step = run("-M prepared")
  assert.same({ 1, 2 }, { step.records, step.failed })
  assert.is_truthy(step.samples[1].reason:find("name the wanted columns in place of *, or use "
    .. "--protocol extended", 1, true), step.samples[1].reason)
end)

describe("a full disk", function()
  local FILLER = ("x"):rep(1500)
  local disk, problem

  -- A file system of a few megabytes, which takes the right to mount.
  setup(function()
    disk = kit.folder .. "/disk"
    assert(lfs.mkdir(disk))
    local mounted = os.execute(("mount -t tmpfs -o size=4m,mode=700,uid=%d none '%s' 2>/dev/null")
      :format(lfs.attributes(kit.server:folder(), "uid"), disk))
    if mounted then
      kit.execute(("create tablespace small location '%s'"):format(disk))
    else
      problem = "needs the right to mount a tmpfs"
      lfs.rmdir(disk)
    end
  end)

  teardown(function()
    if problem then return end
    kit.execute "alter table child set tablespace pg_default"
    kit.execute "checkpoint"
    kit.execute "drop tablespace small"
    assert(os.execute(("umount '%s'"):format(disk)))
    lfs.rmdir(disk)
  end)

  for _, method in ipairs(METHODS) do
    for _, unit in units(method) do
      local line = ("-c 3 --insert %s %s"):format(method, unit)
      it("ends the run, and what was acknowledged is counted: " .. line, function()
        if problem then pending(problem) end
        kit.execute "alter table child set tablespace small"
        write_records(1000, 4)
        local step, result = load(line, { filler = FILLER })
        assert.equal("errors", result.ended)
        local sample = step.samples[1]
        assert.equal("53100", sample.sqlstate)
        assert.is_truthy(sample.reason:find("No space left on device", 1, true), sample.reason)
        assert.is_true(step.rows > 500)
        assert.equal(step.rows, count())
      end)
    end
  end

  it("may be followed by --resume on a larger one", function()
    if problem then pending(problem) end
    kit.execute "alter table child set tablespace small"
    write_records(1000, 4)
    local line = "-c 3 --resume --commit-every 10"
    local first = load(line, { filler = FILLER })
    assert.equal(first.rows, count())
    kit.execute "alter table child set tablespace pg_default"
    local second, result = load(line, { filler = FILLER })
    assert.equal("done", result.ended)
    assert.same({ 1000, 1000 - first.records }, { first.records + second.records, second.records })
    assert.same({ 4000, 4000 }, { first.rows + second.rows, count() })
  end)
end)
