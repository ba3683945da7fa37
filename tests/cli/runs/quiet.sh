# One line with the rates, and nothing else.
database
sample 5
row_by_row --quiet
