# prelude.bash - what a command-line case may use, besides bash.
#
#   bigdata ARGUMENT...    the program under test
#   $ROOT                  the checkout
#   $SERVER                the folder of the shared server's socket; max_connections is 40
#   database               make this case's own database; $url then says how to connect to it
#   sql [QUERY]            ask there (or run the script on standard input), values only
#   sample RECORDS         Census files of so many records in the folder data
#   row_by_row ARGUMENT... the scenario with these files, on the case's database
#   start ARGUMENT...      the program in the background, its process in $pid
#   wait_for COMMAND...    until it succeeds, at most a minute
#   elements N             succeeds when more than N data elements are stored
#   rows STEP              the rows that a report, on standard input, gives for the step
#   points                 a scenario, points.lua, that reads the lines "x,y" of the file --file

bigdata() { "$BIGDATA" "$@"; }

database() {
  psql -q -h "$SERVER" -U tests -d postgres -c "create database $CASE"
  url="host=$SERVER user=tests dbname=$CASE"
}

sql() { psql -q -X -A -t -v ON_ERROR_STOP=1 -d "$url" ${1+-c "$1"}; }

start() {
  # With job control, a background command does not ignore SIGINT.
  set -m
  "$BIGDATA" "$@" &
  pid=$!
  set +m
  echo $pid >>"$STARTED"
}

wait_for() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.1
  done
  echo "waited in vain for: $*" >&2
  return 1
}

elements() {
  [ "$(sql "select count(*) from (select 1 from data_element limit $1 + 1) as d")" -gt "$1" ]
}

sample() { bigdata data generate --records "$1" --seed 1 --output data >/dev/null; }

row_by_row() { bigdata row_by_row --directory data --poolsize 4 --dburl "$url" "$@"; }

# In the table of steps a number of records follows the name, and nothing else looks like that.
rows() {
  awk -v step="$1" '$1 == step && NF == 5 && $2 ~ /^[0-9,]+$/ { gsub(/,/, "", $3); print $3 }'
}

points() {
  cat >points.lua <<'LUA'
local bigdata = require "bigdata"

local scenario = bigdata.scenario { summary = "points" }

scenario:flag "file" { type = "path", default = "points.csv", help = "lines of x,y" }

scenario:step "points" {
  source = function(opt)
    return bigdata.source.delimited {
      files = opt.file, fields = { "x", "y" }, numbers_from = 1,
    }
  end,
  each = function(db, row)
    db:exec("select $1::float8 + $2::float8", row.x, row.y)
  end,
}

return scenario
LUA
}
