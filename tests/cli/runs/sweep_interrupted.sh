# Ctrl-C: the table shows what there is.
database
sample 2000
cat >mine.lua <<'LUA'
return require "bigdata".sweep {
  scenario = "row_by_row", trials = { { limit = 2 }, { limit = 3 }, { limit = 2000 } },
}
LUA
start mine.lua --directory data --poolsize 2 --dburl "$url" >report 2>errors
wait_for elements 1000
kill -INT "$pid"
wait "$pid"
status=$?
sed -n '/^data/,$p' report
exit $status
