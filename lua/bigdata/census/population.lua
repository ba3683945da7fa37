-- census/population.lua - invented people: how many live in an area, of which race, which of them
-- are Hispanic, which are adults, in how many households; and what segment 01 says of them.
--
-- A population counts people by race: one of 63 combinations, each known by its place in table P3
-- (3 is "White alone"). Only combinations that occur have an entry. The tables of the segment are
-- counted up from it along the nesting of the dictionary, so that every identity between them holds
-- by construction, for an area and for the areas that it is part of alike.
--
-- Only arithmetic is used, no functions whose last bits may differ between machines: the same seed
-- gives the same people everywhere.

local dictionary = require "bigdata.census.dictionary"

local population = {}

local random, floor = math.random, math.floor

local WHITE, BLACK, AIAN, ASIAN, PACIFIC, OTHER, TWO_OR_MORE = 3, 4, 5, 6, 7, 8, 9

-- The seven groups that the dictionary's tables A to G are about, in their order.
population.GROUPS = { WHITE, BLACK, AIAN, ASIAN, PACIFIC, OTHER, TWO_OR_MORE }

-- Shares of a race: Hispanic, and adult.
local HISPANIC = {
  [WHITE] = 0.05, [BLACK] = 0.05, [AIAN] = 0.15, [ASIAN] = 0.01, [PACIFIC] = 0.3, [OTHER] = 0.95,
  [TWO_OR_MORE] = 0.35,
}
local ADULT = {
  [BLACK] = 0.70, [AIAN] = 0.66, [ASIAN] = 0.77, [PACIFIC] = 0.70, [OTHER] = 0.67,
  [TWO_OR_MORE] = 0.64,
}

-- How often each combination of two or more races occurs, in the order of table P3.
local COMBINATION_WEIGHTS = {
  1060, 476, 701, 48, 3648, 357, 213, 90, 1757, 139, 7, 200, 48, 647, 89, 170, 27, 3, 93, 8, 1, 22,
  10, 35, 7, 10, 2, 24, 5, 32, 8, 1, 9, 1, 3, 18, 1, 8, 2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 8, 1, 1,
  1, 1, 1, 1,
}

