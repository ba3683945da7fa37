# Even when the program is killed with no chance to do anything, the server dies; what may be left
# of the folder is removed by the next run.
sample 2000
mkdir tmp
chmod 711 tmp
export TMPDIR=$PWD/tmp
start row_by_row --directory data --poolsize 2 --progress 1 >/dev/null 2>errors
wait_for grep -q data errors
postmaster=$(head -n 1 tmp/*/data/postmaster.pid)
kill -0 "$postmaster" && echo "a server is running"
kill -KILL "$pid"
wait "$pid"
gone() { ! kill -0 "$postmaster" 2>/dev/null; }
wait_for gone && echo "it is gone"
bigdata row_by_row --directory data --poolsize 2 --limit 1 >/dev/null 2>&1
empty() { [ -z "$(ls tmp)" ]; }
wait_for empty
