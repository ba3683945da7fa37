# The percentile distribution: a file for each step, or the one that was named.
database
sample 5
row_by_row --quiet --histogram out.hgrm >printed
ls
grep -c '^ *[0-9.]* 1.000000000000 *[0-9]*$' out.geo.hgrm
points
printf '1,2\n3,4\n' >points.csv
bigdata points.lua --dburl "$url" -c 1 --quiet --histogram - --no-verify
bigdata row_by_row --dburl "host=/nowhere" --histogram missing/out.hgrm
exit 0
