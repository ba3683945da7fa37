-- tests/bench/lines.lua
-- A file of delimited lines, and a cheap statement for each: what a long file costs in memory.
local bigdata = require "bigdata"

local scenario = bigdata.scenario {
  summary = "ask for each line of a file",
}

scenario:flag "file" {
  type = "path", default = "lines.csv", help = "lines of a number and a text",
}

scenario:step "lines" {
  source = function(opt)
    return bigdata.source.delimited { files = opt.file, fields = { "number", "text" } }
  end,
  each = function(db, row)
    db:exec("select $1::text, $2::text", row.number, row.text)
  end,
}

return scenario
