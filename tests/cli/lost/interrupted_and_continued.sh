# A load that is interrupted, killed, and continued at last leaves what an undisturbed one does.
database
sample 300
content() {
  sql "select md5(string_agg(g::text || d::text, '' order by g, d)) from (
    select (g.fileid, g.cifsn, g.logrecno) as g, (d.dictionary_item_id, d.value) as d
    from geo_record as g left join data_element as d on d.geo_record_id = g.id) as a"
}
load() {
  start row_by_row --directory data --poolsize 4 --dburl "$url" --resume --commit-every 5 \
    --queue 50 "$@"
}

load >report 2>errors
wait_for elements 500
kill -INT "$pid"
wait "$pid"
echo "interrupted: $?"
grep 'load  ' report

load --engine poll >report 2>errors
wait_for elements 10000
{ # without the shell's own word that it was killed
  kill -KILL "$pid"
  wait "$pid"
} 2>/dev/null
echo "killed: $?"

row_by_row --resume --loop lua >report 2>errors
echo "continued: $?"
grep 'load  \|stored before' report
continued=$(content)
row_by_row --quiet >/dev/null
[ "$continued" = "$(content)" ] && echo "the tables are equal, ${#continued}"
