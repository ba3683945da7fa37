# Ctrl-C: what is under way is cancelled, partial results are printed, and they are right.
database
sample 2000
start row_by_row --directory data --poolsize 4 --dburl "$url" --engine threads >report 2>errors
wait_for elements 500
kill -INT "$pid"
wait "$pid"
status=$?
grep -o 'data: interrupted' report
reported=$(rows data <report)
stored=$(sql "select count(*) from data_element")
((reported > 0 && reported <= stored && stored <= reported + 4)) ||
  echo "reported $reported, stored $stored"
exit $status
