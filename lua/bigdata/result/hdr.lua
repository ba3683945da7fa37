-- result/hdr.lua - latencies in HdrHistogram's text form, the percentile distribution that its
-- plotter (hdrhistogram.github.io) and other tools read. In milliseconds.

local hdr = {}

-- As the core's histogram has them (src/stats/histogram.h): powers of two, and cells up to the
-- first two of them.
local BUCKETS, SUB_BUCKETS = 33, 2048

local function point(quantile)
  local line = ("%12.6f %2.12f %10d"):format(1000 * quantile.seconds, quantile.share,
    quantile.count)
  if quantile.share == 1 then return line end
  return line .. (" %14.2f"):format(1 / (1 - quantile.share))
end

-- The text for a step's latency, as docs/result.md has it.
function hdr.text(latency)
  local lines = { "       Value     Percentile TotalCount 1/(1-Percentile)", "" }
  for _, quantile in ipairs(latency.quantiles) do lines[#lines + 1] = point(quantile) end
  lines[#lines + 1] = ("#[Mean    = %12.6f, StdDeviation   = %12.6f]"):format(
    1000 * latency.mean_seconds, 1000 * latency.deviation_seconds)
  lines[#lines + 1] = ("#[Max     = %12.6f, Total count    = %12d]"):format(
    1000 * latency.max_seconds, latency.count)
  lines[#lines + 1] = ("#[Buckets = %12d, SubBuckets     = %12d]"):format(BUCKETS, SUB_BUCKETS)
  return table.concat(lines, "\n") .. "\n"
end

-- The file for a step: path itself where there is one step only, else path with the step's name
-- before its extension.
function hdr.path(path, step, alone)
  if alone or path == "-" then return path end
  local base, extension = path:match("^(.+)(%.[^./]+)$")
  return ("%s.%s%s"):format(base or path, step, extension or "")
end

return hdr
