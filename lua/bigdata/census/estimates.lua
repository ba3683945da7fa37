-- census/estimates.lua - what the segments other than the first say of invented people.
--
-- Plausible, not exact: each table is given the count of its universe (adults, households with an
-- Asian householder, vacant housing units, ...), and parts it along the nesting of its items by
-- weights of no meaning, so that every parent is the sum of its children. What is known of the
-- totals holds: P7 and P8 count the same people as segment 01, H3 adds up to the housing units,
-- P16 = P1 - P37.1, averages are the quotients of the totals they are made of.

local dictionary = require "bigdata.census.dictionary"
local population = require "bigdata.census.population"

local estimates = {}

-- Beginnings of the phrases by which universes name groups, the longest match first.
local GROUP_PHRASES = {
  { "White alone, not Hispanic", "white_not_hispanic" },
  { "White alone", 1 },
  { "Black or African American alone", 2 },
  { "American Indian", 3 },
  { "Asian", 4 },
  { "Native Hawaiian", 5 },
  { "Some other race alone", 6 },
  { "Two or more races", 7 },
  { "Hispanic or Latino", "hispanic" },
}

local function group_of(universe)
  for _, phrase in ipairs(GROUP_PHRASES) do
    if universe:find(phrase[1], 1, true) then
      return phrase[2]
    end
  end
  return "all"
end

-- Part a whole number by weights: exact, and the same each time for the same number.
local function apportion(total, weights)
  local sum = 0
  for _, weight in ipairs(weights) do
    sum = sum + weight
  end
  local parts = {}
  if sum == 0 then
    for i in ipairs(weights) do
      parts[i] = i == 1 and total or 0
    end
    return parts
  end
  local phase = total * 7919 % sum
  local weight_before, given = 0, 0
  for i, weight in ipairs(weights) do
    weight_before = weight_before + weight
    local upto = (total * weight_before + phase) // sum
    parts[i] = upto - given
    given = upto
  end
  return parts
end

