# A search and a sweep whose runs fail say why, also where they are to be quiet.
database
points
echo 1,x >points.csv
bigdata points.lua --dburl "$url" --vary poolsize=1,2 --quiet
bigdata points.lua --dburl "$url" --find poolsize --quiet
