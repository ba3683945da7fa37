# What a sweep has finished is kept, even if it is killed: it goes on from there.
database
sql "create sequence runs; create table endless (after integer)"
cat >waits.lua <<'LUA'
local bigdata = require "bigdata"
local scenario = bigdata.scenario { summary = "a run that does not end" }
scenario:step "wait" {
  source = function() return bigdata.source.count { count = 1 } end,
  each = function(db)
    db:exec("select pg_sleep(1000) from endless where nextval('runs') > after")
  end,
}
return scenario
LUA
options=(waits.lua --dburl "$url" --vary poolsize=1..4 --seed 1)
sleeping="wait_event = 'PgSleep'"
asleep() { [ "$(sql "select count(*) from pg_stat_activity where $sleeping")" -eq 1 ]; }

for signal in KILL INT; do
  sql "alter sequence runs restart; insert into endless values (2)"
  start "${options[@]}" --json "$signal.json" >report 2>errors
  wait_for asleep
  { # without the shell's own word that it was killed
    kill -"$signal" "$pid"
    wait "$pid"
  } 2>/dev/null
  echo "$signal: $?"
  grep '^hint' errors
  bigdata report "$signal.json" --quiet | sort
  sql "select pg_terminate_backend(pid, 10000) from pg_stat_activity where $sleeping" >/dev/null

  sql "delete from endless"
  bigdata "${options[@]}" --continue "$signal.json" >report 2>errors
  echo "continued: $?"
  grep '^trial' errors
done
