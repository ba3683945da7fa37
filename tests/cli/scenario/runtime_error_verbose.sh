# The same with --verbose: a traceback follows.
cat >fails.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "fails when its source is asked for" }
scenario:step "one" {
  source = function(opt)
    local nothing
    return nothing.at.all
  end,
  each = function(db, row) db:exec("select 1") end,
}
return scenario
LUA
bigdata fails.lua --dry-run --verbose
