# Ctrl-C ends a scenario's function that runs without end, wherever it is called, at the first time.
database
try() { # WHAT TEXT: the scenario with this text in it
  cat >endless.lua <<LUA
local bigdata = require "bigdata"
local function run_on()
  io.open("begun", "w"):close()
  while true do pcall(error) end
end
local scenario = bigdata.scenario { summary = "endless" }
scenario:step "wait" {
  source = function() return bigdata.source.count { count = 3 } end,
  each = function(db, row) db:exec("select \$1::int", row.n) end,
}
$2
return scenario
LUA
  rm -f begun
  start endless.lua --dburl "$url" >report 2>errors
  wait_for test -e begun
  kill -INT "$pid"
  wait "$pid"
  echo "$1: $?"
}
try "loaded" "run_on()"
try "traced" "scenario.steps[1].each = run_on"
try "its source" "scenario.steps[1].source = run_on"
try "setup" "scenario:setup(run_on)"
try "worker" "scenario:worker(run_on)"
try "in a coroutine" "coroutine.wrap(run_on)()"
