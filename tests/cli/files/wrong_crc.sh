# A member whose bytes are not those that were packed: one digit changed, near the end.
points
seq 1 200000 | sed 's/$/,1/' >points.csv
zip -q -0 points.zip points.csv
sed 's/^199999,1$/199999,2/' points.zip >changed.zip
bigdata points.lua --dry-run --file changed.zip >/dev/null
