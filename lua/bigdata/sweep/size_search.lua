-- sweep/size_search.lua - the smallest size whose rate is near the best one, found with few
-- measurements. Pure: measuring is the caller's.
--
-- First the sizes are doubled, until two in a row have brought nothing, also when measured again.
-- Then the gap between the last size that falls short and the first that does not is halved, until
-- it is small; so is that on both sides of the best. Last, the sizes that may be the answer are
-- measured again, in turns with the best, and the medians decide.

local comparison = require "bigdata.statistics.comparison"
local figures = require "bigdata.result.figures"
local statistics = require "bigdata.statistics"
local usl = require "bigdata.statistics.usl"

local size_search = {}

local HALVINGS = 3
local ROUNDS = 4 -- of measuring candidates again

local Search = {}
Search.__index = Search

local function new(options)
  return setmetatable({
    within = options.within or 0.05, sizes = {}, rates = {}, tries = {}, count = 0,
  }, Search)
end

function Search:measure(size)
  local rates = self.rates[size]
  if not rates then
    rates = {}
    self.rates[size], self.tries[size] = rates, 0
    self.sizes[#self.sizes + 1] = size
    table.sort(self.sizes)
  end
  self.tries[size] = self.tries[size] + 1
  local rate = self.run(size)
  rates[#rates + 1] = statistics.finite(rate) and rate > 0 and rate or nil
  self.count = self.count + 1
end

function Search:rate(size)
  return statistics.median(self.rates[size]) or 0
end

function Search:best()
  local best = self.sizes[1]
  for _, size in ipairs(self.sizes) do
    if self:rate(size) > self:rate(best) then best = size end
  end
  return best
end

-- The smallest size that is near the best, of those measured.
function Search:answer()
  local wanted = self:rate(self:best()) * (1 - self.within)
  for _, size in ipairs(self.sizes) do
    if self:rate(size) >= wanted then return size end
  end
end

-- The measured sizes next to a size: nil where there is none.
function Search:neighbours(size)
  for i, other in ipairs(self.sizes) do
    if other == size then return self.sizes[i - 1], self.sizes[i + 1] end
  end
end

--- The three parts.

-- Measure a size: is it better than all before? A no is believed only if both, measured again in
-- turns, say so too: the machine may have been busy for a moment.
local function brings_more(search, size)
  local best = search:best()
  search:measure(size)
  local function gains()
    return not best or search:rate(size) > search:rate(best) * (1 + search.within)
  end
  if gains() or #search.rates[size] == 0 then return gains() end
  search:measure(best)
  search:measure(size)
  return gains()
end

local function double(search, least, most)
  local size, without_gain = least, 0
  while true do
    without_gain = brings_more(search, size) and 0 or without_gain + 1
    if size >= most or without_gain == 2 then return end
    size = math.min(size * 2, most)
  end
end

local function measure_between(search, low, high)
  local middle = low and high and math.floor(math.sqrt(low * high) + 0.5)
  if middle and middle > low and middle < high and not search.rates[middle] then
    search:measure(middle)
  end
end

local function refine(search)
  local best = search:best()
  local below, above = search:neighbours(best)
  measure_between(search, best, above)
  measure_between(search, below, best)
  for _ = 1, HALVINGS do
    local answer = search:answer()
    measure_between(search, (search:neighbours(answer)), answer)
  end
end

-- The sizes worth another look: the answer, those beside it, and the best.
local function candidates(search)
  local best, answer = search:best(), search:answer()
  local below, above = search:neighbours(answer)
  local list, seen = {}, {}
  for _, size in ipairs { best, answer, below or best, above or best } do
    if not seen[size] then list[#list + 1] = size end
    seen[size] = true
  end
  return list
end

-- Measure the candidates until each has its repeats; another median may make others candidates.
local function measure_again(search, repeats)
  for _ = 1, ROUNDS do
    local before = search.count
    local list = candidates(search)
    for tries = 2, repeats do
      for _, size in ipairs(list) do
        if search.tries[size] < tries then search:measure(size) end
      end
    end
    if search.count == before then return end
  end
end

--- The result.

local function points_of(search)
  local points = {}
  for _, size in ipairs(search.sizes) do
    for _, rate in ipairs(search.rates[size]) do
      points[#points + 1] = { size = size, rate = rate }
    end
  end
  return points
end

-- What the rates of sizes say. rates: lists of them, by size; options: within, how near the best
-- the answer is to be, as a share (0.05); seed.
-- Returns { sizes=, rates=, best=, answer=, share= the answer's rate as a share of the best's,
-- comparison= of the answer's rates with the best's, below=, above= the measured sizes beside the
-- answer, fit= as of usl.fit or nil, no_fit= why not }; nil where nothing had a rate.
function size_search.judge(rates, options)
  local search = new(options)
  search.rates = rates
  for size in pairs(rates) do search.sizes[#search.sizes + 1] = size end
  table.sort(search.sizes)
  local best = search:best()
  if not best or search:rate(best) == 0 then return nil end
  local answer = search:answer()
  local below, above = search:neighbours(answer)
  local fit, no_fit = usl.fit(points_of(search))
  return {
    sizes = search.sizes, rates = search.rates, best = best, answer = answer, below = below,
    above = above, share = search:rate(answer) / search:rate(best), fit = fit, no_fit = no_fit,
    comparison = comparison.of(search.rates[best], search.rates[answer], { seed = options.seed }),
  }
end

-- What the runs of a search's trials say of its last step, as judge says it.
function size_search.judge_runs(result)
  local step, rates = figures.step(result.trials, result.steps[#result.steps]), {}
  for _, item in ipairs(result.trials) do
    rates[item.size] = figures.list(item, step, figures.RATE)
  end
  return size_search.judge(rates, { within = result.within, seed = result.seed })
end

-- Find it. run: function(size) -> a rate, or nil where there was none; options: least, most, the
-- sizes to look at; repeats of the candidates (3); and those of judge.
-- Returns what judge says of all that was measured, with count=, how many measurements that took.
function size_search.find(run, options)
  local search = new(options)
  search.run = run
  double(search, options.least, options.most)
  refine(search)
  measure_again(search, options.repeats or 3)
  local found = size_search.judge(search.rates, options)
  if found then found.count = search.count end
  return found
end

return size_search