-- The items of a table that an item counts in: itself and what it is nested in, but for the total.
local function chain(matrix, place)
  local list = {}
  while matrix.items[place].parent do
    list[#list + 1] = matrix.first - 1 + place
    place = matrix.items[place].parent
  end
  return list
end

-- What is worked out from the dictionary, once: by race, the items that anybody, those who are not
-- Hispanic, and adults count in; which places are combinations; where the totals stand.
local function read_tables()
  local by_code = dictionary.sf1().by_code
  local p1, p2, p3, p4, p5 = by_code.P1, by_code.P2, by_code.P3, by_code.P4, by_code.P5
  local parents = {}
  for _, item in ipairs(p3.items) do
    parents[item.parent or 0] = true
  end
  local tables = {
    anybody = {}, not_hispanic = {}, adult = {}, combinations = {},
    total_items = { p1.first, p2.first, p2.first + #p2.items - 1, p3.first, p4.first },
    hispanic_item = p4.first + 1, not_hispanic_item = p4.first + 2, adult_item = p5.first,
    count = dictionary.sf1().by_segment["01"].count,
  }
  for place in ipairs(p3.items) do
    if not parents[place] then
      tables.anybody[place] = chain(p3, place)
      tables.not_hispanic[place] = chain(p4, place + 2)
      tables.adult[place] = chain(p5, place)
      if place > TWO_OR_MORE then
        table.insert(tables.combinations, place)
      end
    end
  end
  -- These are counted by themselves, below.
  for _, items in pairs(tables.not_hispanic) do
    table.remove(items)
  end
  return tables
end

local tables = read_tables()

-- Sum of the weights up to each combination.
local cumulated = {}
for i, weight in ipairs(COMBINATION_WEIGHTS) do
  cumulated[i] = (cumulated[i - 1] or 0) + weight
end

local function any_combination()
  local point, low, high = random(cumulated[#cumulated]), 1, #cumulated
  while low < high do
    local middle = (low + high) // 2
    if cumulated[middle] < point then
      low = middle + 1
    else
      high = middle
    end
  end
  return tables.combinations[low]
end

--- An empty population: people, those of them who are not Hispanic, and adults, by race.
function population.new()
  return { people = {}, not_hispanic = {}, adult = {}, total = 0, households = 0, houses = 0 }
end

local function add_counts(into, counts)
  for place, count in pairs(counts) do
    into[place] = (into[place] or 0) + count
  end
end

--- Count the people of one population in another, too.
function population.add(into, other)
  if other.total > 0 then
    add_counts(into.people, other.people)
    add_counts(into.not_hispanic, other.not_hispanic)
    add_counts(into.adult, other.adult)
    into.total = into.total + other.total
    into.households = into.households + other.households
  end
  into.houses = into.houses + other.houses
end

-- A number near `expected`, right on average; people come as families, so that small numbers are
-- more often none, or several, than they would be one by one.
local function some(expected, limit)
  local families = floor(expected * (random() + random()) / 2.4 + random())
  if families == 0 then
    return 0
  end
  local count = 0
  if families < 4 then
    for _ = 1, families do
      count = count + (random(5) + random(5)) // 2
    end
    count = math.max(count - families // 2, 1)
  else
    count = floor(families * 2.4 * (0.9 + 0.2 * random()))
  end
  return math.min(count, limit)
end

-- How many of so many people are adults.
local function some_adults(count, share)
  if count < 3 then
    return random() < 0.96 and count or 1
  elseif count < 5 then
    local luck = random()
    return luck < 0.55 and count or luck < 0.65 and count - 1 or count - 2
  end
  local spread = count < 48 and 0.6 / count ^ 0.5 or 0.085
  local noise = (random() + random() + random() - 1.5) * 2
  local adults = floor(count * (share + spread * noise) + 0.5)
  return math.max(math.min(adults, count), 1)
end

-- Add `count` people of one race.
local function settle(self, place, count, mix)
  local kind = math.min(place, TWO_OR_MORE)
  local hispanic
  if kind == WHITE then
    hispanic = some(count * mix.hispanic, count)
  else
    hispanic = floor(count * HISPANIC[kind] + random())
  end
  local adults
  if kind == WHITE then
    adults = some_adults(count, mix.adult)
  else
    adults = floor(count * ADULT[kind] + random())
  end
  self.people[place] = (self.people[place] or 0) + count
  self.not_hispanic[place] = (self.not_hispanic[place] or 0) + count - math.min(hispanic, count)
  self.adult[place] = (self.adult[place] or 0) + adults
end

-- Add `count` people of two or more races.
local function settle_mixed(self, count, mix)
  if count > 200 then
    local sum = cumulated[#cumulated]
    for i, weight in ipairs(COMBINATION_WEIGHTS) do
      local part = math.min(floor(count * weight / sum + random()), count)
      if part > 0 then
        settle(self, tables.combinations[i], part, mix)
      end
    end
    return
  end
  while count > 0 do
    local family = math.min(count, random(3))
    settle(self, any_combination(), family, mix)
    count = count - family
  end
end

-- Total of what was settled: combinations of large groups are rounded one by one.
local function count_up(self)
  local total = 0
  for _, count in pairs(self.people) do
    total = total + count
  end
  self.total = total
  self.households = math.max(floor(total / 2.5 + random()), 1)
  self.houses = self.households + floor(self.households * 0.07 + random())
end

-- The counts of populations without people, which share it: nothing is ever added to these.
local NOBODY = {}

--- Invent people.
-- @param size how many, about
-- @param mix { [race] = share, ..., hispanic = share of the White, adult = share of the White }
-- @return their population
function population.draw(size, mix)
  if size == 0 then
    return {
      people = NOBODY, not_hispanic = NOBODY, adult = NOBODY, total = 0, households = 0,
      houses = random(20) == 1 and random(6) or 0,
    }
  end
  local self = population.new()
  local left = size
  for place = BLACK, OTHER do
    local count = some(size * mix[place], left)
    if count > 0 then
      settle(self, place, count, mix)
      left = left - count
    end
  end
  local mixed = some(size * mix[TWO_OR_MORE], left)
  if mixed > 0 then
    settle_mixed(self, mixed, mix)
    left = left - mixed
  end
  if left > 0 then
    settle(self, WHITE, left, mix)
  end
  count_up(self)
  return self
end

--- How many people of a group there are.
-- @param counts people, not_hispanic or adult of a population
-- @param group one of population.GROUPS
function population.of_group(counts, group)
  if group ~= TWO_OR_MORE then
    return counts[group] or 0
  end
  local sum = 0
  for _, place in ipairs(tables.combinations) do
    sum = sum + (counts[place] or 0)
  end
  return sum
end

local function sum_of(counts)
  local sum = 0
  for _, count in pairs(counts) do
    sum = sum + count
  end
  return sum
end

function population.adults(self)
  return sum_of(self.adult)
end

function population.hispanics(self)
  return self.total - sum_of(self.not_hispanic)
end

local function count_in(numbers, items, count)
  for i = 1, #items do
    local item = items[i]
    numbers[item] = (numbers[item] or 0) + count
  end
end

-- The numbers of segment 01, by item; those that are missing are 0.
local function sparse_numbers(self)
  local numbers = {}
  for place, count in pairs(self.people) do
    count_in(numbers, tables.anybody[place], count)
    count_in(numbers, tables.not_hispanic[place], self.not_hispanic[place])
    count_in(numbers, tables.adult[place], self.adult[place])
  end
  for _, item in ipairs(tables.total_items) do
    numbers[item] = self.total
  end
  local not_hispanic = sum_of(self.not_hispanic)
  numbers[tables.not_hispanic_item] = not_hispanic
  numbers[tables.hispanic_item] = self.total - not_hispanic
  numbers[tables.adult_item] = sum_of(self.adult)
  return numbers
end

--- The 222 numbers of segment 01.
function population.numbers(self)
  local numbers = sparse_numbers(self)
  for item = 1, tables.count do
    numbers[item] = numbers[item] or 0
  end
  return numbers
end

-- Small numbers as text, kept: turning them into text each time would take longest of all.
local texts = setmetatable({}, { __index = function(kept, number)
  local text = tostring(number)
  if number < 10000 then
    kept[number] = text
  end
  return text
end })

-- All of the numbers as text. Between two calls of join they are "0".
local parts = {}
for item = 1, tables.count do
  parts[item] = "0"
end

local function join(self)
  local numbers = sparse_numbers(self)
  for item, number in pairs(numbers) do
    parts[item] = texts[number]
  end
  local text = table.concat(parts, ",")
  for item in pairs(numbers) do
    parts[item] = "0"
  end
  return text
end

local EMPTY = join(population.new())

-- Text of the populations that are White and not Hispanic, of whom there are often as many as
-- elsewhere: [people][adults].
local plain = {}

--- The same as text, joined with commas.
function population.text(self)
  local total = self.total
  if total == 0 then
    return EMPTY
  end
  if total > 200 or self.not_hispanic[WHITE] ~= total then
    return join(self)
  end
  local row = plain[total] or {}
  plain[total] = row
  local adults = self.adult[WHITE]
  row[adults] = row[adults] or join(self)
  return row[adults]
end

return population
