-- sweep: which trials there are, and the table of their results. The running is in tests/pg.

local arguments = require "bigdata.cli.arguments"
local catalog = require "bigdata.scenario.catalog"
local core = require "bigdata.core"
local options = require "bigdata.cli.options"
local sweep = require "bigdata.sweep"
local sweep_report = require "bigdata.report.sweep"
local sweep_run = require "bigdata.sweep.run"

local path

before_each(function()
  path = os.tmpname()
  os.remove(path)
  path = path .. ".lua"
end)

after_each(function() os.remove(path) end)

-- Load a sweep of row_by_row with this definition.
local function load(definition)
  local file = assert(io.open(path, "w"))
  file:write(('return require "bigdata".sweep { scenario = "row_by_row", %s }'):format(definition))
  file:close()
  return catalog.load(path)
end

local function trials_of(object, ...)
  local settings, _, flags = assert(arguments.parse({ ... }, options.of(object), object.flags))
  return sweep.trials(object, settings, flags)
end

-- The labels of the trials with this command line.
local function labels(definition, ...)
  local list = {}
  local trials = assert(trials_of(assert(load(definition)), ...))
  for i, item in ipairs(trials) do list[i] = item.label end
  return list
end

describe("the trials of a sweep", function()
  it("are every combination, in the order of names and lists", function()
    assert.same({
      "engine threads, poolsize 5", "engine threads, poolsize 1",
      "engine poll, poolsize 5", "engine poll, poolsize 1",
    }, labels 'vary = { poolsize = { 5, 1 }, engine = { "threads", "poll" } }')
  end)

  it("leave out combinations that say nothing new", function()
    local INTERPRETER = [[vary = { engine = { "threads", "poll" }, loop = { "c", "lua" },
      lua_state = { "worker", "shared" } }]]
    local expected = {
      "engine threads, loop c",
      "engine threads, loop lua, lua-state worker", "engine threads, loop lua, lua-state shared",
      "engine poll, loop c", "engine poll, loop lua, lua-state worker",
    }
    assert.same(expected, labels(INTERPRETER))
    expected[6] = "engine poll, loop lua, lua-state shared"
    assert.same(expected, labels(INTERPRETER, "--jobs", "2"))
    assert.same({ "engine threads", "engine poll, jobs 1", "engine poll, jobs 2" },
      labels 'vary = { engine = { "threads", "poll" }, jobs = { 1, 2 } }')
  end)

  it("are those of a list, as it stands, and equal ones are numbered", function()
    assert.same({ "engine poll, poolsize 3", "engine poll, poolsize 3 (2)", "engine threads, "
      .. "poolsize 15" }, labels [[trials = {
        { engine = "poll", poolsize = 3 }, { engine = "poll", poolsize = 3 }, {} }]])
    assert.same({ "a", "a (2)", "a (3)", "b" }, labels [[trials = {
      { name = "a" }, { name = "a (2)" }, { name = "a" }, { name = "b" } }]])
    assert.same({ "as it stands", "as it stands (2)" }, labels "trials = { {}, {} }")
  end)

  it("show which of equal ones they are, where there are any", function()
    local object = assert(load 'trials = { { engine = "poll" }, { engine = "poll" }, {} }')
    for _ = 1, 2 do
      local list, names = assert(trials_of(object))
      assert.same({ "engine", "copy" }, names)
      assert.same({ 1, 2, 1 }, { list[1].shown.copy, list[2].shown.copy, list[3].shown.copy })
    end
    local list, names = assert(trials_of(assert(load 'trials = { { engine = "poll" }, {} }')))
    assert.same({ "engine" }, names)
    assert.is_nil(list[1].shown.copy)
  end)

  it("take what they do not set from the command line, then from the sweep", function()
    local object = assert(load 'vary = { poolsize = { 2 } }, settings = { limit = 7, queue = 9 }')
    local item = assert(trials_of(object, "--limit", "8"))[1]
    assert.equal(2, item.settings.poolsize)
    assert.equal(8, item.settings.limit)
    assert.equal(9, item.settings.queue)
  end)

  it("may differ in flags", function()
    local object = assert(load 'vary = { directory = { "one", "two" } }')
    local list = assert(trials_of(object))
    assert.equal("one", list[1].flags.directory)
    assert.equal("two", list[2].flags.directory)
    assert.equal("directory two", list[2].label)
    assert.has_error(function() return list[1].flags.nothing end)
  end)

  it("have files that can be opened, whatever their flags are", function()
    local object = assert(load(("vary = { directory = { %q, '/nowhere' } }"):format(
      core.home .. "/data/sample")))
    local good, message = sweep_run.check(assert(trials_of(object)))
    assert.is_nil(good)
    assert.is_truthy(message:find("/nowhere", 1, true), message)
  end)

  it("must be possible", function()
    local object = assert(load 'vary = { poolsize = { 8, 2 } }')
    local list, message = trials_of(object, "--jobs", "4", "--engine", "poll")
    assert.is_nil(list)
    assert.is_truthy(message:find("poolsize 2: --jobs must not be above --poolsize", 1, true),
      message)
  end)

  it("have event loops where the engine has them", function()
    local object = assert(load 'vary = { engine = { "threads", "poll" } }')
    local list = assert(trials_of(object, "--jobs", "2"))
    assert.equal(1, list[1].settings.jobs)
    assert.equal(2, list[2].settings.jobs)
    for _, line in ipairs { "vary = { poolsize = { 8, 2 } }", "vary = { jobs = { 1, 2 } }" } do
      local none, message = trials_of(assert(load(line)),
        table.unpack(line:find "jobs" and {} or { "--jobs", "2" }))
      assert.is_nil(none)
      assert.is_truthy(message:find("--jobs has no meaning, since no trial has --engine poll", 1,
        true), message)
    end
  end)
end)

