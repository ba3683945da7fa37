-- source.random: what is drawn.

local source = require "bigdata.source"

local COUNT = 20000

-- The values of one column, as numbers.
local function drawn(column, seed, count)
  column.name = "x"
  local records <close> = source.random {
    count = count or COUNT, seed = seed, columns = { column },
  }
  local values = {}
  for row in function() return (records:next()) end do
    values[#values + 1] = tonumber(row.x) or row.x
  end
  return values
end

local function counts_of(values)
  local counts = {}
  for _, value in ipairs(values) do counts[value] = (counts[value] or 0) + 1 end
  return counts
end

local function near(expected, value, share)
  assert.is_true(math.abs(value - expected) <= expected * share,
    ("%s is not within %s of %s"):format(value, share, expected))
end

describe("a column of kind", function()
  it("sequence counts, and begins anew", function()
    assert.same({ 5, 6, 7, 5, 6 }, drawn({ kind = "sequence", low = 5, high = 7 }, 1, 5))
  end)

  it("uniform has every number alike", function()
    local counts = counts_of(drawn { kind = "uniform", low = -2, high = 2 })
    for value = -2, 2 do near(COUNT / 5, counts[value], 0.08) end
  end)

  it("zipfian has the i-th as often as 1 / i^exponent", function()
    for _, exponent in ipairs { 0.7, 1, 1.5 } do
      local counts = counts_of(drawn { kind = "zipfian", high = 50, exponent = exponent })
      local sum = 0
      for i = 1, 50 do sum = sum + i ^ -exponent end
      for _, i in ipairs { 1, 2, 3, 10 } do near(COUNT * i ^ -exponent / sum, counts[i], 0.15) end
      assert.is_nil(counts[0])
      assert.is_nil(counts[51])
    end
  end)

  it("gaussian lies around the middle", function()
    local values = drawn { kind = "gaussian", low = 1, high = 1000 }
    local sum, within = 0, 0
    for _, value in ipairs(values) do
      assert.is_true(value >= 1 and value <= 1000)
      sum = sum + value
      if math.abs(value - 500.5) <= 200 then within = within + 1 end -- one deviation
    end
    near(500.5, sum / COUNT, 0.01)
    near(0.6827 / 0.9876 * COUNT, within, 0.03)
  end)

  it("text has letters, as many as it says", function()
    for _, value in ipairs(drawn({ kind = "text", low = 0, high = 3 }, 1, 200)) do
      assert.is_truthy(tostring(value):find("^%l?%l?%l?$"), value)
    end
    assert.equal(60, #drawn({ kind = "text", length = 60 }, 1, 1)[1])
  end)
end)

describe("a random source", function()
  it("gives the same for the same seed", function()
    local column = { kind = "uniform", high = 1000000 }
    assert.same(drawn(column, 7, 100), drawn(column, 7, 100))
    assert.is_not.same(drawn(column, 7, 100), drawn(column, 8, 100))
  end)

  it("may have many columns", function()
    local records <close> = source.random { count = 2, columns = {
      { name = "id", kind = "sequence", high = 9 }, { name = "pad", kind = "text", length = 3 },
    } }
    local row = records:next()
    assert.equal("1", row.id)
    assert.equal(3, #row.pad)
    assert.equal("2", records:next().id)
    assert.is_nil((records:next()))
  end)

  it("is refused with what is wrong about it", function()
    local function fails(message, columns, count)
      local good, problem = pcall(source.random, { count = count or 1, columns = columns })
      assert.is_false(good)
      assert.is_truthy(problem:find(message, 1, true), problem)
    end
    fails("columns is empty", {})
    fails("kind must be sequence, uniform, zipfian, gaussian or text, not unifrom; did you mean",
      { { name = "a", kind = "unifrom", high = 2 } })
    fails("it needs high, not below low (1)", { { name = "a", kind = "uniform" } })
    fails("it needs high, not below low (1)",
      { { name = "a", kind = "uniform", low = 3, high = 2 } })
    fails("it needs length", { { name = "a", kind = "text" } })
    fails("'exponent' must be above 0",
      { { name = "a", kind = "zipfian", high = 2, exponent = 0 } })
    fails("there are two fields a", { { name = "a", kind = "uniform", high = 2 },
      { name = "a", kind = "uniform", high = 2 } })
    fails("count must be at least 1", { { name = "a", kind = "uniform", high = 2 } }, 0)
    fails("has no key hihg; did you mean high?", { { name = "a", kind = "uniform", hihg = 2 } })
  end)
end)
