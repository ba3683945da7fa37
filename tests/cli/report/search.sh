# What a search has printed is what is printed again from what it has saved.
database
bigdata row_by_row --dburl "$url" --limit 2 --engine poll -c 3 --find jobs --monitor 0 --no-verify \
  --json search.json >printed 2>errors
bigdata report search.json >again
diff printed again && echo the same
bigdata report search.json --quiet
bigdata row_by_row --dburl "$url" --limit 2 --vary poolsize=1,2 --continue search.json
