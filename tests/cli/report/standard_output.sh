# JSON on standard output stands there alone; the report goes to standard error.
database
sample 5
row_by_row --quiet --json - >result.json
head -n 1 result.json
bigdata report result.json --quiet
