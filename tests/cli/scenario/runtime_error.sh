# An error in a step's function: file and line, but no traceback unless it is asked for.
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
bigdata fails.lua --dry-run 2>stderr
status=$?
cat stderr >&2
! grep -q traceback stderr || echo "a traceback was printed"
exit $status
