# Ctrl-C: a search shows what it has measured.
database
sample 2000
start row_by_row --directory data --dburl "$url" --find poolsize --time 1 >report 2>errors
wait_for grep -q '^trial 2' errors
kill -INT "$pid"
wait "$pid"
status=$?
sed -n '/^Interrupted/,$p' report
exit $status
