-- report/search.lua - the result of a search as text: the answer, and all that was measured. Pure.

local comparison_report = require "bigdata.report.comparison"
local figures = require "bigdata.result.figures"
local options = require "bigdata.cli.options"
local problems = require "bigdata.report.problems"
local report = require "bigdata.report"
local statistics = require "bigdata.statistics"
local table_text = require "bigdata.report.table"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local trials = require "bigdata.report.trials"

local search_report = {}

local NOUNS = { poolsize = "connection", jobs = "event loop" }

local function rate(found, size)
  return statistics.median(found.rates[size]) or 0
end

local function step_of(result)
  return figures.step(result.trials, result.steps[#result.steps])
end

-- "rows/s", or "records/s".
local function unit_of(result)
  return figures.unit(step_of(result), figures.RATE)
end

local function share(found, size)
  return rate(found, size) / rate(found, found.best)
end

-- How many runs came to their end.
local function runs_done(result)
  local count = 0
  for _, item in ipairs(result.trials) do
    for _, run in ipairs(item.runs) do count = count + (run.ended == "done" and 1 or 0) end
  end
  return count
end

-- Why there is no answer.
local function without_answer(result)
  if result.ended ~= "interrupted" then return "nothing could be measured" end
  return ("interrupted after %s"):format(text.plural(runs_done(result), "run"))
end

-- The answer in words: one line for --quiet.
function search_report.line(result)
  local found = result.found
  if not found then return without_answer(result) .. "\n" end
  local noun = NOUNS[result.over]
  if found.answer == found.best then
    return ("%s: %s %s, the best there is\n"):format(text.plural(found.answer, noun),
      text.rate(rate(found, found.answer)), unit_of(result))
  end
  return ("%s: %s %s, %s of the best, which takes %s\n"):format(
    text.plural(found.answer, noun), text.rate(rate(found, found.answer)), unit_of(result),
    text.percent(found.share), text.count(found.best))
end

local function beside(found, size, what)
  if not size then return ("  %s: nothing was measured"):format(what) end
  if #found.rates[size] == 0 then
    return ("  %s, with %s: no run came to its end"):format(what, text.count(size))
  end
  local change = share(found, size) / share(found, found.answer) - 1
  return ("  %s, with %s: %s %s"):format(what, text.count(size), text.percent(math.abs(change)),
    change < 0 and "less" or "more")
end

local function confidence(found)
  local compared = found.comparison
  if found.answer == found.best then return {} end
  if not compared.low then
    return { "  against the best: " .. compared.words }
  end
  return { ("  against the best: %s (%s..%s): %s"):format(comparison_report.factor(compared.ratio),
    comparison_report.factor(compared.low), comparison_report.factor(compared.high),
    compared.words) }
end

local function with_error(value, deviation, format)
  return format:format(value) .. (deviation and " +-" .. format:format(deviation) or "")
end

-- The Universal Scalability Law's fit: a list of lines.
local function fit_lines(fit, unit)
  local peak = "no peak"
  if fit.peak_size then
    peak = ("a peak of %s %s at %s"):format(text.rate(fit.peak_rate), unit,
      text.count(fit.peak_size))
  end
  return {
    ("Universal Scalability Law: %s; off by %s on average"):format(peak, text.percent(fit.error)),
    ("  lambda %s %s each, sigma %s, kappa %s"):format(
      with_error(fit.lambda, fit.errors.lambda, "%.0f"), unit,
      with_error(fit.sigma, fit.errors.sigma, "%.4f"),
      with_error(fit.kappa, fit.errors.kappa, "%.6f")),
  }
end

local function mark(found, size)
  if not found then return "" end
  return size == found.answer and "the smallest near the best" or size == found.best and "the best"
    or ""
end

-- All that was measured: a line for each size.
local function table_lines(result)
  local rows = { { options.dashed(result.over), unit_of(result), "of the best", "runs", "" } }
  local step, middles, counts, best = step_of(result), {}, {}, 0
  for i, item in ipairs(result.trials) do
    local rates = figures.list(item, step, figures.RATE)
    middles[i], counts[i] = statistics.median(rates), #rates
    best = math.max(best, middles[i] or 0)
  end
  for i, item in ipairs(result.trials) do
    rows[#rows + 1] = {
      tostring(item.size), middles[i] and text.count(middles[i]) or trials.missing(item),
      middles[i] and best > 0 and text.percent(middles[i] / best) or "-", tostring(counts[i]),
      mark(result.found, item.size),
    }
  end
  return table_text.lines(rows, { {}, {}, {}, {}, { left = true } }, "  ")
end

local LIMITS = {
  poolsize = "  the server has no more than %s left: more were not tried",
  jobs = "  the pool has no more than %s: more event loops were not tried",
}

-- The answer, and how it stands to what is beside it.
local function answer_lines(result)
  local found = result.found
  local lines = {
    (search_report.line(result):gsub("\n", "")), beside(found, found.below, "below it"),
    beside(found, found.above, "above it"),
  }
  tables.append(lines, confidence(found))
  if result.limit == found.sizes[#found.sizes] then
    lines[#lines + 1] = LIMITS[result.over]:format(text.plural(result.limit, "connection"))
  end
  return lines
end

local function heading(result)
  local lines = { report.title(result.name, result.summary), "" }
  if result.trials[1] then lines[#lines + 1] = trials.heading_line(result) end
  if result.server then lines[#lines + 1] = report.server_line(result.server, "search") end
  return lines
end

-- The whole report, ending in a line feed.
function search_report.text(result)
  local found, lines = result.found, heading(result)
  local parts = {
    found and answer_lines(result) or { (without_answer(result):gsub("^%l", string.upper)) .. "." },
    result.trials[1] and table_lines(result) or {}, problems.lines(result),
    found and (found.fit and fit_lines(found.fit, unit_of(result)) or { found.no_fit }) or {},
  }
  for _, part in ipairs(parts) do
    if #part > 0 then lines[#lines + 1] = "" end
    tables.append(lines, part)
  end
  return table.concat(lines, "\n") .. "\n"
end

return search_report
