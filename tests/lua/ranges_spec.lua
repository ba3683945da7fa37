-- ranges: lists of values from the command line.

local ranges = require "bigdata.sweep.ranges"

describe("a list", function()
  local function gives(list, expected)
    assert.equal(expected, table.concat(assert(ranges.expand(list)), " "))
  end

  it("is its values, in order", function()
    gives("threads,poll", "threads poll")
    gives("5", "5")
    gives(" 1 , 2,-3 ", "1 2 -3")
    gives("../a,../b", "../a ../b")
    gives("a..b", "a..b")
  end)

  it("may hold ranges", function()
    gives("1..4", "1 2 3 4")
    gives("1..64x2", "1 2 4 8 16 32 64")
    gives("1..50x2", "1 2 4 8 16 32")
    gives("10..100+10", "10 20 30 40 50 60 70 80 90 100")
    gives("0.5..2+0.5", "0.5 1 1.5 2")
    gives("0..1+0.1", "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1")
    gives("1,2,10..12", "1 2 10 11 12")
    gives("7..7", "7")
  end)

  it("is refused with what is wrong about it", function()
    local function fails(list, message)
      local values, problem = ranges.expand(list)
      assert.is_nil(values)
      assert.is_truthy(problem:find(message, 1, true), problem)
    end
    fails("", "the list is empty")
    fails(" ", "the list is empty")
    fails("1,,2", "1,,2: a value is missing")
    fails("1,", "1,: a value is missing")
    fails("8..1", "8..1: it ends before it begins")
    fails("1..8x1", "the factor must be above 1")
    fails("1..8+0", "the step must be above 0")
    fails("0..8x2", "it must begin above 0")
    fails("1.2.3..8", "a range is written as in 1..8")
    fails("1..20000", "more than 10,000 values")
  end)
end)
