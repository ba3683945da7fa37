# Options before and after the scenario, and the word "run" or none.
database
sample 20
{
  bigdata --limit 3 row_by_row --directory data --dburl "$url" -c 2
  bigdata row_by_row -t 3 --directory=data -c2 --dburl "$url"
  bigdata run row_by_row --directory data --dburl "$url" --limit 3 --poolsize 2
  bigdata run --dburl "$url" --directory data --limit 3 --poolsize 2 row_by_row
  bigdata --dburl "$url" --directory data -t 3 -c 2 "$ROOT/scenarios/row_by_row.lua"
} 2>/dev/null | rows data
