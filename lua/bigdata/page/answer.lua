-- page/answer.lua - the answer of a sweep, or of a run, in words. Pure.

local comparison = require "bigdata.statistics.comparison"
local comparison_report = require "bigdata.report.comparison"
local figures = require "bigdata.result.figures"
local series = require "bigdata.page.series"
local statistics = require "bigdata.statistics"
local sweep_comparison = require "bigdata.sweep.comparison"
local sweep_series = require "bigdata.sweep.series"
local sweep_verdict = require "bigdata.sweep.verdict"
local tables = require "bigdata.tables"
local text = require "bigdata.text"
local usl = require "bigdata.statistics.usl"

local answer = {}

local factor = comparison_report.factor

-- More sentences of a kind are put into one.
local MOST_SENTENCES = 3

--- The fastest.

-- A trial's rate, and in words: "8,044 rows/s, the median of 3 runs".
local function rate_of(result, item)
  local step = figures.main_step(result)
  local rates = figures.list(item, step, figures.RATE)
  local unit = figures.unit(step, figures.RATE)
  local rate = statistics.median(rates)
  return rate, ("%s %s%s"):format(text.rate(rate), unit,
    #rates > 1 and (", the median of %s"):format(text.plural(#rates, "run")) or "")
end

-- " with 15 connections under poll", of a run that tells of it.
local function way_of(run)
  local settings = run.settings or {}
  return settings.poolsize and settings.engine and (" with %s under %s"):format(
    text.plural(settings.poolsize, "connection"), settings.engine) or ""
end

local function fastest(result, ranked)
  local best, words = rate_of(result, ranked[1])
  if #result.trials == 1 then
    return ("%s%s: %s."):format(result.name, way_of(ranked[1].runs[1]), words)
  end
  if #ranked == 1 then return ("%s: %s."):format(series.label(result, ranked[1]), words) end
  local last = ranked[#ranked]
  local least = rate_of(result, last)
  return ("The fastest was %s: %s. The slowest was %s: %s%s."):format(
    series.label(result, ranked[1]), words, series.label(result, last), text.count(least),
    least > 0 and (", less by a factor of %s"):format(factor(best / least)) or "")
end

--- How many connections are enough.

-- How near the best rate is near enough.
local WITHIN = 0.05

-- A law that is further from the runs than this, on average, does not tell where the peak is.
local WORST_FIT = 0.1

-- The smallest value of a series that is nearly the best, the best rate, and whether it is the
-- largest value of all; nil for a series of fewer than three points.
local function enough(line)
  local points, best = line.points, 0
  if #points < 3 then return nil end
  for _, point in ipairs(points) do best = math.max(best, point.y) end
  for i, point in ipairs(points) do
    if point.y >= best * (1 - WITHIN) then return point.x, best, i == #points end
  end
end

local function peak_words(line)
  local fit = usl.fit(line.runs)
  local measured = line.points[#line.points].x
  return fit and fit.error <= WORST_FIT and fit.peak_size and fit.peak_size <= measured
    and (" The fitted law has its peak at %.0f."):format(fit.peak_size) or ""
end

-- unit: of the rates.
local function size_sentence(line, size, best, is_largest, unit)
  local name = line.name ~= "" and line.name .. ": " or ""
  local connections, rate = text.plural(size, "connection"), text.rate(best) .. " " .. unit
  if is_largest then
    return ("%s%s most connections that were tried, %d, are the best: %s. More may be better "
      .. "still."):format(name, name == "" and "The" or "the", size, rate)
  end
  return ("%s%s %s enough: within 5 %% of the best, %s.%s"):format(name, connections,
    size == 1 and "is" or "are", rate, peak_words(line))
end

-- A sentence for each series over the pool's size, or one for all.
local function sizes(result)
  local sentences, short = {}, {}
  if series.over(result) ~= "poolsize" then return sentences end
  local unit = figures.unit(figures.main_step(result), figures.RATE)
  for _, line in ipairs(series.of(result, "poolsize", figures.RATE)) do
    local size, best, is_largest = enough(line)
    if size then
      sentences[#sentences + 1] = size_sentence(line, size, best, is_largest, unit)
      short[#short + 1] = ("%s: %d%s"):format(line.name, size, is_largest and " or more" or "")
    end
  end
  if #sentences <= MOST_SENTENCES then return sentences end
  return { ("So many connections come within 5 %% of the best that each achieves: %s."):format(
    table.concat(short, "; ")) }
end

--- How the trials compare.

local BY = {
  [figures.RATE] = "by rate", [figures.CPU] = "by the client's processor time for a row",
}

local function by(result, figure)
  return figures.words(figures.main_step(result), BY[figure])
end

local function pair_sentence(result, line, figure)
  local one = line.comparison
  local times = one.low and (", %s times (%s to %s)"):format(factor(one.ratio), factor(one.low),
    factor(one.high)) or ""
  return ("%s against %s, %s: %s%s."):format(line.label, sweep_comparison.base(result),
    by(result, figure), one.words, times)
end

-- The names of a finding's lines: "poll (15, 50); aiopg", with the numbers at which it was found,
-- where these are not all; or labels.
local function names_of(result, group)
  local over, names, numbers = series.over(result), {}, {}
  if not sweep_comparison.has_series(result) then over = nil end
  for _, line in ipairs(group) do
    local name = over and series.name_of(result, line.item, over) or line.label
    if not numbers[name] then names[#names + 1], numbers[name] = name, {} end
    table.insert(numbers[name], over and line.item.shown[over])
  end
  local all = over and sweep_series.numbers_of(result, over)
  for i, name in ipairs(names) do
    table.sort(numbers[name])
    local some = over and #numbers[name] < all
    names[i] = some and ("%s (%s)"):format(name, table.concat(numbers[name], ", ")) or name
  end
  return table.concat(names, "; ")
end

-- One sentence for each finding; of those that cannot be told from each other only how many.
local function findings(result, compared, figure)
  local parts = { ("Against %s, %s."):format(sweep_comparison.base(result), by(result, figure)) }
  for _, group in ipairs(comparison_report.by_finding(compared)) do
    local told = group.words ~= comparison.TOO_FEW
    parts[#parts + 1] = ("%s: %s."):format(group.words:gsub("^%l", string.upper),
      told and names_of(result, group) or ("%d of %d"):format(#group, #compared))
  end
  return table.concat(parts, " ")
end

local function differences_by(result, figure)
  local sentences = sweep_comparison.sentences(result, figure, by(result, figure))
  if #sentences > 0 and #sentences <= MOST_SENTENCES then return sentences end
  local compared = sweep_comparison.of(result, figures.main_step(result), figure)
  compared.cost = figure.cost
  if #compared == 0 then return {} end
  if #compared == 1 then return { pair_sentence(result, compared[1], figure) } end
  return { findings(result, compared, figure) }
end

-- How the trials differ from those that they are compared with: a list of sentences. Of one series
-- over the pool's size the sizes say all.
local function differences(result, has_sizes)
  if result.repeats < 2 or has_sizes and not sweep_comparison.has_series(result) then return {} end
  return tables.append(differences_by(result, figures.RATE), differences_by(result, figures.CPU))
end

--- What bound it.

-- What bound the fastest trial on which most verdicts agree.
local function bound(result, ranked)
  local step_name = figures.main_step(result).name
  for i, item in ipairs(ranked) do
    local cause, count, runs = sweep_verdict.of(item, step_name)
    if cause and count > runs / 2 then
      local name = #result.trials == 1 and "it" or i == 1 and "the fastest one"
        or series.label(result, item)
      return ("What bound %s: %s%s."):format(name, cause, runs > 1
        and (" (the verdict on %d of %d runs)"):format(count, runs) or "")
    end
  end
end

-- The answer: a list of sentences.
function answer.sentences(result)
  local ranked = figures.ranked(result, figures.RATE)
  if #ranked == 0 then return { "No trial came to its end: there is nothing to compare." } end
  local list, found = { fastest(result, ranked) }, sizes(result)
  tables.append(list, found)
  tables.append(list, differences(result, #found > 0))
  list[#list + 1] = bound(result, ranked)
  return list
end

return answer
