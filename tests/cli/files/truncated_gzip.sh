# What came before the cut is read, and the end noticed.
points
seq 1 200000 | sed 's/$/,1/' | gzip >points.csv.gz
head -c 300000 points.csv.gz >cut.csv.gz
bigdata points.lua --dry-run --file cut.csv.gz >/dev/null
