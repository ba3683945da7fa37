-- scenarios/ingest_methods.lua
-- The same records by every way of shipping rows, and those that collect rows also in batches.
local bigdata = require "bigdata"

return bigdata.sweep {
  scenario = "ingest",
  summary = "every way of shipping rows, with and without batches",
  trials = {
    { insert = "row" },
    { insert = "pipeline" },
    { insert = "values" },
    { insert = "unnest" },
    { insert = "copy" },
    { insert = "copy-binary" },
    { insert = "values", insert_batch = 5000 },
    { insert = "unnest", insert_batch = 5000 },
    { insert = "copy", insert_batch = 5000 },
    { insert = "copy-binary", insert_batch = 5000 },
  },
  settings = { poolsize = 4 },
  repeats = 3,
}
