# A connection takes three descriptors with --delay: two of them are the proxy's.
database
sample 20
ulimit -Sn 100
row_by_row --poolsize 36 --delay 0.1 2>/dev/null | rows data
