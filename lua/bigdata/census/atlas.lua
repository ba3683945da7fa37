-- census/atlas.lua - an invented state: its geographic components and counties, and of these the
-- towns, places, tracts, block groups and blocks, with codes and names, in the order of the files.
--
-- An area is { sumlev =, people = a population, frame = a format for its geographic header,
-- block =, land =, water =, name =, latitude =, longitude = }. A county is a tree along the summary
-- levels 050 (county), 060 (town or city), 070 (place or remainder), 080 (tract), 091 (block
-- group), 101 (block), and after the tree stand its tracts (140) and block groups (150) as wholes.
-- Those of them that lie in a single place repeat the numbers of their only part, as in the real
-- files.

local core = require "bigdata.core"
local failure = require "bigdata.failure"
local layout = require "bigdata.census.layout"
local names = require "bigdata.census.names"
local population = require "bigdata.census.population"

local atlas = {}

local random, floor = math.random, math.floor

-- Makes formats for geographic headers from the codes of an area; the columns named here are filled
-- in by atlas.header.
local frame = layout.formatter(layout.geo_header(), {
  logrecno = "%07d", block = "%-4s", arealand = "%-14d", areawatr = "%-14d", name = "%-90.90s",
  pop100 = "%-9d", hu100 = "%-9d", intptlat = "%+09d", intptlon = "%+010d",
})

-- Codes of things that blocks are not in.
local NOWHERE = {
  concit = "99999", concitcc = "99", aianhh = "9999", aianhhfp = "99999", aianhhcc = "99",
  aihhtli = "9", aitsce = "999", aits = "99999", aitscc = "99", anrc = "99999", anrccc = "99",
  msacmsa = "9999", cmsa = "99", macci = "9", pmsa = "9999", necma = "9999", necmacci = "9",
  cd106 = "01", vtdi = "9", sdelm = "99999", sdsec = "99999", taz = "999999", uga = "99999",
}

-- Kinds of tract, from the countryside to the middle of a city: the share of its blocks that are
-- empty, the sizes of the others by decile, and the highest shares of BLACK .. TWO_OR_MORE and of
-- Hispanics (see population.lua).
local COUNTRY = {
  empty = 0.34, sizes = { 1, 2, 4, 6, 8, 11, 15, 21, 31, 50, 240 },
  shares = { [4] = 0.02, [5] = 0.013, [6] = 0.006, [7] = 0.0007, [8] = 0.008, [9] = 0.032 },
  hispanic = 0.006, acres = 30, urban = "R",
}
local SUBURB = {
  empty = 0.27, sizes = { 1, 5, 10, 16, 22, 29, 38, 50, 67, 100, 380 },
  shares = { [4] = 0.05, [5] = 0.014, [6] = 0.03, [7] = 0.0012, [8] = 0.016, [9] = 0.04 },
  hispanic = 0.01, acres = 4, urban = "U",
}
local CITY = {
  empty = 0.2, sizes = { 2, 12, 28, 45, 65, 90, 130, 190, 280, 450, 1300 },
  shares = { [4] = 0.6, [5] = 0.016, [6] = 0.1, [7] = 0.0015, [8] = 0.3, [9] = 0.1 },
  hispanic = 0.2, acres = 1, urban = "U",
}

-- Kinds of county: the kinds that its tracts are of, as often as they stand here.
local COUNTIES = {
  { COUNTRY, COUNTRY, COUNTRY, COUNTRY, SUBURB },
  { COUNTRY, COUNTRY, COUNTRY, COUNTRY, SUBURB },
  { COUNTRY, COUNTRY, SUBURB, SUBURB, SUBURB },
  { COUNTRY, SUBURB, SUBURB, SUBURB, CITY },
  { SUBURB, SUBURB, SUBURB, CITY, CITY },
}

