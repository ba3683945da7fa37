# More connections than records.
database
sample 20
for engine in threads poll; do
  bigdata row_by_row --directory data --dburl "$url" --poolsize 30 --engine $engine 2>/dev/null |
    rows data
done
