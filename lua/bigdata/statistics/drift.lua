-- statistics/drift.lua - did the figures of a sweep rise or fall from its beginning to its end,
-- whatever the trial? Pure.
--
-- Every trial's figures are taken as factors of the trial's own mean, in logarithms, and one line
-- is laid through all of them over their places in the sweep. Then the same is done with each
-- trial's figures shuffled among its own places, again and again: if hardly any order of chance
-- gives a line as steep, the order was none of chance.

local random = require "bigdata.statistics.random"
local statistics = require "bigdata.statistics"

local drift = {}

local SHUFFLES = 999
local LEAST_RUNS = 3
local SIGNIFICANT = 0.02
local LEAST_CHANGE = 0.02 -- over the whole sweep; less hurts nobody

-- Distances from the mean.
local function centred(values)
  local mean, list = statistics.mean(values), {}
  for i, value in ipairs(values) do list[i] = value - mean end
  return list
end

-- The trials that can tell: their places and the logarithms of their figures, both centred.
local function usable(trials)
  local list, first, last = {}, math.huge, -math.huge
  for _, trial in ipairs(trials) do
    local places, logs = {}, {}
    for i, figure in ipairs(trial.figures) do
      if statistics.finite(figure) and figure > 0 then
        places[#places + 1], logs[#logs + 1] = trial.places[i], math.log(figure)
        first, last = math.min(first, trial.places[i]), math.max(last, trial.places[i])
      end
    end
    if #logs >= LEAST_RUNS then
      list[#list + 1] = { places = centred(places), logs = centred(logs) }
    end
  end
  return list, last - first
end

local function slope(trials)
  local product, square = 0, 0
  for _, trial in ipairs(trials) do
    for i, place in ipairs(trial.places) do
      product, square = product + place * trial.logs[i], square + place ^ 2
    end
  end
  return product / square
end

local function chance_of(trials, steepness, generator)
  local as_steep = 0
  for _ = 1, SHUFFLES do
    for _, trial in ipairs(trials) do generator:shuffle(trial.logs) end
    if math.abs(slope(trials)) >= math.abs(steepness) - 1e-12 then as_steep = as_steep + 1 end
  end
  return (as_steep + 1) / (SHUFFLES + 1)
end

-- trials: a list of { places = when each run took its turn, figures = what it gave }.
-- Returns { change = from the first run to the last, as a share, chance = how often an order of
-- chance would look like that, found = whether that is a drift }; nil where nothing can be told.
function drift.of(trials, seed)
  local list, length = usable(trials)
  if #list == 0 then return nil end
  local steepness = slope(list)
  local change = math.exp(steepness * length) - 1
  local chance = chance_of(list, steepness, random.new(seed or 1))
  return {
    change = change, chance = chance,
    found = chance <= SIGNIFICANT and math.abs(change) >= LEAST_CHANGE,
  }
end

return drift
