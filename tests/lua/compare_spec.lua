-- compare: results from files and folders, against each other.

local cli = require "bigdata.cli"
local json = require "bigdata.result.json"
local lfs = require "lfs"
local random = require "bigdata.statistics.random"
local result_file = require "bigdata.result.file"

local normal = dofile("tests/support/spec_kit.lua").normal

local folder, generator

before_each(function()
  folder = os.tmpname()
  os.remove(folder)
  assert(lfs.mkdir(folder))
  generator = random.new(5)
end)

after_each(function() os.execute(("rm -rf '%s'"):format(folder)) end)

-- A run at that rate, with a little noise.
local function run(rate, more)
  local seconds = 1000 / (rate * math.exp(0.02 * normal(generator)))
  local result = {
    scenario = "row_by_row", ended = "done",
    settings = { engine = "threads", poolsize = 5, time = 0 },
    environment = { processor = "X", cores = 2, bigdata = "0.1.0", lua = "Lua 5.4" },
    server = { version = "15.1", settings = { fsync = "on" } },
    steps = { {
      name = "data", rows = 1000, records = 10, seconds = seconds, cpu_user_seconds = 0.1,
      cpu_system_seconds = 0.1, rejects = 0, samples = json.array {}, ended = "done",
    } },
  }
  for key, value in pairs(more or {}) do result[key] = value end
  return result
end

local function write(name, document)
  local path = ("%s/%s"):format(folder, name)
  local file <close> = assert(io.open(path, "w"))
  file:write(result_file.text(document))
  return path
end

-- A folder of ten runs at that rate.
local function runs(name, rate, more)
  assert(lfs.mkdir(folder .. "/" .. name))
  for i = 1, 10 do write(("%s/%02d.json"):format(name, i), run(rate, more)) end
  return folder .. "/" .. name
end