describe("a sweep", function()
  it("says what it does, if its author does not", function()
    local object = assert(load 'vary = { poolsize = { 8, 2 } }')
    assert.equal("row_by_row, under several settings: poolsize", object.summary)
    assert.equal(1, object.repeats)
    assert.equal("mine", assert(load 'vary = { jobs = { 1 } }, summary = "mine"').summary)
  end)

  it("is refused with what is wrong about it", function()
    local function fails(definition, message)
      local object, problem = load(definition)
      assert.is_nil(object)
      assert.is_truthy(problem:find(message, 1, true), problem)
    end
    fails("", "a sweep needs vary or trials")
    fails("vary = { jobs = { 1 } }, trials = { { jobs = 1 } }",
      "jobs is set by a trial and by vary")
    fails("vary = {}", "vary names no setting")
    fails("vary = { jobs = {} }", "vary: jobs must be a list with something in it")
    fails("vary = { jobs = 1 }", "vary: jobs must be a list with something in it")
    fails("vary = { polsize = { 1 } }", "no setting polsize; did you mean poolsize?")
    fails("vary = { directry = { '.' } }", "no setting directry; did you mean directory?")
    fails("vary = { poolsize = { 1, 0 } }", "poolsize must be a whole number from 1 to 5000, not 0")
    fails("trials = {}", "trials must be a list with something in it")
    fails("trials = { {}, { jobs = 'x' } }", "trial 2: jobs must be a whole number")
    fails("trials = { 'poll' }", "trial 1: settings must be a table")
    fails("vary = { jobs = { 1 } }, repeats = 0", "repeats must be at least 1, not 0")
    fails("trials = { require 'bigdata'.external { name = 'x', command = { 'y' }, step = 'dat' } }",
      "trial 1: x: step: row_by_row has no step dat; did you mean data? (its steps: geo, data)")
    fails("varry = { jobs = { 1 } }", "a sweep has no key varry; did you mean vary?")
  end)

  it("cannot stand on a sweep", function()
    assert(load "vary = { jobs = { 1 } }")
    local other = path:gsub("%.lua$", "_other.lua")
    local file = assert(io.open(other, "w"))
    file:write(('return require "bigdata".sweep { scenario = "%s", vary = { jobs = { 1 } } }')
      :format(path))
    file:close()
    local object, message = catalog.load(other)
    os.remove(other)
    assert.is_nil(object)
    assert.is_truthy(message:find("is a sweep itself", 1, true), message)
  end)
end)

