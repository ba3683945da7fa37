-- comparison: published examples, the four wordings, and how often they are wrong.

local comparison = require "bigdata.statistics.comparison"
local random = require "bigdata.statistics.random"

local normal = dofile("tests/support/spec_kit.lua").normal

local function exponentials(values)
  local list = {}
  for i, value in ipairs(values) do list[i] = math.exp(value) end
  return list
end

-- Hours of sleep gained by two drugs (Cushny and Peebles 1905, Student 1908: The probable error of
-- a mean), as exponents, since comparisons are made in logarithms.
local FIRST = exponentials { 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 }
local SECOND = exponentials { 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 }

describe("the interval", function()
  it("of pairs is near Student's own", function()
    local result = comparison.of(FIRST, SECOND, { paired = true })
    assert.near(1.58, math.log(result.ratio), 1e-9)
    assert.near(0.70, math.log(result.low), 0.15)
    assert.near(2.46, math.log(result.high), 0.15)
    assert.equal("faster", result.words)
    assert.equal(10, result.runs)
  end)

  it("of lists that are no pairs is near Welch's", function()
    local result = comparison.of(FIRST, SECOND, {})
    assert.near(-0.21, math.log(result.low), 0.15)
    assert.near(3.37, math.log(result.high), 0.15)
    assert.equal(comparison.TOO_FEW, result.words)
  end)

  it("is the same for the same seed", function()
    local one = comparison.of(FIRST, SECOND, { paired = true, seed = 3 })
    assert.same(one, comparison.of(FIRST, SECOND, { paired = true, seed = 3 }))
    assert.is_true(one.low ~= comparison.of(FIRST, SECOND, { paired = true, seed = 4 }).low)
  end)
end)

describe("a comparison", function()
  local BASE = { 100, 101, 99, 100 }

  it("says faster and slower of rates, dearer and cheaper of costs", function()
    local more, less = { 121, 119, 120, 122 }, { 81, 80, 79, 80 }
    assert.equal("faster", comparison.of(BASE, more, { paired = true }).words)
    assert.equal("slower", comparison.of(BASE, less, { paired = true }).words)
    assert.equal("dearer", comparison.of(BASE, more, { cost = true }).words)
    assert.equal("cheaper", comparison.of(BASE, less, { cost = true }).words)
  end)

  it("calls no difference of less than a percent one, however sure", function()
    local result = comparison.of({ 100, 100, 100, 100 }, { 100.5, 100.5, 100.5, 100.5 },
      { paired = true })
    assert.equal(comparison.NO_DIFFERENCE, result.words)
    assert.near(0.01, result.smallest, 1e-6)
    assert.near(1.005, result.low, 1e-9)
  end)

  it("tells that there is none from that there were too few runs", function()
    local result = comparison.of(BASE, { 101, 99, 100, 101 }, { paired = true })
    assert.equal(comparison.NO_DIFFERENCE, result.words)
    assert.is_true(result.smallest > 0.01 and result.smallest < 0.06, result.smallest)
    assert.equal(comparison.TOO_FEW, comparison.of(BASE, { 150, 70, 130, 80 }, {}).words)
  end)

  it("of one or two runs has a ratio at most", function()
    local result = comparison.of({ 100 }, { 200 }, { paired = true })
    assert.same({ runs = 1, words = comparison.TOO_FEW, ratio = 2 },
      { runs = result.runs, words = result.words, ratio = math.floor(result.ratio + 0.5) })
    assert.is_nil(result.low)
    assert.is_nil(comparison.of({ 100, 110 }, { 200, 300 }, { paired = true }).low)
    assert.same({ runs = 0, words = comparison.TOO_FEW }, comparison.of({}, { 1 }, {}))
  end)

  it("leaves out what is no figure, with its pair", function()
    local result = comparison.of({ 100, 0, 100, 100, 0 / 0, 100 },
      { 120, 120, math.huge, 121, 120, 119 }, { paired = true })
    assert.equal(3, result.runs)
    assert.equal("faster", result.words)
  end)
end)

-- Runs of a trial of that mean, which differ by `noise` as a share.
local function runs(generator, count, mean, noise)
  local list = {}
  for i = 1, count do list[i] = mean * math.exp(noise * normal(generator)) end
  return list
end

-- How often each wording came of 200 comparisons.
local function words_of(count, noise, factor, paired)
  local generator, counts = random.new(11), {}
  for seed = 1, 200 do
    local words = comparison.of(runs(generator, count, 1000, noise),
      runs(generator, count, 1000 * factor, noise), { paired = paired, seed = seed }).words
    counts[words] = (counts[words] or 0) + 1
  end
  return setmetatable(counts, { __index = function() return 0 end })
end

describe("of ten runs each, with a noise of 5 %,", function()
  for paired, what in pairs { [true] = "pairs", [false] = "lists" } do
    it("equal " .. what .. " show no measurable difference in 95 of 100 cases", function()
      assert.is_true(words_of(10, 0.05, 1, paired)[comparison.NO_DIFFERENCE] >= 190)
    end)

    it(what .. " show a slowdown by 10 % in 9 of 10 cases", function()
      assert.is_true(words_of(10, 0.05, 0.9, paired).slower >= 180)
    end)
  end
end)

describe("of three runs each", function()
  it("differences are seldom invented, and large ones found", function()
    local same = words_of(3, 0.05, 1, true)
    assert.is_true(same.faster + same.slower <= 10, same.faster + same.slower)
    assert.is_true(words_of(3, 0.03, 0.5, true).slower >= 180)
  end)
end)
