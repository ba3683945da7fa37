-- page/words.lua - the answer of a sweep in words, and what the page's words mean. Pure.

local comparison_report = require "bigdata.report.comparison"
local figures = require "bigdata.result.figures"
local series = require "bigdata.page.series"
local statistics = require "bigdata.statistics"
local sweep_comparison = require "bigdata.sweep.comparison"
local sweep_verdict = require "bigdata.sweep.verdict"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local usl = require "bigdata.statistics.usl"

local words = {}

-- How near the best rate is near enough.
local WITHIN = 0.05

local function rate_of(result, item)
  return statistics.median(figures.list(item, figures.main_step(result), figures.RATE))
end

-- The trials that have a rate, the fastest first: { item=, rate= }.
local function ranking(result)
  local list = {}
  for i, item in ipairs(figures.ranked(result, figures.RATE)) do
    list[i] = { item = item, rate = rate_of(result, item) }
  end
  return list
end

local function fastest(result, ranked, unit)
  local best = ranked[1]
  if #ranked == 1 then
    return ("%s wrote %s %s."):format(best.item.label, text.count(best.rate), unit)
  end
  local last = ranked[#ranked]
  return ("The fastest was %s: %s %s (the median of %s). The slowest was %s: %s, by a factor of "
    .. "%s.")
    :format(best.item.label, text.count(best.rate), unit,
    text.plural(#figures.list(best.item, figures.main_step(result), figures.RATE), "run"),
    last.item.label, text.count(last.rate), comparison_report.factor(best.rate / last.rate))
end

-- The smallest value of a series that is nearly the best: nil for one of fewer than three points.
local function enough(line)
  if #line.points < 3 then return nil end
  local best = 0
  for _, point in ipairs(line.points) do best = math.max(best, point.y) end
  for _, point in ipairs(line.points) do
    if point.y >= best * (1 - WITHIN) then return point.x, best end
  end
end

local MOST_SENTENCES = 3

local function size_sentence(line, size, best)
  local fit = usl.fit(line.runs)
  local measured = line.points[#line.points].x
  local peak = fit and fit.peak_size and fit.peak_size <= measured
    and (" The fitted law has its peak at %.0f."):format(fit.peak_size) or ""
  return ("%s%s are enough: within 5 %% of the best, %s rows/s.%s"):format(
    line.name ~= "" and line.name .. ": " or "", text.plural(size, "connection"),
    text.count(best), peak)
end

-- How many connections are enough: a sentence for each series over the pool's size, or one for all.
local function sizes(result)
  local sentences, short = {}, {}
  if series.over(result) ~= "poolsize" then return sentences end
  for _, line in ipairs(series.of(result, "poolsize", figures.RATE)) do
    local size, best = enough(line)
    if size then
      sentences[#sentences + 1] = size_sentence(line, size, best)
      short[#short + 1] = ("%s: %d"):format(line.name, size)
    end
  end
  if #sentences <= MOST_SENTENCES then return sentences end
  return { ("So many connections come within 5 %% of the best that each achieves: %s."):format(
    table.concat(short, "; ")) }
end

-- How the trials differ from those that they are compared with: a list of sentences.
local function differences(result)
  local compared = sweep_comparison.of(result, figures.main_step(result), figures.RATE)
  if #compared == 0 or result.repeats < 2 then return {} end
  local sentences = sweep_comparison.sentences(result)
  if #sentences > 0 and #sentences <= MOST_SENTENCES then return sentences end
  if #compared == 1 then
    local one = compared[1].comparison
    return { ("%s against %s: %s%s."):format(compared[1].label, sweep_comparison.base(result),
      one.words,
      one.low and (", %s times the rate (%s..%s)"):format(comparison_report.factor(one.ratio),
      comparison_report.factor(one.low), comparison_report.factor(one.high)) or "") }
  end
  local counts = {}
  for _, line in ipairs(compared) do
    counts[line.comparison.words] = (counts[line.comparison.words] or 0) + 1
  end
  local parts = {}
  for _, key in ipairs(text.keys(counts)) do
    parts[#parts + 1] = ("%d %s"):format(counts[key], key)
  end
  return { ("Compared with %s, of the %d others: %s."):format(
    sweep_comparison.base(result), #compared, table.concat(parts, "; ")) }
end

-- What bound the fastest trial, by the verdicts on its runs.
local function bound(result, ranked)
  local cause, count, runs = sweep_verdict.of(ranked[1].item, figures.main_step(result))
  if not cause then return nil end
  return ("What bound %s: %s (the verdict on %d of %s)."):format(#ranked > 1 and "the fastest one"
    or "it", cause, count, text.plural(runs, "run"))
end

-- The answer: a list of sentences.
function words.answer(result)
  local ranked = ranking(result)
  if #ranked == 0 then return { "No trial came to its end: there is nothing to compare." } end
  local step_name = figures.main_step(result)
  local unit = figures.without_rows(result.trials, step_name) and "records/s" or "rows/s"
  local list = { fastest(result, ranked, unit) }
  for _, more in ipairs { sizes(result), differences(result) } do
    tables.append(list, more)
  end
  list[#list + 1] = bound(result, ranked)
  return list
end

-- What the reader must know before believing it: a list of sentences.
function words.warnings(result)
  local list = {}
  local drift = sweep_comparison.drift(result)
  if drift and drift.found then
    list[#list + 1] = ("The rates drifted over the sweep, by %+.0f %% from its first run to its "
      .. "last."):format(drift.change * 100)
  end
  for _, item in ipairs(result.missing or {}) do
    list[#list + 1] = ("%s was left out: %s."):format(item.label, item.why)
  end
  for _, item in ipairs(result.trials) do
    for _, run in ipairs(item.runs) do
      if run.ended ~= "done" then
        list[#list + 1] = ("%s, run %d: %s."):format(item.label, run.round or 1,
          run.error and run.error.message or run.ended)
      end
    end
  end
  if result.repeats < 3 and #result.trials > 1 then
    list[#list + 1] = "With fewer than three runs of each trial, no difference can be told from "
      .. "noise (--repeat)."
  end
  return list
end

words.GLOSSARY = {
  { "trial", "one measured run of the scenario under fixed settings; trials took turns, so that "
    .. "what changed with time falls on all of them alike" },
  { "connections, poolsize", "how many connections to the server were used, each with one worker" },
  { "threads, poll", "the engines: a thread for each connection that waits for its answers, or "
    .. "event loops over many connections" },
  { "rows/s", "rows that the server acknowledged, divided by wall time; the clock starts after "
    .. "connecting and preparing" },
  { "CPU us/row", "processor time of the client program for a row, in microseconds" },
  { "line, bar", "the median of a trial's runs" },
  { "band, whisker", "where the true value lies 95 times of 100, by how much the runs differ "
    .. "(Student's distribution of their logarithms); with fewer than three runs, from the lowest "
    .. "to the highest of them; cut off where it would leave the picture" },
  { "dashed line", "the Universal Scalability Law fitted to all runs: \u{03bb} (lambda) is what "
    .. "one connection achieves, \u{03c3} (sigma) the share of the work that only one can do at "
    .. "a time, \u{03ba} (kappa) what every pair costs to keep in agreement; off by: how far the "
    .. "runs are from it, on average" },
  { "ratio", "to the trial that it is compared with, by geometric means; 95 of 100 intervals made "
    .. "this way hold the true one" },
  { "could show", "the smallest difference that these runs would have shown" },
  { "faster, slower, cheaper, dearer", "the whole interval is on one side of 1, by more than 1 %" },
  { "no measurable difference", "it is not, and a difference of 15 % or less would have shown" },
  { "too few runs to tell", "fewer than three runs, or they differ so much that a difference of "
    .. "15 % would not have shown" },
  { "source, client, send, server, turn", "what the workers' time went by in: no record to work "
    .. "on; our code; a socket that takes no more; waiting for the answer; the answer is there, "
    .. "but the thread, the loop or the interpreter is not" },
  { "latency, unit", "how long a unit took, a record or the records committed together, from when "
    .. "it was there until it was stored" },
  { "computing, idle", "the server's processes for our connections work, or wait for the client" },
  { "IO, LWLock, Lock, ...", "what else they waited for, by the names of pg_stat_activity: "
    .. "WALSync (or WalSync) and WALWrite are the write-ahead log, Lock is another transaction" },
}

return words
