-- page: what is in the pictures and the words, and that a browser shows it without an error.

local html = require "bigdata.page.html"
local json = require "bigdata.result.json"
local page = require "bigdata.page"
local pictures = require "bigdata.page.pictures"
local random = require "bigdata.statistics.random"
local scale = require "bigdata.page.scale"
local usl = require "bigdata.statistics.usl"
local words = require "bigdata.page.words"

local LAWS = {
  threads = { lambda = 1000, sigma = 0.05, kappa = 0.002 },
  poll = { lambda = 1200, sigma = 0.02, kappa = 0.0005 },
}
local SIZES = { 1, 2, 5, 10, 20, 50, 100 }

local function latency(seconds)
  local quantiles = {}
  for i, share in ipairs { 0, 0.5, 0.9, 0.99, 1 } do
    quantiles[i] = { share = share, seconds = seconds * i, count = i }
  end
  return {
    count = 100, p50_seconds = seconds * 2, p90_seconds = seconds * 3, p99_seconds = seconds * 4,
    max_seconds = seconds * 5, quantiles = quantiles,
  }
end

local function run(rate, size, round)
  return {
    scenario = "row_by_row", ended = "done", round = round, place = round, started = "2026-01-01",
    settings = { poolsize = size }, environment = { processor = "X & <Y>", cores = 2 },
    server = { version = "15.1", settings = { fsync = "on" } },
    steps = { {
      name = "data", ended = "done", rows = 1000, records = 10, seconds = 1000 / rate,
      cpu_user_seconds = 0.02, cpu_system_seconds = 0.01, samples = json.array {}, rejects = 0,
      latency = latency(size / rate),
      worker_seconds = { source = 0.1, client = 0.2, send = 0, server = 0.6, turn = 0.1 },
      server = { states = {
        { state = "active", wait_event_type = "IO", wait_event = "WALSync", share = 0.7 },
        { state = "idle", share = 0.3 },
      } },
      verdict = { causes = { { cause = "commit", share = 0.7, gain = 2, evidence = {},
        next = {} } } },
    } },
  }
end

