-- page: what is in the pictures and the words, and that a browser shows it without an error.

local html = require "bigdata.page.html"
local json = require "bigdata.result.json"
local lines = require "bigdata.page.lines"
local page = require "bigdata.page"
local pictures = require "bigdata.page.pictures"
local random = require "bigdata.statistics.random"
local scale = require "bigdata.page.scale"
local series = require "bigdata.page.series"
local usl = require "bigdata.statistics.usl"
local words = require "bigdata.page.words"

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

describe("the answer", function()
  it("names the fastest, how many connections are enough, and what is no difference", function()
    local sentences = table.concat(words.answer(sweep()), "\n")
    assert.is_truthy(sentences:find("^The fastest was engine poll, poolsize 50: "), sentences)
    has(sentences, "threads: 20 connections are enough")
    has(sentences, "poll: 50 connections are enough")
    has(sentences, "The fitted law has its peak at ")
    has(sentences, "poll against threads: faster at poolsize 1, 2, 5, 10, 20, 50, 100.")
    has(sentences, "What bound the fastest one: ")
  end)

  it("is short where many were measured", function()
    local result = sweep()
    result.names = { "system", "poolsize" }
    for _, item in ipairs(sweep().trials) do
      item.label, item.shown.engine = item.label .. " 2", item.shown.engine .. " 2"
      result.trials[#result.trials + 1] = item
    end
    for _, item in ipairs(result.trials) do item.shown.system = item.shown.engine end
    has(table.concat(words.answer(result), "\n"),
      "each achieves: threads: 20; poll: 50; threads 2: 20; poll 2: 50.")
  end)

  it("of two trials is their comparison", function()
    has(table.concat(words.answer(systems()), "\n"), "<theirs> against ours: faster, 1.")
  end)

  it("of one run is its rate, and what bound it", function()
    local result = systems()
    result.trials, result.repeats = { result.trials[1] }, 1
    result.trials[1].runs = { result.trials[1].runs[1] }
    local sentences = table.concat(words.answer(result), "\n")
    assert.is_truthy(sentences:find("^ours wrote [%d,]+ rows/s%.\nWhat bound it: "), sentences)
    assert.same({}, words.warnings(result))
    assert.equal("latency distributions", pictures.of(result)[1].title)
  end)

  it("is that there is none, where nothing was measured", function()
    local result = systems()
    for _, item in ipairs(result.trials) do
      item.runs = { { ended = "failed", steps = {}, error = { message = "gone" } } }
    end
    has(words.answer(result)[1], "No trial came to its end")
    has(table.concat(words.warnings(result), "\n"), "ours, run 1: gone.")
    has(page.text(result), "No trial came to its end")
    assert.is_nil(page.text(result):find("<h2>compared with", 1, true))
  end)
end)

local function titled(result, title)
  for _, picture in ipairs(pictures.of(result)) do
    if picture.title == title then return picture end
  end
end

describe("the pictures", function()
  it("are these", function()
    local titles = {}
    for i, picture in ipairs(pictures.of(sweep())) do titles[i] = picture.title end
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
    has(rates.notes, "\u{03c3} 0.0")
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
    has(titled(result, "rows/s over connections").about, "Medians of 4 runs")
    result.ended = "interrupted"
    has(titled(result, "rows/s over connections").about, "Medians of up to 4 runs")
  end)

  it("have a logarithmic scale where some are far from others", function()
    local result = sweep()
    for n = 1, #SIZES do
      for _, one in ipairs(result.trials[n].runs) do one.steps[1].seconds = 20 end
    end
    local picture = titled(result, "rows/s over connections")
    has(picture.about, "logarithmic")
    assert.is_nil(picture.html:find(">0<", 1, true))
  end)

  it("show every distribution, in panels if they are many", function()
    local picture = titled(sweep(), "latency distributions")
    assert.equal(2 * #SIZES, count(picture.html, 'class="series'))
    assert.equal(2, count(picture.html, "<h3"))
    has(picture.html, "1 connection<")
    assert.equal(2 * #SIZES + 1, #picture.rows)
    assert.equal(0, count(titled(systems(), "latency distributions").html, "<h3"))
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
    local picture = pictures.of(systems())[1]
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
    local shown, reaches_end, longest = pictures.of(result)[1].html, false, 0
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

  it("shows numbers shortly", function()
    assert.equal("12k", scale.shown(12000))
    assert.equal("1.5M", scale.shown(1.5e6))
    assert.equal("0.02", scale.shown(0.02))
  end)
end)

describe("the page", function()
  it("has the table of the trials, and under what they are found to be how they compare", function()
    local text = page.text(systems())
    assert.is_true(text:find("&lt;theirs&gt;</td>") < text:find("ours</td>")) -- faster
    has(text, '<th class="number">data/s</th>')
    has(text, '<tr class="group"><td colspan="4">faster</td></tr>')
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
