# A test of a value cannot be seen when each is traced; the proof shows where the forms part.
cat >branches.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "does something else for the third record" }
scenario:step "branch" {
  source = function() return bigdata.source.count { count = 10 } end,
  each = function(db, row)
    if row.n == "3" then db:exec("select 'three'") else db:exec("select $1::int", row.n) end
  end,
}
return scenario
LUA
bigdata branches.lua --dry-run
