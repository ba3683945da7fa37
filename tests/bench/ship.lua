-- tests/bench/ship.lua
-- Records of many rows for the table shipped (record, value): what a way of shipping costs a row.
-- It names no schema, so that it leaves the table to whoever measures.
local bigdata = require "bigdata"

local scenario = bigdata.scenario {
  summary = "ship the rows of a file's records",
}

scenario:flag "file" {
  type = "path", default = "records.csv", help = "lines of a number and the values of its rows",
}

scenario:step "ship" {
  source = function(opt)
    return bigdata.source.delimited { files = opt.file, fields = { "number" }, rest = "values" }
  end,
  each = function(db, row)
    db:insert("shipped", { "record", "value" }, row.number, row.values)
  end,
}

return scenario
