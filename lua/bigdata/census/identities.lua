-- census/identities.lua - what must hold between the 222 numbers of a record of SF1 segment 01:
-- every parent is the sum of its children (27 identities, from the nesting of the dictionary), and
-- the tables agree with each other (8). They are true of every real record, so a record that breaks
-- one was damaged.

local dictionary = require "bigdata.census.dictionary"

local identities = {}

local RACE_ITEMS = 71

-- "P004058": table and item, three digits each.
local function reference(matrix, place)
  return ("P%03d%03d"):format(math.tointeger(matrix.code:match("%d+")), place)
end

-- The identity that item `parent` is the sum of its children, given by their places.
local function sum_identity(matrix, parent, children)
  local base = matrix.first - 1
  local total, parts = base + parent, {}
  for i, child in ipairs(children) do
    parts[i] = base + child
  end
  return {
    name = ("%s = sum of %d children (%s..%s)"):format(reference(matrix, parent), #children,
      reference(matrix, children[1]), reference(matrix, children[#children])),
    holds = function(v)
      local sum = 0
      for i = 1, #parts do
        sum = sum + v[parts[i]]
      end
      return sum == v[total]
    end,
  }
end

local function add_sums(list, matrix)
  local children_of, parents = {}, {}
  for place, item in ipairs(matrix.items) do
    local children = children_of[item.parent]
    if children then
      children[#children + 1] = place
    elseif item.parent then
      children_of[item.parent] = { place }
      parents[#parents + 1] = item.parent
    end
  end
  table.sort(parents)
  for _, parent in ipairs(parents) do
    list[#list + 1] = sum_identity(matrix, parent, children_of[parent])
  end
end

-- No number of the run that starts after `left` exceeds its fellow after `right`.
local function none_above(left, right, from, to)
  return function(v)
    for k = from, to do
      if v[left + k] > v[right + k] then
        return false
      end
    end
    return true
  end
end

local function equal(one, other)
  return function(v)
    return v[one] == v[other]
  end
end

-- p[n] + k is the place of item k of table Pn.
local function add_relations(list, p)
  local function add(name, holds)
    list[#list + 1] = { name = name, holds = holds }
  end
  local total = p[1] + 1
  add("P1=P2.1", equal(total, p[2] + 1))
  add("P1=P3.1", equal(total, p[3] + 1))
  add("P1=P4.1", equal(total, p[4] + 1))
  add("P2.2..P2.5=0 and P2.6=P1 (not the Final National File)", function(v)
    return v[p[2] + 2] == 0 and v[p[2] + 3] == 0 and v[p[2] + 4] == 0 and v[p[2] + 5] == 0
      and v[p[2] + 6] == v[total]
  end)
  add("P5.1<=P1", function(v)
    return v[p[5] + 1] <= v[total]
  end)
  add("P4[k+2]<=P3[k], k=2..71 (not-Hispanic race cell <= race cell)",
    none_above(p[4] + 2, p[3], 2, RACE_ITEMS))
  add("P5[k]<=P3[k], k=1..71 (18+ cell <= all-age cell)",
    none_above(p[5], p[3], 1, RACE_ITEMS))
  add("P4.2 = sum over the 7 (6 alone + 2 or more) of P3-P4 differences", function(v)
    local sum = 0
    for k = 3, 9 do
      sum = sum + v[p[3] + k] - v[p[4] + k + 2]
    end
    return sum == v[p[4] + 2]
  end)
end

local all

--- The identities.
-- @return list of { name =, holds = function(numbers) -> boolean }, 35 of them
function identities.all()
  if not all then
    all = {}
    local before = {}
    for i, matrix in ipairs(dictionary.sf1().by_segment["01"].matrices) do
      before[i] = matrix.first - 1
      add_sums(all, matrix)
    end
    add_relations(all, before)
  end
  return all
end

--- Check a record.
-- @param numbers the 222 of them
-- @return the identities that do not hold, or nil
function identities.broken(numbers)
  local broken
  for _, identity in ipairs(identities.all()) do
    if not identity.holds(numbers) then
      broken = broken or {}
      broken[#broken + 1] = identity
    end
  end
  return broken
end

return identities