describe("the table of a sweep", function()
  -- A run that took `seconds` for 1000 rows, and a tenth of that in processor time.
  local function ran(seconds, turn)
    local step = {
      name = "data", records = 10, rows = 1000, seconds = seconds, cpu_user_seconds = seconds / 20,
      cpu_system_seconds = seconds / 20, turn_seconds = turn or 0,
    }
    return { ended = "done", steps = { step } }
  end

  local function item(shown, ...)
    shown.poolsize, shown.protocol = 10, "prepared"
    local label = ("engine %s, loop %s"):format(shown.engine, shown.loop)
    return { shown = shown, label = label, runs = { ... } }
  end

  local function result(trials, repeats)
    return {
      name = "cost", summary = "what it costs", repeats = repeats or 1, trials = trials,
      scenario = "row_by_row", steps = { "data" }, ended = "done", seed = 1,
      names = { "engine", "loop", "lua_state", "poolsize" },
      server = { version = "15.1", private = true },
    }
  end

  it("shows the settings that differ, and the medians with their range", function()
    local text = sweep_report.text(result({
      item({ engine = "threads", loop = "c" }, ran(1), ran(2), ran(4)),
      item({ engine = "poll", loop = "c" }, ran(1), ran(1), ran(1)),
    }, 3))
    assert.is_truthy(text:find([[

  scenario  row_by_row
  trials    2, in turns, 3 times each
  all with  loop c, poolsize 10, protocol prepared
  server    PostgreSQL 15.1, private, started for this sweep

  engine   rows/s      min..max  CPU us/row
data
  threads     500    250..1,000         200
  poll      1,000  1,000..1,000         100

figures: medians of the runs; min..max: of their rows/s
CPU us/row: processor time of the client for a row, in microseconds
]], 1, true), text)
    text = sweep_report.text(result { item({ engine = "threads", loop = "c" }, ran(1)) })
    assert.is_nil(text:find("medians", 1, true), text)
  end)

  it("tells of drift within 80 columns", function()
    local swept = result({}, 6)
    for n, name in ipairs { "threads", "poll" } do
      local runs = {}
      for round = 1, 6 do
        runs[round] = ran(1 / round)
        runs[round].place = 2 * round - 2 + n
      end
      swept.trials[n] = item({ engine = name, loop = "c" }, table.unpack(runs))
    end
    local text = sweep_report.text(swept)
    assert.is_truthy(text:find("\n\nThe rates drifted over the sweep, by %+%d+ %% from the first"),
      text)
    for line in text:gmatch "[^\n]+" do assert.is_true(#line <= 80, line) end
  end)

  it("says what all trials have in common, as far as it was asked for", function()
    local function shown(insert, rate)
      return { engine = "poll", loop = "c", insert = insert, commit_every = 50, rate = rate,
        insert_batch = 0 }
    end
    assert.is_truthy(sweep_report.text(result { item(shown("copy", 5), ran(1)) }):find([[
  all with  engine poll, loop c, poolsize 10, protocol prepared, commit-every
            50, insert copy, rate 5
]], 1, true))
    assert.is_truthy(sweep_report.text(result { item(shown("row", 0), ran(1)) }):find([[
  all with  engine poll, loop c, poolsize 10, protocol prepared, commit-every 50
]], 1, true))
  end)

  it("names the version that has measured", function()
    local run = ran(1)
    run.environment = { bigdata = "0.0.7" }
    local swept = result { item({ engine = "poll", loop = "c" }, ran(1), run) }
    assert.is_truthy(sweep_report.text(swept):find("^bigdata 0%.0%.7: cost, what it costs\n"))
  end)

  it("shows the wait for the lock where one is shared", function()
    local text = sweep_report.text(result {
      item({ engine = "threads", loop = "c" }, ran(1)),
      item({ engine = "threads", loop = "lua", lua_state = "shared" }, ran(2, 5)),
    })
    assert.is_truthy(text:find([[
  loop  lua-state  rows/s  CPU us/row  for the lock
data
  c     -           1,000         100             -
  lua   shared        500         200        25.0 %
]], 1, true), text)
  end)

  it("counts records where no step writes rows, and says which step does not where one does",
    function()
      local function counted(seconds)
        local run = ran(seconds)
        run.steps[1].rows = 0
        return run
      end
      local swept = result({
        item({ engine = "threads", loop = "c" }, counted(1), counted(2)),
        item({ engine = "poll", loop = "c" }, counted(1), counted(1)),
      }, 2)
      local text = sweep_report.text(swept)
      assert.is_truthy(text:find([[
  engine   records/s  min..max  CPU us/record
data (records)
  threads       7.50  5.00..10         15,000
  poll            10    10..10         10,000
]], 1, true), text)
      assert.is_truthy(text:find("\nCPU us/record: processor time of the client for a record, in "
        .. "microseconds\n", 1, true), text)
      swept.steps = { "data", "more" }
      for _, trial in ipairs(swept.trials) do
        for _, run in ipairs(trial.runs) do
          run.steps[2] = { name = "more", records = 100, rows = 100, seconds = 1 }
        end
      end
      text = sweep_report.text(swept)
      assert.is_truthy(text:find("\n  engine   rows/s  min..max  CPU us/row\ndata (records)\n", 1,
        true), text)
    end)

  it("goes by records where the trials do not write as many rows for each", function()
    local function updating(rows, seconds)
      local run = ran(seconds)
      run.steps[1].rows = rows
      return run
    end
    local swept = result({}, 3)
    for n, name in ipairs { "threads", "poll" } do
      local rows = n == 1 and 0 or 400
      swept.trials[n] = item({ engine = name, loop = "c" }, updating(rows, 1), updating(rows, 1),
        updating(rows, 1))
    end
    local text = sweep_report.text(swept)
    assert.is_truthy(text:find([[
  engine   records/s  min..max  CPU us/record
data (records)
  threads         10    10..10         10,000
  poll            10    10..10         10,000
]], 1, true), text)
    assert.is_truthy(text:find(
      "\ndata: by records, since the trials differ in the rows of a record\n", 1, true), text)
    assert.is_truthy(text:find("data, records/s\n  no measurable difference\n", 1, true), text)
    assert.is_truthy(text:find("data, CPU us/record\n  no measurable difference\n", 1, true),
      text)
    assert.equal("engine threads, loop c: data 10 records/s\nengine poll, loop c: data 10 "
      .. "records/s\n", sweep_report.lines(swept))
  end)

  it("goes by rows where these differ by little for a record, or a program does not tell",
    function()
      local cut, outside = ran(1), ran(1)
      cut.steps[1].rows, outside.steps[1].records = 1005, 0
      local swept = result {
        item({ engine = "threads", loop = "c" }, ran(1)),
        item({ engine = "poll", loop = "c" }, cut),
        item({ engine = "poll", loop = "lua" }, outside),
      }
      local text = sweep_report.lines(swept)
      assert.is_truthy(text:find("poll, loop c: data 1,005 rows/s\n", 1, true), text)
      assert.is_truthy(text:find("poll, loop lua: data 1,000 rows/s\n", 1, true), text)
    end)

  it("tells identical failures once, with how many trials they befell, and which", function()
    local function failed(why)
      return { ended = "failed", steps = {}, error = { message = why, hint = "do " .. why } }
    end
    local function pool(size, ...)
      return { shown = { poolsize = size }, label = "poolsize " .. size, runs = { ... } }
    end
    local trials = {
      pool(1, failed("once")), pool(2, ran(1)), pool(3, failed("full")), pool(4, failed("full")),
      pool(5, failed("full")), pool(6, ran(1)), pool(7, failed("full")),
    }
    local text = sweep_report.text(result(trials))
    assert.is_truthy(text:find([[

poolsize 1: once
  hint: do once
poolsize 3 to poolsize 5; poolsize 7 (4 trials): full
  hint: do full
]], 1, true), text)
    trials = { pool(1, ran(1), failed("full")), pool(2, failed("full"), failed("full")) }
    text = sweep_report.text(result(trials, 2))
    assert.is_truthy(text:find("\npoolsize 1; poolsize 2 (3 runs of 2 trials): full\n", 1, true),
      text)
    trials[2] = nil
    text = sweep_report.text(result(trials, 2))
    assert.is_truthy(text:find("\npoolsize 1 (run 2): full\n", 1, true), text)
  end)

  it("says of how many runs the source ended first", function()
    local function limited(time, ended)
      local run = ran(1)
      run.settings = { limit = 0, time = time }
      run.steps[1].ended, run.steps[1].read_records = ended, 10
      return run
    end
    local function text(...)
      return sweep_report.text(result { item({ engine = "poll", loop = "c" }, ...) })
    end
    assert.is_truthy(text(limited(5, "done"), limited(5, "time"), limited(5, "done"))
      :find("\ndata: the source ended before --time in 2 of 3 runs\n", 1, true))
    assert.is_nil(text(limited(0, "done"), limited(5, "time")):find("source ended", 1, true))
  end)

  -- A trial that ships rows by a method.
  local function shipped(method, seconds, round_trips)
    local run = ran(seconds)
    run.steps[1].round_trips = round_trips
    run.steps[1].server = { wal_bytes = 120400, cpu_seconds = { backends = seconds / 4 } }
    return { shown = { insert = method, poolsize = 10 }, label = method, runs = { run } }
  end

  it("tells what ways of shipping rows cost the server, and their factor over the first", function()
    local swept = result { shipped("row", 4, 1000), shipped("copy", 0.5, 20) }
    local copied = swept.trials[2].runs[1].steps[1]
    copied.server, copied.cpu_user_seconds, copied.cpu_system_seconds = nil, 0.00005, 0
    swept.names = { "insert" }
    local text = sweep_report.text(swept)
    assert.is_truthy(text:find([[
  insert  rows/s  CPU us/row  server us/row  WAL bytes/row  trips/row  factor
data
  row        250         400          1,000            120          1    1.00
  copy     2,000       0.050              -              -       0.02    8.00
]], 1, true), text)
  end)

  it("explains no columns that trials with names do not have", function()
    local swept = result { shipped("row", 4, 1000), shipped("copy", 0.5, 20) }
    swept.names = { "system", "insert" }
    for _, trial in ipairs(swept.trials) do trial.shown.system = trial.label .. "s" end
    local text = sweep_report.text(swept)
    assert.is_nil(text:find("trips/row", 1, true), text)
    assert.is_nil(text:find("factor", 1, true), text)
  end)

  it("is in parts where it would be wider than a terminal", function()
    local swept = result {
      item({ engine = "threads", loop = ("c"):rep(20), insert = "copy-binary" }, ran(1)),
      item({ engine = "poll", loop = "lua", insert = "row" }, ran(2)),
    }
    swept.names = { "engine", "loop", "insert" }
    local text = sweep_report.text(swept)
    for line in text:gmatch "[^\n]+" do assert.is_true(#line <= 80, line) end
    local _, heads = text:gsub("\n  engine +loop +insert", "")
    assert.equal(2, heads, text)
  end)

  it("is one line for each where trials have names, the fastest first, with three rates", function()
    local function named(name, poolsize, ...)
      return { shown = { system = name, poolsize = poolsize }, label = name, runs = { ... } }
    end
    local function told(seconds, fed_seconds, fed_rows)
      local run = ran(seconds)
      table.insert(run.steps, 1, { name = "geo", records = 4, rows = 4, seconds = 0.5 })
      run.steps[2].fed_seconds, run.steps[2].fed_rows = fed_seconds, fed_rows
      return run
    end
    local broken = { ended = "failed", steps = {}, error = { message = "the server is gone" } }
    local swept = result {
      named("slow", 15, told(4, 3, 900)), named("broken", 15, broken), named("outside", 15, ran(2)),
      named("short", 150, told(1, 0.4, 300)),
    }
    swept.steps, swept.names = { "geo", "data" }, { "system", "poolsize" }
    local text = sweep_report.text(swept)
    assert.is_truthy(text:find([[
  system   pool  geo/s  data/s  filling  after  CPU us/row
  short    150    8.00   1,000        -  1,167         100
  outside  15        -     500        -      -         200
  slow     15     8.00     250      300    100         400
  broken   15        -  failed        -      -           -

geo/s: rows a second in the step geo
data/s: rows a second in the step data
filling, after: data/s while the queue was being filled, and after
]], 1, true), text)
    for _, trial in ipairs(swept.trials) do
      for _, run in ipairs(trial.runs) do
        local step = run.steps[#run.steps]
        if step then step.rows, step.fed_rows = 0, 0 end
      end
    end
    text = sweep_report.text(swept)
    assert.is_truthy(text:find("  system   pool  geo/s  data/s  filling  after  CPU us/record\n", 1,
      true), text)
    assert.is_truthy(text:find("\n  slow +15 +8.00 +2.50 +- +- +40,000\n"), text)
    assert.is_truthy(text:find("\ndata/s: records a second in the step data\n", 1, true), text)
  end)

  it("compares series over a number with the first of them, number by number", function()
    local swept = result({}, 3)
    swept.names = { "delay", "engine" }
    for _, delay in ipairs { 0, 1, 10 } do
      for n, engine in ipairs { "threads", "poll" } do
        local seconds = (delay + 1) * (n == 2 and (delay + 1) / 2 or 1)
        swept.trials[#swept.trials + 1] = {
          shown = { delay = delay, engine = engine },
          label = ("delay %d, %s"):format(delay, engine),
          runs = { ran(seconds), ran(seconds), ran(seconds) },
        }
      end
    end
    local text = sweep_report.text(swept)
    assert.is_truthy(text:find([[
Compared with threads, with the same delay:

  poll against threads: faster at delay 0; no measurable difference at delay
    1; slower at delay 10.

                    ratio  95 % interval  could show
data, rows/s
  faster
    delay 0, poll    2.00     2.00..2.00       1.0 %
  no measurable difference
    delay 1, poll    1.00     1.00..1.00       1.0 %
  slower
    delay 10, poll   0.18     0.18..0.18       1.0 %
]], 1, true), text)
  end)

  it("compares copies of a trial, and lays nothing over their numbers", function()
    local function copies(more)
      local swept = result({}, 3)
      swept.names = { "copy" }
      for copy = 1, 4 do
        swept.trials[copy] = {
          shown = { copy = copy, delay = 10 }, runs = { ran(copy), ran(copy), ran(copy) },
          label = copy == 1 and "as it stands" or ("as it stands (%d)"):format(copy),
        }
      end
      for _, item_before in ipairs(more and { table.unpack(swept.trials) } or {}) do
        for _, size in ipairs { 20, 30 } do
          swept.names = { "copy", "delay" }
          local copy = item_before.shown.copy
          table.insert(swept.trials, {
            shown = { copy = copy, delay = size }, runs = item_before.runs,
            label = ("delay %d (%d)"):format(size, copy),
          })
        end
      end
      return sweep_report.text(swept)
    end
    local text = copies()
    assert.is_truthy(text:find("\n  copy  rows/s +min..max +CPU us/row\ndata\n  1  +1,000 "), text)
    assert.is_truthy(text:find("\nCompared with as it stands:\n", 1, true), text)
    text = copies(true)
    assert.is_truthy(text:find("\nCompared with copy 1, with the same delay:\n", 1, true), text)
    assert.is_truthy(text:find("\n  copy 2 against copy 1: slower at delay 10, 20, 30.\n", 1,
      true), text)
  end)

  it("compares with the first trial where the first series lacks a number of another", function()
    local swept = result({}, 3)
    swept.names = { "system", "delay" }
    for n, name in ipairs { "one", "two", "three" } do
      swept.trials[n] = { shown = { system = name, delay = n }, label = name,
        runs = { ran(n), ran(n), ran(n) } }
    end
    local text = sweep_report.text(swept)
    assert.is_truthy(text:find("\nCompared with one:\n", 1, true), text)
    assert.is_truthy(text:find("\n  slower\n    two +0%.50 [^\n]+\n    three +0%.33 "), text)
  end)

  it("names trials that failed or were not run, and why", function()
    local broken = { ended = "failed", steps = {}, error = { message = "the server is gone" } }
    local text = sweep_report.text(result({
      item({ engine = "threads", loop = "c" }, ran(1), broken),
      item({ engine = "poll", loop = "c" }, broken, { ended = "interrupted", steps = {} }),
      item({ engine = "poll", loop = "lua" }),
    }, 2))
    assert.is_truthy(text:find([[
  threads  c           1,000         -         100
  poll     c     interrupted         -           -
  poll     lua       not run         -           -
]], 1, true), text)
    assert.is_truthy(text:find([[
engine threads, loop c; engine poll, loop c (2 runs of 2 trials): the server is gone
engine poll, loop c (run 2): interrupted
]], 1, true), text)
  end)

  it("says what bound the trials, by most of the verdicts on them", function()
    local function judged(cause)
      local run = ran(1)
      run.steps[1].verdict = { causes = { { cause = cause } } }
      return run
    end
    local text = sweep_report.text(result({
      item({ engine = "threads", loop = "c" }, judged "commit", judged "commit", judged "network"),
      item({ engine = "poll", loop = "c" }, judged "locks", judged "locks", judged "locks"),
    }, 3))
    assert.is_truthy(text:find("What bound the step data, by the verdicts on its runs:\n", 1, true))
    assert.is_truthy(text:find("\n  commits [^\n]+: engine threads, loop c %(2 of 3%)\n"), text)
    assert.is_truthy(text:find(": engine poll, loop c\n", 1, true), text)
    local cut = judged "network"
    cut.ended = "interrupted"
    text = sweep_report.text(result({
      item({ engine = "threads", loop = "c" }, judged "commit", cut),
      item({ engine = "poll", loop = "c" }, cut),
    }, 2))
    assert.is_truthy(text:find("\n  commits [^\n]+: engine threads, loop c\n"), text)
    assert.is_nil(text:find("network", 1, true), text)
  end)

  it("is a line for each trial when it is to be quiet", function()
    assert.equal("engine threads, loop c: data 1,000 rows/s\nengine poll, loop c: not run\n",
      sweep_report.lines(result {
        item({ engine = "threads", loop = "c" }, ran(1)), item { engine = "poll", loop = "c" },
      }))
  end)
end)
