-- page: what is in the pictures and the words, and that a browser shows it without an error.

local answer = require "bigdata.page.answer"
local html = require "bigdata.page.html"
local json = require "bigdata.result.json"
local lines = require "bigdata.page.lines"
local page = require "bigdata.page"
local pictures = require "bigdata.page.pictures"
local random = require "bigdata.statistics.random"
local scale = require "bigdata.page.scale"
local series = require "bigdata.page.series"
local tables = require "bigdata.tables"
local usl = require "bigdata.statistics.usl"
local warnings = require "bigdata.page.warnings"

local normal = dofile("tests/support/spec_kit.lua").normal

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
        { state = "active", wait_event_type = "IO", wait_event = "WALSync", share = 0.7,
          counts = { 7, 0, 14 } },
        { state = "idle", share = 0.25, wait_event_type = "Client", wait_event = "ClientRead",
          counts = { 3, 0, 5 } },
        { state = "active", wait_event_type = "Lock", wait_event = "extend", share = 0.05 },
      }, intervals = { seconds = 0.4, sightings = { 10, 0, 20 } } },
      verdict = { causes = { { cause = "commit", share = 0.7, gain = 2,
        evidence = { "the log was waited for" }, next = { "bigdata x --commit-every 9" } } } },
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
          * math.exp(0.01 * normal(generator)), size, round)
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

local function answer_of(result)
  return table.concat(answer.sentences(result), "\n")
end

-- Make all rates of the trials with more connections than that as if there were so many.
local function still_growing(result)
  for _, item in ipairs(result.trials) do
    for _, one in ipairs(item.runs) do one.steps[1].seconds = 1000 / item.shown.poolsize end
  end
  return result
end

