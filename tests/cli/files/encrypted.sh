points
echo 1,2 >points.csv
zip -q -P secret points.zip points.csv
bigdata points.lua --dry-run --file points.zip