-- A sweep over the pool's size under both engines.
local function sweep()
  local generator, trials = random.new(1), {}
  for _, engine in ipairs { "threads", "poll" } do
    for _, size in ipairs(SIZES) do
      local item = {
        label = ("engine %s, poolsize %d"):format(engine, size),
        shown = { engine = engine, poolsize = size }, runs = {},
      }
      for round = 1, 4 do
        item.runs[round] = run(usl.rate(LAWS[engine], size)
          * math.exp(0.01 * generator:normal()), size, round)
      end
      trials[#trials + 1] = item
    end
  end
  return {
    name = "mine", summary = 'sizes & "engines"', scenario = "row_by_row", ended = "done",
    names = { "engine", "poolsize" }, steps = { "data" }, repeats = 4, seed = 1, missing = {},
    trials = trials,
  }
end

-- A sweep without numbers: of names.
local function systems()
  local result = sweep()
  result.names = { "system" }
  result.trials = { result.trials[1], result.trials[8] }
  result.trials[1].label, result.trials[1].shown = "ours", { system = "ours" }
  result.trials[2].label, result.trials[2].shown = "<theirs>", { system = "<theirs>" }
  return result
end

local function has(text, wanted)
  assert.is_truthy(text:find(wanted, 1, true), wanted)
end

local function count(text, wanted)
  local _, times = text:gsub(wanted, "")
  return times
end

describe("the answer", function()
  it("names the fastest, how many connections are enough, and what is no difference", function()
    local sentences = table.concat(words.answer(sweep()), "\n")
    assert.is_truthy(sentences:find("^The fastest was engine poll, poolsize 50 with "), sentences)
    has(sentences, "engine threads: 20 connections are enough")
    has(sentences, "engine poll: 50 connections are enough")
    has(sentences, "The fitted law has its peak at ")
    has(sentences, "of the 13 others: faster: 1")
    has(sentences, "What bound the fastest one: ")
  end)

  it("of two trials is their comparison", function()
    has(table.concat(words.answer(systems()), "\n"), "<theirs> against ours: faster, 1.")
  end)

  it("is that there is none, where nothing was measured", function()
    local result = systems()
    for _, item in ipairs(result.trials) do
      item.runs = { { ended = "failed", steps = {}, error = { message = "gone" } } }
    end
    has(words.answer(result)[1], "No trial came to its end")
    has(table.concat(words.warnings(result), "\n"), "ours, run 1: gone.")
    has(page.text(result), "No trial came to its end")
  end)
end)

describe("the pictures", function()
  it("hold every series of the data, with a mark for every point", function()
    local list = pictures.of(sweep())
    for _, name in ipairs { "engine threads", "engine poll" } do
      has(list[1].svg, ('data-series="%s"'):format(name))
    end
    assert.equal(2 * #SIZES, count(list[1].svg, "<circle"))
    assert.equal(2, count(list[1].svg, 'class="line dashed"'))
    assert.equal(2, count(list[1].svg, 'class="band"'))
    assert.equal(2 * #SIZES + 1, #list[1].rows)
    has(list[1].about, "sigma 0.0")
    local titles = {}
    for i, picture in ipairs(list) do titles[i] = picture.title end
    assert.same({ "rows/s over poolsize", "CPU us/row over poolsize", "latency over poolsize",
      "latency distributions", "where the workers' time went", "what the server was doing" },
      titles)
  end)

  it("are bars where nothing is a number, the longest first", function()
    local list = pictures.of(systems())
    assert.equal("rows/s of each trial", list[1].title)
    assert.equal(2, count(list[1].svg, "<rect"))
    assert.is_true(list[1].svg:find("&lt;theirs&gt;") < list[1].svg:find("ours"))
  end)
end)

describe("a scale", function()
  it("has round marks", function()
    assert.same({ 0, 200, 400, 600, 800 }, scale.linear(731, 0, 100).marks)
    assert.same({ 1, 2, 5, 10, 20, 50, 100 }, scale.log(1, 100, 0, 1).marks)
    assert.equal(50, scale.linear(800, 0, 100):place(400))
  end)

  it("shows numbers shortly", function()
    assert.equal("12k", scale.shown(12000))
    assert.equal("1.5M", scale.shown(1.5e6))
    assert.equal("0.02", scale.shown(0.02))
  end)
end)

describe("the page", function()
  it("needs nothing else, and escapes what it is given", function()
    local text = page.text(sweep())
    assert.is_nil(text:find("https?://"))
    assert.is_nil(text:find("src=", 1, true))
    has(text, "sizes &amp; &quot;engines&quot;")
    has(text, "X &amp; &lt;Y&gt;")
    assert.equal("&lt;a&gt;", html.escape("<a>"))
    for _, name in ipairs { "section", "figure", "details", "table", "svg", "div" } do
      assert.equal(count(text, "<" .. name .. "[ >]"), count(text, "</" .. name .. ">"), name)
    end
  end)

  local function browser()
    for _, name in ipairs { "chromium", "chromium-browser" } do
      if os.execute(("command -v %s >/dev/null"):format(name)) then return name end
    end
  end

  local program = browser()
  local case = program and it or pending
  case("is shown by a browser without an error" .. (program and "" or ": no chromium"), function()
    local core = require "bigdata.core"
    local folder = os.tmpname()
    os.remove(folder)
    os.execute(("mkdir -p '%s'"):format(folder))
    local file = assert(io.open(folder .. "/page.html", "w"))
    file:write(page.text(sweep()))
    file:close()
    local result = assert(core.command { argv = { program, "--headless", "--no-sandbox",
      "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr", "--dump-dom",
      "--user-data-dir=" .. folder .. "/profile", "file://" .. folder .. "/page.html" }, env = {},
      timeout = 120 })
    os.execute(("rm -rf '%s'"):format(folder))
    has(result.out, 'class="script"') -- the script has run
    assert.equal(2 * #SIZES, count(result.out:match("<svg.-</svg>"), "<circle"))
    assert.is_nil(result.err:find("CONSOLE", 1, true), result.err)
  end)
end)
