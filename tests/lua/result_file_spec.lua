-- Results as files: JSON, CSV and the log of intervals, and what is said of files that are no
-- results.

local interval_log = require "bigdata.trial.interval_log"
local json = require "bigdata.result.json"
local lfs = require "lfs"
local output = require "bigdata.result.output"
local result_csv = require "bigdata.result.csv"
local result_file = require "bigdata.result.file"
local schema = dofile "tests/support/json_schema.lua"

local function step(values)
  local made = {
    name = "data", ended = "done", records = 10, failed = 0, rows = 2220, statements = 2240,
    seconds = 1.25, fed_seconds = 0.1, fed_rows = 100, read_records = 10, read_bytes = 4096,
    queue_full_seconds = 0, queue_empty_seconds = 0.5, turn_seconds = 0,
    cpu_user_seconds = 1 / 3, cpu_system_seconds = 0.25, peak_bytes = 1000, rejects = 0,
    samples = json.array {}, verdict = { causes = json.array { {
      cause = "commit", share = 0.5, gain = 2, evidence = json.array {}, next = json.array {},
    } } }, server = { missing = json.array {}, wal_bytes = 77 },
  }
  for key, value in pairs(values or {}) do made[key] = value end
  return made
end

local function result(values)
  local made = {
    scenario = "test", summary = "a test", started = "2026-01-02T03:04:05Z",
    environment = { bigdata = "0.1.0", lua = "Lua 5.4", cores = 2 },
    settings = {
      engine = "threads", loop = "c", poolsize = 3, jobs = 1, protocol = "prepared",
      autocommit = true, limit = 0, time = 0, lua_state = "worker",
    },
    flags = {}, server = { version = "15.1", description = "here", private = false },
    ended = "done", steps = json.array { step() },
  }
  for key, value in pairs(values or {}) do made[key] = value end
  return made
end

local path

before_each(function() path = os.tmpname() end)
after_each(function() os.remove(path) end)

