# The members that there are, are listed.
cat >member.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "reads a member of a zip" }
scenario:step "member" {
  source = function()
    return bigdata.source.delimited {
      files = { { path = "points.zip", member = "dots.csv" } }, fields = { "x", "y" },
    }
  end,
  each = function(db, row) db:exec("select $1, $2", row.x, row.y) end,
}
return scenario
LUA
echo 1,2 >points.csv
zip -q points.zip points.csv
bigdata member.lua --dry-run
