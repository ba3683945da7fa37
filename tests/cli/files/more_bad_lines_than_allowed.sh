points
printf '1,2\nx,4\n5\n7,8\n' >points.csv
bigdata points.lua --dry-run --max-errors 1 >/dev/null
