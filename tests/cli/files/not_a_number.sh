# The same for a field that should be a number.
points
printf '1,2\n3,4\n5,six\n7,8\n' >points.csv
bigdata points.lua --dry-run >/dev/null
