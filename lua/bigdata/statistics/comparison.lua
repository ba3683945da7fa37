-- statistics/comparison.lua - is one list of figures above another one, and by how much? Says so in
-- one of four wordings, with the range in which the ratio lies. Pure.
--
-- Runs differ by factors rather than by amounts, so all is reckoned in logarithms: the ratio is
-- that of the geometric means. Where the runs were interleaved, the i-th runs of both make a pair,
-- which shares the state the machine was in. The 95 % interval is that of the bootstrap: the pairs
-- are drawn anew, with replacement, again and again, and the interval holds the middle 95 % of the
-- ratios that result. With few pairs that interval is known to be too narrow; so it is stretched by
-- what Student's distribution says of so many values.
--
-- A difference is called one if the whole interval is above or below 1, by more than one percent:
-- less than that also comes from where the linker or the kernel happened to put things.

local random = require "bigdata.statistics.random"
local statistics = require "bigdata.statistics"

local comparison = {}

local RESAMPLES = 1000

local LEAST_RUNS = 3

-- Differences below this factor are not told from the machine's moods.
local MARGIN = math.log(1.01)

-- Repeats that could not have shown a difference of this factor say nothing about there being none.
local TOO_COARSE = math.log(1.15)

comparison.NO_DIFFERENCE = "no measurable difference"
comparison.TOO_FEW = "too few runs to tell"

-- All findings, in the order in which they are told.
comparison.FINDINGS = {
  "faster", "cheaper", comparison.NO_DIFFERENCE, "slower", "dearer", comparison.TOO_FEW,
}

-- Can the figure be one side of a ratio?
local function usable(value)
  return statistics.finite(value) and value > 0
end

-- The pairs' logarithms of ratios.
local function paired(base, other)
  local logs = {}
  for i = 1, math.min(#base, #other) do
    if usable(base[i]) and usable(other[i]) then
      logs[#logs + 1] = math.log(other[i] / base[i])
    end
  end
  return { logs }
end

local function logarithms(values, sign)
  local logs = {}
  for _, value in ipairs(values) do
    if usable(value) then logs[#logs + 1] = sign * math.log(value) end
  end
  return logs
end

-- The samples whose means, added up, are the logarithm of the ratio: one of pairs, or one of each
-- side.
local function samples_of(base, other, as_pairs)
  if as_pairs then return paired(base, other) end
  return { logarithms(other, 1), logarithms(base, -1) }
end

local function estimate(samples)
  local sum = 0
  for _, sample in ipairs(samples) do sum = sum + statistics.mean(sample) end
  return sum
end

local function mean_of_draw(generator, sample)
  local sum = 0
  for _ = 1, #sample do sum = sum + sample[generator:whole(#sample)] end
  return sum / #sample
end

local function bootstrap(samples, generator)
  local drawn = {}
  for i = 1, RESAMPLES do
    local sum = 0
    for _, sample in ipairs(samples) do sum = sum + mean_of_draw(generator, sample) end
    drawn[i] = sum
  end
  return statistics.quantile(drawn, 0.025), statistics.quantile(drawn, 0.975)
end

-- By what the bootstrap's interval is to be made wider: its draws vary less than the runs do, by
-- (n - 1) / n, and know nothing of how badly a few runs tell their own spread. With two samples the
-- degrees of freedom are Welch's.
local function stretch(samples)
  local drawn, real, welch = 0, 0, 0
  for _, sample in ipairs(samples) do
    local n = #sample
    local share = statistics.variance(sample) / n
    drawn, real = drawn + share * (n - 1) / n, real + share
    welch = welch + share ^ 2 / (n - 1)
  end
  if real == 0 then return 1 end
  local student = statistics.student_95(real ^ 2 / welch + 1e-9)
  return student / statistics.NORMAL_95 * math.sqrt(real / drawn)
end

local function interval(samples, seed)
  local middle, factor = estimate(samples), stretch(samples)
  local low, high = bootstrap(samples, random.new(seed))
  return middle, middle + factor * (low - middle), middle + factor * (high - middle)
end

local function wording(low, high, smallest, words)
  if low > MARGIN then return words.above end
  if high < -MARGIN then return words.below end
  return smallest > TOO_COARSE and comparison.TOO_FEW or comparison.NO_DIFFERENCE
end

local RATE = { above = "faster", below = "slower" }
local COST = { above = "dearer", below = "cheaper" }

-- Compare `other` with `base`, two lists of figures above zero; what is none (a run of no time,
-- NaN) is left out, with its pair.
-- options: paired, whether the i-th figures of both lists belong together; seed (1); cost, whether
-- less is better.
-- Returns { runs = the fewest of a side, words, ratio = other / base, low, high = its 95 %
-- interval, smallest = the smallest difference that would have been called one, as a share }. With
-- fewer than three runs there is no interval; without any, no ratio either.
function comparison.of(base, other, options)
  local samples = samples_of(base, other, options.paired)
  local runs = math.huge
  for _, sample in ipairs(samples) do runs = math.min(runs, #sample) end
  local result = { runs = runs, words = comparison.TOO_FEW }
  if runs > 0 then result.ratio = math.exp(estimate(samples)) end
  if runs < LEAST_RUNS then return result end
  local middle, low, high = interval(samples, options.seed or 1)
  local smallest = math.max(high - middle, middle - low) + MARGIN
  result.words = wording(low, high, smallest, options.cost and COST or RATE)
  result.low, result.high = math.exp(low), math.exp(high)
  result.smallest = math.exp(smallest) - 1
  return result
end

return comparison
