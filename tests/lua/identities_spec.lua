-- census/identities.lua: true of a sound record, and each found broken in a damaged one.

local identities = require "bigdata.census.identities"
local population = require "bigdata.census.population"

local MIX = {
  [4] = 0.2, [5] = 0.01, [6] = 0.05, [7] = 0.001, [8] = 0.1, [9] = 0.05, hispanic = 0.1,
  adult = 0.75,
}

-- The numbers of many people of all races.
local function sound()
  math.randomseed(7)
  return population.numbers(population.draw(2000000, MIX))
end

local function broken_names(numbers)
  local names = {}
  for _, identity in ipairs(identities.broken(numbers) or {}) do
    names[identity.name] = true
  end
  return names
end

describe("the identities", function()
  it("are 35: 27 sums and 8 others", function()
    local sums = 0
    for _, identity in ipairs(identities.all()) do
      if identity.name:find("= sum of %d+ children") then sums = sums + 1 end
    end
    assert.equal(35, #identities.all())
    assert.equal(27, sums)
  end)

  it("are named by the items they are about", function()
    local names = {}
    for _, identity in ipairs(identities.all()) do names[identity.name] = true end
    assert.is_true(names["P003009 = sum of 5 children (P003010..P003070)"])
    assert.is_true(names["P004028 = sum of 20 children (P004029..P004048)"])
    assert.is_true(names["P1=P2.1"])
  end)

  it("hold for a sound record, and for one of zeros", function()
    assert.is_nil(identities.broken(sound()))
    local zeros = {}
    for i = 1, 222 do zeros[i] = 0 end
    assert.is_nil(identities.broken(zeros))
  end)

  it("find every single number that is one too high", function()
    for i = 1, 222 do
      local numbers = sound()
      numbers[i] = numbers[i] + 1
      assert.is_truthy(identities.broken(numbers), "item " .. i)
    end
  end)

  it("can each be broken", function()
    local seen = {}
    local function see(numbers)
      for name in pairs(broken_names(numbers)) do seen[name] = true end
    end
    for i = 1, 222 do
      for _, change in ipairs { 1, 100000000 } do
        local numbers = sound()
        numbers[i] = numbers[i] + change
        see(numbers)
      end
    end
    for _, identity in ipairs(identities.all()) do
      assert.is_true(seen[identity.name], identity.name)
    end
  end)

  it("compare cells from the first to the last", function()
    local wanted = {
      [82] = "P4[k+2]<=P3[k], k=2..71 (not-Hispanic race cell <= race cell)",
      [151] = "P4[k+2]<=P3[k], k=2..71 (not-Hispanic race cell <= race cell)",
      [152] = "P5[k]<=P3[k], k=1..71 (18+ cell <= all-age cell)",
      [222] = "P5[k]<=P3[k], k=1..71 (18+ cell <= all-age cell)",
    }
    for i, name in pairs(wanted) do
      local numbers = sound()
      numbers[i] = numbers[i] + 100000000
      assert.is_true(broken_names(numbers)[name], i)
    end
  end)

  it("tell which of them a wrong number breaks", function()
    local numbers = sound()
    numbers[222] = numbers[222] + 1 -- P5.71, a child of P5.70
    assert.is_true(broken_names(numbers)["P005070 = sum of 1 children (P005071..P005071)"])
  end)
end)