local function written(text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local function read()
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function load_schema()
  local file <close> = assert(io.open("docs/result.schema.json"))
  return assert(json.decode(file:read("a")))
end

-- Loading the text fails, and the message holds these words.
local function refused(text, words)
  written(text)
  local loaded, message, info = result_file.load(path)
  assert.is_nil(loaded)
  assert.is_truthy(message:find(words, 1, true), message)
  assert.is_truthy(message:find(path, 1, true), message)
  return info.hint
end

describe("a result as JSON", function()
  it("comes back as it was, with all digits", function()
    local original = result()
    written(result_file.text(original))
    local loaded = assert(result_file.load(path))
    assert.equal(1, #loaded)
    local back = loaded[1]
    assert.equal("bigdata result", back.format)
    back.format, back.format_version = nil, nil
    assert.same(original, back)
    assert.equal(1 / 3, back.steps[1].cpu_user_seconds)
  end)

  it("is as the schema says", function()
    local document = assert(json.decode(result_file.text(result())))
    assert.same({}, schema.problems(load_schema(), document))
  end)

  it("of a sweep holds the results of all runs, in order", function()
    local sweep = {
      name = "sweep", summary = "two", ended = "done", trials = {
        { label = "poolsize 1", runs = { result(), result { ended = "interrupted" } } },
        { label = "poolsize 2", runs = { result() } },
      },
    }
    local text = result_file.text(result_file.of_sweep(sweep))
    assert.same({}, schema.problems(load_schema(), assert(json.decode(text))))
    written(text)
    local loaded = assert(result_file.load(path))
    assert.equal(3, #loaded)
    assert.equal("poolsize 2", loaded[3].trial)
    assert.equal("interrupted", loaded[2].ended)
  end)

  it("of a search says what was searched for", function()
    local document = result_file.of_sweep {
      name = "search", summary = "one", ended = "done", over = "jobs", within = 0.1, limit = 3,
      trials = { { label = "jobs 1", runs = { result() } } },
    }
    assert.same({ over = "jobs", within = 0.1, limit = 3 }, document.search)
    local text = result_file.text(document)
    assert.same({}, schema.problems(load_schema(), assert(json.decode(text))))
  end)

  it("is refused where it is of another version, and the version is named", function()
    local hint = refused(result_file.text(result { format_version = 99 }),
      "has format version 99; this program reads version 1")
    assert.is_truthy(hint:find("environment"))
  end)

  it("is refused where it is cut short", function()
    local text = result_file.text(result())
    refused(text:sub(1, #text // 2), "is cut short")
    refused(text:sub(1, 1), "is cut short")
  end)

  it("is refused where it is something else", function()
    refused("", "is empty")
    refused("step,records\n", "is not JSON")
    refused('{ "a": 1 }', "is JSON, but no result of bigdata")
    refused("[1, 2]", "is JSON, but no result of bigdata")
    refused("7", "is JSON, but no result of bigdata")
    refused('{"format":"bigdata result","format_version":1,"ended":"done"\n}',
      "a part of the result is missing")
  end)

  it("is refused where it cannot be read", function()
    local loaded, message = result_file.load("/nowhere/x.json")
    assert.is_nil(loaded)
    assert.is_truthy(message:find("cannot read /nowhere/x.json", 1, true))
  end)
end)

describe("the schema", function()
  it("finds what is wrong", function()
    local document = assert(json.decode(result_file.text(result())))
    document.steps[1].seconds = -1
    document.steps[1].rows, document.steps[1].statements = nil, nil
    document.steps[1].server.missing[1] = { what = 1, why = "w" }
    document.environment.color = "red"
    assert.same({
      ".environment: color is not in the schema",
      ".steps[1].seconds: -1 is below 0",
      ".steps[1].server.missing[1].what: 1 is no string",
      ".steps[1]: rows is missing",
      ".steps[1]: statements is missing",
    }, schema.problems(load_schema(), document))
  end)
end)

describe("results as CSV", function()
  it("have a header and a line for each step", function()
    local text = result_csv.text { result { trial = 'a "b", c' }, result() }
    local lines = {}
    for line in text:gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
    assert.equal(3, #lines)
    assert.is_truthy(lines[1]:find("^scenario,trial,engine,"))
    assert.is_truthy(lines[2]:find('^test,"a ""b"", c",threads,c,worker,3,1,prepared,true,data,'))
    assert.is_truthy(lines[3]:find("^test,,threads"))
    assert.is_truthy(lines[3]:find(",commit$"))
    assert.is_truthy(lines[1]:find(",read_bytes,sent_bytes,received_bytes,queue_full_seconds,", 1,
      true))
    assert.is_truthy(lines[3]:find(",0.33333333333333331,", 1, true))
    local function fields(line) return select(2, line:gsub(",", "")) end
    assert.equal(fields(lines[1]), fields(lines[3]))
  end)
end)

describe("the log", function()
  it("has what was done since the line before", function()
    local file = assert(io.open(path, "w"))
    local watch = interval_log.new(file, 0.5):watch()
    assert.equal(0.5, watch.every)
    local p = { records = 1, rows = 10, statements = 11, failed = 0, queued = 5, read_records = 9,
      units = 1, unit_seconds = 0.25, units_by_seconds = { [0.25] = 1 },
      share_seconds = { source = 0, client = 0.125, send = 0, server = 0.375, turn = 0 } }
    watch.begin("one")
    p.seconds = 0.5
    watch.update(p)
    local later = { seconds = 1.5, records = 4, rows = 40, statements = 44, failed = 2, queued = 4,
      read_records = 12, units = 3, unit_seconds = 1.25,
      units_by_seconds = { [0.25] = 2, [0.75] = 1 },
      share_seconds = { source = 0, client = 0.125, send = 2, server = 0.375, turn = 0 } }
    watch.update(later)
    local last = setmetatable({ seconds = 2 }, { __index = later })
    watch.update(last)
    watch.begin("two")
    watch.update(p)
    file:close()
    assert.same({
      "step,seconds,interval_seconds,records,rows,statements,failed,rows_per_second,queued,"
        .. "read_records,units,units_per_second,latency_mean_seconds,latency_deviation_seconds,"
        .. "latency_p95_seconds,source_share,client_share,send_share,server_share,"
        .. "turn_share",
      "one,0.500,0.500,1,10,11,0,20.0,5,9,1,2.0,0.250000000,0.000000000,"
        .. "0.250000000,0.0000,0.2500,0.0000,0.7500,0.0000",
      "one,1.500,1.000,3,30,33,2,30.0,4,12,2,2.0,0.500000000,0.250000000,"
        .. "0.750000000,0.0000,0.0000,1.0000,0.0000,0.0000",
      "one,2.000,0.500,0,0,0,0,0.0,4,12,0,0.0,,,,,,,,",
      "two,0.500,0.500,1,10,11,0,20.0,5,9,1,2.0,0.250000000,0.000000000,"
        .. "0.250000000,0.0000,0.2500,0.0000,0.7500,0.0000", "",
    }, { (read() .. "\n"):match(("(.-)\n"):rep(6)) })
  end)
end)

describe("a log on a full disk", function()
  it("knows its problem", function()
    local file <close> = assert(io.open("/dev/full", "w"))
    local log = interval_log.new(file, 1)
    assert.is_nil(log.problem)
    log:begin("one")
    log:update { seconds = 1, records = 0, rows = 0, statements = 0, failed = 0, queued = 0,
      read_records = 0, units = 0, unit_seconds = 0,
      share_seconds = { source = 1, client = 0, send = 0, server = 0, turn = 0 } }
    assert.equal("No space left on device", log.problem)
  end)
end)

describe("a file to be written after a run", function()
  it("is known to be unwritable before", function()
    local opened, message = output.open("json", "/nowhere/x.json", print)
    assert.is_nil(opened)
    assert.is_truthy(message:find("--json: cannot write to /nowhere/x.json", 1, true), message)
    assert.is_truthy(select(2, output.open("json", "/tmp", print)):find("--json: cannot write"))
  end)

  it("is known to be full before", function()
    local opened, message = output.open("csv", "/dev/full", print)
    assert.is_nil(opened)
    assert.is_truthy(message:find("--csv: cannot write to /dev/full: No space left", 1, true))
  end)

  it("keeps what it held until it is written", function()
    written("before")
    local opened = assert(output.open("json", path, print))
    assert.equal("before", read())
    opened:drop()
    assert.equal("before", read())
    assert(opened:write("after"))
    assert.equal("after", read())
  end)

  it("leaves nothing beside it, and stays a link", function()
    local link = path .. ".link"
    os.remove(link)
    assert(lfs.link(path, link, true))
    assert(assert(output.open("json", link, print)):write("linked"))
    local mode = lfs.symlinkattributes(link, "mode")
    os.remove(link)
    assert.equal("link", mode)
    assert.equal("linked", read())
    assert(assert(output.open("json", path, print)):write("after"))
    assert.equal("after", read())
    assert.is_nil(lfs.attributes(path .. ".part"))
  end)

  it("keeps who may read it", function()
    written("before")
    assert(os.execute(("chmod 600 '%s'"):format(path)))
    assert(assert(output.open("json", path, print)):write("after"))
    assert.equal("after", read())
    assert.equal("rw-------", lfs.attributes(path, "permissions"))
  end)

  it("does not stay behind empty", function()
    os.remove(path)
    assert(output.open("json", path, print)):drop()
    assert.is_nil(io.open(path))
  end)
end)
