-- tests/bench/counting.lua
-- Statements that take the server as long as it is told, and the client next to nothing: trials
-- whose difference is known.
local bigdata = require "bigdata"

-- In FROM the rows would be stored first, which does not take in proportion to their number.
local COUNT = "select count(*) from (select generate_series(1, $1::integer)) as made_up"

local scenario = bigdata.scenario {
  summary = "let the server count rows that it makes up",
}

scenario:flag "count" { type = "integer", default = 1000000000, help = "statements" }
scenario:flag "rows" { type = "integer", default = 10000, help = "rows that a statement counts" }

scenario:step "count" {
  source = function(opt) return bigdata.source.count { count = opt.count } end,
  each = function(db, _, _, opt) db:one(COUNT, opt.rows) end,
}

return scenario
