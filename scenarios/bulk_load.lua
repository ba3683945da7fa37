-- scenarios/bulk_load.lua
-- The fastest way to load both files into the same two tables, with their constraints in place: few
-- connections, each of which sends the rows of many records by one binary COPY.
local bigdata = require "bigdata"

return bigdata.variant {
  scenario = "ingest",
  summary = "ingest as fast as can be: binary COPY in batches, on a few connections",
  settings = { insert = "copy-binary", insert_batch = 5000, poolsize = 4 },
}
