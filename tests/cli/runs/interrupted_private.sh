# With a private server: it is gone as well.
sample 2000
mkdir tmp
chmod 711 tmp
export TMPDIR=$PWD/tmp
start row_by_row --directory data --poolsize 2 --progress 1 >report 2>errors
wait_for grep -q data errors
kill -INT "$pid"
wait "$pid"
status=$?
ls tmp
grep -o 'data: interrupted' report
exit $status
