# A variant runs with its own settings, and with those of the command line before them.
database
sample 3
bigdata row_by_row_threaded --directory data --dburl "$url" --poolsize 2 --jobs 1
bigdata row_by_row_gevent --directory data --dburl "$url" --poolsize 2 --loop c |
  grep -e engine -e loop
