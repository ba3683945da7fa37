-- report/search: what is said of a search, found or not.

local search_report = require "bigdata.report.search"

-- A run of so many rows a second.
local function ran(rate)
  local step = { name = "data", records = rate / 10, rows = rate, seconds = 1 }
  return { ended = "done", steps = { step } }
end

local function broken(message, hint)
  return { ended = "failed", steps = {}, error = { message = message, hint = hint } }
end

local function item(size, ...)
  return {
    label = ("poolsize %d"):format(size), size = size, runs = { ... },
    shown = { engine = "poll", poolsize = size },
  }
end

local function result(ended, trials, more)
  local searched = {
    name = "mine", summary = "a search", over = "poolsize", names = { "poolsize" },
    steps = { "data" }, repeats = 2, trials = trials, missing = {}, ended = ended, seed = 1,
  }
  for key, value in pairs(more or {}) do searched[key] = value end
  return searched
end

local function has(wanted, text)
  assert.is_truthy(text:find(wanted, 1, true), text)
end

describe("the report of a search", function()
  it("shows what was measured before it was interrupted", function()
    local searched = result("interrupted", {
      item(1, ran(500), ran(700)), item(2, ran(1200)),
      item(4, { ended = "interrupted", steps = {} }),
    })
    local text = search_report.text(searched)
    has([[

Interrupted after 3 runs.

  poolsize       rows/s  of the best  runs
         1          600         50 %     2
         2        1,200        100 %     1
         4  interrupted            -     0

poolsize 4 (run 1): interrupted
]], text)
    assert.equal("interrupted after 3 runs\n", search_report.line(searched))
  end)

  it("says so where it was interrupted before anything was run", function()
    has("\nInterrupted after 0 runs.\n", search_report.text(result("interrupted", {})))
  end)

  it("says why nothing could be measured", function()
    local text = search_report.text(result("failed", {
      item(1, broken("the server is gone", "start it again")), item(2, broken("it is still gone")),
    }, { repeats = 1 }))
    has("\nNothing could be measured.\n\n", text)
    has([[

poolsize 1: the server is gone
  hint: start it again
poolsize 2: it is still gone
]], text)
  end)

  -- Two sizes of a step with so many rows a record, and their law.
  local function fitted(rows)
    local trials = { item(1, ran(960)), item(2, ran(1000)) }
    for _, one in ipairs(trials) do
      local step = one.runs[1].steps[1]
      step.records, step.rows = step.rows, step.rows * rows
    end
    return result("done", trials, { repeats = 1, found = {
      sizes = { 1, 2 }, rates = { { 960 }, { 1000 } }, best = 2, answer = 1, above = 2,
      share = 0.96, comparison = { words = "too few runs to tell" },
      fit = { lambda = 960, sigma = 0.1, kappa = 0.1, error = 0.01, errors = {}, peak_size = 2,
        peak_rate = 1000 },
    } })
  end

  it("has the answer, the rates and the law", function()
    local text = search_report.text(fitted(1))
    has("1 connection: 960 rows/s, 96 % of the best, which takes 2\n", text)
    has("  below it: nothing was measured\n  above it, with 2: 4 % more\n", text)
    has("  poolsize  rows/s  of the best", text)
    has("a peak of 1,000 rows/s at 2", text)
    has("lambda 960 rows/s each", text)
  end)

  it("counts records where the step writes no rows", function()
    local searched = fitted(0)
    local text = search_report.text(searched)
    assert.is_nil(text:find("rows/s", 1, true), text)
    has("1 connection: 960 records/s, 96 %", text)
    has("  poolsize  records/s  of the best", text)
    searched.found.answer = 2
    assert.equal("2 connections: 1,000 records/s, the best there is\n",
      search_report.line(searched))
  end)

  it("names what limited it only where that was reached", function()
    local searched = fitted(1)
    searched.limit = 94
    local text = search_report.text(searched)
    assert.is_nil(text:find("were not tried", 1, true), text)
    searched.limit = 2
    has("  the server has no more than 2 connections left: more were not tried\n",
      search_report.text(searched))
  end)

  it("names the sizes that failed beside the answer", function()
    local searched = result("done", {
      item(1, ran(500)), item(2, ran(1000)), item(4, broken("full")),
    }, {
      repeats = 1, found = {
        sizes = { 1, 2, 4 }, rates = { [1] = { 500 }, [2] = { 1000 }, [4] = {} }, best = 2,
        answer = 2, below = 1, above = 4, share = 1, no_fit = "too few sizes", count = 3,
        comparison = { words = "" },
      },
    })
    local text = search_report.text(searched)
    has("\n2 connections: 1,000 rows/s, the best there is\n", text)
    has("\n  above it, with 4: no run came to its end\n", text)
    has([[
  poolsize  rows/s  of the best  runs
         1     500         50 %     1
         2   1,000        100 %     1  the smallest near the best
         4  failed            -     0

poolsize 4: full
]], text)
  end)
end)
