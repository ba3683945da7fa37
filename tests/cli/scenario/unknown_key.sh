# A key that means nothing is refused, with the near one.
cat >keys.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "a key too many" }
scenario:step "one" {
  sourze = function() return bigdata.source.count { count = 1 } end,
  each = function(db, row) db:exec("select $1::int", row.n) end,
}
return scenario
LUA
bigdata keys.lua
