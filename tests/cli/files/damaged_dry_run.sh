# Damage that a dry run meets ends it as it ends a run.
points
seq 1 20000 | sed 's/$/,1/' | gzip >points.csv.gz
head -c 40000 points.csv.gz >cut.csv.gz
bigdata points.lua --dry-run --file cut.csv.gz
