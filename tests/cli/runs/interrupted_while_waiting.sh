# A statement that waits is cancelled at once.
database
sample 50
bigdata rebuild --dburl "$url" >/dev/null 2>&1
cat >waits.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "waits" }
scenario:step "wait" {
  source = function() return bigdata.source.count { count = 100 } end,
  each = function(db, row) db:exec("select pg_sleep(3600), $1::int", row.n) end,
}
return scenario
LUA
start waits.lua --dburl "$url" --poolsize 4 >report 2>errors
asleep() {
  [ "$(sql "select count(*) from pg_stat_activity where wait_event = 'PgSleep'")" -eq "$1" ]
}
wait_for asleep 4
kill -INT "$pid"
wait "$pid"
status=$?
wait_for asleep 0 && echo "cancelled"
exit $status
