# Damage that is met under way: a partial report, with what the server had acknowledged by then.
database
points
seq 1 20000 | sed 's/$/,1/' | gzip >points.csv.gz
head -c 40000 points.csv.gz >cut.csv.gz
bigdata points.lua --file cut.csv.gz --dburl "$url" --poolsize 4 >report 2>errors
status=$?
grep -o 'points: failed' report
awk '$1 == "points" && $2 ~ /^[0-9,]+$/ && NF == 5 {
  gsub(/,/, "")
  print ($2 > 1000 ? "records" : $2)
}' report
tail -n 1 errors >&2
exit $status