-- A sweep of six series.
local function many_series()
  local result = sweep()
  result.names = { "system", "poolsize" }
  for _, more in ipairs { " 2", " 3" } do
    for _, item in ipairs(sweep().trials) do
      item.label, item.shown.engine = item.label .. more, item.shown.engine .. more
      result.trials[#result.trials + 1] = item
    end
  end
  for _, item in ipairs(result.trials) do item.shown.system = item.shown.engine end
  return result
end

-- The same of a step that writes no rows.
local function without_rows(result)
  for _, item in ipairs(result.trials) do
    for _, one in ipairs(item.runs) do one.steps[1].rows = 0 end
  end
  return result
end

describe("the answer", function()
  it("names the fastest, how many connections are enough, and what is no difference", function()
    local sentences = answer_of(sweep())
    assert.is_truthy(sentences:find("^The fastest was poll with 50 connections: "), sentences)
    has(sentences, "The slowest was threads with 1 connection: ")
    has(sentences, "threads: 20 connections are enough")
    has(sentences, "poll: 50 connections are enough")
    has(sentences, "The fitted law has its peak at ")
    has(sentences, "poll against threads, by rate: faster at poolsize 1, 2, 5, 10, 20, 50, 100.")
    has(sentences, "poll against threads, by the client's processor time for a row: ")
    has(sentences, "What bound the fastest one: commits (flushing the write-ahead log) (the "
      .. "verdict on 4 of 4 runs).")
  end)

  it("does not say that the largest pool which was tried is enough", function()
    local sentences = answer_of(still_growing(sweep()))
    has(sentences, "poll: the most connections that were tried, 100, are the best: 100 rows/s. "
      .. "More may be better still.")
    assert.is_nil(sentences:find("are enough", 1, true))
    has(answer_of(still_growing(many_series())), "poll 3: 100 or more.")
  end)

  it("counts records where a step writes no rows", function()
    local result = without_rows(sweep())
    assert.is_nil(answer_of(result):find("rows/s", 1, true), answer_of(result))
    has(answer_of(result), "20 connections are enough: within 5 % of the best, 73 records/s")
    has(answer_of(still_growing(result)), " records/s. More may be better still.")
  end)

  it("is short where many were measured", function()
    local sentences = answer_of(many_series())
    has(sentences, "each achieves: threads: 20; poll: 50; threads 2: 20; poll 2: 50; "
      .. "threads 3: 20; poll 3: 50.")
    has(sentences, "Against threads, with the same poolsize, by rate. Faster: poll; poll 2; "
      .. "poll 3. No measurable difference: threads 2; threads 3.")
  end)

  it("names the numbers at which it found what is not so at all of them", function()
    local result = many_series()
    for _, item in ipairs(result.trials) do
      if item.shown.poolsize == 5 and item.shown.system == "poll" then
        for _, one in ipairs(item.runs) do one.steps[1].seconds = 20 end
      end
    end
    local sentences = answer_of(result)
    has(sentences, "poll (1, 2, 10, 20, 50, 100)")
    has(sentences, "Slower: poll (5).")
  end)

  it("of two trials is their comparison", function()
    has(answer_of(systems()), "<theirs> against ours, by rate: faster, 1.")
  end)

  it("of one run is its rate, and what bound it", function()
    local result = systems()
    result.trials, result.repeats = { result.trials[1] }, 1
    result.trials[1].runs = { result.trials[1].runs[1] }
    result.trials[1].runs[1].settings.engine = "poll"
    local sentences = answer_of(result)
    assert.is_truthy(sentences:find("^mine with 1 connection under poll: [%d,]+ rows/s%.\n"
      .. "What bound it: "), sentences)
    assert.same({}, warnings.sentences(result))
    assert.same({}, pictures.of_rates(result))
    assert.equal("latency distributions", pictures.of_latencies(result)[1].title)
  end)

  it("names no cause on which most verdicts do not agree", function()
    local result = systems()
    for _, item in ipairs(result.trials) do
      for n, one in ipairs(item.runs) do
        if n > 2 then one.steps[1].verdict.causes = {} end
      end
    end
    assert.is_nil(answer_of(result):find("What bound", 1, true))
  end)

  it("is no factor where the slowest did nothing", function()
    local result = systems()
    for _, one in ipairs(result.trials[2].runs) do
      one.steps[1].rows, one.steps[1].records = 0, 0
    end
    assert.is_truthy(answer_of(result):find("The slowest was <theirs>: 0.\n", 1, true),
      answer_of(result))
  end)

  it("is that there is none, where nothing was measured", function()
    local result = systems()
    for _, item in ipairs(result.trials) do
      item.runs = { { ended = "failed", steps = {}, error = { message = "gone" } } }
    end
    has(answer_of(result), "No trial came to its end")
    has(table.concat(warnings.sentences(result), "\n"), "ours, run 1: gone.")
    has(page.text(result), "No trial came to its end")
    assert.is_nil(page.text(result):find("<h2>compared with", 1, true))
  end)
end)

describe("a warning", function()
  it("is given where runs differ more than differences that matter", function()
    local result = sweep()
    assert.same({}, warnings.sentences(result))
    for _, item in ipairs(result.trials) do
      for n, one in ipairs(item.runs) do one.steps[1].seconds = 2 ^ (n % 2) end
    end
    -- of the logarithms: deviation 0.4002, half of 3.182 of them are 0.6367
    has(warnings.sentences(result)[1], "its true rate may be anything from 0.53 to 1.89 times")
  end)

  it("is given where runs of different machines or servers were put together", function()
    local result = sweep()
    result.trials[2].runs[3].environment = { processor = "X & <Y>", cores = 8 }
    result.trials[3].runs[1].server = { version = "16.1", settings = { fsync = "off" } }
    assert.equal("The runs were made on different machines or servers: machine: cores: 2, 8; "
      .. "server: version: 15.1, 16.1; server setting fsync: on, off.",
      warnings.sentences(result)[1])
  end)

  it("is given where there are too few", function()
    local result = systems()
    result.repeats = 2
    has(warnings.sentences(result)[1], "fewer than three runs")
  end)
end)

local function all_pictures(result)
  local list = pictures.of_rates(result)
  tables.append(list, pictures.of_latencies(result))
  return tables.append(list, pictures.of_time(result))
end

local function titled(result, title)
  for _, picture in ipairs(all_pictures(result)) do
    if picture.title == title then return picture end
  end
end

describe("the pictures", function()
  it("are these", function()
    local titles = {}
    for i, picture in ipairs(all_pictures(sweep())) do titles[i] = picture.title end
    assert.same({ "rows/s over connections", "CPU us/row over connections",
      "latency over connections", "latency distributions", "where the workers' time went",
      "what the server was doing", "what the server was doing, over time" }, titles)
  end)

  it("hold every series of the data, with a mark for every point", function()
    local rates = titled(sweep(), "rows/s over connections")
    for _, name in ipairs { "threads", "poll" } do
      has(rates.html, ('data-series="%s"'):format(name))
      has(rates.html, ('data-key="%s"'):format(name)) -- at the end of its line
    end
    assert.equal(2 * #SIZES, count(rates.html, "<circle"))
    assert.equal(2, count(rates.html, 'class="line dashed"'))
    assert.equal(2, count(rates.html, 'class="band"'))
    assert.equal(2 * #SIZES + 1, #rates.rows)
    has(rates.html, "<td class=\"word\">threads</td><td class=\"number\">1,0") -- the law's lambda
  end)

  it("count records where a step writes no rows", function()
    local result = without_rows(sweep())
    local picture = titled(result, "records/s over connections")
    assert.is_nil(picture.html:find("rows/s", 1, true))
    assert.equal("records/s", picture.rows[1][3])
    has(titled(result, "CPU us/record over connections").html, " CPU us/record")
    assert.equal("records/s of each trial", pictures.of_rates(without_rows(systems()))[1].title)
  end)

  it("have the median, and the interval that holds the true value 95 times of 100", function()
    local found = series.summary { 90, 100, 100, 110 }
    assert.equal(100, found.y)
    -- of the logarithms: mean 4.60266, deviation 0.08201, and 3.182 of Student
    assert.is_true(math.abs(found.low - 87.5) < 0.1 and math.abs(found.high - 113.6) < 0.1,
      ("%g..%g"):format(found.low, found.high))
    found = series.summary { 90, 110 }
    assert.same({ 90, 110 }, { found.low, found.high })
  end)

  it("do not promise runs that an interrupted sweep has not made", function()
    local result = sweep()
    has(titled(result, "rows/s over connections").about, "medians of 4 runs")
    table.remove(result.trials[1].runs)
    has(titled(result, "rows/s over connections").about, "medians of up to 4 runs")
  end)

  it("have a logarithmic scale where some are far from others", function()
    local result = sweep()
    for n = 1, #SIZES do
      for _, one in ipairs(result.trials[n].runs) do one.steps[1].seconds = 20 end
    end
    local picture = titled(result, "rows/s over connections")
    has(picture.about, "logarithmic")
    assert.is_nil(picture.html:find('tick up" x="-8" y="304">0<', 1, true))
    has(titled(sweep(), "rows/s over connections").html, 'tick up" x="-8" y="304">0<')
  end)

  it("have no logarithmic scale where there is a 0", function()
    for _, title in ipairs { "rows/s over connections", "CPU us/row over connections" } do
      local result = sweep()
      for n = 1, #SIZES do
        for _, one in ipairs(result.trials[n].runs) do
          local step = one.steps[1]
          if title:find "^rows" then step.rows, step.records = 0, 0 end
          step.cpu_user_seconds, step.cpu_system_seconds = 0, 0
        end
      end
      local picture = titled(result, title)
      assert.is_nil(picture.about:find("logarithmic", 1, true))
      has(picture.html, 'tick up" x="-8" y="304">0<')
    end
  end)

  it("leave out latencies that took no time", function()
    local result = sweep()
    for _, one in ipairs(result.trials[1].runs) do one.steps[1].latency.p50_seconds = 0 end
    local picture = titled(result, "latency over connections")
    assert.equal(4 * #SIZES - 1, count(picture.html, "<circle"))
    assert.equal(4 * #SIZES, #picture.rows)
  end)

  it("show every distribution, in panels if they are many", function()
    local picture = titled(sweep(), "latency distributions")
    assert.equal(2 * #SIZES, count(picture.html, 'class="series'))
    assert.equal(2, count(picture.html, "<h3"))
    has(picture.html, "1 connection<")
    assert.equal(2 * #SIZES + 1, #picture.rows)
    assert.equal("1 connection", picture.legend[1].name)
    assert.equal(#SIZES, #picture.legend)
    assert.equal(0, count(titled(systems(), "latency distributions").html, "<h3"))
  end)

  it("give a series the same colour in all of them", function()
    local result = sweep()
    for n = 1, #SIZES do
      for _, one in ipairs(result.trials[n].runs) do one.steps[1].cpu_user_seconds = nil end
    end
    for _, title in ipairs { "rows/s over connections", "CPU us/row over connections" } do
      has(titled(result, title).html, 'class="series s2" data-series="poll"')
    end
  end)

  it("leave out the bands of so many series that these would hide each other", function()
    local picture = titled(many_series(), "rows/s over connections")
    assert.equal(6, count(picture.html, 'class="band"'))
    local result = many_series()
    for n, item in ipairs(result.trials) do item.shown.system = n <= #SIZES and "x" or n end
    picture = titled(result, "rows/s over connections")
    assert.equal(0, count(picture.html, 'class="band"'))
    has(picture.about, "their ranges are in the table")
  end)

  it("have the trials of a series under its name", function()
    local titles = { "where the workers' time went", "what the server was doing, over time" }
    for _, title in ipairs(titles) do
      local shown = titled(sweep(), title).html
      assert.same({ "threads", "poll" }, { shown:match("<h3>(.-)</h3>.*<h3>(.-)</h3>") })
      has(shown, ">20 connections</")
    end
    assert.is_nil(titled(systems(), "where the workers' time went").html:find("<h3", 1, true))
  end)

  it("show what the server waited for over time, the rare as others", function()
    local picture = titled(systems(), "what the server was doing, over time")
    assert.equal(2, count(picture.html, 'class="panel"'))
    assert.same({ "trial", "from s", "IO WALSync", "Lock extend", "other", "idle" },
      picture.rows[1])
    assert.same({ "ours", "0", "70 %", "0 %", "0 %", "30 %" }, picture.rows[2])
    assert.same({ "ours", "0.4", "0 %", "0 %", "0 %", "0 %" }, picture.rows[3])
    assert.same({ "ours", "0.8", "70 %", "0 %", "5 %", "25 %" }, picture.rows[4])
  end)

  it("are bars where nothing is a number, the longest first", function()
    local picture = pictures.of_rates(systems())[1]
    assert.equal("rows/s of each trial", picture.title)
    assert.equal(2, count(picture.html, "<rect"))
    assert.is_true(picture.html:find("&lt;theirs&gt;") < picture.html:find("ours"))
    assert.equal("<theirs>", picture.rows[2][1])
  end)

  it("cut off what few runs leave open", function()
    local result = systems()
    for n, item in ipairs(result.trials) do
      item.runs = { run(100, 1, 1), run(1000, 1, 2), run(100 * n, 1, 3) }
    end
    local shown, reaches_end, longest = pictures.of_rates(result)[1].html, false, 0
    for place in shown:gmatch('x2="([%d.]+)%%"') do
      assert.is_true(tonumber(place) <= 100, place)
      reaches_end = reaches_end or place == "100"
    end
    for width in shown:gmatch('<rect[^>]-width="([%d.]+)%%"') do
      longest = math.max(longest, tonumber(width))
    end
    assert.is_true(reaches_end, shown) -- the range is cut off there
    assert.is_true(longest > 50, longest) -- and the bars have kept their room
  end)

  it("keep room for the points of lines beside what few runs leave open", function()
    local points = { { x = 1, y = 50, low = 1, high = 9000 }, { x = 2, y = 100 } }
    local y = lines.scale_y({}, { { { name = "x", points = points } } })
    assert.is_true(y.high >= 100 and y.high <= 200, y.high)
  end)
end)

describe("a scale", function()
  it("has round marks", function()
    assert.same({ 0, 200, 400, 600, 800 }, scale.linear(731, 0, 100).marks)
    assert.same({ 1, 2, 5, 10, 20, 50, 100 }, scale.log(1, 100, 0, 1).marks)
    assert.equal(50, scale.linear(800, 0, 100):place(400))
  end)

  it("ends with round values, if it is logarithmic", function()
    local y = scale.round_log(23, 480, 0, 1)
    assert.same({ 20, 500 }, { y.low, y.high })
    assert.same({ 20, 50, 100, 200, 500 }, y.marks)
    assert.same({ 1, 10 }, { scale.round_log(1, 1, 0, 1).low, scale.round_log(1, 1, 0, 1).high })
  end)

  it("shows numbers shortly, and those of one axis alike", function()
    assert.equal("12k", scale.linear(15000, 0, 1):shown(12000))
    assert.equal("5k", scale.linear(15000, 0, 1):shown(5000))
    assert.equal("5000", scale.linear(8000, 0, 1):shown(5000))
    assert.equal("1.5M", scale.linear(2e6, 0, 1):shown(1.5e6))
    assert.equal("0.02", scale.linear(0.1, 0, 1):shown(0.02))
  end)
end)

describe("the page", function()
  it("has the table of the trials, and under what they are found to be how they compare", function()
    local text = page.text(systems())
    assert.is_true(text:find("&lt;theirs&gt;</td>") < text:find("ours</td>")) -- faster
    has(text, '<th class="number">data/s</th>')
    has(text, '<tr class="group"><td colspan="4">faster</td></tr>')
  end)

  it("folds comparisons of many trials, and says what is in them", function()
    local text = page.text(many_series())
    has(text, "<details><summary>data, rows/s: 21 faster, 14 no measurable difference</summary>")
    has(page.text(systems()), '<details open="open"><summary>data, rows/s: 1 faster</summary>')
  end)

  it("says why: what bound the trials, with the evidence of the fastest", function()
    local text = page.text(sweep())
    has(text, "<h2>what bound the step data</h2>")
    has(text, '<td class="word">threads</td><td class="word">1, 2, 5, 10, 20, 50, 100</td>')
    has(text, "<h3>the evidence: poll with 50 connections</h3>")
    has(text, "<li>the log was waited for</li>\n<li>without that: at most 2.0 times as fast</li>\n"
      .. "<li>try: <code>bigdata x --commit-every 9</code></li>")
  end)

  it("says when, by what and where it was measured", function()
    local result = systems()
    local first = result.trials[1].runs[1]
    first.started, first.environment.bigdata = "2026-01-02T03:04:05Z", "0.0.7"
    has(page.text(result), "row_by_row, measured 2026-01-02 03:04 UTC by bigdata 0.0.7, with "
      .. "PostgreSQL 15.1, on 2 cores of X &amp; &lt;Y&gt;.")
  end)

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

end)

local function browser()
  for _, name in ipairs { "chromium", "chromium-browser" } do
    if os.execute(("command -v %s >/dev/null"):format(name)) then return name end
  end
end

-- What a reader finds on the page in a frame as wide as a phone, with all its tables open.
local PROBE = [[
<body><iframe src="page.html" style="width:360px;height:3000px;border:0"></iframe><p></p><script>
onload = function () {
  var page = document.querySelector("iframe").contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach(function (one) { one.open = true; });
  var seen = {}, series = 0;
  page.querySelectorAll("[data-series]").forEach(function (one) {
    var box = one.getBoundingClientRect();
    if (box.width > 0 || box.height > 0) seen[one.dataset.series] = ++series;
  });
  var texts = 0;
  page.querySelectorAll("svg text").forEach(function (one) {
    var box = one.getBoundingClientRect();
    if (box.width > 0 && (box.left < 0 || box.right > 360)) texts++;
  });
  document.querySelector("p").textContent = JSON.stringify({
    wide: root.scrollWidth, names: Object.keys(seen).sort(), outside: texts, script: root.className,
    paper: page.defaultView.getComputedStyle(page.body).backgroundColor });
};
</script>]]

describe("a browser", function()
  local core = require "bigdata.core"
  local program = browser()
  local case = program and it or pending
  local reason = program and "" or ": no chromium"
  local folder = os.tmpname()

  setup(function()
    os.remove(folder)
    os.execute(("mkdir -p '%s'"):format(folder))
    for name, text in pairs { ["page.html"] = page.text(sweep()), ["probe.html"] = PROBE } do
      local file <close> = assert(io.open(folder .. "/" .. name, "w"))
      file:write(text)
    end
  end)
  teardown(function() os.execute(("rm -rf '%s'"):format(folder)) end)

  local function shown(name, ...)
    local argv = { program, "--headless", "--no-sandbox", "--disable-gpu",
      "--disable-dev-shm-usage", "--hide-scrollbars", "--enable-logging=stderr",
      "--allow-file-access-from-files",
      "--user-data-dir=" .. folder .. "/profile", ... }
    argv[#argv + 1] = "file://" .. folder .. "/" .. name
    local result = assert(core.command { argv = argv, env = {}, timeout = 120 })
    assert.is_nil(result.err:find("CONSOLE", 1, true), result.err)
    return result.out
  end

  local function probed(...)
    return json.decode((shown("probe.html", "--dump-dom", ...):match("<p>(.-)</p>")))
  end

  case("shows the page, and runs its script" .. reason, function()
    local out = shown("page.html", "--dump-dom")
    has(out, 'class="script"')
    has(out, 'id="tip"')
    assert.equal(2 * #SIZES, count(out:match("<svg.-</section>"), "<circle"))
  end)

  case("of a phone shows all of it, and nothing goes beyond its width" .. reason, function()
    local found = probed()
    assert.equal(360, found.wide)
    assert.equal(0, found.outside)
    assert.equal("rgb(255, 255, 255)", found.paper)
    for _, name in ipairs { "threads", "poll", "1 connection", "100 connections", "client",
      "server", "IO WALSync", "idle" } do
      assert.is_truthy(table.concat(found.names, "\n"):find(name, 1, true), name)
    end
  end)

  case("that prefers the dark is given it" .. reason, function()
    local found = probed("--blink-settings=preferredColorScheme=0")
    assert.equal("rgb(21, 23, 27)", found.paper)
  end)

  case("prints it" .. reason, function()
    shown("page.html", "--print-to-pdf=" .. folder .. "/page.pdf")
    local file <close> = assert(io.open(folder .. "/page.pdf", "rb"))
    local text = file:read("a")
    assert.equal("%PDF", text:sub(1, 4))
    assert.is_true(count(text, "/Type /Page\n") >= 3)
  end)
end)
