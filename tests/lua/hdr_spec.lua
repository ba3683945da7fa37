-- The percentile distribution in HdrHistogram's text form.

local hdr = require "bigdata.result.hdr"

describe("the percentile distribution", function()
  it("has HdrHistogram's form", function()
    assert.equal([[
       Value     Percentile TotalCount 1/(1-Percentile)

    0.123000 0.000000000000          1           1.00
    2.500000 0.500000000000          5           2.00
  120.000000 1.000000000000         10
#[Mean    =     3.000000, StdDeviation   =     1.500000]
#[Max     =   120.000000, Total count    =           10]
#[Buckets =           33, SubBuckets     =         2048]
]], hdr.text {
      mean_seconds = 0.003, deviation_seconds = 0.0015, max_seconds = 0.12, count = 10,
      quantiles = {
        { seconds = 0.000123, share = 0, count = 1 },
        { seconds = 0.0025, share = 0.5, count = 5 },
        { seconds = 0.12, share = 1.0, count = 10 },
      },
    })
  end)

  it("has a file for each step, where there are several", function()
    assert.equal("a/out.hgrm", hdr.path("a/out.hgrm", "geo", true))
    assert.equal("a/out.geo.hgrm", hdr.path("a/out.hgrm", "geo", false))
    assert.equal("a.b/out.geo", hdr.path("a.b/out", "geo", false))
  end)
end)
