# The server dies in the middle: a partial report, and no row in it that the server does not hold.
server=$PWD/own
"$ROOT/tests/support/server" start "$server" "fsync = on"
url="host=$server user=tests dbname=postgres"
trap '"$ROOT/tests/support/server" stop "$server"' EXIT
sample 2000
start row_by_row --directory data --poolsize 4 --dburl "$url" >report 2>errors
wait_for elements 500
kill -QUIT "$(head -n 1 own/data/postmaster.pid)"
wait "$pid"
status=$?
grep -q 'data: failed' report && echo "a partial report"
reported=$(rows data <report)

"$ROOT/tests/support/server" restart "$server"
stored=$(sql "select count(*) from data_element")
# Of what was on its way, the server may have stored one row for each connection.
if ((reported > 500 && reported <= stored && stored <= reported + 4)); then
  echo "the count is right"
else
  echo "reported $reported, stored $stored"
fi
# What a backend says as it ends may be lost with its socket.
cat errors >&2
exit $status
