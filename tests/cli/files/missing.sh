points
bigdata points.lua --dry-run --file missing.csv
