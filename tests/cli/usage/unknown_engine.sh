# The words that are allowed are listed.
bigdata row_by_row --engine forks
