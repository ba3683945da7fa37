# A terminal that is closed ends a run as Ctrl-C does: what was done is told and kept.
database
sample 2000
start row_by_row --directory data --poolsize 4 --dburl "$url" --json result.json >report 2>errors
wait_for elements 500
kill -HUP "$pid"
wait "$pid"
status=$?
grep -o 'data: interrupted' report
bigdata report result.json | grep -o 'data: interrupted'
exit $status
