# One connection of several is cut off at work: the run ends, and the server's reason is shown.
database
cat >waits.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "waits" }
scenario:step "wait" {
  source = function() return bigdata.source.count { count = 3 } end,
  each = function(db, row) db:exec("select pg_sleep(1000), $1::int", row.n) end,
}
return scenario
LUA
start waits.lua --dburl "$url" --poolsize 3 --max-errors 2 >report 2>errors
asleep() {
  [ "$(sql "select count(*) from pg_stat_activity where wait_event = 'PgSleep'")" -eq 3 ]
}
wait_for asleep
sql "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' limit 1" \
  >/dev/null
# The others' records fail, which ends no run that allows it.
sql "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'" >/dev/null
wait "$pid"
status=$?
grep -o 'wait: failed' report
cat errors >&2
exit $status
