# The first bad line stops the run, and is named with its file.
points
printf '1,2\n3,4\n5\n7,8\n' >points.csv
bigdata points.lua --dry-run >/dev/null