-- What compare prints, its errors, and its status.
local function compare(...)
  local printed, said = {}, {}
  local function stream(list)
    return { write = function(_, words) list[#list + 1] = words end, flush = function() end }
  end
  local status = cli.main({ "compare", ... }, { out = stream(printed), err = stream(said) })
  return table.concat(printed), table.concat(said), status
end

local function has(text, wanted)
  assert.is_truthy(text:find(wanted, 1, true), text)
end

describe("compare", function()
  it("finds what became slower, and what did not", function()
    local text, _, status = compare(runs("a", 1000), runs("b", 800), runs("c", 1001))
    assert.equal(0, status)
    has(text, "b (10 runs) compared with")
    assert.is_truthy(text:find("data, rows/s\n  slower\n    row_by_row +0%.8%d +0%.7%d%.%.0%.8%d "),
      text)
    assert.is_truthy(text:find("\n  no measurable difference\n    row_by_row +[01]%.%d+ "), text)
    has(text, "The runs were not interleaved")
  end)

  it("is a gate", function()
    local a, b = runs("a", 1000), runs("b", 900)
    local _, said, status = compare(a, b, "--fail-above", "5%")
    assert.equal(3, status)
    assert.is_truthy(said:find("row_by_row: data, rows/s: slower by %d+%.%d %%, more than 5 %%"),
      said)
    assert.equal(0, select(3, compare(a, b, "--fail-above=20")))
    assert.equal(0, select(3, compare(b, a, "--fail-above=5")))
    assert.equal(1, select(3, compare(a, b, "--fail-above=x")))
  end)

  it("says first that machines, servers and settings differ", function()
    local text = compare(runs("a", 1000), runs("b", 1000, {
      environment = { processor = "Y", cores = 4, bigdata = "0.1.0", lua = "Lua 5.4" },
      server = { version = "16.0", settings = { fsync = "off", work_mem = "1GB" } },
      settings = { engine = "poll", poolsize = 5, time = 0 },
    }))
    has(text, [[different machines or servers, which compares these, too:
  machine: cores: 2, 4
  machine: processor: X, Y
  server: version: 15.1, 16.0
  server setting fsync: on, off
  server setting work_mem: none, 1GB

The runs differ in:
  setting engine: threads, poll
]])
  end)

  it("says so, too, where a folder holds runs of several machines", function()
    local mixed = runs("a", 1000)
    write("a/11.json", run(1000, { environment = { processor = "X", cores = 64, bigdata = "0.1.0",
      lua = "Lua 5.4" } }))
    has(compare(mixed, runs("b", 1000)), "machine: cores: 2, 64\n\n")
  end)

  it("compares the runs of a folder by the settings and flags in which they differ", function()
    assert(lfs.mkdir(folder .. "/mixed"))
    local function store(name, rate, settings, directory)
      settings.poolsize, settings.time = 5, 0
      write(("mixed/%s.json"):format(name), run(rate, {
        settings = settings, flags = { directory = directory or "there" },
      }))
    end
    for i = 1, 5 do
      store("poll" .. i, 2000, { engine = "poll", jobs = 1 })
      store("threads" .. i, 1000, { engine = "threads", jobs = 1 })
    end
    local text = compare(folder .. "/mixed")
    has(text, "mixed: compared with engine poll\n")
    assert.is_truthy(text:find("\n  slower\n    engine threads +0%.[45]%d+ "), text)
    store("with_others", 1500, { engine = "threads", jobs = 1 }, "here")
    text = compare(folder .. "/mixed")
    has(text, "mixed: compared with directory there, engine poll\n")
    has(text, "\n    directory here, engine threads  ")
    assert.is_truthy(text:find("\n    directory there, engine threads +0%.[45]%d+ "), text)
  end)

  it("makes no two trials of settings that mean the same", function()
    assert(lfs.mkdir(folder .. "/same"))
    for jobs = 1, 2 do
      write(("same/%d.json"):format(jobs), run(1000, {
        settings = { engine = "threads", jobs = jobs, poolsize = 5, time = 0 },
      }))
    end
    local _, said = compare(folder .. "/same")
    has(said, "holds one trial")
  end)

  -- A sweep over two pool sizes, the second of which was run so often.
  local function sweep(name, factor, times)
    local trials = {}
    for size = 1, 2 do
      local item = { label = "poolsize " .. size, shown = { poolsize = size }, runs = {} }
      for round = 1, size == 2 and times or 5 do
        item.runs[round] = run(1000 * size * factor, { round = round })
      end
      trials[size] = item
    end
    return write(name, result_file.of_sweep {
      name = "mine", scenario = "row_by_row", names = { "poolsize" }, steps = { "data" },
      repeats = 5, seed = 1, trials = trials, ended = "done",
    })
  end

  it("says how often trials were run that were not run equally often", function()
    local text = compare(sweep("one.json", 1), sweep("two.json", 2, 3))
    has(text, "two.json (3 to 5 runs) compared with")
    has(text, "one.json (5 runs)")
  end)

  it("compares the trials of sweeps by what they set", function()
    local one = sweep("one.json", 1)
    local text = compare(one, sweep("two.json", 2))
    assert.is_truthy(text:find(
      "\n  faster\n    poolsize %d +[12]%.%d+ [^\n]+\n    poolsize %d +[12]%.%d+ "), text)
    text = compare(one)
    has(text, "one.json: compared with poolsize 1")
    assert.is_truthy(text:find("\n  faster\n    poolsize 2 +[12]%.%d+ "), text)
  end)

  it("draws by the sweep's seed, or by another one", function()
    local trials = {}
    for i, size in ipairs { 1, 2 } do
      local item = { label = "poolsize " .. size, shown = { poolsize = size }, runs = {} }
      for round = 1, 5 do item.runs[round] = run(1000 * size, { round = round }) end
      trials[i] = item
    end
    local path = write("seeded.json", result_file.of_sweep {
      name = "mine", scenario = "row_by_row", names = { "poolsize" }, steps = { "data" },
      repeats = 5, seed = 2, trials = trials, ended = "done",
    })
    local text = compare(path)
    assert.equal(text, (compare(path, "--seed", "2")))
    assert.not_equal(text, (compare(path, "--seed", "1")))
  end)

  local function fails(message, ...)
    local _, said, status = compare(...)
    assert.equal(1, status)
    has(said, message)
  end

  it("refuses what cannot be compared", function()
    local a = write("a.json", run(1000))
    fails("compare: which results?")
    fails("holds one trial: with what is it to be compared?", a)
    fails("cannot read", a, folder .. "/none.json")
    fails("is of scenario row_by_row, and", a, write("b.json", run(1000, { scenario = "other" })))
    local longer = run(1000)
    longer.steps[1].rows = 2000
    fails("step data has 1,000 rows in", a, write("c.json", longer))
    local reading, other = run(1000), run(1000)
    reading.steps[1].rows, other.steps[1].rows, other.steps[1].records = 0, 0, 1
    reading, other = write("reading.json", reading), write("other.json", other)
    fails(("step data has 10 records in %s, and 1 record in %s"):format(reading, other), reading,
      other)
    fails("has format version 9", a, write("d.json", run(1000, { format_version = 9 })))
    assert(lfs.mkdir(folder .. "/empty"))
    fails("empty holds no results", a, folder .. "/empty")
  end)

  it("does without runs that have no figures", function()
    local broken = run(1000)
    broken.steps[1].seconds = 0
    local nothing = run(1000)
    nothing.steps[1].seconds = 0 / 0
    local a = write("a.json", run(1000))
    fails("have no figure that can be compared", a, write("b.json",
      run(1000, { ended = "failed", steps = json.array {} })))
    broken.steps[1].cpu_user_seconds = nil
    fails("have no figure that can be compared", a, write("c.json", broken))
    local text = compare(a, write("d.json", nothing))
    assert.is_nil(text:find("rows/s", 1, true))
    has(text, "CPU us/row")
  end)
end)
