# A result that may not be as large leaves the earlier one, and nothing beside it.
points
printf '1,2\n' >points.csv
database
echo before >result.json
(
  ulimit -f 1
  bigdata points.lua --dburl "$url" --poolsize 1 --quiet --json result.json
)
status=$?
cat result.json
ls
exit "$status"
