-- answer, warnings: what a page says first, in words.

local answer = require "bigdata.page.answer"
local kit = dofile "tests/support/page_kit.lua"
local page = require "bigdata.page"
local pictures = require "bigdata.page.pictures"
local warnings = require "bigdata.page.warnings"

local sweep, systems, many_series = kit.sweep, kit.systems, kit.many_series
local still_growing, without_rows = kit.still_growing, kit.without_rows

local function has(text, wanted)
  assert.is_truthy(text:find(wanted, 1, true), wanted)
end

local function answer_of(result)
  return table.concat(answer.sentences(result), "\n")
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
    local one = still_growing(sweep())
    one.names, one.trials = { "poolsize" }, table.move(one.trials, 1, #kit.SIZES, 1, {})
    has(answer_of(one), "\nThe most connections that were tried, 100, are the best: ")
  end)

  it("counts records where a step writes no rows", function()
    local result = without_rows(sweep())
    assert.is_nil(answer_of(result):find("rows/s", 1, true), answer_of(result))
    has(answer_of(result), "poll against threads, by the client's processor time for a record: ")
    has(answer_of(without_rows(many_series())), "the client's processor time for a record. ")
    has(answer_of(without_rows(systems())), "by the client's processor time for a record: ")
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
    has(table.concat(warnings.sentences(result), "\n"),
      "ours; <theirs> (2 runs of 2 trials): gone.")
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
    has(warnings.sentences(result)[1], "typically, its true rate may be anything from 0.53 to 1.89")
  end)

  it("is given where runs of different machines or servers were put together", function()
    local result = sweep()
    result.trials[2].runs[3].environment = { processor = "X & <Y>", cores = 8 }
    result.trials[3].runs[1].server = { version = "16.1", settings = { fsync = "off" } }
    assert.equal("The runs were made on different machines or servers: machine: cores: 2, 8; "
      .. "server: version: 15.1, 16.1; server setting fsync: on, off.",
      warnings.sentences(result)[1])
  end)

  it("is given where a run was stopped by bad records", function()
    local result = systems()
    local step = result.trials[1].runs[1].steps[1]
    result.trials[1].runs[1].ended, step.rejects = "errors", 1
    step.samples = { { file = "a.csv", line = 7, reason = "too few fields" } }
    has(table.concat(warnings.sentences(result), "\n"),
      "ours (run 1): step data stopped at a bad record: a.csv:7: too few fields.")
  end)

  it("is given where there are too few", function()
    local result = systems()
    result.repeats = 2
    has(warnings.sentences(result)[1], "fewer than three runs")
  end)
end)
