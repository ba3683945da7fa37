-- report/search.lua - the result of a search as text: the answer, and all that was measured. Pure.

local comparison_report = require "bigdata.report.comparison"
local options = require "bigdata.cli.options"
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

local function share(found, size)
  return rate(found, size) / rate(found, found.best)
end

-- The answer in words: one line for --quiet.
function search_report.line(result)
  local found = result.found
  if not found then return "nothing could be measured\n" end
  local noun = NOUNS[result.over]
  if found.answer == found.best then
    return ("%s: %s rows/s, the best there is\n"):format(text.plural(found.answer, noun),
      text.count(rate(found, found.answer)))
  end
  return ("%s: %s rows/s, %s of the best, which takes %s\n"):format(
    text.plural(found.answer, noun), text.count(rate(found, found.answer)),
    text.percent(found.share), text.count(found.best))
end

local function beside(found, size, what)
  if not size then return ("  %s: nothing was measured"):format(what) end
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
local function fit_lines(fit)
  local peak = "no peak"
  if fit.peak_size then
    peak = ("a peak of %s rows/s at %s"):format(text.count(fit.peak_rate),
      text.count(fit.peak_size))
  end
  return {
    ("Universal Scalability Law: %s; off by %s on average"):format(peak, text.percent(fit.error)),
    ("  lambda %s rows/s each, sigma %s, kappa %s"):format(
      with_error(fit.lambda, fit.errors.lambda, "%.0f"),
      with_error(fit.sigma, fit.errors.sigma, "%.4f"),
      with_error(fit.kappa, fit.errors.kappa, "%.6f")),
  }
end

local function rows_of(result)
  local found = result.found
  local rows = { { options.dashed(result.over), "rows/s", "of the best", "runs", "" } }
  for _, size in ipairs(found.sizes) do
    local rates = found.rates[size]
    rows[#rows + 1] = {
      tostring(size), #rates > 0 and text.count(rate(found, size)) or "failed",
      text.percent(share(found, size)), tostring(#rates),
      size == found.answer and "the smallest near the best" or size == found.best and "the best"
        or "",
    }
  end
  return rows
end

-- The whole report, ending in a line feed.
function search_report.text(result)
  local lines = { report.title(result.name, result.summary), "" }
  if result.trials[1] then lines[#lines + 1] = trials.heading_line(result) end
  if result.server then lines[#lines + 1] = report.server_line(result.server, "search") end
  lines[#lines + 1] = ""
  local found = result.found
  if not found then
    return table.concat(tables.append(lines, { "Nothing could be measured.", "" }), "\n")
  end
  lines[#lines + 1] = search_report.line(result):gsub("\n", "")
  tables.append(lines, {
    beside(found, found.below, "below it"), beside(found, found.above, "above it"),
  })
  tables.append(lines, confidence(found))
  if result.free then
    lines[#lines + 1] = ("  the server has no more than %s connections left: more were not tried")
      :format(text.count(result.free))
  end
  lines[#lines + 1] = ""
  tables.append(lines, table_text.lines(rows_of(result), { {}, {}, {}, {}, { left = true } }, "  "))
  lines[#lines + 1] = ""
  tables.append(lines, found.fit and fit_lines(found.fit) or { found.no_fit })
  return table.concat(lines, "\n") .. "\n"
end

return search_report
