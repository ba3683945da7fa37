# An error in a step's function, when it is traced.
cat >fails.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "fails in each" }
scenario:step "one" {
  source = function() return bigdata.source.count { count = 1 } end,
  each = function(db, row)
    db:exec("select $1::int", row.m)
  end,
}
return scenario
LUA
bigdata fails.lua --dry-run
