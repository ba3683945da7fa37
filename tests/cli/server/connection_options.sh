# The options of psql and pgbench, which override --dburl, in runs, sweeps, and by other programs.
database
sample 5
cat >sweep.lua <<'LUA'
local bigdata = require "bigdata"
local script = [[
  n=$(psql -q -X -A -t -d "$BIGDATA_DBURL" -c 'select current_database()') || exit 1
  [ "$n" = "$WANTED" ] && echo '{"rows": 7, "seconds": 1}']]
return bigdata.sweep {
  scenario = "row_by_row",
  trials = {
    { name = "own" },
    bigdata.external { name = "other", command = { "/bin/sh", "-c", script } },
  },
}
LUA
export WANTED=$CASE
run() { bigdata "$@" --directory data --poolsize 2 2>errors; }
run row_by_row -h "$SERVER" -U tests -d "$CASE" | rows data
run row_by_row --dburl "host=/nowhere user=nobody dbname=$CASE port=5432" -h "$SERVER" -U tests |
  rows data
run row_by_row --dburl "postgresql://nobody@/nowhere?host=$SERVER" --username=tests -d"$CASE" |
  rows data
run row_by_row --vary engine=threads,poll -h "$SERVER" -U tests -d "$CASE" --csv - |
  cut -d, -f2,14 | sort
run sweep.lua -h "$SERVER" -U tests -d "$CASE" --csv - | cut -d, -f2,14 | sort -u
bigdata rebuild -h "$SERVER" -U tests -d "$CASE" | grep -o "database $CASE"
sql "select count(*) from data_element"
bigdata row_by_row --directory data --limit 1 --dry-run -h /nowhere -p 1 | grep -c read:
PGPASSWORD=hunter2 bigdata row_by_row -h "$SERVER" -U guarded -d "$CASE" --verbose >output 2>&1
bigdata row_by_row -h "$SERVER" -d "host=/nowhere password=hunter2" >>output 2>&1
grep -Eo "password authentication failed|--dbname is the name of a database.*" output
! grep -n hunter2 output || echo "the password was printed"
