-- statistics, random, drift: worked examples, and properties of known distributions.

local drift = require "bigdata.statistics.drift"
local random = require "bigdata.statistics.random"
local statistics = require "bigdata.statistics"

local normal = dofile("tests/support/spec_kit.lua").normal

describe("a quantile", function()
  it("lies on the line between two values", function()
    local values = { 40, 10, 30, 20 }
    assert.equal(25, statistics.median(values))
    assert.equal(10, statistics.quantile(values, 0))
    assert.equal(40, statistics.quantile(values, 1))
    assert.near(37, statistics.quantile(values, 0.9), 1e-9)
    assert.same({ 40, 10, 30, 20 }, values)
  end)

  it("of one value is that value, and of none nothing", function()
    assert.equal(7, statistics.quantile({ 7 }, 0.9))
    assert.is_nil(statistics.median {})
  end)
end)

describe("the spread", function()
  it("is that of what the values are a sample of", function()
    assert.equal(5, statistics.mean { 2, 4, 4, 4, 5, 5, 7, 9 })
    assert.near(32 / 7, statistics.variance { 2, 4, 4, 4, 5, 5, 7, 9 }, 1e-12)
    assert.near(math.sqrt(32 / 7), statistics.deviation { 2, 4, 4, 4, 5, 5, 7, 9 }, 1e-12)
  end)
end)

describe("Student's distribution", function()
  it("is that of the tables", function()
    local TABLE = { [1] = 12.706, [2] = 4.303, [4] = 2.776, [9] = 2.262, [10] = 2.228, [15] = 2.131,
      [20] = 2.086, [30] = 2.042, [120] = 1.980 }
    for freedom, expected in pairs(TABLE) do
      assert.near(expected, statistics.student_95(freedom), 0.0006)
    end
  end)
end)

describe("finite", function()
  it("tells numbers from what only looks like one", function()
    assert.is_true(statistics.finite(0))
    assert.is_false(statistics.finite(0 / 0))
    assert.is_false(statistics.finite(-math.huge))
    assert.is_false(statistics.finite("1"))
    assert.is_false(statistics.finite(nil))
  end)
end)

describe("a generator", function()
  it("gives the published numbers of its kind", function()
    -- SplitMix64 with seed 1234567, as in the reference code's output.
    local EXPECTED = { 6457827717110365317, 3203168211198807973, -8629252141511181193 }
    local generator = random.new(1234567)
    for _, bits in ipairs(EXPECTED) do
      assert.equal(bits >> 11, math.tointeger(generator:number() * 0x1p53))
    end
  end)

  it("depends on its seed alone", function()
    local one, two = random.new(5), random.new(5)
    random.new(6):number()
    for _ = 1, 10 do assert.equal(one:number(), two:number()) end
    assert.is_true(random.new(6):number() ~= random.new(5):number())
  end)

  it("is even, and normal where it is to be", function()
    local generator, counts, values = random.new(1), { 0, 0, 0, 0 }, {}
    for i = 1, 20000 do
      local whole = generator:whole(4)
      counts[whole] = counts[whole] + 1
      values[i] = normal(generator)
    end
    for _, count in ipairs(counts) do assert.near(5000, count, 250) end
    assert.near(0, statistics.mean(values), 0.03)
    assert.near(1, statistics.deviation(values), 0.03)
    assert.near(1.645, statistics.quantile(values, 0.95), 0.05)
  end)

  it("shuffles to every order alike", function()
    local generator, seen = random.new(3), {}
    for _ = 1, 6000 do
      local order = table.concat(generator:shuffle { "a", "b", "c" })
      seen[order] = (seen[order] or 0) + 1
    end
    for _, order in ipairs { "abc", "acb", "bac", "bca", "cab", "cba" } do
      assert.near(1000, seen[order], 150)
    end
  end)
end)

describe("drift", function()
  -- Trials run in turns, `repeats` of each, that lose `loss` of their rate over the sweep.
  local function turns(repeats, noise, loss, seed)
    local generator, trials = random.new(seed), {}
    for t, level in ipairs { 1000, 400, 7000 } do
      local trial = { places = {}, figures = {} }
      for i = 1, repeats do
        local place = (i - 1) * 3 + t
        trial.places[i] = place
        trial.figures[i] = level * (1 - loss) ^ ((place - 1) / (repeats * 3 - 1))
          * math.exp(noise * normal(generator))
      end
      trials[t] = trial
    end
    return trials
  end

  it("is found where rates fall, whatever the trial", function()
    local found = drift.of(turns(10, 0.03, 0.15, 1))
    assert.is_true(found.found)
    assert.near(-0.15, found.change, 0.05)
  end)

  it("is seldom found where there is none", function()
    local count = 0
    for seed = 1, 100 do
      if drift.of(turns(6, 0.03, 0, seed), seed).found then count = count + 1 end
    end
    assert.is_true(count <= 5, count)
  end)

  it("is not told from too few runs, nor from runs without a figure", function()
    assert.is_nil(drift.of(turns(2, 0.03, 0.5, 1)))
    assert.is_nil(drift.of({ { places = { 1, 2, 3 }, figures = { 0, 0 / 0, 5 } } }))
    assert.is_nil(drift.of {})
  end)
end)
