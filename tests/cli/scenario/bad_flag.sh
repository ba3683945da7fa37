cat >flags.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "counts" }
scenario:flag "up_to" { type = "integer", default = 3, help = "the last number" }
scenario:step "count" {
  source = function(opt) return bigdata.source.count { count = opt.up_to } end,
  each = function(db, row) db:exec("select $1::int", row.n) end,
}
return scenario
LUA
bigdata flags.lua --dry-run --up-to many
