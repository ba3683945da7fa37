# A folder in the place of a file: even root cannot read it.
points
mkdir points.csv
bigdata points.lua --dry-run
