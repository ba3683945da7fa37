# The schema and its dictionary, as often as it is asked for.
database
for _ in 1 2; do
  bigdata rebuild --dburl "$url" >/dev/null 2>&1
  echo "status $?"
done
sql "select count(*) from matrix"
sql "select count(*), count(parent_id) > 0, min(index) from dictionary_item"
sql "select count(*) from dictionary_item d join dictionary_item p on p.id = d.parent_id
  where p.matrix_id <> d.matrix_id or p.index >= d.index"
sql "select count(*) from dictionary_item d join matrix m on m.id = d.matrix_id
  where m.segment_id = '01'"
