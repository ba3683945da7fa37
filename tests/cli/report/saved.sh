# What `bigdata report` prints is what the run printed.
database
sample 5
row_by_row --json result.json >printed 2>/dev/null
bigdata report result.json >again
cmp printed again && echo the same
bigdata report result.json --quiet
