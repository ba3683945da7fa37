# Known before anything is run: nothing is connected to.
bigdata row_by_row --dburl "host=/nowhere" --json missing/result.json
status=$?
bigdata row_by_row --dburl "host=/nowhere" --csv fine.csv --json /dev/full
bigdata row_by_row --dburl "host=/nowhere" --json - --csv -
bigdata row_by_row --dburl "host=/nowhere" --log missing/log.csv
bigdata row_by_row --dburl "host=/nowhere" --log /dev/full
bigdata row_by_row --dburl "host=/nowhere" --json one --html one
bigdata row_by_row --dburl "host=/nowhere" --csv ''
ls
exit $status
