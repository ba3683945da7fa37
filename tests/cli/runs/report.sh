# The report of a run, with its heading and its three rates.
database
sample 20
row_by_row 2>/dev/null
