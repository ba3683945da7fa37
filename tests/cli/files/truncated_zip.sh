# A zip whose end is missing, as after a broken download.
points
seq 1 10000 | sed 's/$/,1/' >points.csv
zip -q points.zip points.csv
head -c 5000 points.zip >cut.zip
bigdata points.lua --dry-run --file cut.zip
