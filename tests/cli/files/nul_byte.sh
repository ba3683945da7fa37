# The same for a byte of zero, which PostgreSQL cannot store in a text.
points
printf '1,2\n3,4\n5,\0006\n7,8\n' >points.csv
bigdata points.lua --dry-run >/dev/null
