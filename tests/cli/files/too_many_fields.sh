# The same for a field too many.
points
printf '1,2\n3,4\n5,6,7\n7,8\n' >points.csv
bigdata points.lua --dry-run >/dev/null