local function any(list)
  return list[random(#list)]
end

local function copy(codes, more)
  local all = {}
  for name, value in pairs(codes) do
    all[name] = value
  end
  for name, value in pairs(more) do
    all[name] = value
  end
  return all
end

--- The geographic header of an area, as a line.
-- @param area
-- @param logrecno its number
function atlas.header(area, logrecno)
  local people = area.people
  return area.frame:format(logrecno, area.block or "", area.land, area.water, area.name,
    people.total, people.houses, area.latitude, area.longitude)
end

local function new_area(sumlev, codes, name, more)
  return {
    sumlev = sumlev, codes = copy(codes, more), name = name, parts = {}, land = 0, water = 0,
  }
end

-- ---- the state and its geographic components ----------------------------------------------------

--- The state of that postal code: { codes = columns of its headers, latitude =, longitude =, name =
-- }; raises if there is none.
function atlas.find_state(usps)
  local path = core.home .. "/data/census/states.txt"
  for line in io.lines(path) do
    local fields = table.pack(line:match(
      "^(%u%u) (%d%d) (%d%d) (%d) (%d) +(%S+) +(%S+) (.+)$"))
    if fields[1] == usps:upper() then
      return {
        codes = {
          fileid = "uSF1", stusab = fields[1], geocomp = "00", chariter = "000",
          state = fields[2], statece = fields[3], region = fields[4], division = fields[5],
        },
        latitude = floor(tonumber(fields[6]) * 1000000),
        longitude = floor(tonumber(fields[7]) * 1000000), name = fields[8],
      }
    end
  end
  failure.raise(("no state %s"):format(usps), "states have two letters, as NY; " .. path
    .. " lists them")
end

-- Shares differ from tract to tract: most are near the least, few near the highest.
-- Shares differ from tract to tract: most are near the least, few near the highest.
local function mix_of(kind)
  local mix = { adult = 0.7 + 0.1 * random() }
  for group = 4, 9 do
    local luck = random()
    mix[group] = kind.shares[group] * (0.15 + 0.85 * luck * luck * luck)
  end
  mix.hispanic = kind.hispanic * (0.2 + 0.8 * random())
  return mix
end

-- Populations of the components of a state by their codes: the metropolitan areas (52) of seven
-- sizes (53 to 59), in their central cities (64, 65 to 71) and outside (72, 73 to 79), the rest
-- (84), and a few reservations (89 to 95).
local function draw_components()
  local components = {}
  for code = 52, 95 do
    components[code] = population.new()
  end
  local function settle(size, kind, ...)
    local people = population.draw(size, mix_of(kind))
    for _, code in ipairs { ... } do
      population.add(components[code], people)
    end
  end
  local size = random(1500000, 4500000)
  for step = 0, 6 do
    if step ~= 1 then
      settle(floor(size * (0.4 + 0.5 * random())), CITY, 52, 53 + step, 64, 65 + step)
      settle(size, SUBURB, 52, 53 + step, 72, 73 + step)
    end
    size = size // 2
  end
  settle(random(500000, 1500000), COUNTRY, 84)
  settle(random(5000, 20000), COUNTRY, 89)
  settle(random(300, 3000), COUNTRY, 90)
  return components
end

-- The codes that the records of a state are listed under.
local function listed_components()
  local codes = {}
  local function add(from, to)
    for code = from, to do
      codes[#codes + 1] = code
    end
  end
  add(52, 59)
  add(64, 79)
  add(84, 84)
  add(89, 95)
  return codes
end

--- The areas of the state as a whole: itself and its geographic components.
-- @param state from atlas.find_state
function atlas.state_areas(state)
  local components = draw_components()
  local whole = population.new()
  population.add(whole, components[52])
  population.add(whole, components[84])
  local areas = {}
  local function add(component, people, land)
    areas[#areas + 1] = {
      sumlev = "040", people = people, name = state.name, land = land, water = land // 19,
      latitude = state.latitude, longitude = state.longitude,
      frame = frame(copy(state.codes, {
        sumlev = "040", geocomp = component, funcstat = "A",
        partflag = component ~= "00" and "P" or "",
      })),
    }
  end
  local land = random(10000, 200000) * 1000003
  add("00", whole, land)
  for _, code in ipairs(listed_components()) do
    local people = components[code]
    add(tostring(code), people, floor(land * (people.total / whole.total)))
  end
  return areas
end

-- ---- a county -----------------------------------------------------------------------------------

-- Close an area: it is the sum of its parts, lies where the middle one of them lies, and shares the
-- people of a single part.
local function close(area)
  local parts = area.parts
  if #parts == 1 then
    area.people = parts[1].people
  else
    area.people = population.new()
    for _, part in ipairs(parts) do
      population.add(area.people, part.people)
    end
  end
  for _, part in ipairs(parts) do
    area.land, area.water = area.land + part.land, area.water + part.water
  end
  local middle = parts[(#parts + 1) // 2]
  area.latitude, area.longitude = middle.latitude, middle.longitude
  area.codes.sumlev = area.sumlev
  area.frame = frame(area.codes)
end

-- Close an area after its parts, and list it before them.
local function close_tree(area, list)
  local place = #list + 1
  list[place] = area
  if area.parts then
    for _, part in ipairs(area.parts) do
      close_tree(part, list)
    end
    close(area)
  end
end

local function size_of_block(kind)
  if random() < kind.empty then
    return 0
  end
  local place = 1 + random() * (#kind.sizes - 1)
  local left = floor(place)
  local from, to = kind.sizes[left], kind.sizes[left + 1]
  local fraction = place - left
  return floor(from + (to - from) * fraction * fraction + random())
end

-- Where the next block lies: some hundred metres from the one before.
local function move(county)
  county.latitude = county.latitude + random(-1800, 1800)
  county.longitude = county.longitude + random(-2400, 2400)
end

local function new_block(county, number)
  move(county)
  local kind = county.kind
  return {
    sumlev = "101", frame = county.block_frame, block = number, name = "Block " .. number,
    people = population.draw(size_of_block(kind), county.mix),
    land = random(900, 60000) * kind.acres, water = random(9) == 1 and random(100, 60000) or 0,
    latitude = county.latitude, longitude = county.longitude,
  }
end

local function open_town(county)
  county.last_town = (county.last_town or 0) + random(900)
  local is_city = random(5) == 1
  local town = new_area("060", county.area.codes,
    names.invent() .. (is_city and " city" or " town"), {
      cousub = ("%05d"):format(county.last_town), cousubcc = is_city and "C5" or "T1",
      lsadc = is_city and "25" or "43", funcstat = is_city and "F" or "A",
    })
  town.is_city = is_city
  table.insert(county.area.parts, town)
  county.town = town
end

local function open_village(county, name, class, lsadc)
  county.last_place = (county.last_place or 0) + random(90)
  return new_area("070", county.town.codes, name, {
    place = ("%05d"):format(county.last_place), placecc = class, placedc = "A", lsadc = lsadc,
    funcstat = "A",
  })
end

local function open_place(county)
  local town = county.town
  local place
  if town.is_city then
    place = open_village(county, town.name, "C5", "25")
  elseif #town.parts == 0 and random(2) == 1 then
    place = open_village(county, names.invent() .. " village", "C1", "47")
  else
    place = new_area("070", town.codes, "Remainder of " .. town.name, {
      place = "99999", placecc = "99", placedc = "9", lsadc = "", funcstat = "F",
    })
  end
  table.insert(town.parts, place)
  county.place = place
end

-- Go on to the next place: what remains of the town, or the next town.
local function next_place(county)
  if county.place and #county.place.parts == 0 then
    return
  end
  local town = county.town
  if not town or town.is_city or county.place.codes.place == "99999" then
    open_town(county)
  end
  open_place(county)
  county.tract_part, county.group_part = nil, nil
end

-- A part of the tract or block group `whole` within `parent`.
local function open_part(sumlev, parent, whole, more)
  local part = new_area(sumlev, parent.codes, whole.name, more)
  table.insert(parent.parts, part)
  table.insert(whole.parts, part)
  return part
end

-- See to it that there is a part of the block group in the present place.
local function open_group_part(county)
  local tract, group = county.tract, county.group
  county.tract_part = county.tract_part or open_part("080", county.place, tract, {
    tract = tract.codes.tract, lsadc = "", funcstat = "S",
  })
  county.group_part = open_part("091", county.tract_part, group, {
    blkgrp = group.codes.blkgrp,
  })
  local codes = copy(county.group_part.codes, NOWHERE)
  county.block_frame = frame(copy(codes, {
    sumlev = "101", zcta3 = tract.zcta:sub(1, 3), zcta5 = tract.zcta, ur = county.kind.urban,
    sldu = county.district, sldl = county.district, sduni = "00" .. county.district,
    vtd = ("%06d"):format(#tract.groups), puma5 = "00" .. county.district,
    puma1 = "00" .. county.district,
  }))
end

local function add_group(county, number)
  local tract = county.tract
  county.group = new_area("150", tract.codes, "Block Group " .. number, {
    blkgrp = tostring(number),
  })
  county.group_part = nil
  table.insert(tract.groups, county.group)
  local first = number * 1000
  for block = first, first + random(6, 30) do
    if random(120) == 1 then
      next_place(county)
    end
    if not county.group_part then
      open_group_part(county)
    end
    table.insert(county.group_part.parts, new_block(county, tostring(block)))
  end
end

local function add_tract(county, number)
  local tract = new_area("140", county.area.codes, "Census Tract " .. number, {
    tract = ("%04d00"):format(number), funcstat = "S", lsadc = "",
  })
  tract.groups = {}
  tract.zcta = ("%05d"):format(random(1000, 99000))
  table.insert(county.tracts, tract)
  county.tract, county.tract_part = tract, nil
  county.kind = any(county.kinds)
  county.mix = mix_of(county.kind)
  if not county.place or random(3) > 1 then
    next_place(county)
  end
  for group = 1, random(4) do
    if random(12) == 1 then
      next_place(county)
    end
    add_group(county, group)
  end
end

-- Say of the parts of a tract or block group whether they are all of it.
local function mark_parts(whole)
  local is_split = #whole.parts > 1
  for _, part in ipairs(whole.parts) do
    part.codes.partflag = is_split and "P" or "W"
    if is_split then
      part.name = part.name .. " (part)"
    end
  end
end

--- The areas of a county.
-- @param state from atlas.find_state
-- @param number of the county, from 1
-- @param tracts how many it has
function atlas.county_areas(state, number, tracts)
  local county = {
    area = new_area("050", state.codes, names.invent() .. " County", {
      county = ("%03d"):format(2 * number - 1), lsadc = "06", funcstat = "A",
    }),
    kinds = any(COUNTIES), tracts = {}, district = ("%03d"):format(random(1, 150)),
    latitude = state.latitude + random(-900000, 900000),
    longitude = state.longitude + random(-1200000, 1200000),
  }
  for tract = 1, tracts do
    add_tract(county, tract)
  end
  for _, tract in ipairs(county.tracts) do
    mark_parts(tract)
    for _, group in ipairs(tract.groups) do
      mark_parts(group)
    end
  end
  local areas = {}
  close_tree(county.area, areas)
  for _, tract in ipairs(county.tracts) do
    close(tract)
    areas[#areas + 1] = tract
    for _, group in ipairs(tract.groups) do
      close(group)
      areas[#areas + 1] = group
    end
  end
  return areas
end

return atlas
