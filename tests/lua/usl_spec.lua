-- usl: the law's fit to published data and to curves of known parameters.

local random = require "bigdata.statistics.random"
local usl = require "bigdata.statistics.usl"

local normal = dofile("tests/support/spec_kit.lua").normal

local function near(expected, value, share)
  assert.is_true(math.abs(value - expected) <= math.abs(expected) * share,
    ("%s is not within %s of %s"):format(value, share, expected))
end

local function points(sizes, rate)
  local list = {}
  for i, size in ipairs(sizes) do list[i] = { size = size, rate = rate(size, i) } end
  return list
end

describe("the Universal Scalability Law", function()
  it("fits the SPEC SDM 91 results of a SPARCcenter 2000 as published", function()
    -- Throughputs in scripts/hour of SPEC's report; parameters, errors, and the peak as of the R
    -- package usl (CRAN, data set specsdm91, method nlxb).
    local RATES = { 64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2 }
    local fit = assert(usl.fit(points({ 1, 18, 36, 72, 108, 144, 216 },
      function(_, i) return RATES[i] end)))
    near(89.9952330, fit.lambda, 1e-5)
    near(0.0277285, fit.sigma, 1e-5)
    near(0.0001044, fit.kappa, 1e-3)
    near(14.2134894, fit.errors.lambda, 1e-4)
    near(0.0091217, fit.errors.sigma, 1e-4)
    near(0.0000199, fit.errors.kappa, 5e-3)
    near(97, fit.peak_size, 0.01)
    near(0.99, fit.fit_share, 0.001)
    near(usl.rate(fit, fit.peak_size), fit.peak_rate, 1e-12)
  end)

  it("finds the parameters that made a curve", function()
    local made = { lambda = 700, sigma = 0.08, kappa = 0.002 }
    local fit = assert(usl.fit(points({ 1, 2, 4, 8, 16, 32, 64 },
      function(size) return usl.rate(made, size) end)))
    near(700, fit.lambda, 1e-4)
    near(0.08, fit.sigma, 1e-3)
    near(0.002, fit.kappa, 1e-3)
    assert.is_true(fit.error < 1e-4)
  end)

  it("has no peak where rates only grow", function()
    local fit = assert(usl.fit(points({ 1, 2, 4, 8, 16 },
      function(size) return 100 * size end)))
    near(100, fit.lambda, 1e-6)
    assert.is_true(fit.sigma < 1e-6 and fit.kappa < 1e-9)
    assert.is_true(fit.peak_size == nil or fit.peak_size > 1000)
  end)

  it("never goes below what cannot be negative, and lives with noise", function()
    local generator = random.new(2)
    for _ = 1, 20 do
      local fit = assert(usl.fit(points({ 1, 2, 5, 10, 20, 50 }, function(size)
        return 1000 * size / (1 + 0.3 * (size - 1)) * math.exp(0.05 * normal(generator))
      end)))
      assert.is_true(fit.sigma >= 0 and fit.kappa >= 0)
      near(0.3, fit.sigma, 0.5)
    end
  end)

  it("fits the others where one stands on its bound", function()
    local made = { lambda = 300, sigma = 0.1, kappa = -0.0005 } -- better than the law can be
    local list = points({ 1, 2, 4, 8, 16, 32 }, function(size) return usl.rate(made, size) end)
    local fit = assert(usl.fit(list))
    assert.equal(0, fit.kappa)
    -- The residuals are at right angles to what the other two change.
    local squares, products = 0, { { 0, 0 }, { 0, 0 } }
    local drawn = { 0, 0 }
    for _, point in ipairs(list) do
      local residual = point.rate - usl.rate(fit, point.size)
      local divisor = 1 + fit.sigma * (point.size - 1)
      local by = { point.size / divisor,
        -fit.lambda * point.size * (point.size - 1) / divisor ^ 2 }
      squares = squares + residual ^ 2
      for i = 1, 2 do
        drawn[i] = drawn[i] + residual * by[i]
        for j = 1, 2 do products[i][j] = products[i][j] + by[i] * by[j] end
      end
    end
    for i = 1, 2 do
      assert.is_true(math.abs(drawn[i]) < 1e-6 * math.sqrt(squares * products[i][i]))
    end
    local whole = products[1][1] * products[2][2] - products[1][2] ^ 2
    local variance = squares / (#list - 3)
    near(math.sqrt(variance * products[2][2] / whole), fit.errors.lambda, 1e-6)
    near(math.sqrt(variance * products[1][1] / whole), fit.errors.sigma, 1e-6)
    assert.is_nil(fit.errors.kappa)
  end)

  it("is refused to fewer than four sizes, and to rates that are none", function()
    local fit, why = usl.fit(points({ 1, 2, 2, 4 }, function(size) return size end))
    assert.is_nil(fit)
    assert.equal("the Universal Scalability Law needs at least 4 sizes", why)
    assert.is_nil(usl.fit(points({ 1, 2, 4, 8 },
      function(size) return size == 8 and 0 / 0 or size end)))
  end)
end)
