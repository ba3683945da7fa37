-- size_search: against curves whose answer is known from a full grid.

local random = require "bigdata.statistics.random"
local size_search = require "bigdata.sweep.size_search"
local usl = require "bigdata.statistics.usl"

local normal = dofile("tests/support/spec_kit.lua").normal

local MOST = 100

-- The smallest size within 5 % of the best of all sizes.
local function grid_answer(curve)
  local best = 0
  for size = 1, MOST do best = math.max(best, curve(size)) end
  for size = 1, MOST do
    if curve(size) >= 0.95 * best then return size, best end
  end
end

local CURVES = {
  ["with a peak"] = { lambda = 1000, sigma = 0.05, kappa = 0.001 },
  ["with an early peak"] = { lambda = 1000, sigma = 0.2, kappa = 0.02 },
  ["that levels off"] = { lambda = 1000, sigma = 0.1, kappa = 0.00001 },
  ["that is best with one"] = { lambda = 1000, sigma = 0.9, kappa = 0.2 },
  ["that only grows"] = { lambda = 1000, sigma = 0, kappa = 0 },
}

for name, law in pairs(CURVES) do
  describe("of a curve " .. name .. " the search", function()
    local function curve(size) return usl.rate(law, size) end
    local wanted, best = grid_answer(curve)

    it("finds a size that is nearly the best, with a third of a grid's trials", function()
      local found = size_search.find(curve, { least = 1, most = MOST })
      assert.is_true(curve(found.answer) >= 0.95 * best * 0.95, found.answer)
      assert.is_true(found.answer <= wanted * 1.35 + 1,
        ("%d instead of %d"):format(found.answer, wanted))
      assert.is_true(found.count <= MOST / 3, found.count)
    end)

    it("does so with noise", function()
      local generator, hits = random.new(4), 0
      for _ = 1, 20 do
        local found = size_search.find(function(size)
          return curve(size) * math.exp(0.02 * normal(generator))
        end, { least = 1, most = MOST })
        if curve(found.answer) >= 0.95 * best * 0.95 then hits = hits + 1 end
        assert.is_true(found.count <= MOST / 3, found.count)
      end
      assert.is_true(hits >= 18, hits)
    end)
  end)
end

describe("a search", function()
  it("says what it knows", function()
    local law = CURVES["with a peak"]
    local found = size_search.find(function(size) return usl.rate(law, size) end,
      { least = 1, most = MOST })
    assert.is_true(math.abs(found.fit.sigma - 0.05) < 0.001)
    assert.is_true(found.below < found.answer and found.above > found.answer)
    assert.is_true(found.share >= 0.95 and found.share <= 1)
    assert.is_true(#found.rates[found.answer] >= 3)
  end)

  it("never goes beyond what is allowed", function()
    size_search.find(function(size)
      assert.is_true(size >= 1 and size <= 7)
      return size
    end, { least = 1, most = 7 })
  end)

  it("is not ended by a moment in which the machine is busy", function()
    local count = 0
    local found = size_search.find(function(size)
      count = count + 1
      return size * ((count == 4 or count == 5) and 0.2 or 1)
    end, { least = 1, most = 64 })
    assert.is_true(found.answer > 60, found.answer)
  end)

  it("lives with sizes that have no rate", function()
    assert.is_nil(size_search.find(function() end, { least = 1, most = 8 }))
    local found = size_search.find(function(size) return size < 5 and 100 * size or nil end,
      { least = 1, most = 64 })
    assert.equal(4, found.answer)
  end)
end)
