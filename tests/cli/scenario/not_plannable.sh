# A step that computes cannot be planned: the step, the line, and what to do.
cat >adds.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "computes" }
scenario:step "sum" {
  source = function() return bigdata.source.count { count = 1 } end,
  each = function(db, row)
    db:exec("select $1::int", row.n + 1)
  end,
}
return scenario
LUA
bigdata adds.lua --dry-run