-- The counts that universes are made of, by group: "all", 1 to 7 (population.GROUPS), "hispanic",
-- "white_not_hispanic".
local function census_of(people)
  local by_group = { all = people.total, hispanic = population.hispanics(people) }
  local not_hispanic = {}
  for i, group in ipairs(population.GROUPS) do
    by_group[i] = population.of_group(people.people, group)
    not_hispanic[i] = population.of_group(people.not_hispanic, group)
  end
  by_group.white_not_hispanic = not_hispanic[1]
  local function spread(total)
    local parts = apportion(total, by_group)
    parts.all = total
    parts.hispanic = people.total > 0 and total * by_group.hispanic // people.total or 0
    parts.white_not_hispanic = math.min(parts[1],
      people.total > 0 and total * not_hispanic[1] // people.total or 0)
    return parts
  end
  local in_quarters = people.total >= 100 and people.total // 40 or 0
  local households = math.min(people.households, people.total - in_quarters)
  local in_households = people.total - in_quarters
  return {
    people = by_group, not_hispanic = not_hispanic,
    in_quarters = spread(in_quarters), in_households = spread(in_households),
    households = spread(households), families = spread(households * 2 // 3),
    in_families = spread(households > 0 and in_households * 4 // 5 or 0),
    nonrelatives = spread(in_households // 18), adults = population.adults(people),
    houses = people.houses,
  }
end

-- Universes by the words in them, the first match counting: pattern, count.
local UNIVERSES = {
  { "^Housing units", function(c) return c.houses end },
  { "^Vacant", function(c) return c.houses - c.households.all end },
  { "^Population in group quarters", function(c, group) return c.in_quarters[group] end },
  { "^Population in families", function(c, group) return c.in_families[group] end },
  { "^Population in", function(c, group) return c.in_households[group] end },
  { "^People in households", function(c, group) return c.in_households[group] end },
  { "^Nonrelatives", function(c, group) return c.nonrelatives[group] end },
  { "^Families", function(c, group) return c.families[group] end },
  { "^Total races tallied for householders", function(c)
    return c.households.all + c.households[7]
  end },
  { "^Total races tallied", function(c) return c.people.all + c.people[7] end },
  { "^Households", function(c, group) return c.households[group] end },
  { "^Occupied", function(c, group) return c.households[group] end },
  { "18 years and over$", function(c) return c.adults end },
  { "under 18 years$", function(c, group)
    return c.people[group] * (c.people.all - c.adults) // math.max(c.people.all, 1)
  end },
  { "under 20 years$", function(c)
    return c.people.all - c.adults + c.adults // 25
  end },
  { "65 years and over$", function(c, group)
    return c.people[group] * c.adults // (6 * math.max(c.people.all, 1))
  end },
  { "not substituted$", function(c) return c.people.all - c.people.all // 60 end },
}

local function universe_count(matrix, census)
  local group = group_of(matrix.universe)
  for _, universe in ipairs(UNIVERSES) do
    if matrix.universe:find(universe[1]) then
      return universe[2](census, group)
    end
  end
  -- Tables J to O of PCT12 are about those of a group who are not Hispanic.
  if group ~= "hispanic" and group ~= "white_not_hispanic"
    and matrix.universe:find("not Hispanic or Latino$") then
    return census.not_hispanic[group]
  end
  return census.people[group]
end

-- Tables of which more is known than their total: numbers of their items.
local KNOWN = {
  P7 = function(census)
    return { census.people.all, table.unpack(census.people, 1, 7) }
  end,
  P8 = function(census)
    local numbers = { census.people.all, census.people.all - census.people.hispanic }
    for i = 1, 7 do
      numbers[2 + i] = census.not_hispanic[i]
      numbers[10 + i] = census.people[i] - census.not_hispanic[i]
    end
    numbers[10] = census.people.hispanic
    return numbers
  end,
  H3 = function(census)
    local occupied = census.households.all
    return { census.houses, occupied, census.houses - occupied }
  end,
}

local function quotient(dividend, divisor)
  return ("%.2f"):format(divisor > 0 and dividend / divisor or 0)
end

-- Medians and averages.
local function decimals(matrix, census)
  local group = group_of(matrix.universe)
  local letter = matrix.code:match("^P1[37](%u)") or matrix.code:match("^P33(%u)")
    or matrix.code:match("^H12(%u)")
  if letter == "H" then
    group = "hispanic"
  elseif letter == "I" then
    group = "white_not_hispanic"
  end
  local numbers = {}
  for i in ipairs(matrix.items) do
    if matrix.code:find("^P13") then
      local people = census.people[group]
      numbers[i] = ("%.1f"):format(people > 0 and 22 + (people * 37 + i * 11) % 300 / 10 or 0)
    elseif matrix.code:find("^P33") then
      numbers[i] = quotient(census.in_families[group], census.families[group])
    else
      numbers[i] = quotient(census.in_households[group], census.households[group])
    end
  end
  return numbers
end

-- The children of each item, and weights of theirs: [parent or 0] = { places =, weights = }.
local function nesting(matrix)
  local nodes = {}
  for place, item in ipairs(matrix.items) do
    local parent = item.parent or 0
    local node = nodes[parent] or { places = {}, weights = {} }
    nodes[parent] = node
    table.insert(node.places, place)
    -- Fillers are always 0.
    table.insert(node.weights, item.name == "Filler" and 0 or 1 + place * 131 % 16)
  end
  return nodes
end

local function part_items(matrix, total)
  local nodes, numbers = nesting(matrix), {}
  local function part(parent, count)
    local node = nodes[parent]
    if not node then
      return
    end
    local parts = apportion(count, node.weights)
    for i, place in ipairs(node.places) do
      numbers[place] = parts[i]
      part(place, parts[i])
    end
  end
  part(0, total)
  if matrix.national then
    for place = 2, #matrix.items do
      numbers[place] = 0
    end
    numbers[#matrix.items] = total
  end
  return numbers
end

local function table_numbers(matrix, census)
  if matrix.decimal then
    return decimals(matrix, census)
  end
  local known = KNOWN[matrix.code]
  return known and known(census) or part_items(matrix, universe_count(matrix, census))
end

--- A record of a segment.
-- @param people the population of its area
-- @param segment "02" to "39"
-- @return its numbers as text, joined with commas
function estimates.text(people, segment)
  local census = census_of(people)
  local tables = {}
  for i, matrix in ipairs(dictionary.sf1().by_segment[segment].matrices) do
    tables[i] = table.concat(table_numbers(matrix, census), ",")
  end
  return table.concat(tables, ",")
end

return estimates
