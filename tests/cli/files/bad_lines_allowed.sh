# With --max-errors bad lines are counted, the first ones shown, and the others read.
points
printf '1,2\nx,4\n5\n7,8\n' >points.csv
bigdata points.lua --dry-run --max-errors 2 2>/dev/null
