# Which of several members is meant cannot be guessed.
points
echo 1,2 | tee one.csv >two.csv
zip -q points.zip one.csv two.csv
bigdata points.lua --dry-run --file points.zip
