# The server is killed twenty times during one load, whole or in one of its processes, after which
# it starts anew by itself; with --resume and --reconnect the tables are at the end what an
# undisturbed load leaves.
sample 800
mkdir server
chmod 711 . server
server=$PWD/server/socket
"$ROOT/tests/support/server" start "$server"
trap '"$ROOT/tests/support/server" stop "$server"' EXIT
url="host=$server user=tests dbname=postgres"

content() {
  sql "select md5(string_agg(g::text || d::text, '' order by g, d)) from (
    select (g.fileid, g.cifsn, g.logrecno) as g, (d.dictionary_item_id, d.value) as d
    from geo_record as g left join data_element as d on d.geo_record_id = g.id) as a"
}
stored() { sql "select count(*) from bigdata_done" 2>/dev/null; }
grown() { [ "$(stored)" -gt "$1" ]; }

start row_by_row --directory data --poolsize 4 --dburl "$url" --resume --reconnect 60 \
  --commit-every 3 --rate 50 --monitor 0 --queue 50 --progress 60 >report 2>errors
kills=0
before=0
while [ $kills -lt 20 ] && kill -0 "$pid" 2>/dev/null; do
  wait_for grown "$before" || break
  postmaster=$(head -n 1 "$server/data/postmaster.pid")
  processes=$(pgrep -P "$postmaster")
  kills=$((kills + 1))
  if [ $((kills % 4)) -eq 0 ]; then
    # shellcheck disable=SC2086 # one word for each process
    kill -KILL "$postmaster" $processes 2>/dev/null # some may have ended by themselves
    wait_for "$ROOT/tests/support/server" restart "$server" || break
  else
    # Mostly a connection: they are younger than the others. A worker of autovacuum may have ended.
    kill -KILL "${processes##*[[:space:]]}" 2>/dev/null
    wait_for stored
  fi
  before=$(stored)
done
wait "$pid"
echo "exit status $?, killed $kills times"
grep -v "^progress: " errors
grep -o 'lost connections were opened again' report | sort -u
disturbed=$(content)
bigdata row_by_row --directory data --poolsize 4 --dburl "$url" --quiet >/dev/null
[ "$disturbed" = "$(content)" ] && echo "the tables are equal, ${#disturbed}"
