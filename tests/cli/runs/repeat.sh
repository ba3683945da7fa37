# The same again and again, without a comparison.
database
sample 2
row_by_row --repeat 3 --quiet
