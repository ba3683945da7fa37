-- Other programs as trials, and sweeps that were cut short and go on.

local core = require "bigdata.core"
local external = require "bigdata.external"
local json = require "bigdata.result.json"
local kit = dofile "tests/support/scenario_kit.lua"
local result_file = require "bigdata.result.file"
local schema = dofile "tests/support/json_schema.lua"
local spec = dofile "tests/support/spec_kit.lua"
local sweep_file = require "bigdata.sweep.file"
local sweep_report = require "bigdata.report.sweep"

setup(function() kit.open(30) end)
teardown(kit.close)

-- Run a sweep of that body: the result.
local function run(body, hooks, earlier, line)
  return kit.sweep(body, "--limit 2 -c 2 " .. (line or ""), hooks, earlier)
end

-- A sweep of one shell script.
local function program(script, more)
  return ([[scenario = "row_by_row", trials = { bigdata.external {
    name = "it", command = { "/bin/sh", "-c", %q }, %s } },]]):format(script, more or "")
end

local function outcome_of(script, more, line)
  return assert(run(program(script, more), nil, nil, line)).trials[1].runs[1]
end

-- The name of a file with the result.
local function stored(result)
  return kit.write("stored.json", result_file.text(result_file.of_sweep(result)))
end

describe("another program", function()
  it("is a trial, with its own figures", function()
    local outcome = outcome_of [[echo noise; echo '{"rows": 500, "seconds": 0.25,
      "cpu_user_seconds": 0.1, "cpu_system_seconds": 0.05}' | tr -d '\n']]
    assert.equal("done", outcome.ended)
    assert.same({ "data", 500, 0.25, 0.1 }, { outcome.steps[1].name, outcome.steps[1].rows,
      outcome.steps[1].seconds, outcome.steps[1].cpu_user_seconds })
    assert.is_true(outcome.process.peak_bytes > 0)
  end)

  it("is in the file of results as their schema has it", function()
    local file <close> = assert(io.open("docs/result.schema.json"))
    local wanted = assert(json.decode(file:read("a")))
    local function problems_of(script)
      local result = assert(run(([[scenario = "row_by_row", trials = { { name = "ours" },
        bigdata.external { name = "theirs", command = { "/bin/sh", "-c", %q } } },]])
        :format(script)))
      local document = result_file.of_sweep(result)
      return schema.problems(wanted, assert(json.decode(result_file.text(document))))
    end
    assert.same({}, problems_of [[echo '{"rows": 5, "seconds": 1, "fed_rows": 3,
      "fed_seconds": 0.5, "steps": {"geo": {"rows": 5, "seconds": 0.5}}}' | tr -d '\n']])
    assert.same({}, problems_of "exit 1")
  end)

  it("is accounted for by the kernel where it says nothing of its own", function()
    local outcome = outcome_of [[i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done
      echo '{"rows": 1, "seconds": 1}']]
    assert.equal(outcome.process.cpu_user_seconds, outcome.steps[1].cpu_user_seconds)
    assert.is_true(outcome.steps[1].cpu_user_seconds > 0)
  end)

  it("may tell of other steps, and of when all was read", function()
    local outcome = outcome_of [[echo '{"rows": 500, "seconds": 2, "fed_rows": 300,
      "fed_seconds": 1, "steps": {"geo": {"rows": 5, "seconds": 0.5}}}' | tr -d '\n']]
    local geo, data = outcome.steps[1], outcome.steps[2]
    assert.same({ "geo", 5, 0.5 }, { geo.name, geo.rows, geo.seconds })
    assert.same({ "data", 300, 1 }, { data.name, data.fed_rows, data.fed_seconds })
  end)

  it("gets the server, the pool's size, the limit and the flags, and finds empty tables", function()
    local outcome = outcome_of([[
      rows=$(psql -AtX -d "$BIGDATA_DBURL" -c 'select count(*) from data_element') || exit 9
      echo "{\"rows\": $((rows + BIGDATA_POOLSIZE * 10 + BIGDATA_LIMIT)), \"seconds\": 1}"
      test -d "$BIGDATA_DIRECTORY"]])
    assert.equal(22, outcome.steps[1].rows, outcome.error and outcome.error.message)
  end)

  it("gets to the server by the way that --delay makes longer", function()
    local outcome = outcome_of([[psql -AtX -d "$BIGDATA_DBURL" -c 'select 1' >/dev/null || exit 9
      echo '{"rows": 1, "seconds": 1}']], nil, "--delay 200")
    assert.equal("done", outcome.ended, outcome.error and outcome.error.message)
    local took = outcome.process.seconds
    assert.is_true(took >= 2 * 0.2, took) -- to be let in, and to be answered
  end)

  it("is beside the scenario's own trials, under the settings that vary", function()
    local result = assert(run [[scenario = "row_by_row", repeats = 3,
      vary = { poolsize = "1..2" },
      trials = { { name = "ours" }, bigdata.external { name = "theirs",
        command = { "/bin/sh", "-c", "echo '{\"rows\": 7, \"seconds\": 0.5}'" } } }]])
    assert.equal("done", result.ended)
    local labels = {}
    for i, item in ipairs(result.trials) do labels[i] = item.label end
    assert.same({ "ours, poolsize 1", "ours, poolsize 2", "theirs, poolsize 1",
      "theirs, poolsize 2" }, labels)
    local text = sweep_report.text(result)
    assert.is_truthy(text:find("\n  theirs  1 +%- +14 +%- +%- +[%d,.]+\n"), text)
    assert.is_truthy(text:find("Compared with ours, poolsize 1:", 1, true), text)
    -- With two connections our own may be slower than with one, or faster.
    assert.is_truthy(text:find("\n  slower\n.-    theirs, poolsize %d +0%.0%d+ [^\n]+\n"
      .. "    theirs, poolsize %d "), text)
  end)

  it("that is not installed is left out by name", function()
    local result = assert(run [[scenario = "row_by_row", trials = { { name = "ours" },
      bigdata.external { name = "one", command = { "no-such-program" }, needs = "one-package" },
      bigdata.external { name = "two", command = { "sh" }, check = { "false" } } } ]])
    assert.equal("done", result.ended)
    assert.equal(1, #result.trials)
    local text = sweep_report.text(result)
    assert.is_truthy(text:find("\none: left out, not installed (one-package)\n", 1, true), text)
    assert.is_truthy(text:find("\ntwo: left out, not installed\n", 1, true), text)
  end)

  it("that is interrupted is in the file of results, which can be read", function()
    local asked, interrupted = 0, core.interrupted
    finally(function() core.interrupted = interrupted end)
    core.interrupted = function() -- before the trial, and when it has failed
      asked = asked + 1
      return asked > 1
    end
    local result = assert(run(program "exit 1"))
    assert.equal("interrupted", result.trials[1].runs[1].ended)
    local results = assert(result_file.load(stored(result)))
    assert.equal("interrupted", results[1].ended)
  end)

  it("gives the reason that matters", function()
    local reason = external.reason
    assert.equal("disk full", reason "working ...\ndisk full\n\n")
    assert.equal("", reason "")
    local traced = "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    f()\n"
      .. "OperationalError: FATAL:  sorry, too many clients already\nDETAIL:  many\n\n"
    assert.equal("OperationalError: FATAL:  sorry, too many clients already", reason(traced))
    assert.equal("OperationalError: FATAL:  sorry, too many clients already", reason(traced
      .. "Exception ignored in: <function Connection.__del__ at 0x7f>\n"
      .. "Traceback (most recent call last):\n  File \"b.py\", line 1\nAttributeError: _conn\n"))
    assert.equal("second", reason("Traceback (most recent call last):\n  x\nfirst\n\n"
      .. "During handling of the above exception, another exception occurred:\n\n"
      .. "Traceback (most recent call last):\n  y\nsecond\n"))
  end)

  local function fails(what, script, message, more, line)
    it("that " .. what .. " has failed", function()
      local outcome = outcome_of(script, more, line)
      assert.equal("failed", outcome.ended)
      assert.is_truthy(outcome.error.message:find(message, 1, true), outcome.error.message)
    end)
  end

  fails("prints nothing", "true", "it printed nothing: one JSON object with rows and seconds")
  fails("prints rubbish", "echo hello there", "it printed hello there : one JSON object")
  fails("prints figures that are none", [[echo '{"rows": "many", "seconds": 1}']], "it printed {")
  fails("says when all was read, but not how many rows there were",
    [[echo '{"rows": 1, "seconds": 1, "fed_seconds": 1}']], "it printed {")
  fails("tells of a step that there is not",
    [[echo '{"rows": 1, "seconds": 1, "steps": {"goe": {"rows": 1, "seconds": 1}}}']],
    "its steps: row_by_row has no step goe; did you mean geo? (its steps: geo, data)")
  fails("tells nothing of a step",
    [[echo '{"rows": 1, "seconds": 1, "steps": {"geo": {"rows": 1}}}']],
    "its steps: geo needs rows and seconds")
  fails("lists steps", [[echo '{"rows": 1, "seconds": 1, "steps": [{"rows": 1, "seconds": 1}]}']],
    "its steps: row_by_row has no step 1 (its steps: geo, data)")
  fails("counts steps", [[echo '{"rows": 1, "seconds": 1, "steps": 2}']],
    "its steps are no object")
  fails("took no time", [[echo '{"rows": 1, "seconds": 0}']], "it printed {")
  fails("fails", "echo the disk is full >&2; exit 4",
    "it failed with exit status 4: the disk is full")
  fails("is killed", "kill -9 $$", "signal 9 ended it")
  fails("never ends", "sleep 1000", "it did not end within 0.2 seconds", "timeout = 0.2")
  fails("never ends, with --timeout,", "sleep 1000", "it did not end within 0.3 seconds", "",
    "--timeout 0.3")

  for _, command in ipairs { "sleep", "setsid sleep" } do
    it("that leaves " .. command .. " behind has failed, and what is left is killed", function()
      local path = kit.folder .. "/left"
      local outcome = outcome_of(([[%s 1000 & echo $! >%s; echo '{"rows": 1, "seconds": 1}']])
        :format(command, path))
      assert.equal("failed", outcome.ended)
      assert.is_truthy(outcome.error.message:find("it left processes behind", 1, true))
      local file <close> = assert(io.open(path))
      assert.is_true(spec.ends(file:read("l")))
    end)
  end
end)

describe("a sweep that was cut short", function()
  local TWO = [[scenario = "row_by_row", vary = { poolsize = { 1, 2 } }, repeats = 2]]

  -- The labels that were announced.
  local function counting(stop_after)
    local announced = {}
    return {
      announce = function(place, _, label) announced[#announced + 1] = place .. " " .. label end,
      save = function() if #announced == stop_after then error("stop") end end,
    }, announced
  end

  it("goes on with the runs that are missing, and ends as the whole would", function()
    local whole, order = counting()
    assert(run(TWO, whole))
    local saved
    local hooks = counting(3)
    local stop = hooks.save
    hooks.save = function(result)
      saved = result
      stop()
    end
    assert.is_nil((run(TWO, hooks)))
    local name = stored(saved)
    local rest, announced = counting()
    local result = assert(run(TWO, rest, sweep_file.earlier(name)))
    assert.same({ order[4] }, announced)
    assert.equal("done", result.ended)
    for _, item in ipairs(result.trials) do assert.equal(2, #item.runs) end
  end)

  it("does not go on as another one", function()
    local name = stored(assert(run(TWO)))
    local function refuses(message, body, line)
      local result, problem = run(body, nil, sweep_file.earlier(name), line)
      assert.is_nil(result)
      assert.is_truthy(problem:find(message, 1, true), problem)
    end
    refuses("it has a trial poolsize 1",
      [[scenario = "row_by_row", vary = { poolsize = { 2 } }, repeats = 2]])
    refuses("limit was 2, and is 1", TWO, "--limit 1")
    refuses("its seed is 1", TWO, "--seed 2")
  end)

  it("is read back as it was", function()
    local result = assert(run(TWO))
    local _, document = assert(result_file.load(stored(result)))
    assert.equal(sweep_report.text(result), sweep_report.text(sweep_file.read(document)))
  end)
end)

describe("a very long sweep", function()
  it("is asked about when its first run has shown how long it takes", function()
    local asked
    local result = assert(run([[scenario = "row_by_row", vary = { limit = "1..501" } ]], {
      confirm = function(count, seconds)
        asked = { count, seconds > 0 }
        return false
      end,
    }))
    assert.same({ 500, true }, asked)
    assert.equal("interrupted", result.ended)
  end)
end)

describe("a warm-up", function()
  it("leaves nothing behind", function()
    local result = assert(run([[scenario = "row_by_row", vary = { warmup = { 0.2 } }]]))
    assert.equal("done", result.ended)
    assert.equal(2 * 222, result.trials[1].runs[1].steps[2].rows)
    assert.equal("444", kit.query("select count(*) as count from data_element")[1].count)
  end)
end)

describe("a delay", function()
  it("makes the round trips of a run longer", function()
    kit.scenario('db:exec("select $1::int", row.n)', { key = "each", count = 5 })
    local result = assert(kit.sweep('scenario = "test.lua", vary = { delay = { 200 } }', "-c 1"))
    assert.equal("done", result.ended)
    local step = result.trials[1].runs[1].steps[1]
    assert.equal(5, step.statements)
    assert.is_true(step.seconds >= 5 * 0.2, step.seconds)
  end)
end)
