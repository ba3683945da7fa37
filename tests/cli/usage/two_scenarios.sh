# One scenario at a time.
bigdata row_by_row row_by_row
