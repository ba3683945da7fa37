# A run empties the tables first.
database
sample 20
for limit in 20 5; do
  row_by_row --limit $limit >/dev/null 2>&1
  sql "select (select count(*) from geo_record), (select count(*) from data_element)"
done
