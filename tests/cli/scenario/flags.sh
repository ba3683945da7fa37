# Flags are given like other options, and reach the source.
cat >flags.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "counts" }
scenario:flag "up_to" { type = "integer", default = 3, help = "the last number" }
scenario:step "count" {
  source = function(opt)
    io.stderr:write(("up to %d\n"):format(opt.up_to))
    return bigdata.source.count { count = opt.up_to }
  end,
  each = function(db, row) db:exec("select $1::int", row.n) end,
}
return scenario
LUA
for arguments in "--up-to 5" "--up_to=6" ""; do
  # shellcheck disable=SC2086
  bigdata flags.lua --dry-run $arguments 2>&1 >/dev/null | grep -m 1 '^up to'
done
