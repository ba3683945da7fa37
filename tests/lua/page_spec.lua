-- page: what is in its pictures and tables, and that a browser shows it without an error.

local html = require "bigdata.page.html"
local json = require "bigdata.result.json"
local kit = dofile "tests/support/page_kit.lua"
local lines = require "bigdata.page.lines"
local page = require "bigdata.page"
local pictures = require "bigdata.page.pictures"
local scale = require "bigdata.page.scale"
local series = require "bigdata.page.series"
local tables = require "bigdata.tables"

local run, sweep, systems = kit.run, kit.sweep, kit.systems
local many_series, without_rows = kit.many_series, kit.without_rows
local SIZES = kit.SIZES

local function has(text, wanted)
  assert.is_truthy(text:find(wanted, 1, true), wanted)
end

local function count(text, wanted)
  local _, times = text:gsub(wanted, "")
  return times
end

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
    has(titled(result, "CPU us/record over connections").about, "processor time for a record")
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

  it("call idle what waits for the client, in a transaction or not", function()
    local result = systems()
    for _, item in ipairs(result.trials) do
      for _, one in ipairs(item.runs) do
        local states = one.steps[1].server.states
        states[1].wait_event_type, states[1].wait_event = "Client", "ClientRead"
        states[2].state, states[2].wait_event_type = "idle in transaction", "Client"
      end
    end
    local rows = titled(result, "what the server was doing").rows
    assert.same({ "trial", "Lock extend", "idle" }, rows[1])
    assert.same({ "ours", "5.0 %", "95.0 %" }, rows[2])
  end)

  it("tell of the time since a long step began in seconds", function()
    local result = systems()
    for _, item in ipairs(result.trials) do
      for _, one in ipairs(item.runs) do one.steps[1].server.intervals.seconds = 1234 end
    end
    assert.equal("2,468", titled(result, "what the server was doing, over time").rows[4][2])
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
    local of_records = page.text(without_rows(systems())):match("<h2>the trials</h2>.-</section>")
    has(of_records, '<th class="number">CPU us/record</th>')
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
