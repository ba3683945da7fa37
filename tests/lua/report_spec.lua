-- report: the text of a result, to the letter.

local core = require "bigdata.core"
local report = require "bigdata.report"

local function step(values)
  local made = {
    name = "data", ended = "done", records = 4500, failed = 0, rows = 999000, statements = 1008000,
    seconds = 60, fed_seconds = 20, fed_rows = 300000, read_records = 4500, read_bytes = 0,
    queue_full_seconds = 0, queue_empty_seconds = 0, retries = 0, reconnects = 0, skipped = 0,
    rejects = 0, samples = {},
  }
  for key, value in pairs(values or {}) do made[key] = value end
  return made
end

local GEO = {
  name = "geo", rows = 4500, seconds = 1.25, fed_seconds = 0.02, fed_rows = 10,
}

local function result(steps, values, settings)
  local made = {
    scenario = "row_by_row", summary = "insert records", ended = "done", steps = steps,
    settings = {
      engine = "threads", loop = "c", poolsize = 15, jobs = 1, protocol = "prepared",
      autocommit = true, commit_every = 0, limit = 0, time = 0, rate = 0,
    },
    server = { version = "15.18", description = "database b on /tmp/x as scott", private = false },
  }
  for key, value in pairs(values or {}) do made[key] = value end
  for key, value in pairs(settings or {}) do made.settings[key] = value end
  return made
end

local function has(text, words)
  assert.is_truthy(text:find(words, 1, true), text)
end

