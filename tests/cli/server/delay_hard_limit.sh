# As many as that are not allowed, and nothing is begun.
database
sample 5
ulimit -n 100
row_by_row --poolsize 36 --delay 0.1