describe("the report", function()
  it("shows the heading and the three rates", function()
    assert.equal(([[
bigdata %s: row_by_row, insert records

  engine    threads
  loop      c
  pool      15 connections, prepared protocol, autocommit
  server    PostgreSQL 15.18, database b on /tmp/x as scott

step                                  records         rows   seconds     rows/s
geo                                     4,500        4,500      1.25      3,600
data                                    4,500      999,000     60.00     16,650
  while the queue was being filled                 300,000     20.00     15,000
  after                                            699,000     40.00     17,475
]]):format(core.version), report.text(result { step(GEO), step() }))
  end)

  it("names the version that has measured", function()
    has(report.text(result({ step() }, { environment = { bigdata = "0.0.7" } })),
      "bigdata 0.0.7: row_by_row, insert records\n")
  end)

  it("has both phases of the last step, and no rate of one that was too short", function()
    local text = report.text(result { step(GEO) })
    has(text, [[
  while the queue was being filled                      10      0.02        N/A
  after                                              4,490      1.23      3,650

N/A: shorter than 0.5 s, too short for a rate
]])
  end)

  it("does not show a low rate as none", function()
    local text = report.text(result { step { rows = 6, fed_rows = 1 } }) -- in 60 s, in 20 s
    has(text, [[
data                                    4,500            6     60.00      0.100
  while the queue was being filled                       1     20.00      0.050
  after                                                  5     40.00      0.125
]])
    has(report.text(result { step { rows = 0, records = 0 } }),
      "  records per second                                                          0\n")
  end)

  it("says how late records began, and where the rate was too high", function()
    local schedule = { waited_seconds = 1, lag_mean_seconds = 0.0021, lag_max_seconds = 0.03,
      service = {} }
    local text = report.text(result({ step { schedule = schedule } }, {}, { rate = 500 }))
    has(text, "  rate      500 records a second\n")
    has(report.text(result({ step() }, {}, { rate = 1e6 })),
      "rate      1,000,000 records a second\n")
    has(report.text(result({ step() }, {}, { rate = 0.5 })), "rate      0.5 records a second\n")
    has(text, "data: records began 2.10 ms late on average, 30.0 ms at most\n")
    schedule.lag_max_seconds = 6
    has(report.text(result { step { schedule = schedule } }),
      "data: overloaded, the rate was not reached\n"
        .. "  records began 2.10 ms late on average, 6,000 ms at most\n")
  end)

  it("fits 80 columns up to a thousand million rows", function()
    local text = report.text(result { step { rows = 999999999, fed_rows = 1, seconds = 99999,
      fed_seconds = 50000, records = 99999999 } })
    for line in text:gmatch("[^\n]+") do assert.is_true(#line <= 80, line) end
  end)

  it("names the other settings", function()
    local text = report.text(result({ step() }, { server = { version = "16.1", private = true } },
      { engine = "poll", jobs = 2, poolsize = 1, autocommit = false, limit = 200, time = 30 }))
    has(text, "engine    poll, 2 event loops\n")
    has(text, "pool      1 connection, prepared protocol, one transaction per record\n")
    has(text, "limit     200 records, 30 seconds a step\n")
    has(text, "server    PostgreSQL 16.1, private, started for this run\n")
    has(report.text(result({ step() }, {}, { limit = 1, time = 1 })),
      "limit     1 record, 1 second a step\n")
    has(report.text(result({ step() }, {}, { time = 1.5 })), "limit     1.5 seconds a step\n")
  end)

  it("says how rows are shipped, and that the way is longer, where that is asked for", function()
    local text = report.text(result({ step() }, {}, { insert = "copy", delay = 2.5 }))
    has(text, "\n  insert    copy\n  delay     2.5 ms more for each round trip\n")
    text = report.text(result({ step() }, {}, { insert = "row", delay = 0 }))
    assert.is_nil(text:find("insert  ", 1, true), text)
    assert.is_nil(text:find("delay", 1, true), text)
  end)

  it("says how much is committed together", function()
    has(report.text(result({ step() }, {}, { commit_every = 1000 })),
      "prepared protocol, one transaction per 1,000 records\n")
  end)

  it("says whether a load is continued, and what of it was stored before", function()
    local text = report.text(result({ step { skipped = 1000 } }, { continued = true }))
    has(text, "load      continued; --resume continues it\n")
    has(text, "prepared protocol, one transaction per record\n")
    has(text, "data: 1,000 records were stored before, and left alone\n")
    has(report.text(result({ step() }, { continued = false })), "load      begun; --resume")
  end)

  it("says which connections were lost", function()
    has(report.text(result { step { reconnects = 1 } }),
      "data: 1 lost connection was opened again\n")
    has(report.text(result { step { reconnects = 3 } }), "data: 3 lost connections were opened")
  end)

  it("says what was done again", function()
    has(report.text(result { step { retries = 1 } }), "data: 1 statement or transaction was done "
      .. "again after serialization failures or deadlocks\n")
    has(report.text(result { step { retries = 1200 } }), "data: 1,200 statements or transactions "
      .. "were done again after")
  end)

  it("leaves the phases of an early step out where both are too short", function()
    local short = step { name = "geo", seconds = 0.3, fed_seconds = 0.1, rows = 20, fed_rows = 5 }
    local _, count = report.text(result { short, step() }):gsub("while the queue", "")
    assert.equal(1, count)
  end)

  it("says N/A for the last step, however short", function()
    local text = report.text(result { step { seconds = 0.3, fed_seconds = 0, fed_rows = 0 } })
    has(text, "after                                            999,000      0.30        N/A\n")
    has(text, "N/A: shorter than 0.5 s")
  end)

  it("gives records per second where a step writes no rows", function()
    local text = report.text(result { step { rows = 0, fed_rows = 0 } })
    assert.is_truthy(text:find("\n  records per second +75\n"), text)
    assert.is_falsy(text:find("while the queue", 1, true))
  end)

  it("says that workers waited for records", function()
    local text = report.text(result { step { queue_empty_seconds = 450 } })
    has(text, "data: the workers waited for records for 50 % of their time\n")
    assert.is_falsy(report.text(result { step { queue_empty_seconds = 1 } }):find("waited"))
  end)

  it("lists what was left out, with samples", function()
    local text = report.text(result { step { rejects = 3, samples = {
      { file = "a.zip(a)", line = 7, reason = "too few fields", sqlstate = "" },
      { file = "a.zip(a)", line = 9, reason = "not found", sqlstate = "23503" },
    } } })
    has(text, [[
data: 3 records were left out
  a.zip(a):7: too few fields
  a.zip(a):9: not found (SQLSTATE 23503)
  and 1 more
]])
  end)

  it("says how a step ended", function()
    local function ended(how)
      return report.text(result({ step { ended = how } }, { ended = how }))
    end
    has(ended("time"), "data: ended when its time was up\n")
    has(ended("errors"), "data: stopped, with more bad records than --max-errors allows\n")
    has(ended("failed"),
      "data: failed; the figures are those of what the server had acknowledged\n")
    has(ended("interrupted"), "data: interrupted; the figures are those")
  end)

  it("says that the source ended first", function()
    local function ended(limits, values)
      return report.text(result({ step(values) }, {}, limits))
    end
    has(ended { time = 20 }, "data: the source ended after 4,500 records, before --time\n")
    has(ended { limit = 5000 }, "data: the source ended after 4,500 records, before --limit\n")
    has(ended { limit = 5000, time = 20 },
      "data: the source ended after 4,500 records, before --limit and --time\n")
    for _, text in ipairs { ended {}, ended { limit = 4500 }, ended { limit = 4500, time = 20 },
      ended({ time = 20 }, { ended = "time" }) } do
      assert.is_nil(text:find("source ended", 1, true), text)
    end
  end)

  it("has something to say when there is no step", function()
    local text = report.text(result({}, { ended = "interrupted", server = false }))
    has(text, "interrupted before the first step\n")
    has(report.text(result({ step() }, { ended = "interrupted" })),
      "interrupted after step data: no further step was run\n")
  end)

  it("is one line when it is to be quiet", function()
    assert.equal("row_by_row: geo 3,600 rows/s, "
      .. "data 16,650 rows/s (filling the queue 15,000, after 17,475)\n",
      report.line(result { step(GEO), step() }))
    assert.equal("row_by_row: ask 75 records/s, interrupted\n",
      report.line(result({ step { name = "ask", rows = 0 } }, { ended = "interrupted" })))
    assert.equal("row_by_row: ask 75 records/s, 2 records left out\n",
      report.line(result { step { name = "ask", rows = 0, rejects = 2 } }))
  end)

  it("keeps to 80 columns where summaries and tables are long", function()
    local tables = {}
    for i = 1, 3 do
      tables[i] = { table = "data_element_" .. i, rows = 10, doubtful = 0, found = 10,
        checksum = ("%016x"):format(i), left_out = {} }
    end
    local text = report.text(result({ step { arrival = { tables = tables } } },
      { summary = ("a summary of many words "):rep(5) }))
    for line in text:gmatch "[^\n]+" do assert.is_true(#line <= 80, line) end
    has(text, "data: arrived: data_element_1 10 rows, checksum 0000000000000001;\n  data_element_2")
  end)
end)
